//! A job of the service run in the cluster, with the image that serves there.

use std::io::IsTerminal as _;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Resolve, image, who};
use crate::config::{Environment, Job, Project, Scope, Service, Target};
use crate::kube::job::record::{Outcome, Run, next};
use crate::kube::job::{End, Followed, Jobs, Keep, Wish, now};
use crate::kube::object::Key;
use crate::kube::plan::{Action, Files};
use crate::kube::render::{self, Facts, Given, HOLDER, KubeVersion};
use crate::kube::{Ground, record, yaml};
use crate::plan::Plan;
use crate::process::{self, Held};
use crate::report::style::{DIM, paint};
use crate::report::{Error, Event, Kind, Report, Result, What, text};

/// A run as it is asked for.
pub struct RunJob<'a> {
    /// The repo.
    pub project: &'a Project,
    /// Where.
    pub environment: &'a Environment,
    /// Which job.
    pub name: &'a str,
    /// `--image`.
    pub image: &'a [String],
    /// What it has beyond what the file says.
    pub given: Given<'a>,
    /// Where the files of the run go; none: into the repo's state.
    pub artifacts: Option<&'a Path>,
    /// Only show it.
    pub dry_run: bool,
    /// The way out.
    pub report: &'a Report,
}

/// What it runs.
struct Image {
    main: String,
    others: Vec<(String, String)>,
    version: String,
}

impl RunJob<'_> {
    /// Runs it to its end, and records it.
    ///
    /// # Errors
    /// The exit code of its program; 1 when it can't run, 2 for a job that is not in the file, 4 when its time is over,
    /// 128+n when a signal stopped it.
    pub fn run(&self, resolve: Resolve<'_>) -> Result<()> {
        let target = self.target()?;
        let job = find(&target.scope, self.name)?;
        let ground = Ground::of(target, self.report)?;
        let image = self.image(target, &ground, resolve)?;
        let kube = target.kube_version.as_deref().and_then(KubeVersion::parse).unwrap_or(ground.version);
        let facts = Facts { image: &image.main, images: &image.others, version: &image.version, kube };
        let keep = Keep { root: &self.project.root, folder: self.artifacts };
        let jobs = Jobs { ground: &ground, report: self.report, keep };
        let runs = jobs.runs()?;
        let run = Run {
            job: job.key.clone(),
            number: next(&runs, &job.key),
            service: ground.service.clone(),
            environment: self.environment.name.clone(),
            version: image.version.clone(),
            image: image.main.clone(),
            args: self.given.args.to_vec(),
            artifacts: job.artifacts.clone(),
            who: who::who(process::env::var, &self.project.root),
            started: now(),
            ..Run::default()
        };
        let objects = |run: &Run| render::job(target, &facts, &job, &render::job_name(&job, &run.number.to_string()), self.given);
        if self.dry_run {
            let mut plan = Plan::default();
            plan.push(run.id(), action(&ground, &job, &objects(&run)?)?);
            plan.show(self.report);
            return Ok(());
        }
        if !ground.has_namespace {
            let name = &self.environment.name;
            let error = Error::failed(format!("namespace `{}` is not there: nothing is deployed in {name}", target.namespace));
            return Err(error.help(format!("`instep kube-apply {name}` comes first")));
        }
        let run = jobs.start(target, run, &objects)?;
        jobs.forget_old(&runs, &job.key)?;
        followed(&jobs, run, true)
    }

    /// One cluster: a backup that runs in two of them is two.
    fn target(&self) -> Result<&Target> {
        let Environment { name, places, .. } = self.environment;
        if places.len() > 1 {
            let names: Vec<String> = places.iter().map(|target| format!("{name}/{}", target.cluster)).collect();
            return Err(Error::usage("a job runs in one cluster").help(format!("name it: {}", text::list(&names))));
        }
        places.first().ok_or_else(|| Error::usage(format!("environment `{name}` has no cluster")))
    }

    /// What serves there, unless another one is named or nothing serves yet.
    fn image(&self, target: &Target, ground: &Ground, resolve: Resolve<'_>) -> Result<Image> {
        let releases = ground.records()?;
        if let (Some(release), true) = (record::last_good(&releases), self.image.is_empty()) {
            let others = image::of_objects(&target.scope, &record::objects(release)?)?;
            return Ok(Image { main: release.image.clone(), others, version: release.version.clone() });
        }
        let main = image::choose(self.project, &target.scope, self.image, resolve)?;
        let others = image::others(self.project, &target.scope, self.image, resolve)?;
        Ok(Image { main, others, version: self.project.facts().version().text.clone() })
    }
}

/// What a person would run.
fn action(ground: &Ground, job: &Job, objects: &[Value]) -> Result<Action> {
    let keys: Vec<Key> = objects.iter().map(Key::of).collect();
    Ok(Action::Job {
        place: ground.kubectl.place.clone(),
        key: job.key.clone(),
        name: keys.last().map_or_else(String::new, |key| key.name.clone()),
        manifests: yaml::documents(objects)?,
        files: (!job.artifacts.is_empty()).then(|| Files { container: render::label_value(&ground.service), paths: job.artifacts.clone() }),
        give_up: job.timeout.unwrap_or(render::JOB_TIMEOUT).as_secs(),
        objects: keys,
    })
}

/// Follows a run, and concludes it when it has ended. `ours`: we began it, and it ends with us.
///
/// # Errors
/// See [`RunJob::run`].
pub fn followed(jobs: &Jobs<'_>, mut run: Run, ours: bool) -> Result<()> {
    let (begin, step, report) = (Instant::now(), run.id(), jobs.report);
    let args = if run.args.is_empty() { String::new() } else { format!(" -- {}", run.args.join(" ")) };
    let title = format!("{} {} in {}{args}", run.service, run.version, run.environment);
    report.event(&Event::new(&*step, What::Started { title }));
    let asked = std::io::stdin().is_terminal() && report.is_live();
    let held = asked.then(process::hold_interrupt);
    let followed = jobs.follow(&step, &mut run, &|| {
        held.as_ref().filter(|held| held.came()).map(|held| wish(held, &run_words(&step), report)).transpose()
    });
    drop(held);
    let ended = |what: What| report.event(&Event::new(&*step, what));
    let elapsed = begin.elapsed();
    let Followed { end, files } = match followed {
        Ok(followed) => followed,
        Err(error) if ours && matches!(error.kind, Kind::Signal(_)) => return stop(jobs, run, elapsed, error),
        Err(error) => {
            left(report, &run);
            return Err(error);
        }
    };
    match end {
        End::Done => {
            run.exit_code = Some(0);
            jobs.conclude(&mut run, Outcome::Done)?;
            ended(What::Finished { elapsed });
            tell(report, &run, files.as_ref());
            files.map_or(Ok(()), |files| files.map(drop))
        }
        End::Failed { why, code, late } => {
            (run.exit_code, run.reason) = (code, Some(why.clone()));
            jobs.conclude(&mut run, Outcome::Failed)?;
            let error = failed(&run, &why, code, late);
            let reason = if let Kind::Program(code) = error.kind { format!("exit code {code}") } else { why };
            ended(What::Failed { reason, elapsed });
            tell(report, &run, files.as_ref());
            Err(error)
        }
        End::Left => {
            left(report, &run);
            Ok(())
        }
        End::Stopped => stop(jobs, run, elapsed, Error::signal(2)),
    }
}

fn run_words(id: &str) -> String {
    format!("{id} runs. Stop it (s), leave it running in the cluster (d), or go on (Enter)? ")
}

/// What a person who pressed Ctrl-C wants.
fn wish(held: &Held, question: &str, report: &Report) -> Result<Wish> {
    report.prompt(&format!("\n{question}"));
    let answer = held.released(process::typed)?;
    Ok(match answer.trim().to_lowercase().as_str() {
        "s" | "stop" => Wish::Stop,
        "d" | "detach" => Wish::Leave,
        _ => Wish::GoOn,
    })
}

fn stop(jobs: &Jobs<'_>, mut run: Run, elapsed: Duration, error: Error) -> Result<()> {
    jobs.conclude(&mut run, Outcome::Stopped)?;
    let reason = format!("stopped; `instep job --logs {}` shows what it wrote", run.path());
    jobs.report.event(&Event::new(run.id(), What::Failed { reason, elapsed }));
    tell(jobs.report, &run, None);
    Err(error)
}

fn left(report: &Report, run: &Run) {
    report.note(&format!("{} runs on in the cluster; `instep job --logs {}` follows it again", run.id(), run.path()));
    report.document(json!({ "run": run, "id": run.id() }));
}

fn failed(run: &Run, why: &str, code: Option<i64>, late: bool) -> Error {
    let last = run.log.trim_end().lines().last().filter(|line| !line.is_empty());
    let own = code.and_then(|code| u8::try_from(code).ok()).filter(|code| *code != 0 && !late);
    let error = match own {
        Some(code) => Error::new(Kind::Program(code), format!("{} ended with exit code {code}", run.id())),
        None => Error::new(if late { Kind::TimedOut } else { Kind::Failed }, format!("{} failed: {why}", run.id())),
    };
    let error = last.map_or(error.clone(), |line| error.note(format!("its last line: {line}")));
    if why.contains(&format!("`{HOLDER}`")) { error.help("its files are read by `tar`, which the image must have") } else { error }
}

fn tell(report: &Report, run: &Run, files: Option<&Result<String>>) {
    if let Some(Ok(files)) = files {
        report.note(&paint(DIM, &format!("  its files: {files}")));
    }
    if run.outcome == Outcome::Done {
        report.note(&paint(DIM, &format!("  its log is kept: instep job --logs {}", run.path())));
    }
    let files = files.and_then(|files| files.as_ref().ok());
    report.document(json!({ "run": run, "id": run.id(), "log": run.log, "files": files }));
}

/// The job of this name in the file.
fn find(scope: &Scope, name: &str) -> Result<Job> {
    let jobs = Job::all(scope)?;
    let keys: Vec<String> = jobs.iter().map(|job| job.key.clone()).collect();
    if let Some(job) = jobs.into_iter().find(|job| crate::config::same(&job.key, name)) {
        return Ok(job);
    }
    let error = Error::usage(format!("there is no job `{name}`"));
    Err(match (keys.as_slice(), text::nearest(name, keys.iter().map(String::as_str))) {
        ([], _) => error.help(format!("add [jobs.{name}] with its `command`, a list of program and arguments")),
        (_, Some(near)) => error.help(format!("did you mean `{near}`?")),
        (_, None) => error.help(format!("{} has: {}", Service::of(scope)?.name, text::list(&keys))),
    })
}
