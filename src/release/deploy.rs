//! A whole deployment: the image, then place after place; stops at the first that fails.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{image, who};
use crate::config::{Environment, Project, Service, Target, Workload};
use crate::kube::deploy::{Deployment, Request};
use crate::kube::record::Record;
use crate::kube::{self, Place};
use crate::plan::Plan;
use crate::process;
use crate::report::style::{DIM, GOOD, LINK, NAME, paint};
use crate::report::table::columns;
use crate::report::{Error, Kind, Problem, Report, Result, text};

/// Finds an image: gives how it is pinned (`repository@sha256:…`), or none when it is nowhere.
pub type Resolve<'a> = &'a dyn Fn(&str) -> Result<Option<String>>;

/// A deployment as it was asked for.
pub struct Deploy<'a> {
    /// The repo.
    pub project: &'a Project,
    /// Where to.
    pub environment: &'a Environment,
    /// `--image`.
    pub image: Option<&'a str>,
    /// `--timeout`.
    pub timeout: Option<Duration>,
    /// Only show it.
    pub dry_run: bool,
    /// The way out.
    pub report: &'a Report,
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
        for target in &self.environment.places {
            kube::answers(target, self.report)?;
            let image = image::choose(self.project, &target.scope, self.image, resolve)?;
            if self.dry_run {
                whole.steps.extend(self.prepare(target, &image)?.plan.steps);
                continue;
            }
            let begin = Instant::now();
            let (record, result) = self.place(target, &image)?.run();
            if result.is_ok() {
                self.summary(target, &record, begin.elapsed())?;
            }
            done.push(json(target, &record, begin.elapsed()));
            self.report.document(json!({ "environment": self.environment.name, "releases": done }));
            result.map_err(|error| self.left_out(error, done.len()))?;
        }
        if self.dry_run {
            whole.show(self.report);
        }
        Ok(())
    }

    fn place<'b>(&'b self, target: &'b Target, image: &'b str) -> Result<Deployment<'b>> {
        let service = Service::of(&target.scope)?.name;
        self.report.note(&format!(
            "{} {} → {} {}",
            paint(NAME, &service),
            self.project.facts().version(),
            paint(NAME, &self.environment.name),
            paint(DIM, &format!("(context {}, namespace {})", target.context, target.namespace))
        ));
        self.warn_dirty();
        self.prepare(target, image)
    }

    fn prepare<'b>(&'b self, target: &'b Target, image: &'b str) -> Result<Deployment<'b>> {
        let facts = self.project.facts();
        let who = who::who(process::env::var);
        let request = Request {
            target,
            environment: &self.environment.name,
            image,
            version: &facts.version().text,
            commit: facts.commit().map(|commit| commit.sha.as_str()),
            dirty: facts.commit().is_some_and(|commit| commit.dirty),
            who,
            timeout: self.timeout,
            root: &self.project.root,
        };
        Deployment::prepare(request, self.report)
    }

    fn warn_dirty(&self) {
        let dirty = self.project.facts().commit().is_some_and(|commit| commit.dirty);
        if dirty && self.image.is_none() {
            let message = "files are changed that are not committed: the image of the commit does not have the changes".to_owned();
            let help = vec!["commit, then `instep docker-build --push`".to_owned()];
            self.report.warn(&Problem { message, place: None, notes: Vec::new(), help });
        }
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

    /// Says which places were not reached.
    fn left_out(&self, error: Error, reached: usize) -> Error {
        let names: Vec<&str> = self.environment.places.iter().skip(reached).map(|target| target.cluster.as_str()).collect();
        if names.is_empty() { error } else { error.note(format!("not deployed to: {}", text::list(&names))) }
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
    Ok(served.map(|(name, port)| {
        let place = Place { context: target.context.clone(), namespace: target.namespace.clone() };
        place.command(["port-forward", &format!("service/{name}"), &format!("{port}:{port}")]).line()
    }))
}
