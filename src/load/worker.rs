//! One thread that sends, over its share of the connections.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::future::{join_all, select};
use hdrhistogram::Histogram;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;

use super::job::Job;
use crate::http::{Base, Fault, Tls, connect};
use crate::report::{Error, Result};

/// How often the figures are handed over.
const TICK: Duration = Duration::from_millis(200);
/// How long what was due and found no connection may still be sent after the end.
pub(super) const GRACE: Duration = Duration::from_secs(2);
/// Before a connection that could not be made is tried again.
const PAUSE: Duration = Duration::from_millis(20);

/// What was measured since the last tick.
#[derive(Debug)]
pub(super) struct Tick {
    pub(super) requests: u64,
    pub(super) errors: BTreeMap<String, u64>,
    pub(super) bytes: u64,
    pub(super) latencies: Histogram<u64>,
}

impl Tick {
    /// Nothing yet; latencies are kept as in `like`.
    pub(super) fn new(like: &Histogram<u64>) -> Self {
        Self { requests: 0, errors: BTreeMap::new(), bytes: 0, latencies: Histogram::new_from(like) }
    }
}

/// An empty histogram of microseconds, up to ten minutes, exact to one in a thousand.
///
/// # Errors
/// Only for bounds that can't be.
pub(super) fn histogram() -> Result<Histogram<u64>> {
    Histogram::new_with_bounds(1, 600_000_000, 3).map_err(|error| Error::failed(format!("latencies can't be kept: {error}")))
}

/// When it begins to count and ends, and whether it must stop now.
#[derive(Debug)]
pub(super) struct Times {
    pub(super) start: Instant,
    pub(super) measure: Instant,
    pub(super) end: Instant,
    pub(super) stop: AtomicBool,
    /// An empty histogram.
    pub(super) empty: Histogram<u64>,
}

/// A thread's part of the work.
pub(super) struct Worker<'a> {
    job: &'a Job,
    base: &'a Base,
    times: &'a Times,
    connections: usize,
    /// Between two arrivals of this thread; none: as fast as answers come.
    interval: Option<Duration>,
    arrivals: Cell<u32>,
    next: Cell<usize>,
    templates: Vec<hyper::Request<Full<Bytes>>>,
    tick: RefCell<Tick>,
}

impl<'a> Worker<'a> {
    /// The `index`th of `job.threads`.
    ///
    /// # Errors
    /// A request that can't be built.
    pub(super) fn new(job: &'a Job, base: &'a Base, times: &'a Times, index: usize) -> std::result::Result<Self, Fault> {
        let share = |all: usize| all / job.threads + usize::from(index < all % job.threads);
        let rate = job.rate.map(|rate| f64::from(rate) / job.threads as f64);
        Ok(Self {
            job,
            base,
            times,
            connections: share(job.connections),
            interval: rate.map(|rate| Duration::from_secs_f64(1.0 / rate)),
            arrivals: Cell::new(0),
            next: Cell::new(index),
            templates: job.requests.iter().map(template).collect::<std::result::Result<_, _>>()?,
            tick: RefCell::new(Tick::new(&times.empty)),
        })
    }

    /// Sends until the end.
    pub(super) async fn run(&self, figures: &Sender<Tick>) {
        let connections = join_all((0..self.connections).map(|_| self.connection()));
        select(pin!(connections), pin!(self.hand_over(figures))).await;
        self.never_sent();
        let _ = figures.send(self.tick.replace(Tick::new(&self.times.empty)));
    }

    /// Hands figures over now and then; ends when nothing more may be waited for.
    async fn hand_over(&self, figures: &Sender<Tick>) {
        // What is on its way at the end has the time that any request has: a freeze may last to the end.
        let last = self.times.end + GRACE + self.job.timeout + TICK;
        while !self.times.stop.load(Ordering::Relaxed) && Instant::now() < last {
            tokio::time::sleep(TICK).await;
            // Nobody listens any more: then it ends anyway.
            if figures.send(self.tick.replace(Tick::new(&self.times.empty))).is_err() {
                return;
            }
        }
    }

    /// What was due while all connections were busy is still sent for a while after the end.
    fn over(&self) -> bool {
        let last = if self.interval.is_some() { self.times.end + GRACE } else { self.times.end };
        self.times.stop.load(Ordering::Relaxed) || Instant::now() >= last
    }

    /// When the next request is due, at a fixed rate.
    fn due(&self) -> Option<Instant> {
        self.interval.map(|interval| self.times.start + interval.mul_f64(f64::from(self.arrivals.get())))
    }

    /// What was due and found no connection up to the end did not go well either.
    fn never_sent(&self) {
        while let Some(due) = self.due().filter(|due| *due < self.times.end && !self.times.stop.load(Ordering::Relaxed)) {
            self.arrivals.set(self.arrivals.get() + 1);
            self.failed("not sent: all connections were busy", due);
        }
    }

    /// One connection, opened again whenever it is lost.
    async fn connection(&self) {
        while !self.over() {
            match self.open().await {
                Ok((sender, driver)) => {
                    // When the connection ends, what is on its way gets an error; that ends the work.
                    let driven = async {
                        let _ = driver.await;
                        std::future::pending::<()>().await;
                    };
                    select(pin!(self.requests(sender)), pin!(driven)).await;
                }
                Err(fault) => {
                    if let Some(due) = self.arrival().await {
                        self.failed(fault.word(), due);
                    }
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    async fn open(&self) -> std::result::Result<(SendRequest<Full<Bytes>>, impl Future<Output = hyper::Result<()>>), Fault> {
        let tls = self.base.is_tls().then(Tls::default);
        let opened = connect(self.base.host(), self.base.port(), tls.as_ref(), &[]);
        let stream = tokio::time::timeout(self.job.timeout, opened).await.unwrap_or(Err(Fault::TimedOut("no connection")))?;
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| Fault::of(&error))
    }

    /// Sends over one connection until it is lost, or the end.
    async fn requests(&self, mut sender: SendRequest<Full<Bytes>>) {
        // A server may close a connection after any answer: that is no error.
        while !self.over() && sender.ready().await.is_ok() {
            let Some(due) = self.arrival().await else { return };
            let template = &self.templates[self.next.get() % self.templates.len()];
            self.next.set(self.next.get() + 1);
            let answer = tokio::time::timeout(self.job.timeout, exchange(&mut sender, template.clone())).await;
            match answer {
                Ok(Ok((status, bytes))) if (200..400).contains(&status) => self.answered(due, bytes),
                Ok(Ok((status, _))) => self.failed(&format!("status {status}"), due),
                Ok(Err(fault)) => return self.failed(fault.word(), due),
                Err(_) => {
                    // It took so long at least, and would have taken longer.
                    self.record(due);
                    return self.failed("timed out", due);
                }
            }
        }
    }

    /// When the next request is due: it waits for that. None after the end. What was due while all
    /// connections were busy counts from when it was due, so that no pause of the server is left out.
    async fn arrival(&self) -> Option<Instant> {
        let Some(due) = self.due() else { return Some(Instant::now()) };
        if due >= self.times.end {
            return None;
        }
        self.arrivals.set(self.arrivals.get() + 1);
        if due <= Instant::now() {
            return Some(due);
        }
        tokio::time::sleep_until(due.into()).await;
        // This connection was free: that its timer rang late is not the server's fault.
        Some(Instant::now())
    }

    fn counts(&self, due: Instant) -> bool {
        due >= self.times.measure
    }

    fn record(&self, due: Instant) {
        if self.counts(due) {
            let micros = u64::try_from(due.elapsed().as_micros()).unwrap_or(u64::MAX);
            self.tick.borrow_mut().latencies.saturating_record(micros.max(1));
        }
    }

    fn answered(&self, due: Instant, bytes: u64) {
        if self.counts(due) {
            let mut tick = self.tick.borrow_mut();
            tick.requests += 1;
            tick.bytes += bytes;
            drop(tick);
            self.record(due);
        }
    }

    fn failed(&self, kind: &str, due: Instant) {
        if self.counts(due) && !self.times.stop.load(Ordering::Relaxed) {
            let mut tick = self.tick.borrow_mut();
            tick.requests += 1;
            *tick.errors.entry(kind.to_owned()).or_default() += 1;
        }
    }
}

/// The status, and how long the body was; the body is read and thrown away.
async fn exchange(sender: &mut SendRequest<Full<Bytes>>, request: hyper::Request<Full<Bytes>>) -> std::result::Result<(u16, u64), Fault> {
    let response = sender.send_request(request).await.map_err(|error| Fault::of(&error))?;
    let status = response.status().as_u16();
    let mut body = response.into_body();
    let mut bytes = 0;
    while let Some(frame) = body.frame().await {
        bytes += frame.map_err(|error| Fault::of(&error))?.data_ref().map_or(0, |data| data.len() as u64);
    }
    Ok((status, bytes))
}

/// A request that is sent again and again: in origin form, with its host (RFC 9112, section 3.2).
fn template(request: &super::Request) -> std::result::Result<hyper::Request<Full<Bytes>>, Fault> {
    let broken = |error: String| Fault::Broken(format!("the request can't be sent: {error}"));
    let uri: hyper::Uri = request.url.parse().map_err(|error: hyper::http::uri::InvalidUri| broken(error.to_string()))?;
    let mut builder = hyper::Request::builder().method(request.method.as_str());
    builder = builder.uri(uri.path_and_query().map_or("/", |path| path.as_str()));
    let own = |name: &str| request.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
    let agent = concat!("instep/", env!("CARGO_PKG_VERSION"));
    for (name, value) in [("host", uri.authority().map_or("", |authority| authority.as_str())), ("user-agent", agent), ("accept", "*/*")] {
        if !own(name) {
            builder = builder.header(name, value);
        }
    }
    for (name, value) in &request.headers {
        builder = builder.header(name, value);
    }
    builder.body(Full::new(Bytes::from(request.body.clone()))).map_err(|error| broken(error.to_string()))
}
