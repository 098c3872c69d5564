//! What a deployment does, as a plan: printed with --dry-run, or walked.

use std::time::Duration;

use serde::Serialize;

use super::deploy::Gate;
use super::kubectl::{Place, SCALER};
use super::object::Key;
use super::observe::Ground;
use super::record::{Record, is_kept_always};
use super::render::{BeforeDeploy, HOLDER};
use super::rollout::rolls_out;
use super::yaml;
use crate::plan::{Action as Act, Plan};
use crate::process::quote;
use crate::report::Result;
use crate::report::text::{count, elapsed, list};

/// The step that deletes what the release does not have any more.
pub(super) const PRUNE: &str = "prune";
/// The step that writes the release that comes back.
pub(super) const ROLL_BACK: &str = "roll-back";
/// The step that waits for it.
pub(super) const WAIT_AGAIN: &str = "wait-again";

/// The files of a job that are brought back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Files {
    /// The container that makes them.
    pub container: String,
    /// Their paths in it.
    pub paths: Vec<String>,
}

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
        /// Fields of others are taken over.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        force: bool,
    },
    /// Gives `replicas` out of our hands, before they are dropped.
    HandOver {
        /// Where.
        place: Place,
        /// The objects with nothing else, as YAML.
        manifests: String,
    },
    /// Runs a Job to its end, before anything else.
    Job {
        /// Where.
        place: Place,
        /// Its key in `[jobs]`.
        key: String,
        /// Its name.
        name: String,
        /// What only it needs, and the Job itself.
        objects: Vec<Key>,
        /// The objects as YAML.
        manifests: String,
        /// What is brought back of it.
        #[serde(skip_serializing_if = "Option::is_none")]
        files: Option<Files>,
        /// For at most this many seconds.
        give_up: u64,
    },
    /// Waits between two clusters.
    Pause {
        /// The cluster that was deployed to, and is watched.
        after: String,
        /// The next one.
        before: String,
        /// How long.
        seconds: u64,
    },
    /// Waits until the new pods serve and the old ones are gone.
    Wait {
        /// Where.
        place: Place,
        /// What keeps the pods.
        workloads: Vec<Key>,
        /// For at most this many seconds.
        give_up: u64,
        /// How long it took the last time, in seconds.
        last: Option<f64>,
    },
    /// Checks a pod that is new.
    Verify {
        /// What is checked, in one line.
        checks: String,
        /// What a person would run.
        script: Vec<String>,
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
            Self::Wait { workloads, give_up, last, .. } => {
                let last = last.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
                let expect = last.map_or_else(String::new, |last| format!("took {} last time, ", elapsed(last)));
                let names: Vec<&str> = workloads.iter().map(|key| key.name.as_str()).collect();
                let serve = if names.len() == 1 { "serves" } else { "serve" };
                format!("until {} {serve}; {expect}giving up after {}", list(&names), elapsed(Duration::from_secs(*give_up)))
            }
            Self::HandOver { .. } => "leave the number of pods to the autoscaler".to_owned(),
            Self::Job { name, give_up, .. } => format!("run {name}; giving up after {}", elapsed(Duration::from_secs(*give_up))),
            Self::Pause { after, before, seconds } => {
                format!("{} before {before}; then {after} is checked again", elapsed(Duration::from_secs(*seconds)))
            }
            Self::Verify { checks, .. } => checks.clone(),
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
            Self::Apply { place, manifests, force, .. } => {
                let more = if *force { " --force-conflicts" } else { "" };
                let end = "END_OF_MANIFESTS";
                let file = format!("manifests=$(mktemp)\ncat >\"$manifests\" <<'{end}'\n{manifests}{end}");
                vec![file, format!("{}{more} -f \"$manifests\"", place.apply_command().line())]
            }
            Self::Wait { place, workloads, give_up, .. } => workloads
                .iter()
                .map(|key| place.command(["rollout", "status", &key.argument(), "--timeout", &format!("{give_up}s")]).to_string())
                .collect(),
            Self::HandOver { place, manifests } => vec![hand_over(place).args(["-f", "-"]).stdin(manifests).to_string()],
            Self::Job { place, name, manifests, give_up, files, .. } => {
                let end = "END_OF_JOB";
                let apply = format!("{} -f - <<'{end}'\n{manifests}{end}", place.apply_command().line());
                let job = format!("job/{name}");
                if let Some(files) = files {
                    return fetched(place, &job, *give_up, files, apply);
                }
                let wait = place.command(["wait", &job, "--for=condition=complete", &format!("--timeout={give_up}s")]);
                vec![apply, wait.to_string(), place.command(["logs", &job]).to_string()]
            }
            Self::Pause { seconds, .. } => vec![format!("sleep {seconds}")],
            Self::Verify { script, .. } => script.clone(),
            Self::Prune { place, objects } => {
                let args = ["delete", "--ignore-not-found"].map(str::to_owned).into_iter().chain(objects.iter().map(Key::argument));
                vec![place.command(args).to_string()]
            }
            Self::Record { place, record } => record_script(place, record).unwrap_or_else(|error| vec![format!("# {error}")]),
        }
    }
}

/// A Job whose files are brought back goes on until it is deleted.
fn fetched(place: &Place, job: &str, give_up: u64, files: &Files, apply: String) -> Vec<String> {
    let patience = format!("--pod-running-timeout={give_up}s");
    let follow = place.command(["logs", "--follow", &patience, job, "--container", &files.container]);
    let read = ["exec", job, "--container", HOLDER, "--", "tar", "-c", "-f", "-", "-C", "/"];
    let fetch = place.command(read.into_iter().chain(files.paths.iter().map(|path| path.trim_start_matches('/'))));
    vec![apply, follow.to_string(), format!("{fetch} | tar -x -f -"), place.command(["delete", job]).to_string()]
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

/// What a plan is made of.
pub(super) struct Forward<'a> {
    pub(super) ground: &'a Ground,
    pub(super) record: &'a Record,
    /// What is there and no part of it any more.
    pub(super) gone: Vec<Key>,
    /// How long it took the last time, in seconds.
    pub(super) last: Option<f64>,
    pub(super) gate: Option<&'a Gate<'a>>,
    pub(super) force: bool,
    /// What runs before.
    pub(super) jobs: Vec<BeforeDeploy>,
    /// What an autoscaler gets, as YAML.
    pub(super) handed: String,
}

/// Objects that went out of the configuration are deleted last, when what is new serves.
pub(super) fn forward(with: Forward<'_>) -> Result<Plan<Action>> {
    let Forward { ground, record, gone, last, gate, force, jobs, handed } = with;
    let place = &ground.kubectl.place;
    let mut plan = Plan::default();
    if !ground.has_namespace {
        plan.push("namespace", Action::CreateNamespace { place: place.clone() });
    }
    for job in jobs {
        plan.push(format!("job:{}", job.key), job_action(place, &job)?);
    }
    if handed.lines().count() > 1 {
        plan.push("hand-over", Action::HandOver { place: place.clone(), manifests: handed });
    }
    plan.push("apply", apply(place, record, force));
    plan.push("wait", wait(place, record, last));
    if let Some(gate) = gate {
        plan.push("smoke-test", Action::Verify { checks: gate.title.clone(), script: gate.script.clone() });
    }
    if !gone.is_empty() {
        plan.push(PRUNE, Action::Prune { place: place.clone(), objects: gone });
    }
    plan.push("record", Action::Record { place: place.clone(), record: Box::new(record.clone()) });
    Ok(plan)
}

/// A manager of its own takes the same value; the autoscaler takes it from that.
pub(super) fn hand_over(place: &Place) -> crate::process::Command {
    place.command(["apply", "--server-side", "--field-manager", SCALER, "--force-conflicts", "--validate=false"])
}

fn job_action(place: &Place, job: &BeforeDeploy) -> Result<Action> {
    Ok(Action::Job {
        place: place.clone(),
        key: job.key.clone(),
        name: job.name.clone(),
        objects: job.objects.iter().map(Key::of).collect(),
        manifests: yaml::documents(&job.objects)?,
        files: None,
        give_up: job.timeout.as_secs(),
    })
}

/// The release `good` again; what it did not have goes (`gone`, and what the failed release made), unless it
/// was there before and somebody else's (`foreign`).
pub(super) fn back(place: &Place, good: &Record, failed: &Record, gone: &[Key], foreign: &dyn Fn(&Key) -> bool) -> Plan<Action> {
    let mut plan = Plan::default();
    plan.push(ROLL_BACK, apply(place, good, false));
    plan.push(WAIT_AGAIN, wait(place, good, good.ready_after));
    let had = |key: &Key| good.objects.iter().any(|old| old.same(key)) || gone.iter().any(|known| known.same(key));
    let made = failed.objects.iter().filter(|key| !had(key) && !foreign(key)).cloned();
    let objects: Vec<Key> = made.chain(gone.iter().cloned()).filter(|key| !is_kept_always(key)).collect();
    if !objects.is_empty() {
        plan.push("remove", Action::Prune { place: place.clone(), objects });
    }
    plan
}

fn apply(place: &Place, record: &Record, force: bool) -> Action {
    Action::Apply { place: place.clone(), objects: record.objects.clone(), manifests: record.manifests.clone(), force }
}

fn wait(place: &Place, record: &Record, last: Option<f64>) -> Action {
    let workloads = record.objects.iter().filter(|key| rolls_out(&key.kind)).cloned().collect();
    Action::Wait { place: place.clone(), workloads, give_up: record.give_up, last }
}
