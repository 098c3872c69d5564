//! A job before a deployment: applied, its log told as it comes, waited for; taken away when it fails.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::Deployment;
use crate::kube::evidence::clean;
use crate::kube::fault;
use crate::kube::job::{State, state};
use crate::kube::object::{Key, text};
use crate::process::cancel;
use crate::report::{Error, Event, Kind, Result, What};

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
        let begin = Instant::now();
        let mut told = 0;
        loop {
            // In this order: when the Job has ended, the pods are as they were at its end.
            let jobs = self.ground.kubectl.get([&format!("job/{name}")])?;
            let objects = self.ground.kubectl.get(["pods", "--selector", &format!("job-name={name}")])?;
            told = self.tell(step, name, &objects, told);
            match jobs.first().map_or_else(|| State::Failed("somebody deleted it".to_owned()), |job| state(job, &objects)) {
                State::Done => return Ok(()),
                State::Failed(why) => return Err(self.failed(step, name, &objects, &why)),
                State::Going(_) if begin.elapsed() > give_up => {
                    let error = self.failed(step, name, &objects, "not done in time");
                    return Err(Error { kind: Kind::TimedOut, ..error });
                }
                State::Going(line) => self.report.event(&Event::new(step, What::Progress { message: line })),
            }
            cancel::sleep(LOOK)?;
        }
    }

    /// Passes on what the log has beyond what was told; how much that is now.
    fn tell(&self, step: &str, name: &str, objects: &[Value], told: usize) -> usize {
        let started =
            |pod: &&Value| text(pod, "/kind") == "Pod" && ["Running", "Succeeded", "Failed"].contains(&text(pod, "/status/phase"));
        if !objects.iter().any(|pod| started(&pod)) {
            return told;
        }
        let command = self.ground.kubectl.place.command(["logs", &format!("job/{name}"), "--all-containers"]);
        let Ok(output) = self.ground.kubectl.run(&command) else { return told };
        let text = if output.exit.ok() { output.text() } else { String::new() };
        let lines: Vec<&str> = text.lines().collect();
        for line in lines.iter().skip(told) {
            let bytes = format!("{}\n", clean(line)).into_bytes();
            self.report.event(&Event::new(step, What::Output { bytes }));
        }
        lines.len().max(told)
    }

    fn failed(&self, step: &str, name: &str, objects: &[Value], why: &str) -> Error {
        let pod = objects.iter().rfind(|object| text(object, "/kind") == "Pod").map_or("", |pod| text(pod, "/metadata/name"));
        let evidence = self.evidence(&step.replace(':', "-"), objects, pod);
        let error = Error::failed(format!("job {name} failed: {why}"));
        evidence.log.last().map_or(error.clone(), |line| error.note(format!("its last line: {line}")))
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
