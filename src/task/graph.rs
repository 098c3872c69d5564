//! From a task's name to the plan of everything that it needs, each task once.

use std::cell::OnceCell;
use std::ffi::OsString;
use std::path::PathBuf;

use super::work::{Inputs, Work};
use crate::config::variables::{self, Layers, Variable};
use crate::config::{BUILT_IN, EnvValue, Names, Project, Task, same};
use crate::plan::Plan;
use crate::process::{self, Command};
use crate::report::{Error, Report, Result, text};

/// What is asked of a plan.
#[derive(Clone, Debug, Default)]
pub struct Wanted<'a> {
    /// The arguments of the task itself.
    pub args: &'a [OsString],
    /// The parameters of the task itself, by name.
    pub params: &'a [(String, String)],
    /// `-e KEY=VALUE`.
    pub env: &'a [(String, String)],
    /// The environment, when one is chosen.
    pub environment: Option<&'a str>,
    /// Run tasks that are up to date too.
    pub force: bool,
}

/// A project whose task is wanted; in a workspace with the name of its service.
#[derive(Clone, Debug)]
pub struct Part<'a> {
    /// The service's name; none at the root.
    pub service: Option<&'a str>,
    /// Its configuration.
    pub project: &'a Project,
    /// What is asked of its task.
    pub wanted: Wanted<'a>,
}

/// The plan for a task in every part that has it: its needs first, then itself, then what it ends with.
///
/// # Errors
/// Exit code 2 for a task that is not there, and for templates with faults.
pub fn plan(parts: &[Part<'_>], name: &str, report: &Report) -> Result<Plan<Work>> {
    let mut plan = Plan::default();
    for part in parts {
        let mut builder = Builder { from: plan.steps.len(), plan, ..Builder::new(part, report) };
        let last = builder.add(name, true)?;
        builder.finally(last)?;
        plan = builder.plan;
    }
    Ok(plan)
}

/// The plan for what a built-in command needs, when a task of its name says so; empty without one.
pub fn needs_of(project: &Project, name: &str, wanted: &Wanted<'_>, report: &Report) -> Result<Plan<Work>> {
    let part = Part { service: None, project, wanted: wanted.clone() };
    let mut builder = Builder { built_in: false, ..Builder::new(&part, report) };
    if let Some(task) = Task::of(project.scope(), name)? {
        for need in &task.needs {
            builder.add(need, false)?;
        }
    }
    Ok(builder.plan)
}

struct Builder<'a> {
    part: &'a Part<'a>,
    report: &'a Report,
    /// Where the steps of this part begin.
    from: usize,
    plan: Plan<Work>,
    /// The tasks of the repo.
    tasks: Names<'a>,
    /// For each of them its step, once it is in the plan.
    planned: Vec<Option<usize>>,
    /// What a task is of which nothing is written.
    blank: OnceCell<Task>,
    /// The variables that all tasks have.
    defaults: OnceCell<Vec<(String, String)>>,
    /// A task that only extends a built-in command ends with that command.
    built_in: bool,
}

impl<'a> Builder<'a> {
    fn new(part: &'a Part<'a>, report: &'a Report) -> Self {
        let tasks = part.project.scope().tree().table("tasks").map(Names::new).unwrap_or_default();
        Self {
            part,
            report,
            from: 0,
            plan: Plan::default(),
            planned: vec![None; tasks.entries.len()],
            tasks,
            blank: OnceCell::new(),
            defaults: OnceCell::new(),
            built_in: true,
        }
    }

    /// Adds a task after all that it needs; gives its number.
    fn add(&mut self, name: &str, asked: bool) -> Result<usize> {
        let built_in = BUILT_IN.iter().find(|known| same(known, name)).copied();
        let Some(number) = self.tasks.find(name) else {
            let Some(name) = built_in else { return Err(unknown(self.part.project, name)) };
            let id = self.id(name);
            let there = self.plan.steps.iter().position(|step| step.id == id);
            return Ok(there.unwrap_or_else(|| self.push(name, self.command_of(name, &[]))));
        };
        if let Some(at) = self.planned[number] {
            return Ok(at);
        }
        let Some(task) = self.read(number)? else { return Err(unknown(self.part.project, name)) };
        let mut needs = Vec::new();
        for need in &task.needs {
            needs.push(self.add(need, false)?);
        }
        let works = !task.run.is_empty() || !task.command.is_empty();
        let work = match built_in.filter(|_| !works && self.built_in) {
            Some(name) => {
                Work { needs, finally: task.finally.clone(), confirm: task.confirm.clone(), ..self.command_of(name, &["--no-needs"]) }
            }
            None => self.work(task, needs, asked)?,
        };
        let at = self.push(self.tasks.entries[number].key.as_str(), work);
        self.planned[number] = Some(at);
        Ok(at)
    }

    /// What the tasks of the plan end with; that may end with something too.
    fn finally(&mut self, last: usize) -> Result<()> {
        let mut at = self.from;
        while at < self.plan.steps.len() {
            for end in self.plan.steps[at].action.finally.clone() {
                let from = self.plan.steps.len();
                self.add(&end, false)?;
                for step in &mut self.plan.steps[from..] {
                    step.action.cleanup = true;
                    step.action.commands.iter_mut().for_each(|command| command.cleanup = true);
                    step.action.needs.push(last);
                }
            }
            at += 1;
        }
        Ok(())
    }

    /// `SERVICE:TASK` in a workspace.
    fn id(&self, name: &str) -> String {
        self.part.service.map_or_else(|| name.to_owned(), |service| format!("{service}:{name}"))
    }

    fn push(&mut self, name: &str, work: Work) -> usize {
        let id = self.id(name);
        self.plan.push(id.clone(), Work { name: id, ..work });
        self.plan.steps.len() - 1
    }

    /// A built-in command as a step: instep itself.
    fn command_of(&self, name: &str, args: &[&str]) -> Work {
        let program = std::env::current_exe().unwrap_or_else(|_| "instep".into());
        let command = Command::new(program, [name]).args(args).dir(&self.part.project.root);
        empty(name, vec![command])
    }

    fn work(&self, task: Task, needs: Vec<usize>, asked: bool) -> Result<Work> {
        let args: &[OsString] = if asked { self.part.wanted.args } else { &[] };
        let words = if task.command.is_empty() { &task.run } else { &task.command };
        let env = self.variables(&task, words, asked)?;
        let inputs = self.inputs(&task, words, args);
        let mut commands: Vec<Command> = if task.command.is_empty() {
            task.run.iter().map(|line| shell(&task, line, args)).collect()
        } else {
            vec![Command::new(&task.command[0], &task.command[1..]).args(args)]
        };
        for command in &mut commands {
            command.dir = Some(task.dir.clone());
            command.timeout = task.timeout;
            command.grace = task.grace;
        }
        let os = std::env::consts::OS;
        let elsewhere = !task.os.is_empty() && !task.os.iter().any(|name| name == os);
        Ok(Work {
            env,
            needs,
            finally: task.finally,
            interactive: task.interactive,
            retries: task.retries,
            confirm: task.confirm,
            inputs,
            dir: task.dir,
            sources: task.sources,
            outputs: task.outputs,
            skip: elsewhere.then(|| format!("only on {}", task.os.join(" and "))),
            place: task.place,
            ..empty(&task.name, commands)
        })
    }

    fn read(&self, number: usize) -> Result<Option<Task>> {
        let scope = self.part.project.scope();
        let blank = if let Some(blank) = self.blank.get() {
            blank
        } else {
            let blank = Task::blank(scope)?;
            self.blank.get_or_init(|| blank)
        };
        Task::of_entry(scope, self.tasks.entries[number], blank)
    }

    fn defaults(&self) -> Result<Vec<(String, String)>> {
        if let Some(known) = self.defaults.get() {
            return Ok(known.clone());
        }
        let defaults = variables::defaults(self.part.project, self.part.wanted.environment)?;
        Ok(self.defaults.get_or_init(|| defaults).clone())
    }

    fn variables(&self, task: &Task, words: &[String], asked: bool) -> Result<Vec<Variable>> {
        let environment = self.part.wanted.environment;
        let in_env = task.env.iter().any(|(_, value)| matches!(value, EnvValue::Text(text) if text.contains("INSTEP_")));
        let git = in_env || variables::uses_git_facts(words, &task.dir);
        let given = if asked { self.part.wanted.params } else { &[] };
        let layers = Layers {
            table: &format!("tasks.{}", task.name),
            defaults: self.defaults()?,
            files: &task.env_files,
            facts: if git { variables::git_facts(self.part.project, environment) } else { Vec::new() },
            own: &task.env,
            arguments: [given, self.part.wanted.env].concat(),
        };
        layers.merge(self.report, process::env::is_set)
    }

    fn inputs(&self, task: &Task, words: &[String], args: &[OsString]) -> Option<Inputs> {
        if task.sources.is_empty() || self.part.wanted.force {
            return None;
        }
        // The variables as the files give them: what is secret in them is hashed with the rest, never kept.
        let files: Vec<_> = task.env_files.iter().map(|file| std::fs::read(file).ok()).collect();
        let asked = (&self.part.wanted.env, &self.part.wanted.params);
        let definition = format!("{words:?} {:?} {args:?} {:?} {asked:?} {files:?}", task.shell, task.env);
        let (sources, outputs) = (task.sources.clone(), task.outputs.clone());
        let (home, name) = (self.part.project.root.clone(), task.name.clone());
        Some(Inputs { home, task: name, root: task.dir.clone(), sources, outputs, definition })
    }
}

/// A line for the task's shell; the arguments are `"$@"` there, never part of the text.
fn shell(task: &Task, line: &str, args: &[OsString]) -> Command {
    let (program, options) = task.shell.split_first().map_or(("sh", &[][..]), |(program, options)| (program.as_str(), options));
    let command = Command::new(program, options).arg(line);
    if args.is_empty() { command } else { command.arg(&task.name).args(args) }
}

fn empty(name: &str, commands: Vec<Command>) -> Work {
    Work {
        name: name.to_owned(),
        needs: Vec::new(),
        commands,
        env: Vec::new(),
        finally: Vec::new(),
        cleanup: false,
        interactive: false,
        retries: 0,
        confirm: None,
        inputs: None,
        dir: PathBuf::new(),
        sources: Vec::new(),
        outputs: Vec::new(),
        skip: None,
        place: None,
    }
}

fn unknown(project: &Project, name: &str) -> Error {
    let error = Error::usage(format!("there is no task `{name}`"));
    match text::nearest(name, project.heads().iter().map(|head| head.name)) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help("`instep list` shows the tasks of this repo"),
    }
}

/// Whether no two tasks could ever run at once.
pub(super) fn is_chain(plan: &Plan<Work>) -> bool {
    let steps: Vec<&Work> = plan.steps.iter().map(|step| &step.action).collect();
    let mut last: Option<usize> = None;
    for (at, work) in steps.iter().enumerate() {
        if work.commands.is_empty() {
            continue;
        }
        if last.is_some_and(|last| !reaches(&steps, at, last)) {
            return false;
        }
        last = Some(at);
    }
    true
}

fn reaches(steps: &[&Work], from: usize, to: usize) -> bool {
    steps[from].needs.iter().any(|&need| need == to || reaches(steps, need, to))
}
