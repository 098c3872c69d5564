//! Many services of a cluster restarted, or their releases applied again.

use std::path::Path;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::{Value, json};

use super::Select;
use super::pool::{self, Ended, Limits};
use crate::config::{Environment, Service, Target};
use crate::kube::deploy::{Deployment, Foreign, Request, Source};
use crate::kube::fleet::{Member, members};
use crate::kube::lock::{self, Deployer};
use crate::kube::record::Record;
use crate::kube::restart::{self, Restart};
use crate::kube::{self, Ground};
use crate::plan::{Action, Plan};
use crate::process;
use crate::release::image::Unseen;
use crate::release::who;
use crate::report::style::{BAD, DIM, GOOD, NAME, paint};
use crate::report::table::columns;
use crate::report::{Error, Report, Result, text};

/// What is asked for.
pub struct Redeploy<'a> {
    /// Where.
    pub environment: &'a Environment,
    /// Which services.
    pub select: Select<'a>,
    /// Apply the recorded release again, instead of a restart.
    pub refresh: bool,
    /// How many at once, and until when.
    pub limits: Limits,
    /// For how long to wait for another deployment of the same.
    pub lock_timeout: Duration,
    /// For how long to wait for each, when not as long as its deployment may take.
    pub timeout: Option<Duration>,
    /// The folder whose state keeps evidence.
    pub root: &'a Path,
    /// The way out.
    pub report: &'a Report,
}

/// A service and its place.
struct One {
    target: Target,
    member: Member,
}

/// A service, by the name under which it is shown, and how it went with it: the revision, where there is a new one.
type Row<'a> = ((&'a String, &'a One), Ended<Option<u32>>);

/// A step of either way.
#[derive(Serialize)]
#[serde(untagged)]
enum Act {
    Restart(restart::Action),
    Apply(kube::plan::Action),
}

impl Action for Act {
    fn title(&self) -> String {
        match self {
            Self::Restart(action) => action.title(),
            Self::Apply(action) => action.title(),
        }
    }

    fn script(&self) -> Vec<String> {
        match self {
            Self::Restart(action) => action.script(),
            Self::Apply(action) => action.script(),
        }
    }
}

impl Redeploy<'_> {
    /// Does it, cluster after cluster; the next one only when all of the one before serve. `ask` asks a person, once
    /// the services are shown.
    ///
    /// # Errors
    /// Exit code 2 for services and teams that are not there; the kind of what failed, where all failed alike.
    pub fn run(&self, ask: Option<&dyn Fn() -> Result<()>>) -> Result<()> {
        let places = self.places()?;
        self.list(&places);
        if let Some(ask) = ask {
            ask()?;
        }
        let (begin, mut rows, mut result) = (Instant::now(), Vec::new(), Ok(()));
        for items in &places {
            let ended = match &result {
                Ok(()) => pool::each(items, self.title(), self.limits, self.report, |one, report| self.one(one, report)),
                Err(_) => items.iter().map(|_| Ended::Left).collect(),
            };
            let failures = items.iter().zip(&ended).filter_map(|((name, _), ended)| match ended {
                Ended::Failed(error, _) => Some((name.as_str(), error)),
                _ => None,
            });
            result = result.and(pool::joined(&failures.collect::<Vec<_>>()));
            rows.extend(items.iter().map(|(name, one)| (name, one)).zip(ended));
        }
        self.tell(&rows, begin.elapsed());
        result.and_then(|()| process::cancel::check())
    }

    /// Shows what would be done, as a script.
    ///
    /// # Errors
    /// As [`Redeploy::run`].
    pub fn show(&self) -> Result<()> {
        let mut whole = Plan::default();
        for (name, one) in self.places()?.into_iter().flatten() {
            let Some(release) = one.member.serves() else { continue };
            let mut add = |id: &str, act: Act| whole.push(format!("{name}:{id}"), act);
            if self.refresh {
                let plan = Deployment::prepare(self.request(&one, release, ""), &one.member.ground, self.report)?.plan;
                plan.steps.into_iter().for_each(|step| add(&step.id, Act::Apply(step.action)));
            } else {
                let plan = self.restart(&one, release, &one.member.ground, self.report).plan();
                plan.steps.into_iter().for_each(|step| add(&step.id, Act::Restart(step.action)));
            }
        }
        whole.show(self.report);
        Ok(())
    }

    fn title(&self) -> &'static str {
        if self.refresh { "apply its release again" } else { "restart" }
    }

    /// The services of each cluster, by the names under which they are shown.
    fn places(&self) -> Result<Vec<Vec<(String, One)>>> {
        let Environment { name, places, .. } = self.environment;
        let mut all = Vec::new();
        for target in places {
            let cluster = Ground::of_service(target, String::new(), self.report)?;
            let mut found = self.select.of(members(&cluster, name)?, name)?;
            found.retain(|member| member.serves().is_some() && (self.refresh || !member.workloads.is_empty()));
            let several = |member: &Member| found.iter().filter(|other| other.name() == member.name()).count() > 1;
            let shown = |member: &Member| {
                let at = if several(member) { format!("{}/", member.namespace()) } else { String::new() };
                let cluster = if places.len() > 1 { format!("{}/", target.cluster) } else { String::new() };
                format!("{cluster}{at}{}", member.name())
            };
            let names: Vec<String> = found.iter().map(shown).collect();
            let ones = found.into_iter().map(|member| One { target: seen_from_here(target, &member), member });
            all.push(names.into_iter().zip(ones).collect());
        }
        if all.iter().all(Vec::is_empty) {
            return Err(Error::failed(format!("no service that serves in {name} is meant")));
        }
        Ok(all)
    }

    fn list(&self, places: &[Vec<(String, One)>]) {
        let all: Vec<&(String, One)> = places.iter().flatten().collect();
        let head = format!("{} in {}: {}", self.title(), paint(NAME, &self.environment.name), text::count(all.len(), "service"));
        let row = |(name, one): &&(String, One)| {
            let release = one.member.serves().map_or_else(String::new, |release| format!("v{} {}", release.revision, release.version));
            let team = one.member.team.clone().unwrap_or_default();
            vec![name.clone(), release, team, paint(DIM, &text::count(one.member.workloads.len(), "workload"))]
        };
        self.report.note(&format!("{head}\n{}", columns(&all.iter().map(row).collect::<Vec<_>>(), 2).trim_end()));
    }

    /// One service, under its lock.
    fn one(&self, one: &One, report: &Report) -> Result<Option<u32>> {
        let Some(release) = one.member.serves() else { return Ok(None) };
        let who = who::who(process::env::var, self.root);
        let ground = one.member.ground.at(one.member.namespace(), one.member.name(), report);
        let deployer = Deployer { who: who.clone(), version: self.title().to_owned(), ..Deployer::default() };
        let lock = lock::take(&ground, deployer, self.lock_timeout, report)?;
        if self.refresh {
            let deployment = Deployment::prepare(self.request(one, release, &who), &ground, report)?;
            let (record, result) = deployment.run(lock);
            return result.map(|()| Some(record.revision));
        }
        let result = self.restart(one, release, &ground, report).run();
        drop(lock);
        result.map(|()| None)
    }

    fn restart<'b>(&'b self, one: &'b One, release: &'b Record, ground: &'b Ground, report: &'b Report) -> Restart<'b> {
        Restart { ground, target: &one.target, release, workloads: &one.member.workloads, timeout: self.timeout, root: self.root, report }
    }

    fn request<'b>(&'b self, one: &'b One, release: &'b Record, who: &'b str) -> Request<'b> {
        Request {
            target: &one.target,
            environment: &self.environment.name,
            source: Source::Release(Some(release.revision)),
            image: &release.image,
            images: &[],
            version: &release.version,
            commit: release.commit.as_deref(),
            dirty: release.dirty,
            who,
            timeout: self.timeout,
            root: self.root,
            named: release.named,
            look: &Unseen,
            told: true,
            gate: None,
            first: true,
            override_reason: None,
            rollback: true,
            foreign: Foreign::Take,
        }
    }

    fn tell(&self, rows: &[Row<'_>], elapsed: Duration) {
        let done = if self.refresh { "applied again" } else { "restarted" };
        let row = |((name, one), ended): &Row<'_>| {
            let (sign, about, time) = match ended {
                Ended::Done(new, took) => {
                    (paint(GOOD, "✓"), new.map_or_else(|| done.to_owned(), |new| format!("{done} as v{new}")), text::elapsed(*took))
                }
                Ended::Failed(error, took) => (paint(BAD, "✗"), error.message().to_owned(), text::elapsed(*took)),
                Ended::Left => (paint(DIM, "–"), paint(DIM, "not begun"), String::new()),
            };
            let version = one.member.serves().map_or("", |release| &release.version);
            vec![format!("{sign} {name}"), version.to_owned(), time, about]
        };
        let count = |which: fn(&Ended<Option<u32>>) -> bool| rows.iter().filter(|(_, ended)| which(ended)).count();
        let counts = [
            (count(|ended| matches!(ended, Ended::Done(..))), done),
            (count(|ended| matches!(ended, Ended::Failed(..))), "failed"),
            (count(|ended| matches!(ended, Ended::Left)), "not begun"),
        ];
        let words: Vec<String> = counts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
        let table = columns(&rows.iter().map(row).collect::<Vec<_>>(), 0);
        let services = text::count(rows.len(), "service");
        self.report.result(&format!("\n{table}{services} in {}: {}", text::elapsed(elapsed), words.join(", ")));
        let all: Vec<Value> = rows.iter().map(|((_, one), ended)| json(one, ended)).collect();
        self.report.document(json!({ "environment": self.environment.name, "redeployed": all }));
    }
}

fn json(one: &One, ended: &Ended<Option<u32>>) -> Value {
    let (outcome, revision, error, took) = match ended {
        Ended::Done(new, took) => ("done", *new, None, Some(took)),
        Ended::Failed(error, took) => ("failed", None, Some(error.json()), Some(took)),
        Ended::Left => ("not-begun", None, None, None),
    };
    let release = one.member.serves();
    json!({
        "cluster": one.target.cluster,
        "namespace": one.member.namespace(),
        "service": one.member.name(),
        "team": one.member.team,
        "version": release.map(|release| &release.version),
        "revision": revision.or(release.map(|release| release.revision)),
        "outcome": outcome,
        "error": error,
        "seconds": took.map(|took| (took.as_secs_f64() * 1000.0).round() / 1000.0),
    })
}

/// The file of the service that we are in knows which of its lines is to blame; of others only the name is known.
fn seen_from_here(target: &Target, member: &Member) -> Target {
    let own = Service::of(&target.scope).is_ok_and(|service| service.name == member.name());
    if own && target.namespace == member.namespace() { target.clone() } else { target.of_other(member.name(), member.namespace()) }
}
