//! What a deployment does, as a plan: printed with --dry-run, or walked.

use std::time::Duration;

use serde::Serialize;

use super::kubectl::Place;
use super::object::Key;
use super::observe::{Live, Seen};
use super::record::{Outcome, Record};
use crate::plan::{Action as Act, Plan};
use crate::process::quote;
use crate::report::Result;
use crate::report::text::{count, elapsed, list};

/// The step that deletes what the release does not have any more.
pub(super) const PRUNE: &str = "prune";

/// One step of a deployment.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum Action {
    /// Makes the namespace.
    CreateNamespace {
        /// Where.
        place: Place,
    },
    /// Writes the objects (server-side apply).
    Apply {
        /// Where.
        place: Place,
        /// What.
        objects: Vec<Key>,
        /// The objects as YAML.
        manifests: String,
    },
    /// Waits until the new pods serve and the old ones are gone.
    Wait {
        /// Where.
        place: Place,
        /// The names of the Deployments.
        deployments: Vec<String>,
        /// For at most this many seconds.
        give_up: u64,
        /// How long it took the last time, in seconds.
        last: Option<f64>,
    },
    /// Deletes what is not part of the release.
    Prune {
        /// Where.
        place: Place,
        /// What.
        objects: Vec<Key>,
    },
    /// Writes the release's record.
    Record {
        /// Where.
        place: Place,
        /// What is known of it before it runs.
        record: Box<Record>,
    },
}

impl Act for Action {
    fn title(&self) -> String {
        match self {
            Self::CreateNamespace { place } => format!("make namespace {}", place.namespace),
            Self::Apply { objects, .. } => list(&objects.iter().map(Key::to_string).collect::<Vec<_>>()),
            Self::Wait { deployments, give_up, last, .. } => {
                let last = last.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
                let expect = last.map_or_else(String::new, |last| format!("took {} last time, ", elapsed(last)));
                format!("until {} serves; {expect}giving up after {}", list(deployments), elapsed(Duration::from_secs(*give_up)))
            }
            Self::Prune { objects, .. } => {
                let names = list(&objects.iter().map(Key::to_string).collect::<Vec<_>>());
                format!("delete {}, no longer part of it: {names}", count(objects.len(), "object"))
            }
            Self::Record { record, .. } => format!("v{} of {} in Secret {}", record.revision, record.service, record.name()),
        }
    }

    fn script(&self) -> Vec<String> {
        match self {
            Self::CreateNamespace { place } => vec![place.command(["create", "namespace", &place.namespace]).to_string()],
            Self::Apply { place, manifests, .. } => {
                let end = "END_OF_MANIFESTS";
                let file = format!("manifests=$(mktemp)\ncat >\"$manifests\" <<'{end}'\n{manifests}{end}");
                vec![file, format!("{} -f \"$manifests\"", place.apply_command().line())]
            }
            Self::Wait { place, deployments, give_up, .. } => deployments
                .iter()
                .map(|name| {
                    place.command(["rollout", "status", &format!("deployment/{name}"), "--timeout", &format!("{give_up}s")]).to_string()
                })
                .collect(),
            Self::Prune { place, objects } => {
                let args = ["delete", "--ignore-not-found"].map(str::to_owned).into_iter().chain(objects.iter().map(Key::argument));
                vec![place.command(args).to_string()]
            }
            Self::Record { place, record } => record_script(place, record).unwrap_or_else(|error| vec![format!("# {error}")]),
        }
    }
}

fn record_script(place: &Place, record: &Record) -> Result<Vec<String>> {
    let (facts, labels) = (record.facts()?, record.labels());
    let name = record.name();
    let create = place.command(["create", "secret", "generic", &name, "--type", "instep.dev/release"]).to_string();
    let pairs: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let label = place.command(["label", "secret", &name].map(str::to_owned).into_iter().chain(pairs)).to_string();
    let literal = quote(&format!("release={facts}"));
    Ok(vec![format!("{create} --from-file manifests=\"$manifests\" --from-literal {literal}"), label, "rm -f \"$manifests\"".to_owned()])
}

/// Objects that went out of the configuration are deleted last, when what is new serves.
pub(super) fn forward(place: &Place, seen: &Seen, live: &[Live], record: &Record) -> Plan<Action> {
    let mut plan = Plan::default();
    if !seen.has_namespace {
        plan.push("namespace", Action::CreateNamespace { place: place.clone() });
    }
    plan.push("apply", apply(place, record));
    let last = seen.records.iter().rev().filter(|record| record.outcome == Outcome::Deployed).find_map(|record| record.ready_after);
    plan.push("wait", wait(place, record, last));
    let gone = |live: &&Live| live.ours && !record.objects.iter().any(|key| key.same(&live.key));
    let objects: Vec<Key> = live.iter().filter(gone).map(|live| live.key.clone()).collect();
    if !objects.is_empty() {
        plan.push(PRUNE, Action::Prune { place: place.clone(), objects });
    }
    plan.push("record", Action::Record { place: place.clone(), record: Box::new(record.clone()) });
    plan
}

/// The release `good` again; what it did not have goes, unless it was there before and somebody else's.
pub(super) fn back(place: &Place, good: &Record, failed: &Record, live: &[Live]) -> Plan<Action> {
    let mut plan = Plan::default();
    plan.push("roll-back", apply(place, good));
    plan.push("wait-again", wait(place, good, good.ready_after));
    let foreign = |key: &Key| live.iter().any(|live| !live.ours && live.key.same(key));
    let had = |key: &Key| good.objects.iter().any(|old| old.same(key));
    let mut objects: Vec<Key> = failed.objects.iter().filter(|key| !had(key) && !foreign(key)).cloned().collect();
    // What a release left that was interrupted.
    let left = live.iter().filter(|live| live.ours && !had(&live.key) && !objects.iter().any(|key| key.same(&live.key)));
    let left: Vec<Key> = left.map(|live| live.key.clone()).collect();
    objects.extend(left);
    if !objects.is_empty() {
        plan.push("remove", Action::Prune { place: place.clone(), objects });
    }
    plan
}

fn apply(place: &Place, record: &Record) -> Action {
    Action::Apply { place: place.clone(), objects: record.objects.clone(), manifests: record.manifests.clone() }
}

fn wait(place: &Place, record: &Record, last: Option<f64>) -> Action {
    let deployments = record.objects.iter().filter(|key| key.kind == "Deployment").map(|key| key.name.clone()).collect();
    Action::Wait { place: place.clone(), deployments, give_up: record.give_up, last }
}
