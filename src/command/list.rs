//! `instep list`, and `instep` alone.

use std::collections::BTreeMap;

use serde_json::json;

use super::Context;
use crate::config::workspace::Member;
use crate::config::{Head, Task, same};
use crate::report::Result;
use crate::report::style::{BOLD, DIM, NAME, paint};
use crate::report::table::columns;

/// Arguments of `list`.
#[derive(clap::Args, Debug, Default)]
pub struct Args {
    /// Hidden tasks too
    #[arg(long)]
    all: bool,
}

/// Lists the repo's own tasks first, then the built-in commands.
#[expect(clippy::unnecessary_wraps, reason = "all commands have one shape")]
pub fn run(args: &Args, context: &Context) -> Result<()> {
    let project = context.project();
    let heads = project.as_ref().map(|project| Task::heads(project.scope())).unwrap_or_default();
    let shown: Vec<&Head<'_>> = heads.iter().filter(|head| args.all || !head.hidden).collect();
    let members = project.as_ref().map(|project| project.members.as_slice()).unwrap_or_default();
    let built_in = built_in();
    if context.report.is_json() {
        let task =
            |head: &&Head<'_>| json!({ "name": head.name, "description": head.description, "group": head.group, "hidden": head.hidden });
        let command = |(name, about): &(String, String)| json!({ "name": name, "description": about });
        context.report.document(json!({
            "tasks": shown.iter().map(task).collect::<Vec<_>>(),
            "commands": built_in.iter().map(command).collect::<Vec<_>>(),
        }));
        let services: Vec<_> = members
            .iter()
            .map(|member| {
                let heads = Task::heads(member.project.scope());
                let tasks: Vec<_> = heads.iter().filter(|head| args.all || !head.hidden).map(|head| task(&head)).collect();
                json!({ "name": member.name, "folder": member.dir, "tasks": tasks })
            })
            .collect();
        if !services.is_empty() {
            context.report.document(json!({ "services": services }));
        }
        return Ok(());
    }
    let mut out = String::new();
    for (group, heads) in groups(&shown) {
        out.push_str(&format!("{}\n", paint(BOLD, &group.unwrap_or("Tasks of this repo".into()))));
        let rows: Vec<Vec<String>> = heads.iter().map(|head| row(head.name, &about_task(head, &built_in))).collect();
        out.push_str(&format!("{}\n", columns(&rows, 2)));
    }
    for member in members {
        out.push_str(&of_member(member, args.all, &built_in));
    }
    out.push_str(&format!("{}\n", paint(BOLD, "Commands")));
    let rows: Vec<Vec<String>> = built_in
        .iter()
        .filter(|(name, _)| !heads.iter().any(|head| head.runs && same(head.name, name)))
        .map(|(name, about)| row(name, about))
        .collect();
    out.push_str(&columns(&rows, 2));
    out.push_str(&paint(DIM, "\n`instep COMMAND --help` tells more."));
    context.report.result(&out);
    if let Err(error) = project
        && crate::config::find::find(&context.dir).is_some()
    {
        let more = error.problems.len().saturating_sub(1);
        let mut first = error.problems.into_iter().next().unwrap_or_default();
        if more > 0 {
            first.notes.push(format!("and {}: `instep doctor` shows all", crate::report::text::count(more, "more problem")));
        }
        context.report.warn(&first);
    }
    Ok(())
}

/// A service of the workspace with its tasks.
fn of_member(member: &Member, all: bool, built_in: &[(String, String)]) -> String {
    let heads = Task::heads(member.project.scope());
    let rows: Vec<Vec<String>> =
        heads.iter().filter(|head| all || !head.hidden).map(|head| row(head.name, &about_task(head, built_in))).collect();
    let rows = if rows.is_empty() { format!("  {}\n", paint(DIM, "no tasks of its own")) } else { columns(&rows, 2) };
    format!("{} {}\n{rows}\n", paint(BOLD, &member.name), paint(DIM, &format!("({})", member.dir)))
}

fn row(name: &str, about: &str) -> Vec<String> {
    vec![paint(NAME, name), about.to_owned()]
}

fn about_task(head: &Head<'_>, built_in: &[(String, String)]) -> String {
    let description = head.description.clone().unwrap_or_default();
    match built_in.iter().find(|(name, _)| same(name, head.name)) {
        Some(_) if head.runs => format!("{description} {}", paint(DIM, "(replaces the built-in)")).trim().to_owned(),
        Some((_, about)) if description.is_empty() => format!("{about} {}", paint(DIM, "(with needs of this repo)")),
        _ => description,
    }
}

fn groups<'a>(heads: &[&'a Head<'a>]) -> BTreeMap<Option<String>, Vec<&'a Head<'a>>> {
    let mut groups: BTreeMap<Option<String>, Vec<&Head<'_>>> = BTreeMap::new();
    for head in heads {
        groups.entry(head.group.clone()).or_default().push(head);
    }
    groups
}

fn built_in() -> Vec<(String, String)> {
    let cli = super::tree();
    cli.get_subcommands()
        .filter(|command| !command.is_hide_set())
        .map(|command| (command.get_name().to_owned(), command.get_about().map(ToString::to_string).unwrap_or_default()))
        .collect()
}
