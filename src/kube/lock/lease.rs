//! The Lease that is the lock, and the line of those who wait for it. Pure: what is read, decided and written.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::kube::object::{int, text};
use crate::kube::render::{MANAGED_BY, NAME, label_value};
use crate::report::clock;

/// How long a holder may be silent before somebody else takes the lock over.
pub const DURATION: Duration = Duration::from_secs(20);
/// How often it gives a sign of life.
pub const BEAT: Duration = Duration::from_secs(5);
/// A sign of life that is older than this by our own clock is none, however wrong the clocks may be.
const LONG_AGO: i64 = 600;
/// The annotation that tells who holds the lock.
const HOLDER: &str = "instep.dev/holder";
/// What the annotations of those who wait begin with; their id follows.
const WAITS: &str = "instep.dev/waits-";

/// A deployment that holds the lock or waits for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Deployer {
    /// Told apart by this alone.
    pub id: String,
    /// The user, or the CI job with its address.
    pub who: String,
    /// What it deploys.
    pub version: String,
    /// The commit.
    pub commit: Option<String>,
    /// When the commit was made, in seconds since 1970.
    pub commit_time: i64,
    /// The branch.
    pub branch: Option<String>,
    /// Since when it is there (RFC 3339).
    pub since: String,
    /// Its last sign of life (RFC 3339).
    pub beat: String,
}

impl Deployer {
    /// `ada (1.2.3)`.
    pub fn words(&self) -> String {
        let who = if self.who.is_empty() { "somebody" } else { &self.who };
        if self.version.is_empty() { who.to_owned() } else { format!("{who} ({})", self.version) }
    }

    /// Whether this one makes the deployment of the other needless: a newer commit of the same branch.
    fn supersedes(&self, other: &Self) -> bool {
        self.branch.is_some() && self.branch == other.branch && self.commit_time > other.commit_time
    }
}

/// The Lease as it is in the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lease {
    /// Its version, for changing it without overlooking a change of somebody else.
    version: String,
    /// How often it changed hands.
    transitions: i64,
    /// How long its holder may be silent.
    duration: Duration,
    /// Who holds it.
    pub holder: Option<Deployer>,
    /// Who waits, the first in line first.
    pub waiting: Vec<Deployer>,
}

impl Lease {
    /// The name of a service's Lease.
    pub fn name(service: &str) -> String {
        format!("instep-{service}")
    }

    /// Reads it.
    pub fn read(lease: &Value) -> Self {
        let annotations = lease.pointer("/metadata/annotations").and_then(Value::as_object);
        let deployer = |text: &Value| serde_json::from_str::<Deployer>(text.as_str()?).ok();
        let id = text(lease, "/spec/holderIdentity");
        let holder = (!id.is_empty()).then(|| {
            let known = annotations.and_then(|map| deployer(map.get(HOLDER)?)).filter(|known| known.id == id);
            let known = known.unwrap_or_else(|| Deployer { id: id.to_owned(), ..Deployer::default() });
            Deployer { beat: text(lease, "/spec/renewTime").to_owned(), ..known }
        });
        let waits = |(key, value): (&String, &Value)| key.starts_with(WAITS).then(|| deployer(value)).flatten();
        let mut waiting: Vec<Deployer> = annotations.into_iter().flatten().filter_map(waits).collect();
        waiting.sort_by(|a, b| (&a.since, &a.id).cmp(&(&b.since, &b.id)));
        let duration = Duration::from_secs(int(lease, "/spec/leaseDurationSeconds").unsigned_abs());
        let version = text(lease, "/metadata/resourceVersion").to_owned();
        Self { version, transitions: int(lease, "/spec/leaseTransitions"), duration, holder, waiting }
    }

    /// The patch that gives the lock to `me`; it fails when anything changed since the Lease was read. Those
    /// who still wait stay in line.
    pub fn taken(&self, me: &Deployer, alive: &[Deployer]) -> Value {
        let mut annotations = Map::from_iter([(HOLDER.to_owned(), json(me))]);
        annotations.extend(alive.iter().filter(|other| other.id != me.id).map(|other| (waits(&other.id), json(other))));
        json!([
            { "op": "test", "path": "/metadata/resourceVersion", "value": self.version },
            { "op": "replace", "path": "/spec", "value": spec(me, self.transitions + 1) },
            { "op": "add", "path": "/metadata/annotations", "value": annotations },
        ])
    }
}

/// The Lease of a service that had none, held by `me`.
pub fn first(service: &str, me: &Deployer) -> Value {
    json!({
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {
            "name": Lease::name(service),
            "labels": { MANAGED_BY: "instep", NAME: label_value(service) },
            "annotations": { HOLDER: json(me) },
        },
        "spec": spec(me, 0),
    })
}

/// The patch of a sign of life; it fails when the lock is not `id`'s any more.
pub fn beat(id: &str) -> Value {
    json!([
        { "op": "test", "path": "/spec/holderIdentity", "value": id },
        { "op": "replace", "path": "/spec/renewTime", "value": now() },
    ])
}

/// The patch that frees the lock; it fails when the lock is not `id`'s any more.
pub fn freed(id: &str) -> Value {
    json!([
        { "op": "test", "path": "/spec/holderIdentity", "value": id },
        { "op": "replace", "path": "/spec/holderIdentity", "value": "" },
    ])
}

/// The patch that puts `me` into the line, or gives a sign of life there.
pub fn queued(me: &Deployer) -> Value {
    json!({ "metadata": { "annotations": { waits(&me.id): json(&Deployer { beat: now(), ..me.clone() }) } } })
}

/// The patch that takes `me` out of the line.
pub fn left(me: &Deployer) -> Value {
    json!({ "metadata": { "annotations": { waits(&me.id): null } } })
}

/// Now, as Leases write it.
pub fn now() -> String {
    format!("{:.6}", clock::timestamp())
}

fn spec(me: &Deployer, transitions: i64) -> Value {
    let now = now();
    json!({
        "holderIdentity": me.id,
        "leaseDurationSeconds": DURATION.as_secs(),
        "acquireTime": now,
        "renewTime": now,
        "leaseTransitions": transitions,
    })
}

fn waits(id: &str) -> String {
    format!("{WAITS}{id}")
}

fn json(deployer: &Deployer) -> Value {
    serde_json::to_string(deployer).unwrap_or_default().into()
}

/// What the lock says to one who wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It is free, or its holder is gone (then who that was); those who wait and are alive.
    Mine(Option<Deployer>, Vec<Deployer>),
    /// These come first, the holder first of all.
    Later(Vec<Deployer>),
    /// This one waits too, and makes ours needless.
    Needless(Deployer),
}

/// Who gives signs of life, as seen from here. Clocks of other machines are not trusted: what counts is
/// that a sign changes while we look.
#[derive(Debug, Default)]
pub struct Signs(HashMap<String, (String, Instant)>);

impl Signs {
    /// Whether it is the turn of `me`.
    pub fn turn(&mut self, lease: &Lease, me: &Deployer, now: Instant) -> Turn {
        let alive: Vec<Deployer> =
            lease.waiting.iter().filter(|other| other.id == me.id || self.lives(other, DURATION, now)).cloned().collect();
        if let Some(newer) = alive.iter().find(|other| other.supersedes(me)) {
            return Turn::Needless(newer.clone());
        }
        let held = lease.holder.as_ref().filter(|holder| self.lives(holder, lease.duration, now));
        let before_me = alive.iter().take_while(|other| other.id != me.id);
        let ahead: Vec<Deployer> = held.into_iter().chain(before_me).cloned().collect();
        if ahead.is_empty() { Turn::Mine(lease.holder.clone(), alive) } else { Turn::Later(ahead) }
    }

    fn lives(&mut self, other: &Deployer, duration: Duration, now: Instant) -> bool {
        if is_long_ago(&other.beat) {
            return false;
        }
        let seen = self.0.entry(other.id.clone()).or_insert_with(|| (other.beat.clone(), now));
        if seen.0 != other.beat {
            *seen = (other.beat.clone(), now);
        }
        now.duration_since(seen.1) < duration
    }
}

fn is_long_ago(beat: &str) -> bool {
    beat.parse::<Timestamp>().is_ok_and(|beat| clock::timestamp().as_second() - beat.as_second() > LONG_AGO)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deployer(id: &str, time: i64) -> Deployer {
        let (branch, since) = (Some("main".to_owned()), format!("2026-01-01T00:00:0{id}Z"));
        Deployer { id: id.to_owned(), commit_time: time, branch, since, beat: now(), ..Deployer::default() }
    }

    fn held(holder: Option<Deployer>, waiting: Vec<Deployer>) -> Lease {
        Lease { holder, waiting, duration: DURATION, ..Lease::default() }
    }

    #[test]
    fn a_lease_survives_its_way_through_the_cluster() {
        let (holder, me) = (deployer("1", 5), deployer("2", 6));
        let mut object = first("users", &holder);
        let patch = queued(&me);
        object["metadata"]["annotations"][waits("2")] = patch["metadata"]["annotations"][waits("2")].clone();
        let lease = Lease::read(&object);
        assert_eq!(lease.holder.map(|holder| holder.id), Some("1".to_owned()));
        assert_eq!(lease.waiting.iter().map(|other| &*other.id).collect::<Vec<_>>(), ["2"]);
    }

    #[test]
    fn a_silent_holder_is_waited_for_and_then_taken_over_from() {
        let (mut signs, begin, me) = (Signs::default(), Instant::now(), deployer("2", 1));
        let lease = held(Some(deployer("1", 9)), Vec::new());
        assert!(matches!(signs.turn(&lease, &me, begin), Turn::Later(_)));
        assert!(matches!(signs.turn(&lease, &me, begin + DURATION / 2), Turn::Later(_)));
        assert!(matches!(signs.turn(&lease, &me, begin + DURATION), Turn::Mine(Some(_), _)));
    }

    #[test]
    fn a_sign_of_life_begins_the_time_anew() {
        let (mut signs, begin, me) = (Signs::default(), Instant::now(), deployer("2", 1));
        let mut lease = held(Some(deployer("1", 9)), Vec::new());
        signs.turn(&lease, &me, begin);
        lease.holder = Some(Deployer { beat: "2199-01-01T00:00:00Z".to_owned(), ..deployer("1", 9) });
        signs.turn(&lease, &me, begin + DURATION / 2);
        assert!(matches!(signs.turn(&lease, &me, begin + DURATION), Turn::Later(_)));
    }

    #[test]
    fn the_line_is_kept_and_an_older_commit_of_the_branch_gives_way() {
        let (mut signs, now) = (Signs::default(), Instant::now());
        let lease = held(None, vec![deployer("1", 5), deployer("2", 5), deployer("3", 4)]);
        assert!(matches!(signs.turn(&lease, &deployer("1", 5), now), Turn::Mine(None, _)));
        assert!(matches!(signs.turn(&lease, &deployer("2", 5), now), Turn::Later(ahead) if ahead.len() == 1));
        assert!(matches!(signs.turn(&lease, &deployer("3", 4), now), Turn::Needless(_)));
    }

    #[test]
    fn a_sign_from_long_ago_is_none() {
        let old = Deployer { beat: "2020-01-01T00:00:00Z".to_owned(), ..deployer("1", 9) };
        let turn = Signs::default().turn(&held(Some(old), Vec::new()), &deployer("2", 1), Instant::now());
        assert!(matches!(turn, Turn::Mine(Some(_), _)));
    }
}
