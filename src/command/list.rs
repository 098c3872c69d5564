//! `instep list`, and `instep` alone.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::json;

use super::{BUILT_INS, Context};
use crate::config::workspace::Member;
use crate::config::{Head, Task, same};
use crate::report::Result;
use crate::report::style::{BOLD, DIM, NAME, paint, tint};
use crate::report::table::prose;

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
    if context.report.is_json() {
        let task =
            |head: &&Head<'_>| json!({ "name": head.name, "description": head.description, "group": head.group, "hidden": head.hidden });
        let command = |(name, about): &(&str, &str)| json!({ "name": name, "description": about });
        context.report.document(json!({
            "tasks": shown.iter().map(task).collect::<Vec<_>>(),
            "commands": BUILT_INS.iter().map(command).collect::<Vec<_>>(),
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
        let rows: Vec<_> = heads.iter().map(|head| row(head.name, about_task(head))).collect();
        section(&mut out, group.unwrap_or("Tasks of this repo"), &rows);
        out.push('\n');
    }
    for member in members {
        of_member(&mut out, member, args.all);
    }
    let left = BUILT_INS.iter().filter(|(name, _)| !heads.iter().any(|head| head.runs && same(head.name, name)));
    section(&mut out, "Commands", &left.map(|(name, about)| row(name, (*about).into())).collect::<Vec<_>>());
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
fn of_member(out: &mut String, member: &Member, all: bool) {
    let heads = Task::heads(member.project.scope());
    let rows: Vec<_> = heads.iter().filter(|head| all || !head.hidden).map(|head| row(head.name, about_task(head))).collect();
    out.push_str(&format!("{} {}\n", paint(BOLD, &member.name), paint(DIM, &format!("({})", member.dir))));
    match rows.as_slice() {
        [] => out.push_str(&format!("  {}\n", paint(DIM, "no tasks of its own"))),
        rows => out.push_str(&prose(rows, 2)),
    }
    out.push('\n');
}

type Row<'a> = [Cow<'a, str>; 2];

fn row<'a>(name: &'a str, about: Cow<'a, str>) -> Row<'a> {
    [tint(NAME, name), about]
}

fn section(out: &mut String, title: &str, rows: &[Row<'_>]) {
    out.push_str(&paint(BOLD, title));
    out.push('\n');
    out.push_str(&prose(rows, 2));
}

fn about_task<'a>(head: &Head<'a>) -> Cow<'a, str> {
    let description = head.description.unwrap_or_default();
    match BUILT_INS.iter().find(|(name, _)| same(name, head.name)) {
        Some(_) if head.runs => format!("{description} {}", paint(DIM, "(replaces the built-in)")).trim().to_owned().into(),
        Some((_, about)) if description.is_empty() => format!("{about} {}", paint(DIM, "(with needs of this repo)")).into(),
        _ => description.into(),
    }
}

fn groups<'a>(heads: &[&'a Head<'a>]) -> BTreeMap<Option<&'a str>, Vec<&'a Head<'a>>> {
    let mut groups: BTreeMap<Option<&str>, Vec<&Head<'_>>> = BTreeMap::new();
    for head in heads {
        groups.entry(head.group).or_default().push(head);
    }
    groups
}
