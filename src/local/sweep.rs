//! Takes away what a killed run of the same repo left: processes, containers, networks.

use std::path::Path;
use std::time::Duration;

use super::containers::{Containers, Listed};
use super::run_id::{LABEL, RunId, VARIABLE};
use super::state::State;
use crate::process;
use crate::report::style::{DIM, paint};
use crate::report::{Report, Result, text};

/// How long a process may take to end.
const GRACE: Duration = Duration::from_secs(3);

/// Looks for what belongs to runs of this repo whose instep has ended; gives how many things were taken
/// away. `uses`: containers belong to this run, so that the engine is asked in any case.
///
/// # Errors
/// What the engine says; when we are asked to stop.
pub fn sweep(root: &Path, containers: &dyn Containers, uses: bool, report: &Report) -> Result<usize> {
    let run = RunId::of_us(root);
    let mut swept = processes(&run);
    let killed = State::killed(root);
    if uses || killed.as_ref().is_some_and(|state| state.containers) {
        swept.extend(of_engine(&run, containers)?);
    }
    if let Some(state) = killed {
        state.remove(root);
    }
    if !swept.is_empty() {
        report.note(&paint(DIM, &format!("– took away what a killed run left: {}", text::list(&swept))));
    }
    Ok(swept.len())
}

fn processes(run: &RunId) -> Vec<String> {
    end(|other| other.is_dead(run)).into_iter().collect()
}

/// Ends what hides from us although this run started it: a daemon of its own. In words, when there was any.
pub(super) fn hidden(run: &RunId) -> Option<String> {
    end(|other| other == run)
}

fn end(whose: impl Fn(&RunId) -> bool) -> Option<String> {
    let marked = process::with_variable(VARIABLE).into_iter();
    let pids: Vec<u32> = marked.filter(|(_, value)| RunId::of_value(value).is_some_and(|run| whose(&run))).map(|(pid, _)| pid).collect();
    process::end(&pids, GRACE);
    match pids.len() {
        0 => None,
        1 => Some("1 process".to_owned()),
        n => Some(format!("{n} processes")),
    }
}

fn of_engine(run: &RunId, engine: &dyn Containers) -> Result<Vec<String>> {
    let dead = |listed: &Listed| RunId::of_labels(&listed.labels).is_some_and(|other| other.is_dead(run));
    let mut swept = Vec::new();
    for container in engine.containers(LABEL)?.into_iter().filter(dead) {
        engine.find(&container.name)?.remove()?;
        swept.push(format!("the container {}", container.name));
    }
    for network in engine.networks(LABEL)?.into_iter().filter(dead) {
        engine.remove_network(&network.name)?;
        swept.push(format!("the network {}", network.name));
    }
    Ok(swept)
}
