//! One deployment to one place: observe, plan, run; taken back as a whole when it fails.

use std::path::PathBuf;
use std::time::Instant;

use serde_json::Value;

use super::observe::{self, Live, Seen};
use super::plan::{self, Action};
use super::record::{self, Outcome, Record};
use super::render::{self, KubeVersion};
use super::rollout::{Expected, Watch};
use super::{Kubectl, Place, blame, evidence, give_up, object, rollout, yaml};
use crate::config::{Service, Target, Workload};
use crate::plan::{Plan, Step};
use crate::report::{Error, Event, Kind, Problem, Report, Result, What, clock};

/// What is to be deployed.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// Where to.
    pub target: &'a Target,
    /// The environment.
    pub environment: &'a str,
    /// The image, best by its digest.
    pub image: &'a str,
    /// The service's version.
    pub version: &'a str,
    /// The commit.
    pub commit: Option<&'a str>,
    /// Tracked files differ from it.
    pub dirty: bool,
    /// The user or the CI job.
    pub who: String,
    /// For how long to wait, when not as long as the workloads say.
    pub timeout: Option<std::time::Duration>,
    /// The repo's folder.
    pub root: &'a std::path::Path,
}

/// A deployment that is planned.
pub struct Deployment<'a> {
    /// What will be done.
    pub plan: Plan<Action>,
    request: Request<'a>,
    kubectl: Kubectl,
    report: Report,
    seen: Seen,
    live: Vec<Live>,
    record: Record,
    begun: bool,
    written: Vec<Value>,
}

impl<'a> Deployment<'a> {
    /// Looks at the place and plans. Nothing is changed.
    ///
    /// # Errors
    /// Whatever can be known to fail before anything is changed.
    pub fn prepare(request: Request<'a>, report: &Report) -> Result<Self> {
        let target = request.target;
        let place = Place { context: target.context.clone(), namespace: target.namespace.clone() };
        let kubectl = Kubectl::new(place, report)?;
        let service = Service::of(&target.scope)?;
        let seen = observe::observe(&kubectl, target, &service.name)?;
        let kube = kube_version(target, seen.version, report);
        let facts = render::Facts { image: request.image, version: request.version, kube };
        let objects = render::objects(target, &facts)?;
        let record = new_record(&request, &service.name, &seen, &objects)?;
        // What earlier releases had may have to go.
        let known = record::known(&seen.records, &record.objects);
        let live = if seen.has_namespace { observe::live(&kubectl, &known, &service.name)? } else { Vec::new() };
        if seen.has_namespace {
            kubectl.apply(&record.manifests, &["--dry-run=server"]).map_err(|error| error.note("nothing was changed"))?;
        }
        let plan = plan::forward(&kubectl.place, &seen, &live, &record);
        Ok(Self { plan, request, kubectl, report: report.clone(), seen, live, record, begun: false, written: Vec::new() })
    }

    /// Runs the plan, and gives the record as it stands then, together with how it went.
    ///
    /// # Errors
    /// Exit code 1 or 4 when it failed and all is as before; 8 when it failed and is not.
    pub fn run(mut self) -> (Record, Result<()>) {
        let plan = std::mem::take(&mut self.plan);
        let report = self.report.clone();
        let result = plan.run(&report, |step| self.act(step)).map_err(|error| match error.kind {
            Kind::Signal(_) => {
                self.interrupted();
                error
            }
            _ if !self.begun => {
                self.record.outcome = Outcome::Failed;
                error.note("nothing was changed")
            }
            _ if self.record.outcome == Outcome::Deployed => broken(error, "it serves, but it is not recorded"),
            _ => self.take_back(error),
        });
        (self.record, result)
    }

    fn act(&mut self, step: &Step<Action>) -> Result<()> {
        match &step.action {
            Action::CreateNamespace { place } => self.kubectl.must(&place.command(["create", "namespace", &place.namespace])).map(drop),
            Action::Apply { manifests, .. } => {
                if self.record.outcome != Outcome::Running {
                    self.record.outcome = Outcome::Running;
                    self.write_record()?;
                }
                self.begun = true;
                self.written = self.kubectl.apply(manifests, &[])?;
                Ok(())
            }
            Action::Wait { give_up, .. } => self.wait(&step.id, *give_up),
            Action::Prune { objects, .. } => match self.prune(objects) {
                // What is new serves; the next deployment tries again.
                Err(error) if step.id == plan::PRUNE && !matches!(error.kind, Kind::Signal(_)) => {
                    error.problems.iter().for_each(|problem| self.report.warn(problem));
                    Ok(())
                }
                result => result,
            },
            Action::Record { .. } => {
                self.record.outcome = Outcome::Deployed;
                self.finish_record()
            }
        }
    }

    fn wait(&mut self, step: &str, give_up: u64) -> Result<()> {
        let begin = Instant::now();
        let expected = self.written.iter().filter(|object| object::text(object, "/kind") == "Deployment").map(|object| Expected {
            name: object::text(object, "/metadata/name").to_owned(),
            generation: object::int(object, "/metadata/generation"),
        });
        let give_up = std::time::Duration::from_secs(give_up);
        let watch = Watch { service: &self.record.service, expected: expected.collect(), give_up };
        let report = &self.report;
        let progress = |line: &str| report.event(&Event::new(step, What::Progress { message: line.to_owned() }));
        let target = self.request.target;
        match rollout::wait(&self.kubectl, &watch, progress)? {
            rollout::End::Ready => {
                // Ready at the first look: nothing was rolled out, and nothing can be learned from it.
                self.record.ready_after = (begin.elapsed() > rollout::PAUSE).then(|| (begin.elapsed().as_secs_f64() * 10.0).round() / 10.0);
                Ok(())
            }
            rollout::End::Lost(failure, objects) => {
                let evidence = self.evidence(step, &objects, &failure.pod);
                Err(blame::error(&failure, &evidence, target, &self.record.image))
            }
            rollout::End::Late(waiting, objects) => Err(blame::late(&waiting, &self.evidence(step, &objects, ""), target)),
        }
    }

    /// Collects and shows it, before anything is put back.
    fn evidence(&self, step: &str, objects: &[Value], pod: &str) -> evidence::Evidence {
        let name = format!("{}-{}-v{}-{step}", self.request.target.cluster, self.record.service, self.record.revision);
        let folder = evidence::folder(self.request.root, &name).unwrap_or_else(|_| PathBuf::from("."));
        let evidence = evidence::collect(&self.kubectl, objects, pod, &folder, &self.report.masker);
        evidence.show(&self.report, self.request.root);
        evidence
    }

    fn prune(&self, objects: &[object::Key]) -> Result<()> {
        let args = ["delete", "--ignore-not-found", "--wait=false"].map(str::to_owned).into_iter();
        self.kubectl.must(&self.kubectl.place.command(args.chain(objects.iter().map(object::Key::argument)))).map(drop)
    }

    fn write_record(&self) -> Result<()> {
        let manifest = yaml::documents(&[self.record.secret()?])?;
        self.kubectl.apply(&manifest, &["--force-conflicts"]).map(drop)
    }

    fn finish_record(&mut self) -> Result<()> {
        self.record.ended = Some(now());
        for key in &mut self.record.objects {
            key.uid = self.written.iter().map(object::Key::of).find(|written| written.same(key)).and_then(|written| written.uid);
        }
        self.write_record()?;
        let old = record::outdated(&self.seen.records, self.record.revision);
        if old.is_empty() {
            return Ok(());
        }
        let args = ["delete", "secret", "--ignore-not-found"].map(str::to_owned).into_iter().chain(old);
        self.kubectl.must(&self.kubectl.place.command(args)).map(drop)
    }

    /// Puts the last good release back, and says how it went.
    fn take_back(&mut self, error: Error) -> Error {
        self.record.reason = Some(self.report.masker.mask(error.message()).into_owned());
        let Some(good) = record::last_good(&self.seen.records).cloned() else {
            self.conclude(Outcome::Failed);
            let look = self.kubectl.place.command(["get", "pods"]).line();
            return broken(error, "there is no earlier release to go back to: what was applied is left to be looked at")
                .help(format!("correct it and run kube-apply again; `{look}` shows what is there"));
        };
        let plan = plan::back(&self.kubectl.place, &good, &self.record, &self.live);
        let report = self.report.clone();
        match plan.run(&report, |step| self.act(step)) {
            Ok(()) => {
                self.conclude(Outcome::RolledBack);
                error.note(format!("all is as before: v{} ({}) serves", good.revision, good.version))
            }
            Err(second) if matches!(second.kind, Kind::Signal(_)) => {
                self.interrupted();
                broken(error, "going back was interrupted")
            }
            Err(second) => {
                self.conclude(Outcome::Failed);
                broken(error, &format!("going back to v{} failed too: {}", good.revision, second.message()))
            }
        }
    }

    fn conclude(&mut self, outcome: Outcome) {
        self.record.outcome = outcome;
        if let Err(error) = self.finish_record() {
            let message = format!("v{} is not recorded: {}", self.record.revision, error.message());
            self.report.warn(&Problem { message, ..Problem::default() });
        }
    }

    fn interrupted(&self) {
        if self.record.outcome == Outcome::Running {
            let Record { revision, service, environment, .. } = &self.record;
            self.report.note(&format!(
                "interrupted: v{revision} of {service} was applied, and the cluster goes on with it; `instep kube-apply {environment}` again finishes it"
            ));
        }
    }
}

/// Failed, and not as it was before.
fn broken(mut error: Error, why: &str) -> Error {
    error.kind = Kind::Broken;
    error.note(why)
}

fn now() -> String {
    format!("{:.0}", clock::timestamp())
}

/// The file's word counts; the cluster's own serves where the file has none.
fn kube_version(target: &Target, seen: KubeVersion, report: &Report) -> KubeVersion {
    let Some(written) = target.kube_version.as_deref().and_then(KubeVersion::parse) else { return seen };
    if written != seen {
        let message = format!("cluster `{}` is {seen}, but its kube-version says {written}", target.cluster);
        let help = vec![format!("correct it: kube-version = \"{seen}\"")];
        report.warn(&Problem { message, place: target.kube_version_place(), notes: Vec::new(), help });
    }
    written
}

fn new_record(request: &Request<'_>, service: &str, seen: &Seen, objects: &[Value]) -> Result<Record> {
    let give_up = match request.timeout {
        Some(timeout) => timeout,
        None => give_up(&Workload::all(&request.target.scope)?),
    };
    let record = Record {
        revision: seen.records.last().map_or(0, |record| record.revision) + 1,
        service: service.to_owned(),
        environment: request.environment.to_owned(),
        image: request.image.to_owned(),
        version: request.version.to_owned(),
        commit: request.commit.map(str::to_owned),
        dirty: request.dirty,
        who: request.who.clone(),
        started: now(),
        ended: None,
        ready_after: None,
        give_up: give_up.as_secs(),
        outcome: Outcome::Deployed,
        reason: None,
        objects: objects.iter().map(object::Key::of).collect(),
        manifests: yaml::documents(objects)?,
    };
    // Too large a record is found before anything is changed.
    record.secret().map(|_| record)
}
