//! One line for every service of an environment: what runs, how it is, what it takes of the cluster, who deployed it.

use serde::Serialize;
use serde_json::{Value, json};

use super::{Select, pool};
use crate::config::{Environment, Target};
use crate::kube::drift::drift;
use crate::kube::fleet::{Member, members};
use crate::kube::object::{int, list, text as at};
use crate::kube::usage::{Capacity, Metrics, Usage};
use crate::kube::{Ground, render};
use crate::report::style::{BAD, DIM, GOOD, NAME, WARN, paint};
use crate::report::table::{columns, fits};
use crate::report::{Problem, Report, Result, clock, text};

/// How many services are compared with their releases at once.
const PARALLEL: usize = 8;

/// A service as it is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Row {
    service: String,
    namespace: String,
    team: Option<String>,
    version: Option<String>,
    revision: Option<u32>,
    deployed: Option<String>,
    who: Option<String>,
    ready: i64,
    wanted: i64,
    /// The first pod that is not well, in words.
    trouble: Option<String>,
    /// How many objects others changed; none when that could not be told.
    drift: Option<usize>,
    requested: Usage,
    used: Option<Usage>,
}

/// Shows them, cluster after cluster.
///
/// # Errors
/// Exit code 2 for a team or service that is not there; exit code 7 when no cluster answers.
pub fn status(environment: &Environment, select: Select<'_>, report: &Report) -> Result<()> {
    let mut clusters = Vec::new();
    for target in &environment.places {
        let cluster = Ground::of_service(target, String::new(), report)?;
        let found = select.of(members(&cluster, &environment.name)?, &environment.name)?;
        let selector = format!("{}=instep", render::MANAGED_BY);
        let pods = cluster.kubectl.get(["pods", "--all-namespaces", "--selector", &selector])?;
        let metrics = Metrics::read(&cluster.kubectl);
        let rows = pool::map(&found, PARALLEL, || true, |member| row(member, &pods, metrics.as_ref()));
        let rows: Vec<Row> = rows.into_iter().flatten().collect();
        crate::process::cancel::check()?;
        let capacity = Capacity::read(&cluster.kubectl, metrics.as_ref());
        report.result(&shown(target, &environment.name, &rows, capacity));
        if capacity.is_some_and(|capacity| capacity.is_full_but_idle()) {
            report.warn(&idle(target));
        }
        clusters.push(json!({ "cluster": target.cluster, "context": target.context, "services": rows, "capacity": capacity }));
    }
    report.document(json!({ "environment": environment.name, "clusters": clusters }));
    Ok(())
}

fn row(member: &Member, pods: &[Value], metrics: Option<&Metrics>) -> Row {
    let name = render::label_value(member.name());
    let own = |pod: &&Value| at(pod, "/metadata/namespace") == member.namespace() && crate::kube::fleet::label(pod, render::NAME) == name;
    let own: Vec<&Value> = pods.iter().filter(own).collect();
    let requested = Usage::sum(own.iter().map(|pod| Usage::requested(pod)));
    let count = |of: fn(&Value) -> i64| member.workloads.iter().map(of).sum();
    let release = member.serves();
    Row {
        service: member.name().to_owned(),
        namespace: member.namespace().to_owned(),
        team: member.team.clone(),
        version: release.map(|release| release.version.clone()),
        revision: release.map(|release| release.revision),
        deployed: release.map(|release| release.ended.clone().unwrap_or_else(|| release.started.clone())),
        who: release.map(|release| release.who.clone()),
        ready: count(ready),
        wanted: count(wanted),
        trouble: own.iter().find_map(|pod| trouble(pod)),
        drift: drift(&member.ground).ok().flatten().map(|(_, changes)| changes.0.len()),
        requested,
        used: metrics.map(|metrics| metrics.of(member.namespace(), &own)),
    }
}

fn is_daemon(workload: &Value) -> bool {
    at(workload, "/kind") == "DaemonSet"
}

fn ready(workload: &Value) -> i64 {
    int(workload, if is_daemon(workload) { "/status/numberReady" } else { "/status/readyReplicas" })
}

fn wanted(workload: &Value) -> i64 {
    if is_daemon(workload) {
        return int(workload, "/status/desiredNumberScheduled");
    }
    workload.pointer("/spec/replicas").and_then(Value::as_i64).unwrap_or(1)
}

/// What is wrong with a pod that shall serve; a job's pod that has ended is well.
fn trouble(pod: &Value) -> Option<String> {
    let of_job = list(pod, "/metadata/ownerReferences").iter().any(|owner| at(owner, "/kind") == "Job");
    let (well, words) = crate::kube::describe(pod);
    (!well && !of_job && words != "stopping").then_some(words)
}

fn shown(target: &Target, environment: &str, rows: &[Row], capacity: Option<Capacity>) -> String {
    let mut out = format!("{} {}\n", paint(NAME, environment), paint(DIM, &format!("(context {})", target.context)));
    if rows.is_empty() {
        out.push_str("  nothing is deployed");
        return out;
    }
    let mut table = vec![HEADS.map(|head| paint(DIM, head)).to_vec()];
    table.extend(rows.iter().map(cells));
    out.push_str(&laid_out(&table));
    if let Some(capacity) = capacity {
        out.push_str(&format!("  {}\n", of_cluster(&capacity)));
    }
    out.trim_end().to_owned()
}

const HEADS: [&str; 10] = ["SERVICE", "TEAM", "VERSION", "REV", "AGE", "HEALTH", "DRIFT", "CPU", "MEMORY", "BY"];
/// The columns that go below where there is no room beside.
const BELOW: usize = 7;

/// The table; where that is too wide, what each takes and who deployed it is below its line.
fn laid_out(table: &[Vec<String>]) -> String {
    let whole = columns(table, 2);
    if fits(&whole) {
        return whole;
    }
    let narrow: Vec<&[String]> = table.iter().map(|row| &row[..BELOW]).collect();
    let narrow = columns(&narrow, 2);
    let mut lines = narrow.lines().zip(table);
    let mut out = lines.next().map_or_else(String::new, |(heads, _)| format!("{heads}\n"));
    for (line, row) in lines {
        let rest: Vec<String> = HEADS[BELOW..].iter().zip(&row[BELOW..]).map(|(head, cell)| format!("{head} {cell}")).collect();
        out.push_str(&format!("{line}\n{}\n", paint(DIM, &format!("    {}", rest.join("; ")))));
    }
    out
}

fn cells(row: &Row) -> Vec<String> {
    let pods = format!("{}/{}", row.ready, row.wanted);
    let health = match &row.trouble {
        _ if row.version.is_none() => paint(BAD, "✗ never served"),
        None if row.ready >= row.wanted => paint(GOOD, &format!("✓ {pods}")),
        None => paint(BAD, &format!("✗ {pods}")),
        Some(words) => paint(BAD, &format!("✗ {pods} {}", words.lines().next().unwrap_or_default().chars().take(40).collect::<String>())),
    };
    let drift = match row.drift {
        Some(0) => paint(DIM, "none"),
        Some(n) => paint(WARN, &text::count(n, "object")),
        None => "?".to_owned(),
    };
    let pair = |requested: String, used: Option<String>| used.map_or(requested.clone(), |used| format!("{requested}, {used} used"));
    vec![
        paint(NAME, &row.service),
        row.team.clone().unwrap_or_default(),
        row.version.clone().unwrap_or_default(),
        row.revision.map_or_else(String::new, |revision| format!("v{revision}")),
        row.deployed.as_deref().and_then(age).unwrap_or_default(),
        health,
        drift,
        pair(cores(row.requested.cpu), row.used.map(|used| cores(used.cpu))),
        pair(text::bytes(row.requested.memory), row.used.map(|used| text::bytes(used.memory))),
        row.who.clone().unwrap_or_default(),
    ]
}

/// `250m`, `1.5`.
fn cores(millis: u64) -> String {
    if millis < 1000 { format!("{millis}m") } else { format!("{:.1}", millis as f64 / 1000.0) }
}

/// `12 s`, `5 m`, `3 h`, `9 d`.
fn age(time: &str) -> Option<String> {
    let then: jiff::Timestamp = time.parse().ok()?;
    let seconds = clock::timestamp().duration_since(then).as_secs().max(0);
    Some(match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} m", seconds / 60),
        3_600..86_400 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    })
}

fn of_cluster(capacity: &Capacity) -> String {
    let share = |part: u64, whole: u64| format!("{:.0} %", 100.0 * part as f64 / whole.max(1) as f64);
    let Capacity { nodes, requested, used } = capacity;
    let (cpu, memory) = (cores(nodes.cpu), text::bytes(nodes.memory));
    let asked = format!(
        "the cluster: {} of {cpu} CPUs and {} of {memory} are requested",
        share(requested.cpu, nodes.cpu),
        share(requested.memory, nodes.memory)
    );
    match used {
        Some(used) => format!("{asked}; {} and {} are used", share(used.cpu, nodes.cpu), share(used.memory, nodes.memory)),
        None => format!("{asked}; how much is used is not known (no metrics server)"),
    }
}

fn idle(target: &Target) -> Problem {
    Problem {
        message: format!("cluster `{}` is full of requests, and idle", target.cluster),
        place: None,
        notes: vec!["hardly a new pod finds room, although little of what is requested is used".to_owned()],
        help: vec!["lower `cpu` and `memory` in [kube] of the services that use the least of what they request".to_owned()],
    }
}
