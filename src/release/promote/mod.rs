//! Deploying by a commit: the rendered manifests, with the image pinned, in the service's folder of a platform repo.

mod api;
mod folder;
mod message;
mod passed;
mod plan;
mod proof;
mod remote;
mod request;
mod run;
mod wait;

use std::collections::BTreeMap;
use std::time::Duration;

use self::folder::{Edit, RELEASE, Release};
use self::plan::Act;
use self::run::{Change, Work};
use super::{Resolve, image};
use crate::config::{Environment, Gitops, Project, Service};
use crate::kube::record::MAIN;
use crate::plan::Plan;
use crate::process;
use crate::repo::{Fetched, content_id};
use crate::report::{Error, Kind, Problem, Report, Result};

/// A promotion as it was asked for.
pub struct Promote<'a> {
    /// The repo.
    pub project: &'a Project,
    /// Where to.
    pub environment: &'a Environment,
    /// Takes exactly what runs there.
    pub from: Option<&'a Environment>,
    /// `--image`.
    pub image: &'a [String],
    /// Why a refusal is passed.
    pub overrule: Option<&'a str>,
    /// Wait so long until the cluster runs it, then check it.
    pub wait: Option<Duration>,
    /// Only show it.
    pub dry_run: bool,
    /// The way out.
    pub report: &'a Report,
}

/// What is promoted.
struct Source {
    images: BTreeMap<String, String>,
    version: String,
    commit: Option<String>,
    /// How it went where it ran before.
    smoke: Option<String>,
}

impl Source {
    /// Without the images that nothing in the manifests runs: nobody can know how those did.
    fn of_what_runs(mut self, files: &[(String, String)]) -> Self {
        self.images.retain(|name, image| name == MAIN || files.iter().any(|(_, text)| text.contains(image.as_str())));
        self
    }
}

/// What is to be in the folder: the release, and the files by name.
struct Wanted {
    release: Release,
    files: Vec<(String, String)>,
}

impl Promote<'_> {
    /// Commits what this checkout, or another environment, says.
    ///
    /// # Errors
    /// Exit code 2 for an environment without a platform repo, 6 for a folder that somebody edited, 1 for
    /// an image that is nowhere or a push that is refused.
    pub fn run(&self, resolve: Resolve<'_>) -> Result<()> {
        let gitops = self.gitops()?;
        let wanted = self.wanted(resolve)?;
        if self.dry_run {
            let mut plan = self.plan(gitops, &wanted)?;
            plan.steps.extend(self.wait.map(|time| self.arrival(time).steps).unwrap_or_default());
            plan.show(self.report);
            return Ok(());
        }
        let change = |fetched: &Fetched| self.change(fetched, gitops, &wanted);
        self.work(gitops).run(&change, &wanted.release)?;
        self.wait.map_or(Ok(()), |time| self.arrive(gitops, &wanted, time))
    }

    /// Takes the newest change of the folder back, by a commit that reverts it.
    ///
    /// # Errors
    /// As [`Promote::run`]; exit code 1 when nothing came before.
    pub fn rollback(&self) -> Result<()> {
        let gitops = self.gitops()?;
        let revert = |fetched: &Fetched| {
            let nothing = || Error::failed(format!("{} has no earlier release in {}", gitops.path, gitops.repository));
            let last = newest_change(fetched, gitops)?.ok_or_else(nothing)?;
            let files = fetched.list(&format!("{last}^"), &gitops.path).unwrap_or_default();
            if files.is_empty() {
                return Err(nothing().note("the newest change is the first one"));
            }
            let subject = fetched.subject(&last)?;
            let message = format!("Revert \"{subject}\"\n\nThis reverts commit {last} in {}.\nby: {}\n", gitops.path, self.who());
            Ok(Some(Change { files, message }))
        };
        let fetched = crate::repo::fetch(&gitops.repository, Some(&gitops.branch))?;
        let Some(now) = held(&fetched, gitops) else {
            return Err(Error::failed(format!("{} holds no {RELEASE} in {}", gitops.path, gitops.repository)));
        };
        let before = newest_change(&fetched, gitops)?.and_then(|last| held_at(&fetched, &format!("{last}^"), gitops));
        self.work(gitops).run(&revert, &before.unwrap_or(now))
    }

    /// Who promotes.
    fn who(&self) -> String {
        super::who::who(process::env::var, &self.project.root)
    }

    fn gitops(&self) -> Result<&Gitops> {
        let name = &self.environment.name;
        self.environment.gitops.as_ref().ok_or_else(|| {
            Error::usage(format!("environment `{name}` has no platform repo"))
                .help(format!("`instep kube-apply {name}` deploys there, or add [environments.{name}.gitops] with `repository`"))
        })
    }

    fn work<'b>(&'b self, gitops: &'b Gitops) -> Work<'b> {
        Work { gitops, environment: &self.environment.name, root: &self.project.root, report: self.report }
    }

    fn wanted(&self, resolve: Resolve<'_>) -> Result<Wanted> {
        let facts = self.project.facts();
        let scope = &self.environment.places[0].scope;
        let service = Service::of(scope)?.name;
        let source = if let Some(from) = self.from {
            self.running(from)?
        } else {
            let image = image::choose(self.project, scope, self.image, resolve)?;
            let images = image::others(self.project, scope, self.image, resolve)?;
            let images = images.into_iter().chain([(MAIN.to_owned(), image)]).collect();
            let commit = facts.commit().map(|commit| commit.sha.clone());
            Source { images, version: facts.version().text.clone(), commit, smoke: None }
        };
        self.warn_of_versions();
        let files = folder::manifests(&self.environment.places, &source.images, &source.version)?;
        let source = source.of_what_runs(&files);
        let smoke = self.proof(self.gitops()?, &source)?;
        let Source { images, version, commit, .. } = source;
        let ids = files.iter().map(|(name, text)| Ok((name.clone(), content_id(text)?))).collect::<Result<_>>()?;
        let environment = self.environment.name.clone();
        let overruled = self.overrule.map(str::to_owned);
        let who = self.who();
        let release = Release { service, environment, version, commit, images, who, smoke, passed: None, overruled, files: ids };
        Ok(Wanted { release, files })
    }

    /// No cluster is asked here, so the file must say what it takes.
    fn warn_of_versions(&self) {
        for target in self.environment.places.iter().filter(|target| target.kube_version.is_none()) {
            let own = target.cluster == self.environment.name;
            let what = if own { "environment" } else { "cluster" };
            let message = format!("{what} `{}` has no kube-version: its manifests are rendered for the newest Kubernetes", target.cluster);
            let help =
                "`instep doctor --write` asks it and writes the line; by hand it is `kube-version = \"1.29\"` below the context".to_owned();
            self.report.warn(&Problem { message, place: target.context_place(), notes: Vec::new(), help: vec![help] });
        }
    }

    /// A refusal, unless a reason is given to go past it.
    fn refuse(&self, error: Error) -> Result<()> {
        match self.overrule {
            Some(reason) => {
                self.report.note(&format!("{}; overruled: {reason}", error.message()));
                Ok(())
            }
            None => Err(error.help("--override REASON goes past this, and is recorded")),
        }
    }

    /// What changes in the platform repo as it is now; none when it holds this release already.
    fn change(&self, fetched: &Fetched, gitops: &Gitops, wanted: &Wanted) -> Result<Option<Change>> {
        let there = fetched.list(&fetched.commit, &gitops.path)?;
        let before = held(fetched, gitops);
        let edits = before.as_ref().map(|before| before.edits(&there)).unwrap_or_default();
        let others: Vec<String> = match &before {
            Some(_) => edits.iter().map(Edit::words).collect(),
            None => there.iter().map(|(name, _)| format!("{name} is there already")).collect(),
        };
        if others.is_empty() && before.as_ref().is_some_and(|before| before.same(&wanted.release)) {
            return Ok(None);
        }
        if !others.is_empty() {
            self.show(fetched, gitops, &edits)?;
            let error = Error::new(Kind::Refused, format!("somebody else wrote to {} in {}", gitops.path, gitops.repository));
            self.refuse(
                error.at(gitops.place.clone()).note(others.join("\n")).help("take these changes over into instep.toml, or move them away"),
            )?;
        }
        let release = wanted.release.text()?;
        let all = wanted.files.iter().map(|(name, text)| (name.as_str(), text.as_str())).chain([(RELEASE, release.as_str())]);
        let files = all.map(|(name, text)| Ok((name.to_owned(), fetched.keep(text)?))).collect::<Result<_>>()?;
        Ok(Some(Change { files, message: self.message(&wanted.release, before.as_ref()) }))
    }

    /// What others changed since instep wrote it.
    fn show(&self, fetched: &Fetched, gitops: &Gitops, edits: &[Edit]) -> Result<()> {
        if edits.iter().any(|edit| edit.written.is_some()) {
            // What was written may be in an older commit only.
            fetched.changes(&gitops.repository, &gitops.path)?;
        }
        for edit in edits {
            let difference = fetched.difference(edit.written.as_deref(), edit.there.as_deref(), self.report.is_live())?;
            self.report.note(&format!("{} in {}:\n{}", edit.words(), gitops.path, difference.trim_end()));
        }
        Ok(())
    }

    fn message(&self, release: &Release, before: Option<&Release>) -> String {
        let facts = self.project.facts();
        let old = before.and_then(|before| before.commit.as_deref());
        let commits = old.zip(release.commit.as_deref()).map(|(old, new)| facts.commits_between(old, new)).unwrap_or_default();
        let mut text = message::commit(release, &commits, facts.source().as_deref());
        if let Some(reason) = self.overrule {
            text.push_str(&format!("\noverride: {reason}\n"));
        }
        text
    }

    fn plan(&self, gitops: &Gitops, wanted: &Wanted) -> Result<Plan<Act>> {
        let mut plan = Plan::default();
        let (repository, branch, folder) = (gitops.repository.clone(), gitops.branch.clone(), gitops.path.clone());
        plan.push("fetch", Act::Fetch { repository, branch: branch.clone() });
        plan.push(
            "commit",
            Act::Commit {
                folder,
                environment: self.environment.name.clone(),
                image: wanted.release.images[MAIN].clone(),
                release: wanted.release.text()?,
                message: self.message(&wanted.release, None),
            },
        );
        let branch = if gitops.pull_request { run::request_branch(&wanted.release) } else { branch };
        plan.push("push", Act::Push { branch: branch.clone(), force: gitops.pull_request });
        if gitops.pull_request {
            plan.push("pull-request", Act::PullRequest { branch, base: gitops.branch.clone(), title: message::title(&wanted.release) });
        }
        Ok(plan)
    }
}

/// What the folder says that it holds.
fn held(fetched: &Fetched, gitops: &Gitops) -> Option<Release> {
    held_at(fetched, &fetched.commit, gitops)
}

fn held_at(fetched: &Fetched, commit: &str, gitops: &Gitops) -> Option<Release> {
    fetched.show(commit, &format!("{}/{RELEASE}", gitops.path)).as_deref().and_then(Release::parse)
}

/// The commit that brought what the folder holds: a later one that only says how that went is none.
fn newest_change(fetched: &Fetched, gitops: &Gitops) -> Result<Option<String>> {
    let now = held(fetched, gitops);
    let files = |commit: &str| -> Result<Vec<_>> {
        let mut files = fetched.list(commit, &gitops.path)?;
        files.retain(|(name, _)| name != RELEASE);
        Ok(files)
    };
    let there = files(&fetched.commit)?;
    for commit in fetched.changes(&gitops.repository, &gitops.path)? {
        let before = format!("{commit}^");
        let told = held_at(fetched, &before, gitops);
        let same = told.zip(now.as_ref()).is_some_and(|(told, now)| told.same(now));
        if !same || files(&before)? != there {
            return Ok(Some(commit));
        }
    }
    Ok(None)
}
