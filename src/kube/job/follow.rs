//! A run followed to its end: the logs of its pods as they come, and how the Job stands.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::fetch::{held, lost};
use super::record::{LOG, Run};
use super::state::{State, exit_code, is_late, state};
use super::tail::Tail;
use super::{Jobs, pods};
use crate::kube::object::text;
use crate::kube::render::label_value;
use crate::report::{Event, Result, What};

/// How often it is told how it stands.
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

impl Jobs<'_> {
    /// Follows a run; its log is put together in it. `wish` is asked all the time.
    ///
    /// # Errors
    /// What kubectl complains of; a signal.
    pub fn follow(&self, step: &str, run: &mut Run, wish: &dyn Fn() -> Result<Option<Wish>>) -> Result<Followed> {
        let object = run.object.clone();
        let mut look = super::look(&self.ground.kubectl, &object);
        let mut tail = Tail::new(&label_value(&run.service));
        loop {
            look.objects()?;
            let mut end = ended(look.seen(), run);
            // When the Job has ended, its pods must be seen as they were at its end.
            if end.is_some() && !look.is_exact() {
                end = ended(look.exactly()?, run);
            }
            tail.open(&self.ground.kubectl.place, look.seen());
            if let Some(end) = end {
                tail.rest(&self.ground.kubectl, &mut |line| self.tell(step, run, line));
                let files = (!run.artifacts.is_empty()).then(|| self.fetch(run, look.seen()));
                return Ok(Followed { end, files });
            }
            if tail.is_empty() {
                let line = pods(look.seen()).last().map_or_else(|| "no pod yet".to_owned(), |pod| crate::kube::describe(pod).1);
                self.report.event(&Event::new(step, What::Progress { message: line }));
            }
            let until = Instant::now() + LOOK;
            while Instant::now() < until && !look.pause(Duration::ZERO)? {
                match wish()? {
                    Some(Wish::Leave) => return Ok(Followed { end: End::Left, files: None }),
                    Some(Wish::Stop) => return Ok(Followed { end: End::Stopped, files: None }),
                    Some(Wish::GoOn) | None => {}
                }
                tail.hear(Duration::from_millis(50), &mut |line| self.tell(step, run, line));
            }
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
}

/// How its Job ended, when it has.
fn ended(objects: &[Value], run: &Run) -> Option<End> {
    let failed = |why, late| End::Failed { why, code: exit_code(&pods(objects), &label_value(&run.service)), late };
    let Some(job) = objects.iter().find(|object| text(object, "/kind") == "Job") else {
        return Some(failed("somebody deleted its Job".to_owned(), false));
    };
    let end = match state(job, objects) {
        State::Done => Some(End::Done),
        State::Failed(why) => Some(failed(why, is_late(job))),
        State::Going(_) => None,
    };
    // What keeps the files says more than the Job, unless that is too late.
    if matches!(end, Some(End::Failed { late: true, .. })) { end } else { early(run, objects).or(end) }
}

/// How a run with files ended: its Job goes on as long as something keeps them.
fn early(run: &Run, objects: &[Value]) -> Option<End> {
    if run.artifacts.is_empty() {
        return None;
    }
    match held(objects, &label_value(&run.service)) {
        Some(0) => Some(End::Done),
        Some(code) => Some(End::Failed { why: format!("exit code {code}"), code: Some(code), late: false }),
        None => lost(objects).map(|why| End::Failed { why, code: None, late: false }),
    }
}
