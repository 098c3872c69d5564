//! A run followed to its end: the logs of its pods as they come, and how the Job stands.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::fetch::{held, lost};
use super::record::{LOG, Run};
use super::state::{State, exit_code, is_late, state};
use super::{Jobs, was_started};
use crate::kube::evidence::clean;
use crate::kube::kubectl::Place;
use crate::kube::object::text;
use crate::kube::render::label_value;
use crate::process::{self, Command, cancel};
use crate::report::{Event, Result, What};

/// How often one looks how it stands.
const LOOK: Duration = Duration::from_secs(1);

/// How the following ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Its program ended well.
    Done,
    /// It failed.
    Failed {
        /// Why.
        why: String,
        /// The exit code of its program, when it has one.
        code: Option<i64>,
        /// Its time was over.
        late: bool,
    },
    /// A person lets it go on without us.
    Left,
    /// A person wants it to end.
    Stopped,
}

/// How the following ended, and what became of the files.
#[derive(Clone, Debug)]
pub struct Followed {
    /// How it ended.
    pub end: End,
    /// Where the files of the run are, or why they are nowhere; none: it has none.
    pub files: Option<Result<String>>,
}

/// What a person wants of a job that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// To follow it on.
    GoOn,
    /// To let it go on alone.
    Leave,
    /// To end it.
    Stop,
}

/// What a reader of a log tells.
enum News {
    Line(usize, String),
    Ended(usize),
}

/// A pod whose log is read.
struct Reading {
    pod: String,
    told: usize,
    open: bool,
}

/// All that is read.
struct Readings {
    all: Vec<Reading>,
    send: Sender<News>,
    heard: Receiver<News>,
}

impl Jobs<'_> {
    /// Follows a run; its log is put together in it. `wish` is asked all the time.
    ///
    /// # Errors
    /// What kubectl complains of; a signal.
    pub fn follow(&self, step: &str, run: &mut Run, wish: &dyn Fn() -> Result<Option<Wish>>) -> Result<Followed> {
        let (send, heard) = channel();
        let mut readings = Readings { all: Vec::new(), send, heard };
        loop {
            // In this order: when the Job has ended, the pods are as they were at its end.
            let jobs = self.ground.kubectl.get([&format!("job.batch/{}", run.object)])?;
            let pods = self.pods(run)?;
            readings.open(&self.ground.kubectl.place, run, &pods);
            let failed = |why, late| End::Failed { why, code: exit_code(&pods, &label_value(&run.service)), late };
            let end = match jobs.first().map(|job| (job, state(job, &pods))) {
                None => Some(failed("somebody deleted its Job".to_owned(), false)),
                Some((_, State::Done)) => Some(End::Done),
                Some((job, State::Failed(why))) => Some(failed(why, is_late(job))),
                Some((_, State::Going(_))) => None,
            };
            // What keeps the files says more than the Job, unless that is gone or too late.
            let own = jobs.is_empty() || matches!(end, Some(End::Failed { late: true, .. }));
            if let Some(end) = if own { end } else { early(run, &pods).or(end) } {
                self.rest(step, run, &mut readings);
                let files = (!run.artifacts.is_empty()).then(|| self.fetch(run, &pods));
                return Ok(Followed { end, files });
            }
            if readings.all.is_empty() {
                let line = pods.last().map_or_else(|| "no pod yet".to_owned(), |pod| crate::kube::describe(pod).1);
                self.report.event(&Event::new(step, What::Progress { message: line }));
            }
            let until = Instant::now() + LOOK;
            while Instant::now() < until {
                match wish()? {
                    Some(Wish::Leave) => return Ok(Followed { end: End::Left, files: None }),
                    Some(Wish::Stop) => return Ok(Followed { end: End::Stopped, files: None }),
                    Some(Wish::GoOn) | None => {}
                }
                cancel::check()?;
                self.hear(step, run, &mut readings, Duration::from_millis(50));
            }
        }
    }

    /// Tells what came within this time.
    fn hear(&self, step: &str, run: &mut Run, readings: &mut Readings, time: Duration) {
        match readings.heard.recv_timeout(time) {
            Ok(News::Line(at, line)) => {
                readings.all[at].told += 1;
                self.tell(step, run, &line);
            }
            Ok(News::Ended(at)) => readings.all[at].open = false,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
        }
    }

    fn tell(&self, step: &str, run: &mut Run, line: &str) {
        self.report.event(&Event::new(step, What::Output { bytes: format!("{line}\n").into_bytes() }));
        run.log.push_str(line);
        run.log.push('\n');
        if run.log.len() > 2 * LOG {
            run.cut_log();
        }
    }

    /// The rest of all logs: those that are read end with their containers; what was missed is asked for.
    fn rest(&self, step: &str, run: &mut Run, readings: &mut Readings) {
        let end = Instant::now() + Duration::from_secs(10);
        while readings.all.iter().any(|reading| reading.open) && Instant::now() < end && cancel::requested().is_none() {
            self.hear(step, run, readings, Duration::from_millis(50));
        }
        for Reading { pod, told, .. } in std::mem::take(&mut readings.all) {
            let missed: Vec<String> = self.log(run, &pod).lines().skip(told).map(clean).collect();
            for line in missed {
                self.tell(step, run, &line);
            }
        }
    }
}

/// How a run with files ended: its Job goes on as long as something keeps them.
fn early(run: &Run, pods: &[Value]) -> Option<End> {
    if run.artifacts.is_empty() {
        return None;
    }
    match held(pods, &label_value(&run.service)) {
        Some(0) => Some(End::Done),
        Some(code) => Some(End::Failed { why: format!("exit code {code}"), code: Some(code), late: false }),
        None => lost(pods).map(|why| End::Failed { why, code: None, late: false }),
    }
}

impl Readings {
    /// Reads what nobody reads: new pods, and those whose stream broke off.
    fn open(&mut self, place: &Place, run: &Run, pods: &[Value]) {
        for pod in pods.iter().filter(|pod| was_started(pod)) {
            let name = text(pod, "/metadata/name");
            let at = self.all.iter().position(|reading| reading.pod == name);
            let ended = ["Succeeded", "Failed"].contains(&text(pod, "/status/phase"));
            let at = match at {
                Some(at) if self.all[at].open || ended => continue,
                Some(at) => at,
                None => {
                    self.all.push(Reading { pod: name.to_owned(), told: 0, open: false });
                    self.all.len() - 1
                }
            };
            self.all[at].open = true;
            let command = place.command(["logs", "--follow", name, "--container", &label_value(&run.service)]);
            let (send, skip) = (self.send.clone(), self.all[at].told);
            std::thread::spawn(move || read(&command, at, skip, &send));
        }
    }
}

/// Sends line by line, without those that were told before. Nobody may listen any more: then nobody needs to know.
fn read(command: &Command, at: usize, skip: usize, send: &Sender<News>) {
    let (mut buffer, mut count) = (Vec::new(), 0);
    let mut line = |bytes: &[u8]| {
        count += 1;
        if count > skip {
            let _ = send.send(News::Line(at, clean(String::from_utf8_lossy(bytes).trim_end_matches(['\n', '\r']))));
        }
    };
    let _ = process::with_sink(command, &mut |piece| {
        buffer.extend_from_slice(piece);
        while let Some(end) = buffer.iter().position(|&byte| byte == b'\n') {
            line(&buffer.drain(..=end).collect::<Vec<u8>>());
        }
    });
    if !buffer.is_empty() {
        line(&buffer);
    }
    let _ = send.send(News::Ended(at));
}
