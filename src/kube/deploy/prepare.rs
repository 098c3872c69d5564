//! Looking at the place, and planning. Nothing is changed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Value};

use super::image::{images, with_images};
use super::{Deployment, Foreign, Request, Source};
use crate::config::{Job, Service, Target, Workload};
use crate::kube::diff::Changes;
use crate::kube::object::{Key, list, text};
use crate::kube::observe::{self, Ground};
use crate::kube::record::{self, Outcome, REVISION, Record};
use crate::kube::render::{self, KubeVersion, TEAM, label_value};
use crate::kube::rollout::{Restarts, rolls_out};
use crate::kube::{budget, fault, plan, preflight, yaml};
use crate::report::{Error, Kind, Problem, Report, Result};

/// The annotation by which an object is never deleted.
const KEEP: &str = "instep.dev/keep";

impl<'a> Deployment<'a> {
    /// Looks at the place and plans. Nothing is changed.
    ///
    /// # Errors
    /// Whatever can be known to fail before anything is changed.
    pub fn prepare(request: Request<'a>, ground: &Ground, report: &Report) -> Result<Self> {
        let records = ground.records()?;
        let warn = |problem: &Problem| {
            if !request.told {
                report.warn(problem);
            }
        };
        let kube = kube_version(request.target, ground.version, &warn);
        let drafted = draft(&request, kube, &records)?;
        drafted.iter().flat_map(secrets).for_each(|secret| report.masker.add(&secret));
        let keys: Vec<Key> = drafted.iter().map(Key::of).collect();
        let (live, rules) = std::thread::scope(|scope| {
            let rules = scope.spawn(|| preflight::rules(ground));
            let known = record::known(&records, &keys);
            let live = if ground.has_namespace { observe::live(&ground.kubectl, &known) } else { Ok(Vec::new()) };
            (live, rules.join().unwrap_or_else(|_| Ok(Vec::new())))
        });
        let (live, rules) = (live?, rules?);
        let mut objects = match request.source {
            Source::Image => with_images(drafted, of(&request, &records)?, &request, &live),
            Source::Config | Source::Release(_) => drafted,
        };
        let mut record = new_record(&request, ground, &records, keys)?;
        below_floor(&request, &records, report)?;
        stamp(&mut objects, record.revision, Service::of(&request.target.scope)?.team.as_deref());
        record.manifests = yaml::documents(&objects)?;
        preflight::check(ground, request.target, &objects, &warn)?;
        let image = preflight::check_images(ground, request.target, &objects, request.look, &warn)?;
        record.give_up = give_up(&request, &record, &objects, &live, image)?;
        let handed = preflight::handed_over(&live, &objects);
        let (mut next, force) = try_out(&request, ground, &record, &live, objects, report)?;
        preflight::keep_replicas(&mut next, &handed);
        let gone = gone(&live, &records, &ground.service, &record.objects);
        let changes = Changes::between(&live, &next, &gone);
        record.plan = Some(changes.digest());
        let last = records.iter().rev().filter(|record| record.outcome == Outcome::Deployed).find_map(|record| record.ready_after);
        let jobs = jobs(&request, kube, &record)?;
        preflight::check_quota(rules, request.target, &next, &live, &jobs)?;
        let plan = plan::forward(plan::Forward {
            ground,
            record: &record,
            gone,
            last,
            gate: request.gate.as_ref(),
            force,
            jobs,
            handed: yaml::documents(&handed)?,
        })?;
        let (ground, report) = (ground.clone(), report.clone());
        let (lock, begun, migrated, written, pod, restarts) = (None, false, false, Vec::new(), None, Restarts::new());
        Ok(Self { plan, changes, request, ground, report, records, live, record, lock, begun, migrated, written, pod, restarts })
    }
}

/// What the cluster would make of the objects; whether fields of others are taken over, which is told.
fn try_out(
    request: &Request<'_>,
    ground: &Ground,
    record: &Record,
    live: &[Value],
    objects: Vec<Value>,
    report: &Report,
) -> Result<(Vec<Value>, bool)> {
    if !ground.has_namespace {
        return Ok((objects, false));
    }
    let untouched = |error: Error| error.note("nothing was changed");
    match ground.kubectl.try_apply(&record.manifests, &["--dry-run=server"])? {
        Ok(next) => Ok((next, false)),
        Err(complaint) => {
            let conflicts = fault::conflicts(&complaint);
            if conflicts.is_empty() {
                return Err(untouched(fault::explain(&complaint, &ground.kubectl.place)));
            }
            let scales = |objects: &[Value]| objects.iter().any(|object| text(object, "/kind") == "HorizontalPodAutoscaler");
            let unscaled = scales(live) && !scales(&objects);
            let others: Vec<_> = conflicts.into_iter().filter(|conflict| !conflict.is_free(unscaled)).collect();
            let word = match request.foreign {
                // What was recorded comes back, also where somebody changed it since.
                Foreign::Refuse if !others.is_empty() && !matches!(request.source, Source::Release(_)) => {
                    return Err(untouched(fault::conflict(&others, live)));
                }
                Foreign::Show => "taken over only with --force-conflicts",
                Foreign::Refuse | Foreign::Take => "taken over",
            };
            for conflict in others.iter().filter(|_| !request.told) {
                report.note(&format!("  {word}: {}", conflict.words(live)));
            }
            let next = ground.kubectl.apply(&record.manifests, &["--dry-run=server", "--force-conflicts"]);
            next.map(|next| (next, true)).map_err(untouched)
        }
    }
}

fn draft(request: &Request<'_>, kube: KubeVersion, records: &[Record]) -> Result<Vec<Value>> {
    if request.source != Source::Config {
        return record::objects(of(request, records)?);
    }
    render::objects(request.target, &render::Facts { image: request.image, images: request.images, version: request.version, kube })
}

/// What runs before the workloads: with the new image, never when an old release comes back. The revision
/// makes the names unique; a rerun of an interrupted release has another one.
fn jobs(request: &Request<'_>, kube: KubeVersion, record: &Record) -> Result<Vec<render::BeforeDeploy>> {
    if matches!(request.source, Source::Release(_)) {
        return Ok(Vec::new());
    }
    let facts = render::Facts { image: request.image, images: request.images, version: request.version, kube };
    let mut jobs = render::before_deploy(request.target, &facts, &format!("v{}", record.revision))?;
    jobs.retain(|job| request.first || job.each_cluster);
    Ok(jobs)
}

/// The release that the objects are taken from.
fn of<'r>(request: &Request<'_>, records: &'r [Record]) -> Result<&'r Record> {
    let environment = request.environment;
    let found = match request.source {
        Source::Release(Some(revision)) => {
            let found = records.iter().find(|record| record.revision == revision);
            let error = || Error::usage(format!("there is no v{revision} in {environment}"));
            let record = found.ok_or_else(|| error().help(format!("`instep kube-history {environment}` lists the releases")))?;
            if record.outcome != Outcome::Deployed {
                return Err(never_served(record));
            }
            Some(record)
        }
        Source::Release(None) => record::previous(records),
        Source::Config | Source::Image => record::last_good(records),
    };
    found.ok_or_else(|| match request.source {
        Source::Release(_) => Error::failed(format!("there is no earlier release in {environment} to go back to")),
        _ => Error::failed(format!("there is no release in {environment} to start from"))
            .help(format!("`instep kube-apply {environment}` makes the first one")),
    })
}

/// Refuses to go back to what does not work with today's schema, unless a person knows better.
fn below_floor(request: &Request<'_>, records: &[Record], report: &Report) -> Result<()> {
    if !matches!(request.source, Source::Release(_)) {
        return Ok(());
    }
    match (record::above_floor(of(request, records)?, records.iter()), request.override_reason) {
        (Err(error), Some(reason)) => {
            if !request.told {
                report.note(&format!("  overridden ({reason}): {}", error.message()));
            }
            Ok(())
        }
        (Err(error), None) => Err(error.note("nothing was changed").help("or go past it: --override REASON, which is recorded")),
        (Ok(()), _) => Ok(()),
    }
}

fn never_served(record: &Record) -> Error {
    let error = Error::new(Kind::Refused, format!("v{} never served: it is {}", record.revision, record.outcome.word()));
    record.reason.iter().fold(error, |error, reason| error.note(reason.clone()))
}

/// Says on every workload which release it is of, and whose it is: own manifests need not say the team.
fn stamp(objects: &mut [Value], revision: u32, team: Option<&str>) {
    for object in objects.iter_mut().filter(|object| rolls_out(text(object, "/kind"))) {
        let labels = &mut object["metadata"]["labels"];
        if labels.is_null() {
            *labels = Value::Object(Map::new());
        }
        let Some(labels) = labels.as_object_mut() else { continue };
        labels.insert(REVISION.to_owned(), revision.to_string().into());
        if let Some(team) = team {
            labels.entry(TEAM).or_insert_with(|| label_value(team).into());
        }
    }
}

/// What is there and is no part of the release any more: made by us, as the uid in a record or our labels
/// prove. What is marked to be kept, and what a ReplicaSet may still need, stays.
pub(super) fn gone(live: &[Value], records: &[Record], service: &str, keep: &[Key]) -> Vec<Key> {
    let recorded = |key: &Key| records.iter().flat_map(|record| &record.objects).any(|known| known.uid.is_some() && known.uid == key.uid);
    let stays = |object: &Value| object["metadata"]["annotations"][KEEP] == "true";
    let all = live.iter().filter(|object| !stays(object)).map(|object| (Key::of(object), observe::is_ours(object, service)));
    let gone = all.filter(|(key, ours)| (*ours || recorded(key)) && !keep.iter().any(|kept| kept.same(key)));
    gone.map(|(key, _)| key).filter(|key| !record::is_kept_always(key)).collect()
}

/// ConfigMaps and Secrets that a ReplicaSet names may be needed again by its pods.
pub(super) fn needed(key: &Key, objects: &[Value]) -> bool {
    matches!(key.kind.as_str(), "ConfigMap" | "Secret")
        && objects
            .iter()
            .filter(|object| text(object, "/kind") == "ReplicaSet")
            .any(|set| names(&set["spec"]["template"]["spec"], &key.name))
}

fn names(spec: &Value, name: &str) -> bool {
    let in_volume = list(spec, "/volumes").iter().any(|volume| {
        [text(volume, "/configMap/name"), text(volume, "/secret/secretName")].contains(&name)
            || list(volume, "/projected/sources")
                .iter()
                .any(|source| [text(source, "/configMap/name"), text(source, "/secret/name")].contains(&name))
    });
    let mut containers = list(spec, "/containers").iter().chain(list(spec, "/initContainers"));
    in_volume
        || containers.any(|container| {
            let from = list(container, "/envFrom")
                .iter()
                .any(|from| [text(from, "/configMapRef/name"), text(from, "/secretRef/name")].contains(&name));
            let keys = ["/valueFrom/configMapKeyRef/name", "/valueFrom/secretKeyRef/name"];
            from || list(container, "/env").iter().any(|variable| keys.iter().any(|key| text(variable, key) == name))
        })
}

/// What a Secret of the repo's own manifests keeps, as it is and as it is written. A short value is hardly a
/// secret, and would blank out half of every text.
fn secrets(object: &Value) -> Vec<String> {
    if text(object, "/kind") != "Secret" {
        return Vec::new();
    }
    let values = ["data", "stringData"].iter().filter_map(|key| object[*key].as_object()).flat_map(|map| map.values());
    let written: Vec<&str> = values.filter_map(Value::as_str).collect();
    let read = written.iter().filter_map(|text| String::from_utf8(BASE64.decode(text).ok()?).ok());
    read.chain(written.iter().map(|text| (*text).to_owned())).filter(|text| text.len() >= 6).collect()
}

/// The file's word counts; the cluster's own serves where the file has none.
fn kube_version(target: &Target, seen: KubeVersion, warn: preflight::Warn<'_>) -> KubeVersion {
    let Some(written) = target.kube_version.as_deref().and_then(KubeVersion::parse) else { return seen };
    if written != seen {
        let message = format!("cluster `{}` is {seen}, but its kube-version says {written}", target.cluster);
        let help = vec![format!("correct it: kube-version = \"{seen}\"")];
        warn(&Problem { message, place: target.kube_version_place(), notes: Vec::new(), help });
    }
    written
}

/// For how many seconds it is waited: as long as was asked for, as a release that comes back took, or as what it is
/// made of may take.
fn give_up(request: &Request<'_>, record: &Record, objects: &[Value], live: &[Value], image: u64) -> Result<u64> {
    if let Some(timeout) = request.timeout {
        return Ok(timeout.as_secs());
    }
    if matches!(request.source, Source::Release(_)) {
        return Ok(record.give_up);
    }
    Ok(budget::give_up(objects, live, &Workload::all(&request.target.scope)?, image).as_secs())
}

/// The oldest version that works with the schema that this release leaves.
fn floor(request: &Request<'_>) -> Result<Option<String>> {
    let floors = Job::all(&request.target.scope)?.into_iter().filter_map(|job| job.rollback_floor);
    Ok(floors.max_by(|a, b| semver::Version::parse(a).ok().cmp(&semver::Version::parse(b).ok())))
}

fn new_record(request: &Request<'_>, ground: &Ground, records: &[Record], objects: Vec<Key>) -> Result<Record> {
    let fresh = Record {
        revision: records.last().map_or(0, |record| record.revision) + 1,
        service: ground.service.clone(),
        environment: request.environment.to_owned(),
        image: request.image.to_owned(),
        images: images(request).map(|(name, image)| (name.to_owned(), image.to_owned())).collect(),
        named: request.named,
        version: request.version.to_owned(),
        commit: request.commit.map(str::to_owned),
        dirty: request.dirty,
        who: request.who.to_owned(),
        started: super::run::now(),
        objects,
        floor: if matches!(request.source, Source::Release(_)) { None } else { floor(request)? },
        override_reason: request.override_reason.map(str::to_owned),
        ..Record::default()
    };
    let Source::Release(_) = request.source else { return Ok(fresh) };
    let old = of(request, records)?;
    Ok(Record {
        image: old.image.clone(),
        images: old.images.clone(),
        named: old.named,
        version: old.version.clone(),
        commit: old.commit.clone(),
        dirty: old.dirty,
        give_up: old.give_up,
        rollback_of: Some(old.revision),
        ..fresh
    })
}
