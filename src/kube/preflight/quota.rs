//! Whether a ResourceQuota leaves room for the pods of a release. Only what is certain is refused: the cluster
//! itself would try for ever. Rules: kubernetes.io/docs/concepts/policy/resource-quotas and limit-range.

use serde_json::Value;

use super::pod_spec;
use crate::config::Target;
use crate::kube::fault::is_forbidden;
use crate::kube::object::{Key, int, list, text};
use crate::kube::observe::Ground;
use crate::kube::part::Part;
use crate::kube::quantity::{Nanos, ONE, bytes, cores, parse};
use crate::kube::render::BeforeDeploy;
use crate::kube::rollout::rolls_out;
use crate::report::{Error, Result};

/// The pods of one workload, as they are and as they will be.
struct Rollout<'a> {
    name: &'a str,
    new: &'a Value,
    count: i64,
    old: Option<(&'a Value, i64)>,
    /// New pods are made.
    rolls: bool,
    /// One of them before an old one goes.
    surges: bool,
}

/// What there is no room for.
#[derive(Debug, PartialEq, Eq)]
enum Lack {
    /// All pods together take this much more than there is.
    All(Nanos),
    /// One pod more takes this much, as long as the old ones are there.
    Surge(Nanos),
    /// The quota wants it to be said, and it is not.
    Unsaid,
}

/// What limits the pods of the place: quotas, and what is set where nothing is said.
///
/// # Errors
/// What kubectl complains of.
pub fn rules(ground: &Ground) -> Result<Vec<Value>> {
    if !ground.has_namespace {
        return Ok(Vec::new());
    }
    match ground.kubectl.get(["resourcequotas,limitranges"]) {
        // Who may not look deploys without this check.
        Err(error) if is_forbidden(&error) => Ok(Vec::new()),
        found => found,
    }
}

/// Checks the pods of `next` (as the cluster would have them) and of the jobs against the rules of the place.
///
/// # Errors
/// Exit code 1 for pods that the quota does not let in, with the line to change.
pub fn check(rules: Vec<Value>, target: &Target, next: &[Value], live: &[Value], jobs: &[BeforeDeploy]) -> Result<()> {
    let (quotas, ranges): (Vec<Value>, Vec<Value>) = rules.into_iter().partition(|object| text(object, "/kind") == "ResourceQuota");
    let rollouts: Vec<Rollout<'_>> = next.iter().filter_map(|object| rollout(object, live)).collect();
    for quota in quotas.iter().filter(|quota| counts_ours(quota)) {
        for (name, hard, free) in limits(quota) {
            let take = |pod: &Value| take(pod, name, &ranges);
            if let Some((rollout, lack)) = lack(&rollouts, free, &take) {
                let part = Part::of(&target.scope, rollout.name);
                return Err(error(quota, (name, hard, free), &format!("the pods of `{}`", rollout.name), &lack, &part, target));
            }
            let pods = jobs.iter().filter_map(|job| Some((job, pod_spec(job.objects.last()?)?)));
            for (job, pod) in pods {
                let lack = match take(pod) {
                    None => Lack::Unsaid,
                    Some(amount) if amount > free => Lack::All(amount),
                    Some(_) => continue,
                };
                let part = Part::of_job(&target.scope, &job.key);
                return Err(error(quota, (name, hard, free), &format!("job `{}`", job.key), &lack, &part, target));
            }
        }
    }
    Ok(())
}

fn rollout<'a>(object: &'a Value, live: &'a [Value]) -> Option<Rollout<'a>> {
    let key = Key::of(object);
    let new = pod_spec(object).filter(|_| rolls_out(&key.kind))?;
    let now = live.iter().find(|live| Key::of(live).same(&key));
    let rolls = now.is_none_or(|now| now["spec"]["template"] != object["spec"]["template"]);
    // How many nodes a DaemonSet meets is not known before.
    let daemon = key.kind == "DaemonSet";
    let old = now.and_then(|now| {
        let count = if daemon { int(now, "/status/currentNumberScheduled") } else { int(now, "/status/replicas") };
        Some((pod_spec(now)?, count))
    });
    let count =
        if daemon { old.map_or(1, |(_, count)| count) } else { object.pointer("/spec/replicas").and_then(Value::as_i64).unwrap_or(1) };
    let rolling = key.kind == "Deployment" && text(object, "/spec/strategy/type") != "Recreate";
    let surges = rolling && spare(&object["spec"]["strategy"]["rollingUpdate"], count) == 0;
    let name = object.pointer("/metadata/name").and_then(Value::as_str)?;
    Some(Rollout { name, new, count, old, rolls, surges })
}

/// How many pods may be away while new ones come: parts of a pod don't count, unless else nothing could move.
fn spare(rolling: &Value, count: i64) -> i64 {
    let number = |value: &Value| match value.as_str().map(|text| text.trim_end_matches('%').parse::<i64>().unwrap_or(25)) {
        Some(percent) => percent * count / 100,
        None => value.as_i64().unwrap_or(count / 4),
    };
    let none = |value: &Value| *value == 0 || *value == "0%";
    number(&rolling["maxUnavailable"]).max(i64::from(none(&rolling["maxSurge"])))
}

/// Whether the quota is about pods that run on; what other scopes mean is left to the cluster.
fn counts_ours(quota: &Value) -> bool {
    let known = |scope: &Value| scope == "NotTerminating" || scope == "NotBestEffort";
    list(quota, "/spec/scopes").iter().all(known) && quota.pointer("/spec/scopeSelector").is_none()
}

/// What it limits: the resource, how much is allowed, how much of it is free.
fn limits(quota: &Value) -> Vec<(&str, &str, Nanos)> {
    let hard = quota["status"]["hard"].as_object().or_else(|| quota["spec"]["hard"].as_object());
    let used = |name: &str| quota["status"]["used"][name].as_str().and_then(parse).unwrap_or(0);
    let all = hard.into_iter().flatten().filter_map(|(name, hard)| Some((name.as_str(), hard.as_str()?)));
    all.filter_map(|(name, hard)| Some((name, hard, parse(hard)? - used(name)))).collect()
}

/// How much a pod takes of what a quota limits; none when the quota wants it said, and it is not.
fn take(pod: &Value, limited: &str, ranges: &[Value]) -> Option<Nanos> {
    let (of, resource) = match limited {
        "pods" | "count/pods" => return Some(ONE),
        "cpu" | "requests.cpu" => ("requests", "cpu"),
        "memory" | "requests.memory" => ("requests", "memory"),
        "limits.cpu" => ("limits", "cpu"),
        "limits.memory" => ("limits", "memory"),
        _ => return Some(0),
    };
    let amounts =
        |at: &str| -> Option<Vec<Nanos>> { list(pod, at).iter().map(|container| amount(container, of, resource, ranges)).collect() };
    let together: Nanos = amounts("/containers")?.iter().sum();
    Some(amounts("/initContainers")?.into_iter().fold(together, Nanos::max))
}

/// Of one container: what it says, else what a LimitRange says for those that don't. A limit is also a request.
fn amount(container: &Value, of: &str, resource: &str, ranges: &[Value]) -> Option<Nanos> {
    let own = |of: &str| container["resources"][of].get(resource).and_then(quantity);
    let default = |key: &str| {
        let mut items = ranges.iter().flat_map(|range| list(range, "/spec/limits")).filter(|item| item["type"] == "Container");
        items.find_map(|item| item[key].get(resource).and_then(quantity))
    };
    match of {
        "limits" => own("limits").or_else(|| default("default")),
        _ => own("requests").or_else(|| own("limits")).or_else(|| default("defaultRequest")).or_else(|| default("default")),
    }
}

/// Own manifests may write it as a number.
fn quantity(value: &Value) -> Option<Nanos> {
    value.as_str().map_or_else(|| parse(&value.to_string()), parse)
}

/// The first workload that there is certainly no room for.
fn lack<'r, 'a>(rollouts: &'r [Rollout<'a>], free: Nanos, take: &dyn Fn(&Value) -> Option<Nanos>) -> Option<(&'r Rollout<'a>, Lack)> {
    let mut changes = Vec::new();
    for rollout in rollouts {
        match take(rollout.new) {
            Some(new) => {
                let old = rollout.old.map_or(0, |(pod, count)| take(pod).unwrap_or(0) * Nanos::from(count));
                changes.push((rollout, new, new * Nanos::from(rollout.count) - old));
            }
            None if rollout.rolls && rollout.count > 0 => return Some((rollout, Lack::Unsaid)),
            None => {}
        }
    }
    let more: Nanos = changes.iter().map(|(_, _, change)| change).sum();
    if let Some((rollout, ..)) = changes.iter().find(|(_, _, change)| *change > 0 && more > free) {
        return Some((rollout, Lack::All(more)));
    }
    // What others give back is free at once.
    let freed: Nanos = changes.iter().map(|(_, _, change)| (-change).max(0)).sum();
    let replaced = |it: &Rollout<'_>| it.rolls && it.surges && it.count > 0 && it.old.is_some_and(|(_, count)| count > 0);
    changes.iter().find(|(it, new, _)| replaced(it) && *new > free + freed).map(|(it, new, _)| (*it, Lack::Surge(*new)))
}

fn error(quota: &Value, (name, hard, free): (&str, &str, Nanos), who: &str, lack: &Lack, part: &Part<'_>, target: &Target) -> Error {
    let quota = text(quota, "/metadata/name");
    let words = |nanos: Nanos| match name {
        _ if name.ends_with("cpu") => cores(nanos),
        _ if name.ends_with("memory") => bytes(nanos),
        _ => (nanos / ONE).to_string(),
    };
    let key = match name {
        _ if name.ends_with("cpu") => "cpu",
        _ if name.ends_with("memory") => "memory",
        _ => "replicas",
    };
    let table = &part.table;
    let error = match lack {
        Lack::Unsaid => {
            let unit = if key == "cpu" { "\"100m\", limit = \"1\"" } else { "\"128Mi\", limit = \"256Mi\"" };
            let error = Error::failed(format!("ResourceQuota `{quota}` lets no pod in that does not say its {name}"));
            return error
                .at(part.place(&target.scope, key))
                .note(format!("{who} do not say it"))
                .note("nothing was changed")
                .help(format!("say it in {table}: `{key} = {{ request = {unit} }}`"));
        }
        Lack::All(more) => Error::failed(format!("ResourceQuota `{quota}` has no room for {who}")).note(format!(
            "{name}: {} more needed, {} free of {hard}",
            words(*more),
            words(free.max(0))
        )),
        Lack::Surge(one) => Error::failed(format!("ResourceQuota `{quota}` has no room to replace {who}"))
            .note(format!("{name}: {} needed for one pod more than there are, {} free of {hard}", words(*one), words(free.max(0))))
            .help(format!("`strategy = \"recreate\"` in {table} stops the old pods first: with a gap in service")),
    };
    let less = if key == "replicas" { "run fewer pods" } else { "take less" };
    error
        .at(part.place(&target.scope, key))
        .note("nothing was changed")
        .help(format!("{less}: `{key}` in {table}; or ask for a larger quota"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pod(cpu: &str) -> Value {
        json!({ "containers": [{ "resources": { "requests": { "cpu": cpu } } }] })
    }

    fn of<'a>(new: &'a Value, count: i64, old: Option<(&'a Value, i64)>) -> Rollout<'a> {
        Rollout { name: "a", new, count, old, rolls: true, surges: true }
    }

    fn lacks(rollouts: &[Rollout<'_>], free: &str) -> Option<Lack> {
        lack(rollouts, parse(free).unwrap_or_default(), &|pod| take(pod, "requests.cpu", &[])).map(|(_, lack)| lack)
    }

    #[test]
    fn new_pods_need_room_and_a_rolling_update_needs_room_for_one_more() {
        let (small, large, none) = (pod("100m"), pod("1"), json!({ "containers": [{}] }));
        assert_eq!(lacks(&[of(&small, 3, None)], "300m"), None);
        assert_eq!(lacks(&[of(&small, 3, None)], "299m"), Some(Lack::All(3 * ONE / 10)));
        assert_eq!(lacks(&[of(&small, 3, Some((&small, 3)))], "50m"), Some(Lack::Surge(ONE / 10)));
        assert_eq!(lacks(&[of(&large, 1, Some((&small, 1)))], "1"), None);
        assert_eq!(lacks(&[Rollout { surges: false, ..of(&large, 1, Some((&small, 1))) }], "900m"), None);
        assert_eq!(lacks(&[of(&none, 1, None)], "1"), Some(Lack::Unsaid));
        // Another workload that shrinks gives its room free.
        assert_eq!(lacks(&[of(&small, 1, Some((&small, 2))), of(&small, 1, Some((&small, 1)))], "0"), None);
    }

    #[test]
    fn a_limit_range_speaks_for_those_that_say_nothing() {
        let ranges =
            [json!({ "spec": { "limits": [{ "type": "Container", "default": { "cpu": "1" }, "defaultRequest": { "cpu": "200m" } }] } })];
        let none = json!({ "containers": [{}, { "resources": { "limits": { "cpu": 2 } } }], "initContainers": [{ "resources": { "requests": { "cpu": "3" } } }] });
        assert_eq!(take(&none, "cpu", &ranges), Some(3 * ONE));
        assert_eq!(take(&none, "limits.cpu", &ranges), Some(3 * ONE));
        assert_eq!((take(&none, "pods", &[]), take(&none, "services", &[])), (Some(ONE), Some(0)));
    }
}
