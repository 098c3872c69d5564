//! Which steps an event asks for, and why: pure.

use std::collections::HashSet;

use super::{Occasion, Pipeline, Step, sources, workspace};
use crate::config::workspace::ROOT;
use crate::config::{self, DEPLOY, DeployOn, Environment, Image, Project, Service, Task, same};
use crate::repo::{Changes, Trigger};
use crate::report::{Result, text};

/// Plans what runs for an event.
///
/// # Errors
/// Exit code 2 for faults of the configuration that only show when it is read.
pub fn plan(project: &Project, occasion: &Occasion) -> Result<Pipeline> {
    let commit = project.facts().need_commit()?.sha.clone();
    let Occasion { system, trigger, .. } = occasion.clone();
    let not_on = if matches!(trigger, Trigger::Tag { .. }) { not_on(project) } else { Vec::new() };
    let mut pipeline = Pipeline { system, trigger, commit, not_on, services: Vec::new(), base: None, steps: Vec::new() };
    if project.members.is_empty() {
        let Steps { first, last } = steps(project, occasion, |_| true)?;
        pipeline.steps = [first, last].concat();
    } else {
        of_services(project, occasion, &mut pipeline)?;
    }
    Ok(pipeline)
}

/// The branches that deploy (where none does: the first of the remote), when HEAD is on none of them.
fn not_on(project: &Project) -> Vec<String> {
    let environments = project.parts().flat_map(|(_, part)| part.environment_names().into_iter().map(move |name| (part, name)));
    let rules: Vec<_> = environments.filter_map(|(part, name)| Environment::of(part, name).ok()?.deploy_on).collect();
    let known = project.facts().branches(false);
    let mut deploying: Vec<String> = known.iter().filter(|branch| rules.iter().any(|rule| rule.branch(branch))).cloned().collect();
    if deploying.is_empty() {
        deploying.extend(project.facts().default_branch().filter(|branch| known.contains(branch)));
    }
    let here = project.facts().branches(true);
    if deploying.iter().any(|branch| here.contains(branch)) { Vec::new() } else { deploying }
}

/// The root's own tasks, then the steps of every service that is concerned; nothing is deployed before all of them
/// have come so far.
fn of_services(project: &Project, occasion: &Occasion, pipeline: &mut Pipeline) -> Result<()> {
    let parts = workspace::parts(project)?;
    pipeline.services = workspace::concerned(&parts, occasion, &project.root);
    if let (Some(Changes::Since { base, .. }), false) = (&occasion.changes, matches!(occasion.trigger, Trigger::Tag { .. })) {
        pipeline.base = Some(base.clone());
    }
    let mut all = Steps::default();
    if project.service_name().is_none() {
        let Steps { first, last } = steps(project, occasion, is_task)?;
        let own = first.into_iter().chain(last).filter(|step| step.task);
        all.first.extend(own.map(|step| step.of_service(ROOT, None)));
    }
    for (part, concern) in parts.iter().zip(&pipeline.services).filter(|(_, concern)| concern.runs) {
        let Steps { first, last } = steps(part.project, occasion, |_| true)?;
        let of_service = |step: Step| step.of_service(&concern.service, Some(part.area.clone()));
        all.first.extend(first.into_iter().map(of_service));
        all.last.extend(last.into_iter().map(of_service));
    }
    pipeline.steps = [all.first, all.last].concat();
    Ok(())
}

/// The steps of one service: those before the first deployment, and the others.
#[derive(Default)]
struct Steps {
    first: Vec<Step>,
    last: Vec<Step>,
}

/// A step that is none of the usual commands.
fn is_task(step: &str) -> bool {
    !matches!(step, DEPLOY | "docker-build" | "docker-push" | "smoke-test")
}

fn steps(project: &Project, occasion: &Occasion, only: fn(&str) -> bool) -> Result<Steps> {
    let config = config::Pipeline::of(project.scope());
    let tasks = Tasks { project, done: HashSet::new() };
    let mut planner = Planner { project, occasion, config: &config, tasks, steps: Vec::new() };
    let mut first = None;
    for (name, place) in config.steps.iter().filter(|(name, _)| only(name)) {
        if name == DEPLOY && first.is_none() {
            first = Some(std::mem::take(&mut planner.steps));
        }
        match config.skips(name) {
            Some(at) => planner.steps.push(Step::left_out(name, "[ci] skip", at.as_ref())),
            None => planner.step(name, place.as_ref())?,
        }
    }
    let rest = planner.steps;
    Ok(match first {
        Some(first) => Steps { first, last: rest },
        None => Steps { first: rest, last: Vec::new() },
    })
}

struct Planner<'a> {
    project: &'a Project,
    occasion: &'a Occasion,
    config: &'a config::Pipeline,
    tasks: Tasks<'a>,
    steps: Vec<Step>,
}

impl Planner<'_> {
    fn step(&mut self, name: &str, place: Option<&crate::report::Place>) -> Result<()> {
        match name {
            DEPLOY => self.deploy(),
            "docker-build" => self.image_step(name, &["docker-build"], "[image]"),
            "docker-push" => match &self.occasion.trigger {
                Trigger::PullRequest { .. } => {
                    self.steps.push(Step::left_out(name, "nothing is pushed for a pull request", None));
                    Ok(())
                }
                trigger => self.image_step(name, &["docker-push"], &format!("the image of {trigger}")),
            },
            "smoke-test" => self.smoke_test(name),
            task => self.task(task, place),
        }
    }

    fn task(&mut self, name: &str, place: Option<&crate::report::Place>) -> Result<()> {
        let Some(task) = Task::of(self.project.scope(), name)? else {
            self.steps.push(Step::left_out(name, "the repo has no such task", place));
            return Ok(());
        };
        if let Some(later) = self.needed_later(&task.name)? {
            self.steps.push(Step::left_out(name, format!("`{later}` needs it"), task.place.as_ref()));
            return Ok(());
        }
        self.tasks.run(&task.name)?;
        let why = format!("[tasks.{}]", task.name);
        self.steps.push(Step { task: true, ..Step::run(name, &[&task.name], why, task.place.as_ref()) });
        Ok(())
    }

    /// A task among the later steps that runs this one anyway.
    fn needed_later(&self, name: &str) -> Result<Option<String>> {
        let at = self.config.steps.iter().position(|(step, _)| same(step, name)).unwrap_or(0);
        for (later, _) in self.config.steps.iter().skip(at + 1) {
            if is_task(later) && self.config.skips(later).is_none() && self.tasks.of(later)?.contains(name) {
                return Ok(Some(later.clone()));
            }
        }
        Ok(None)
    }

    fn image_step(&mut self, name: &str, command: &[&str], why: &str) -> Result<()> {
        let scope = self.project.scope();
        if Image::all(scope)?.is_empty() {
            self.steps.push(Step::left_out(name, "the repo has no [image]", None));
            return Ok(());
        }
        let place = scope.read("image").place("repository");
        let command = self.tasks.without_what_ran(command)?;
        self.steps.push(Step::run(name, &command, why.to_owned(), place.as_ref()));
        Ok(())
    }

    /// The checks against the image as it will be deployed.
    fn smoke_test(&mut self, name: &str) -> Result<()> {
        let scope = self.project.scope();
        let service = Service::of(scope)?;
        let fork = matches!(self.occasion.trigger, Trigger::PullRequest { fork: true, .. });
        let reason = if Image::all(scope)?.is_empty() {
            "the repo has no [image]"
        } else if service.port.is_none() {
            "the service has no port"
        } else if let Some((why, place)) = sources::lacking(self.project, fork, &self.occasion.given)? {
            self.steps.push(Step::left_out(name, why, place.as_ref()));
            return Ok(());
        } else {
            let words = ["run-local", "--in-docker", "--port", "auto", "--exec", "instep", "smoke-test"];
            let place = scope.read("service").place("port");
            self.steps.push(Step::run(name, &words, "the image answers before it is pushed".into(), place.as_ref()));
            return Ok(());
        };
        self.steps.push(Step::left_out(name, reason, None));
        Ok(())
    }

    fn deploy(&mut self) -> Result<()> {
        for name in self.project.environment_names() {
            let environment = Environment::of(self.project, name)?;
            let step = match (&environment.deploy_on, self.config.skips(name)) {
                (_, Some(at)) => Step::left_out(name, "[ci] skip", at.as_ref()),
                (None, _) => Step::left_out(name, "it has no deploy-on", None),
                (Some(on), _) if !on.matches(&self.occasion.trigger) => {
                    Step::left_out(name, format!("deploys on {on}, not on {}", self.occasion.trigger), on.place.as_ref())
                }
                (Some(on), _) => self.to(&environment, on)?,
            };
            self.steps.push(step);
        }
        Ok(())
    }

    fn to(&self, environment: &Environment, on: &DeployOn) -> Result<Step> {
        let name = environment.name.as_str();
        let mut why = format!("deploys on {on}");
        let mut words = vec!["kube-apply", name];
        if let Some(gitops) = &environment.gitops {
            words[0] = "promote";
            if !gitops.passed_in.is_empty() {
                why.push_str(&format!(", once it passed in {}", text::list(&gitops.passed_in)));
            }
            // A pull request may wait for a person for days.
            if let Some(later) = self.asked_for(name)?.filter(|_| !gitops.pull_request) {
                words.push("--wait");
                why.push_str(&format!("; {later} asks whether it passed"));
            }
        }
        // Only a CI system's word stands in for a person's.
        if environment.protected && self.occasion.system.is_some() {
            words.extend(["--confirm", name]);
        }
        Ok(Step { deploys: true, ..Step::run(name, &self.tasks.without_what_ran(&words)?, why, on.place.as_ref()) })
    }

    /// The environment that takes only what passed in this one.
    fn asked_for(&self, name: &str) -> Result<Option<&str>> {
        for later in self.project.environment_names() {
            let gitops = Environment::of(self.project, later)?.gitops;
            if gitops.is_some_and(|gitops| gitops.passed_in.iter().any(|before| before == name)) {
                return Ok(Some(later));
            }
        }
        Ok(None)
    }
}

/// Which tasks have run already, so that no step runs them again.
struct Tasks<'a> {
    project: &'a Project,
    done: HashSet<String>,
}

impl Tasks<'_> {
    /// A task and all that it needs.
    fn of(&self, name: &str) -> Result<HashSet<String>> {
        let mut all = HashSet::new();
        let mut open = vec![name.to_owned()];
        while let Some(name) = open.pop() {
            if let Some(task) = Task::of(self.project.scope(), &name)?
                && all.insert(task.name)
            {
                open.extend(task.needs);
            }
        }
        Ok(all)
    }

    fn run(&mut self, name: &str) -> Result<()> {
        let all = self.of(name)?;
        self.done.extend(all);
        Ok(())
    }

    /// The words of a command, which leaves out the tasks that its own task needs when all have run.
    fn without_what_ran<'w>(&self, words: &[&'w str]) -> Result<Vec<&'w str>> {
        let extended = Task::head(self.project.scope(), words[0]).filter(|task| !task.runs);
        let Some(task) = extended else { return Ok(words.to_vec()) };
        let mut needed = self.of(task.name)?;
        needed.remove(task.name);
        let ran = needed.is_subset(&self.done);
        Ok(words.iter().copied().chain(ran.then_some("--no-needs")).collect())
    }
}
