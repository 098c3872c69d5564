//! Stopping: group by group, the last first; a second signal kills.

use std::time::{Duration, Instant};

use serde_json::json;

use super::crew::Crew;
use super::plan::How;
use super::service::{Running, rest};
use crate::process::cancel;
use crate::report::Report;
use crate::report::style::{DIM, GOOD, paint};

/// Beyond its grace, before something counts as lost.
const MARGIN: Duration = Duration::from_secs(2);
/// How often the countdown is drawn.
const TICK: Duration = Duration::from_millis(200);

/// Stops all, and waits until it is gone.
pub(super) fn stop(mut crew: Crew<'_>) {
    let mut members = std::mem::take(&mut crew.members);
    while let Some(level) = members.iter().map(|(level, _)| *level).max() {
        let mut group: Vec<Running> = Vec::new();
        while let Some(at) = members.iter().position(|(other, _)| *other == level) {
            group.push(members.remove(at).1);
        }
        stop_group(&mut group, &crew);
    }
    crew.clear();
}

fn stop_group(group: &mut [Running], crew: &Crew<'_>) {
    let report = crew.report;
    let signalled = cancel::requested().is_some();
    let begin = Instant::now();
    let mut left: Vec<(&mut Running, bool)> = Vec::new();
    for running in group {
        // Who had ended before was told of already.
        let by_us = running.exit().is_none() || (signalled && running.handle().is_none());
        running.ask_to_end();
        left.push((running, by_us));
    }
    let (mut killed, mut drawn) = (false, None::<Instant>);
    let longest = left.iter().map(|(running, _)| running.service.stop_within).max().unwrap_or_default();
    while !left.is_empty() {
        let late = begin.elapsed() > longest + MARGIN;
        left.retain_mut(|(running, by_us)| {
            let over = running.is_over() || late;
            if over {
                clear(running, *by_us, crew);
            }
            !over
        });
        if cancel::is_hard() && !std::mem::replace(&mut killed, true) {
            for (running, _) in &left {
                kill(running);
            }
        }
        if drawn.is_none_or(|at| at.elapsed() > TICK) && !left.is_empty() {
            drawn = Some(Instant::now());
            report.transient(&countdown(left.iter().map(|(running, _)| &**running), begin.elapsed()));
        }
        rest();
    }
}

fn kill(running: &Running) {
    if let Some(handle) = running.handle() {
        // What can't be killed is said when it is taken away.
        let _ = handle.kill();
    }
}

/// `hello is killed in 9 s, postgres in 4 s`.
fn countdown<'a>(left: impl Iterator<Item = &'a Running>, elapsed: Duration) -> String {
    let seconds = |running: &Running| running.service.stop_within.saturating_sub(elapsed).as_secs_f64().ceil();
    let words: Vec<String> = left.map(|running| format!("{} is killed in {} s", running.service.name, seconds(running))).collect();
    format!("  stopping: {}", words.join(", "))
}

/// It has stopped: it is said, and its container is taken away.
fn clear(running: &mut Running, by_us: bool, crew: &Crew<'_>) {
    if by_us {
        say_stopped(running, crew.report);
    }
    let name = running.service.name.clone();
    if let (Some(handle), How::Container(_)) = (running.handle(), &running.service.how)
        && let Err(error) = handle.remove()
    {
        error.problems.iter().for_each(|problem| crew.report.warn(problem));
        return;
    }
    crew.roll.remove(&name);
}

fn say_stopped(running: &Running, report: &Report) {
    let name = &running.service.name;
    let killed = running.was_killed();
    if report.is_json() {
        return report.line(&json!({ "event": "stopped", "service": name, "killed": killed }));
    }
    if running.exit().is_none() {
        return report.note(&format!("  something that {name} started still holds its output open"));
    }
    let how = if killed { " (killed: it did not end when asked to)" } else { "" };
    report.note(&format!("{} {name} stopped{how}", paint(GOOD, "✓")));
    if killed && running.handle().is_some() && !cancel::is_hard() {
        report.note(&paint(DIM, "  its first process ignores SIGTERM; start it with `exec`, or with an init"));
    }
}
