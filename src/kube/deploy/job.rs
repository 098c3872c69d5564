//! A job before a deployment: applied, its log told as it comes, waited for; taken away when it fails.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::Deployment;
use crate::kube::fault;
use crate::kube::job::{self, State, Tail, state};
use crate::kube::object::{Key, text};
use crate::kube::render::label_value;
use crate::kube::watch::Look;
use crate::report::{Error, Event, Kind, Result, What};

/// How often it is told how it stands.
const LOOK: Duration = Duration::from_secs(1);

impl Deployment<'_> {
    /// Runs it to its end. What only it needs is made first, and taken away with it when it fails.
    pub(super) fn job(&mut self, step: &str, name: &str, objects: &[Key], manifests: &str, give_up: u64) -> Result<()> {
        self.begin_job(name, manifests)?;
        let result = self.job_ended(step, name, Duration::from_secs(give_up));
        if result.is_ok() {
            self.migrated = true;
            return Ok(());
        }
        if !matches!(&result, Err(error) if matches!(error.kind, Kind::Signal(_))) {
            self.remove(objects);
        }
        result
    }

    /// A Job can't be changed: what a run that was killed left under this name goes first, with its pods, so that
    /// two migrations never run at once.
    fn begin_job(&self, name: &str, manifests: &str) -> Result<()> {
        let kubectl = &self.ground.kubectl;
        let Err(complaint) = kubectl.try_apply(manifests, &[])? else { return Ok(()) };
        if !complaint.contains("field is immutable") {
            return Err(fault::explain(&complaint, &kubectl.place));
        }
        kubectl.must(&kubectl.place.command(["delete", &format!("job/{name}"), "--ignore-not-found", "--cascade=foreground"]))?;
        kubectl.apply(manifests, &[]).map(drop)
    }

    fn job_ended(&self, step: &str, name: &str, give_up: Duration) -> Result<()> {
        let (kubectl, end) = (&self.ground.kubectl, Instant::now() + give_up);
        let mut look = job::look(kubectl, name);
        let mut tail = Tail::new(&label_value(&self.ground.service));
        let mut tell = |line: &str| self.report.event(&Event::new(step, What::Output { bytes: format!("{line}\n").into_bytes() }));
        loop {
            let stands = stands(&mut look);
            tail.open(&kubectl.place, look.seen());
            match stands? {
                State::Going(_) if Instant::now() >= end => {
                    let error = self.failed(step, name, look.seen(), "not done in time");
                    return Err(Error { kind: Kind::TimedOut, ..error });
                }
                State::Going(line) if tail.is_empty() => self.report.event(&Event::new(step, What::Progress { message: line })),
                State::Going(_) => {}
                State::Done => {
                    tail.rest(kubectl, &mut tell);
                    return Ok(());
                }
                State::Failed(why) => {
                    tail.rest(kubectl, &mut tell);
                    return Err(self.failed(step, name, look.seen(), &why));
                }
            }
            let until = end.min(Instant::now() + LOOK);
            while Instant::now() < until && !look.pause(Duration::ZERO)? {
                tail.hear(Duration::from_millis(50), &mut tell);
            }
        }
    }

    fn failed(&self, step: &str, name: &str, objects: &[Value], why: &str) -> Error {
        let pod = objects.iter().rfind(|object| text(object, "/kind") == "Pod").map_or("", |pod| text(pod, "/metadata/name"));
        self.waiting().explained(&step.replace(':', "-"), objects, pod, |evidence| {
            let error = Error::failed(format!("job {name} failed: {why}"));
            evidence.log.last().map_or(error.clone(), |line| error.note(format!("its last line: {line}")))
        })
    }

    /// The Job and what only it needs, unless the last release needs it too. A failure to clean up does not
    /// hide the failure itself.
    fn remove(&self, objects: &[Key]) {
        let needed = |key: &&Key| self.live.iter().any(|object| Key::of(object).same(key));
        let names = objects.iter().filter(|key| !needed(key)).map(Key::argument);
        let args = ["delete", "--ignore-not-found", "--wait=false"].map(str::to_owned).into_iter().chain(names);
        drop(self.ground.kubectl.run(&self.ground.kubectl.place.command(args)));
    }
}

/// How a Job stands. A cluster that does not answer for a while is waited for.
fn stands(look: &mut Look<'_>) -> Result<State> {
    let stands = |objects: &[Value]| {
        let job = objects.iter().find(|object| text(object, "/kind") == "Job");
        job.map_or_else(|| State::Failed("somebody deleted it".to_owned()), |job| state(job, objects))
    };
    let seen = match look.objects() {
        Err(error) if error.kind == Kind::Missing => return Ok(State::Going("the cluster does not answer, trying again".to_owned())),
        objects => stands(objects?),
    };
    // When the Job has ended, its pods must be seen as they were at its end.
    if matches!(seen, State::Going(_)) || look.is_exact() { Ok(seen) } else { look.exactly().map(stands) }
}
