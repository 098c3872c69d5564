//! Taking a service out of a place: everything that its releases made, by the records.

use serde::Serialize;

use super::job::record::{Outcome, Run};
use super::kubectl::Place;
use super::lock;
use super::object::Key;
use super::observe::{self, Ground};
use super::record::{self, Record};
use super::render::label_value;
use crate::plan::{Action as Act, Plan};
use crate::report::Result;
use crate::report::text::{count, list};

/// One step.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum Action {
    /// Deletes objects.
    Delete {
        /// Where.
        place: Place,
        /// What.
        objects: Vec<Key>,
    },
    /// Deletes the records, and what else instep keeps for itself.
    Forget {
        /// Where.
        place: Place,
        /// Secrets and the Lease, as kubectl wants them.
        names: Vec<String>,
    },
}

impl Act for Action {
    fn title(&self) -> String {
        match self {
            Self::Delete { objects, .. } => list(&objects.iter().map(Key::to_string).collect::<Vec<_>>()),
            Self::Forget { names, .. } => format!("{} of releases, and the lock", count(names.len().saturating_sub(1), "record")),
        }
    }

    fn script(&self) -> Vec<String> {
        let (place, names): (_, Vec<String>) = match self {
            Self::Delete { place, objects } => (place, objects.iter().map(Key::argument).collect()),
            Self::Forget { place, names } => (place, names.clone()),
        };
        vec![place.command(["delete", "--ignore-not-found"].map(str::to_owned).into_iter().chain(names)).to_string()]
    }
}

/// What there is to delete, and what is left: claims, which hold data.
#[derive(Debug)]
pub struct Removal {
    /// The steps.
    pub plan: Plan<Action>,
    /// What would be deleted.
    pub objects: Vec<Key>,
    /// Claims that stay.
    pub claims: Vec<Key>,
}

/// Plans it. With `claims`, PersistentVolumeClaims go too, and the data with them.
///
/// # Errors
/// What kubectl complains of.
pub fn removal(ground: &Ground, claims: bool) -> Result<Removal> {
    let records = ground.records()?;
    let mut keys = record::known(&records, &[]);
    let all = records.iter().flat_map(|record| &record.objects);
    for key in all.filter(|key| key.kind == "PersistentVolumeClaim") {
        if !keys.iter().any(|known| known.same(key)) {
            keys.push(key.clone());
        }
    }
    let recorded = |key: &Key| records.iter().flat_map(|record| &record.objects).any(|known| known.uid.is_some() && known.uid == key.uid);
    let live = observe::live(&ground.kubectl, &keys)?;
    let ours = live.iter().filter(|object| observe::is_ours(object, &ground.service) || recorded(&Key::of(object)));
    let (held, objects): (Vec<Key>, Vec<Key>) = ours.map(Key::of).partition(|key| key.kind == "PersistentVolumeClaim" && !claims);
    let place = ground.kubectl.place.clone();
    let mut plan = Plan::default();
    if !objects.is_empty() {
        plan.push("delete", Action::Delete { place: place.clone(), objects: objects.clone() });
    }
    let runs = runs(ground)?;
    if !records.is_empty() || !runs.is_empty() {
        let mut names: Vec<String> = records.iter().flat_map(Record::names).map(|name| format!("secret/{name}")).collect();
        names.extend(runs);
        names.push(lock::argument(&ground.service));
        plan.push("forget", Action::Forget { place, names });
    }
    Ok(Removal { plan, objects, claims: held })
}

/// The records of runs of jobs, and the Jobs that still run.
fn runs(ground: &Ground) -> Result<Vec<String>> {
    let selector = format!("{}={}", super::job::record::LABEL, label_value(&ground.service));
    let secrets = if ground.has_namespace { ground.kubectl.get(["secrets", "--selector", &selector])? } else { Vec::new() };
    let names = |run: Run| {
        let job = (run.outcome == Outcome::Running).then(|| format!("job.batch/{}", run.object));
        job.into_iter().chain(run.needs.clone()).chain([format!("secret/{}", run.name())]).collect::<Vec<_>>()
    };
    Ok(Run::read_all(&secrets).into_iter().flat_map(names).collect())
}

/// Runs one step.
///
/// # Errors
/// What kubectl complains of.
pub fn act(ground: &Ground, action: &Action) -> Result<()> {
    let names: Vec<String> = match action {
        Action::Delete { objects, .. } => objects.iter().map(Key::argument).collect(),
        Action::Forget { names, .. } => names.clone(),
    };
    let args = ["delete", "--ignore-not-found"].map(str::to_owned).into_iter().chain(names);
    ground.kubectl.must(&ground.kubectl.place.command(args)).map(drop)
}
