//! A whole deployment: the image, then place after place; stops at the first that fails.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::gate::Checks;
use super::guard::guard;
use super::notify::{News, tell};
use super::{image, who};
use crate::check;
use crate::config::{Environment, Image, Project, Target, Workload};
use crate::kube::deploy::{Deployment, Request, Source, show_changes};
use crate::kube::lock::{self, Deployer};
use crate::kube::record::{Record, last_good};
use crate::kube::{Ground, Place};
use crate::plan::Plan;
use crate::process;
use crate::report::style::{DIM, GOOD, LINK, NAME, paint};
use crate::report::table::columns;
use crate::report::{Error, Kind, Report, Result, text};

/// Finds an image: gives how it is pinned (`repository@sha256:…`), or none when it is nowhere.
pub type Resolve<'a> = &'a dyn Fn(&str) -> Result<Option<String>>;

/// A deployment as it was asked for.
pub struct Deploy<'a> {
    /// The repo.
    pub project: &'a Project,
    /// Where to.
    pub environment: &'a Environment,
    /// Where the objects come from.
    pub source: Source,
    /// `--image`.
    pub image: &'a [String],
    /// `--timeout`.
    pub timeout: Option<Duration>,
    /// `--lock-timeout`.
    pub lock_timeout: Duration,
    /// Go back when it fails.
    pub rollback: bool,
    /// `--override`: why a refusal is gone past.
    pub reason: Option<&'a str>,
    /// Only show it.
    pub dry_run: bool,
    /// Asks a person, once the changes are shown; none: nobody has to be asked.
    pub ask: Option<&'a dyn Fn() -> Result<()>>,
    /// The way out.
    pub report: &'a Report,
}

/// What is deployed.
pub(super) struct What {
    pub(super) image: String,
    pub(super) images: Vec<(String, String)>,
    pub(super) version: String,
    pub(super) who: String,
}

impl Deploy<'_> {
    /// Refuses what must not be deployed from here.
    ///
    /// # Errors
    /// Exit code 6 for an environment that is deployed through its platform repo.
    pub fn allowed(&self) -> Result<()> {
        let name = &self.environment.name;
        if self.environment.gitops.is_none() {
            return Ok(());
        }
        let error = Error::new(Kind::Refused, format!("environment `{name}` is deployed through its platform repo, not from here"));
        Err(error.help(format!("`instep promote {name}` commits the manifests there")))
    }

    /// Deploys, or shows how it would.
    ///
    /// # Errors
    /// See [`Deployment`]; the places before the one that failed stay deployed.
    pub fn run(&self, resolve: Resolve<'_>) -> Result<()> {
        self.allowed()?;
        let mut done: Vec<Value> = Vec::new();
        let mut whole = Plan::default();
        let mut served: Vec<(&Target, u32)> = Vec::new();
        for target in &self.environment.places {
            if let Some(pause) = self.pause(target) {
                if self.dry_run {
                    whole.steps.extend(pause.steps);
                } else {
                    self.wave(&pause, resolve).map_err(|error| self.stopped(error, done.len(), &served))?;
                }
            }
            let ready = Ground::of(target, self.report).and_then(|ground| Ok((ground, self.what(target, resolve)?)));
            let (ground, what) = ready.map_err(|error| self.stopped(error, done.len(), &served))?;
            if self.dry_run {
                whole.steps.extend(self.with(target, &what, |request| Ok(Deployment::prepare(request, &ground, self.report)?.plan))?.steps);
                continue;
            }
            let begin = Instant::now();
            let outcome = self.place(target, ground, &what);
            self.news(target, &what, &outcome);
            let (record, result) = outcome.map_err(|error| self.stopped(error, done.len(), &served))?;
            if result.is_ok() {
                self.summary(target, &record, begin.elapsed())?;
                served.push((target, record.revision));
            }
            done.push(json(target, &record, begin.elapsed()));
            self.report.document(json!({ "environment": self.environment.name, "releases": done }));
            result.map_err(|error| self.stopped(error, done.len(), &served))?;
        }
        if self.dry_run {
            whole.show(self.report);
        }
        Ok(())
    }

    pub(super) fn what(&self, target: &Target, resolve: Resolve<'_>) -> Result<What> {
        if matches!(self.source, Source::Release(_)) {
            return Ok(self.what_of(Image::main(&target.scope)?.repository));
        }
        let image = image::choose(self.project, &target.scope, self.image, resolve)?;
        let images = image::others(self.project, &target.scope, self.image, resolve)?;
        Ok(What { images, ..self.what_of(image) })
    }

    pub(super) fn what_of(&self, image: String) -> What {
        let who = who::who(process::env::var, &self.project.root);
        What { image, images: Vec::new(), version: self.project.facts().version().text.clone(), who }
    }

    /// Waits for its turn, shows what changes, asks where that is needed, and deploys.
    fn place(&self, target: &Target, mut ground: Ground, what: &What) -> Result<(Record, Result<()>)> {
        self.heading(target, what, &ground.service);
        let prepare = |ground: &Ground| {
            self.with(target, what, |request| Deployment::prepare(request, ground, self.report).map(|it| (it.changes.digest(), it.changes)))
        };
        let mut approved = None;
        let told = self.ask.is_some() || !ground.has_namespace;
        if let Some(ask) = self.ask {
            let (digest, changes) = prepare(&ground)?;
            self.guard(last_good(&ground.records()?))?;
            show_changes(&changes, self.report);
            ask()?;
            approved = Some(digest);
        }
        if !ground.has_namespace {
            // What can be known to fail comes before the first change.
            if self.ask.is_none() {
                prepare(&ground)?;
            }
            self.make_namespace(&mut ground)?;
        }
        let lock = lock::take(&ground, self.deployer(what), self.lock_timeout, self.report)?;
        let result = self.with(target, what, |request| {
            let deployment = Deployment::prepare(Request { told, ..request }, &ground, self.report)?;
            if self.ask.is_none() {
                self.guard(deployment.running())?;
            }
            if approved.as_ref() != Some(&deployment.changes.digest()) {
                if approved.is_some() {
                    self.report.note("the cluster has changed in the meantime; now this would change:");
                }
                show_changes(&deployment.changes, self.report);
                if let (Some(ask), true) = (self.ask, approved.is_some()) {
                    ask()?;
                }
            }
            Ok(deployment.run(lock))
        });
        self.report.detail(&format!("{} of kubectl", text::count(ground.kubectl.calls() as usize, "call")));
        result
    }

    /// One step of its own: the lock lives in the namespace.
    fn make_namespace(&self, ground: &mut Ground) -> Result<()> {
        let mut plan = Plan::default();
        plan.push("namespace", crate::kube::plan::Action::CreateNamespace { place: ground.kubectl.place.clone() });
        plan.run(self.report, |_| ground.make_namespace())
    }

    fn heading(&self, target: &Target, what: &What, service: &str) {
        let version = self.version(what);
        self.report.note(&format!(
            "{} {version} → {} {}",
            paint(NAME, service),
            paint(NAME, &self.environment.name),
            paint(DIM, &format!("(context {}, namespace {})", target.context, target.namespace))
        ));
    }

    /// Hands the request to `act`.
    pub(super) fn with<T>(&self, target: &Target, what: &What, act: impl FnOnce(Request<'_>) -> Result<T>) -> Result<T> {
        let facts = self.project.facts();
        // A named image, and a changed file, may be of another version.
        let told = self.image.is_empty() && !facts.commit().is_some_and(|commit| commit.dirty);
        let commit = facts.commit().map(|commit| commit.sha.clone());
        let release = told.then(|| check::Release { version: what.version.clone(), commit });
        let checks = Checks::of(target, release, self.report)?;
        let run = |pod: &str| checks.run(pod);
        let look = image::AtHand::default();
        let gate = if matches!(self.source, Source::Release(_)) { None } else { checks.gate(&run)? };
        act(Request {
            target,
            environment: &self.environment.name,
            source: self.source,
            image: &what.image,
            images: &what.images,
            named: !self.image.is_empty(),
            version: &what.version,
            commit: facts.commit().map(|commit| commit.sha.as_str()),
            dirty: facts.commit().is_some_and(|commit| commit.dirty),
            who: &what.who,
            timeout: self.timeout,
            root: &self.project.root,
            look: &look,
            told: false,
            gate,
            first: self.environment.places.first().is_some_and(|first| first.cluster == target.cluster),
            override_reason: self.reason,
            rollback: self.rollback,
            force: false,
        })
    }

    fn deployer(&self, what: &What) -> Deployer {
        let commit = self.project.facts().commit();
        let version = self.version(what);
        Deployer {
            who: what.who.clone(),
            version,
            commit: commit.map(|commit| commit.sha.clone()),
            commit_time: commit.map_or(0, |commit| commit.time),
            branch: self.project.facts().branch(),
            ..Deployer::default()
        }
    }

    fn version(&self, what: &What) -> String {
        match self.source {
            Source::Release(Some(revision)) => format!("back to v{revision}"),
            Source::Release(None) => "back to the release before".to_owned(),
            Source::Config | Source::Image => what.version.clone(),
        }
    }

    /// Only what is built from this checkout can be the wrong one.
    fn guard(&self, running: Option<&Record>) -> Result<()> {
        if matches!(self.source, Source::Release(_)) {
            return Ok(());
        }
        guard(self.project, self.environment, running, self.reason, self.report)
    }

    /// One message per deployment, also when it was not begun.
    fn news(&self, target: &Target, what: &What, outcome: &Result<(Record, Result<()>)>) {
        let (record, error) = match outcome {
            Ok((record, result)) => (Some(record), result.as_ref().err()),
            Err(error) => (None, Some(error)),
        };
        if error.is_some_and(|error| matches!(error.kind, Kind::Signal(_))) {
            return;
        }
        let (service, version) =
            (crate::config::Service::of(&target.scope).map_or_else(|_| String::new(), |it| it.name), self.version(what));
        let news = News {
            service: &service,
            version: &version,
            environment: &self.environment.name,
            who: &what.who,
            record,
            error,
            reason: self.reason,
        };
        tell(&target.scope, &news, self.report);
    }

    /// What runs where, and how to reach it.
    fn summary(&self, target: &Target, record: &Record, took: Duration) -> Result<()> {
        let row = |name: &str, value: String| vec![paint(DIM, name), value];
        let mut rows = vec![
            row("revision", format!("v{}", record.revision)),
            row("image", record.image.clone()),
            row("place", format!("context {}, namespace {}", target.context, target.namespace)),
        ];
        if let Some(way) = reach(target)? {
            rows.push(row("reach it", way));
        }
        let head = format!("{} {} serves in {}", record.service, record.version, self.environment.name);
        let time = paint(DIM, &format!("({})", text::elapsed(took)));
        self.report.result(format!("\n{} {head} {time}\n{}", paint(GOOD, "✓"), columns(&rows, 2)).trim_end());
        Ok(())
    }

    /// The clusters before the one that failed go back too, unless they are to be left; says which were not
    /// reached.
    fn stopped(&self, error: Error, reached: usize, served: &[(&Target, u32)]) -> Error {
        let names: Vec<&str> = self.environment.places.iter().skip(reached.max(1)).map(|target| target.cluster.as_str()).collect();
        let mut error = if names.is_empty() { error } else { error.note(format!("not deployed to: {}", text::list(&names))) };
        if matches!(error.kind, Kind::Signal(_)) || served.is_empty() {
            return error;
        }
        for (target, revision) in served.iter().rev() {
            let result = if self.rollback { self.back(target) } else { Err(Error::failed("--no-rollback")) };
            error = match result {
                Ok(record) => error.note(format!("{} went back too: {} serves there again", target.cluster, record.version)),
                Err(second) => {
                    error.kind = Kind::Broken;
                    error.note(format!("{} stays at v{revision}: {}", target.cluster, second.message()))
                }
            };
        }
        error
    }

    /// Brings the release before back. Nobody has gone past what may speak against that.
    fn back(&self, target: &Target) -> Result<Record> {
        let back = Deploy { source: Source::Release(None), image: &[], timeout: None, ask: None, reason: None, ..*self };
        let what = back.what_of(Image::main(&target.scope)?.repository);
        let (record, result) = back.place(target, Ground::of(target, self.report)?, &what)?;
        result.map(|()| record)
    }
}

fn json(target: &Target, record: &Record, took: Duration) -> Value {
    json!({
        "cluster": target.cluster,
        "context": target.context,
        "namespace": target.namespace,
        "image": record.image,
        "version": record.version,
        "revision": record.revision,
        "outcome": record.outcome,
        "reason": record.reason,
        "smoke": record.smoke,
        "url": target.url,
        "seconds": (took.as_secs_f64() * 1000.0).round() / 1000.0,
    })
}

/// The URL, or the line that opens a way.
fn reach(target: &Target) -> Result<Option<String>> {
    if let Some(url) = &target.url {
        return Ok(Some(paint(LINK, url)));
    }
    let workloads = Workload::all(&target.scope)?;
    let served = workloads.iter().find_map(|workload| Some((&workload.name, workload.port?)));
    Ok(served.map(|(name, port)| Place::of(target).command(["port-forward", &format!("service/{name}"), &format!("{port}:{port}")]).line()))
}
