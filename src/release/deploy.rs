//! A whole deployment: the image, then place after place; stops at the first that fails.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::done::Done;
use super::gate::Checks;
use super::guard::guard;
use super::{image, who};
use crate::check;
use crate::config::{Environment, Image, Project, Target};
use crate::kube::Ground;
use crate::kube::deploy::{Deployment, Foreign, Request, Source, show_changes};
use crate::kube::lock::{self, Deployer};
use crate::kube::record::{Record, last_good};
use crate::plan::Plan;
use crate::process;
use crate::report::style::{DIM, NAME, paint};
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
    /// What becomes of fields that somebody else changed.
    pub foreign: Foreign,
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
        if self.dry_run {
            return self.script(resolve);
        }
        let mut done = Vec::new();
        let result = self.places(resolve, &mut done);
        self.news(&done, result.as_ref().err());
        result
    }

    fn script(&self, resolve: Resolve<'_>) -> Result<()> {
        let mut whole = Plan::default();
        for target in &self.environment.places {
            whole.steps.extend(self.pause(target).into_iter().flat_map(|pause| pause.steps));
            let ground = Ground::of(target, self.report)?;
            let what = self.what(target, &ground, resolve)?;
            whole.steps.extend(self.with(target, &what, |request| Ok(Deployment::prepare(request, &ground, self.report)?.plan))?.steps);
        }
        whole.show(self.report);
        Ok(())
    }

    /// Place after place; what became of each is in `done`.
    fn places<'t>(&'t self, resolve: Resolve<'_>, done: &mut Vec<Done<'t>>) -> Result<()> {
        for target in &self.environment.places {
            if let Some(pause) = self.pause(target) {
                self.wave(&pause).map_err(|error| self.stopped(error, done))?;
            }
            let begin = Instant::now();
            let place = || {
                let ground = Ground::of(target, self.report)?;
                let what = self.what(target, &ground, resolve)?;
                self.place(target, ground, &what)
            };
            let (record, result) = place().map_err(|error| self.stopped(error, done))?;
            done.push(Done { target, record, took: begin.elapsed(), serves: result.is_ok() });
            let releases: Vec<Value> = done.iter().map(Done::json).collect();
            self.report.document(json!({ "environment": self.environment.name, "releases": releases }));
            result.map_err(|error| self.stopped(error, done))?;
            done.last().map_or(Ok(()), |done| done.show(&self.environment.name, self.report))?;
        }
        Ok(())
    }

    pub(super) fn what(&self, target: &Target, ground: &Ground, resolve: Resolve<'_>) -> Result<What> {
        if matches!(self.source, Source::Release(_)) {
            return Ok(self.what_of(Image::main(&target.scope)?.repository));
        }
        let named = self.named(target, ground)?;
        let image = image::choose(self.project, &target.scope, &named, resolve)?;
        let images = image::others(self.project, &target.scope, &named, resolve)?;
        Ok(What { images, ..self.what_of(image) })
    }

    /// The images that are named. Where only images change, those that are not named stay as they run.
    fn named(&self, target: &Target, ground: &Ground) -> Result<Vec<String>> {
        let mut named = self.image.to_vec();
        if self.source != Source::Image || named.is_empty() {
            return Ok(named);
        }
        let known: Vec<String> = Image::all(&target.scope)?.into_iter().map(|image| image.key).collect();
        for (name, image) in last_good(&ground.records()?).into_iter().flat_map(|release| &release.images) {
            if known.contains(name) {
                named.push(format!("{name}={image}"));
            }
        }
        Ok(named)
    }

    pub(super) fn what_of(&self, image: String) -> What {
        What { image, images: Vec::new(), version: self.project.facts().version().text.clone(), who: self.who() }
    }

    pub(super) fn who(&self) -> String {
        who::who(process::env::var, &self.project.root)
    }

    /// Waits for its turn, shows what changes, asks where that is needed, and deploys.
    fn place(&self, target: &Target, mut ground: Ground, what: &What) -> Result<(Record, Result<()>)> {
        self.heading(target, &ground.service);
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

    fn heading(&self, target: &Target, service: &str) {
        let version = self.version();
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
            foreign: self.foreign,
        })
    }

    fn deployer(&self, what: &What) -> Deployer {
        let commit = self.project.facts().commit();
        let version = self.version();
        Deployer {
            who: what.who.clone(),
            version,
            commit: commit.map(|commit| commit.sha.clone()),
            commit_time: commit.map_or(0, |commit| commit.time),
            branch: self.project.facts().branch(),
            ..Deployer::default()
        }
    }

    pub(super) fn version(&self) -> String {
        match self.source {
            Source::Release(Some(revision)) => format!("back to v{revision}"),
            Source::Release(None) => "back to the release before".to_owned(),
            Source::Config | Source::Image => self.project.facts().version().text.clone(),
        }
    }

    /// Only what is built from this checkout can be the wrong one.
    fn guard(&self, running: Option<&Record>) -> Result<()> {
        if matches!(self.source, Source::Release(_)) {
            return Ok(());
        }
        guard(self.project, self.environment, running, self.reason, self.report)
    }

    /// The clusters before the one that failed go back too, unless they are to be left; says which were not
    /// reached.
    fn stopped(&self, error: Error, done: &[Done<'_>]) -> Error {
        let names: Vec<&str> = self.environment.places.iter().skip(done.len().max(1)).map(|target| target.cluster.as_str()).collect();
        let mut error = if names.is_empty() { error } else { error.note(format!("not deployed to: {}", text::list(&names))) };
        let served = || done.iter().rev().filter(|done| done.serves);
        if matches!(error.kind, Kind::Signal(_)) {
            return error;
        }
        for Done { target, record, .. } in served() {
            let result = if self.rollback { self.back(target) } else { Err(Error::failed("--no-rollback")) };
            error = match result {
                Ok(record) => error.note(format!("{} went back too: {} serves there again", target.cluster, record.version)),
                Err(second) => {
                    error.kind = Kind::Broken;
                    error.note(format!("{} stays at v{}: {}", target.cluster, record.revision, second.message()))
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
