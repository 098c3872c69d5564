//! Objects of the cluster, listed once, and then kept as watches tell of their changes.

mod seen;
mod stream;

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

use self::seen::Effect;
use self::stream::{News, Running};
use super::kubectl::Kubectl;
use crate::process::cancel;
use crate::report::Result;

/// All is listed again after so long, whatever the watches say: one may have gone silent without anybody's notice.
const AGAIN: Duration = Duration::from_secs(10);
/// A watch ends after so many seconds, and is begun anew: what a killed run leaves behind ends then too.
const WATCHED: u32 = 60;
/// Changes that come together are looked at together.
const TOGETHER: Duration = Duration::from_millis(40);
/// A watch that lives shorter than this is not begun again at once.
const SHORT: Duration = Duration::from_secs(5);
/// The longest pause before a watch is tried again.
const LONGEST: Duration = Duration::from_secs(30);

/// What is watched: objects of one kind, by their labels or by their name.
pub struct Source {
    resource: &'static str,
    filter: String,
}

impl Source {
    /// Those that a selector means, as kubectl writes it.
    pub fn selected(resource: &'static str, selector: &str) -> Self {
        Self { resource, filter: format!("labelSelector={}", encoded(selector)) }
    }

    /// The one of this name.
    pub fn named(resource: &'static str, name: &str) -> Self {
        Self { resource, filter: format!("fieldSelector={}", encoded(&format!("metadata.name={name}"))) }
    }

    fn uri(&self, namespace: &str) -> String {
        let group = match self.resource {
            "pods" => "api/v1",
            "jobs" => "apis/batch/v1",
            _ => "apis/apps/v1",
        };
        let Self { resource, filter } = self;
        format!("/{group}/namespaces/{namespace}/{resource}?{filter}&watch=true&allowWatchBookmarks=true&timeoutSeconds={WATCHED}")
    }
}

/// As a value of a query (RFC 3986).
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// How a list of all is had.
pub type List<'a> = Box<dyn Fn(&Kubectl) -> Result<Vec<Value>> + 'a>;

/// Objects as they are seen. The first look is a list. Whoever waits for a change after that has them watched; where
/// the cluster does not allow that, and while a watch is broken off, every look is a list.
pub struct Look<'a> {
    kubectl: &'a Kubectl,
    list: List<'a>,
    watches: Vec<Watch>,
    objects: Vec<Value>,
    /// When all was listed; none when it has to be.
    listed: Option<Instant>,
    exact: bool,
    /// The cluster does not let us watch.
    refused: bool,
    running: Running,
    send: Sender<News>,
    heard: Receiver<News>,
    _asked: cancel::Guard,
}

struct Watch {
    source: Source,
    /// Since when it runs.
    since: Option<Instant>,
    /// When it may be begun.
    next: Instant,
    pause: Duration,
}

impl<'a> Look<'a> {
    /// Objects that `list` gives, and `sources` tell of.
    pub fn new(kubectl: &'a Kubectl, sources: Vec<Source>, list: List<'a>) -> Self {
        let (send, heard) = channel();
        let asked = send.clone();
        let watch = |source| Watch { source, since: None, next: Instant::now(), pause: Duration::ZERO };
        Self {
            kubectl,
            list,
            watches: sources.into_iter().map(watch).collect(),
            objects: Vec::new(),
            listed: None,
            exact: false,
            refused: false,
            running: Running::default(),
            send,
            heard,
            _asked: cancel::listen(move || drop(asked.send(News::Asked))),
        }
    }

    /// The objects as they are now, as far as is known.
    ///
    /// # Errors
    /// What kubectl complains of.
    pub fn objects(&mut self) -> Result<&[Value]> {
        let due = self.listed.is_none_or(|at| at.elapsed() >= AGAIN);
        if due || self.watches.iter().any(|watch| watch.since.is_none()) { self.exactly() } else { Ok(&self.objects) }
    }

    /// The objects as they all are at this moment.
    ///
    /// # Errors
    /// What kubectl complains of.
    pub fn exactly(&mut self) -> Result<&[Value]> {
        self.listed = None;
        self.objects = (self.list)(self.kubectl)?;
        self.listed = Some(Instant::now());
        self.exact = true;
        Ok(&self.objects)
    }

    /// Whether the objects are as they were listed: what watches tell may be of different moments.
    pub fn is_exact(&self) -> bool {
        self.exact
    }

    /// The objects as they were seen last.
    pub fn seen(&self) -> &[Value] {
        &self.objects
    }

    /// Waits until something changes, and at most so long; whether anything did.
    ///
    /// # Errors
    /// A signal.
    pub fn pause(&mut self, time: Duration) -> Result<bool> {
        self.watch();
        let mut end = Instant::now() + time;
        let mut changed = false;
        loop {
            cancel::check()?;
            let left = end.saturating_duration_since(Instant::now());
            let Ok(news) = self.heard.recv_timeout(left) else { return Ok(changed) };
            if self.hear(news) {
                changed = true;
                end = end.min(Instant::now() + TOGETHER);
            }
        }
    }

    /// Begins the watches that do not run. There is nothing to watch while nothing can be listed.
    fn watch(&mut self) {
        let now = Instant::now();
        if self.refused || self.listed.is_none() {
            return;
        }
        for (at, watch) in self.watches.iter_mut().enumerate().filter(|(_, watch)| watch.since.is_none() && watch.next <= now) {
            let uri = watch.source.uri(&self.kubectl.place.namespace);
            let command = self.kubectl.place.command(["get", "--raw", &uri]);
            self.kubectl.tell(&command);
            watch.since = Some(now);
            self.running.start(command, at, self.send.clone());
        }
    }

    /// Whether there is anything new to look at.
    fn hear(&mut self, news: News) -> bool {
        match news {
            News::Asked => true,
            News::Event(event) => match seen::apply(&mut self.objects, event) {
                Effect::Changed => {
                    self.exact = false;
                    true
                }
                Effect::Known => false,
                Effect::Over => {
                    self.listed = None;
                    true
                }
            },
            News::Ended(at, complaint) => {
                self.ended(at, &complaint);
                true
            }
        }
    }

    fn ended(&mut self, at: usize, complaint: &str) {
        let watch = &mut self.watches[at];
        let lived = watch.since.take().map_or(Duration::ZERO, |since| since.elapsed());
        watch.pause = if lived >= SHORT { Duration::ZERO } else { (watch.pause * 2).clamp(Duration::from_secs(1), LONGEST) };
        watch.next = Instant::now() + watch.pause;
        self.listed = None;
        if ["orbidden", "MethodNotAllowed"].iter().any(|word| complaint.contains(word)) && !self.refused {
            self.refused = true;
            self.kubectl.report().detail("the cluster does not let us watch: it is asked once a second");
            self.running.close();
        }
    }
}

impl Drop for Look<'_> {
    fn drop(&mut self) {
        self.running.close();
    }
}
