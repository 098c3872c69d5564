//! What a deployment came to in one place: shown to a person, and told in the JSON document.

use std::time::Duration;

use serde_json::{Value, json};

use crate::config::{Target, Workload};
use crate::kube::Place;
use crate::kube::record::{MAIN, Record};
use crate::report::style::{DIM, GOOD, LINK, paint};
use crate::report::table::columns;
use crate::report::{Report, Result, text};

/// What became of one place.
pub(super) struct Done<'t> {
    pub(super) target: &'t Target,
    pub(super) record: Record,
    pub(super) took: Duration,
    /// It serves, and is recorded.
    pub(super) serves: bool,
}

impl Done<'_> {
    pub(super) fn json(&self) -> Value {
        let Self { target, record, took, .. } = self;
        json!({
            "cluster": target.cluster,
            "context": target.context,
            "namespace": target.namespace,
            "image": record.image,
            "images": record.images,
            "version": record.version,
            "revision": record.revision,
            "outcome": record.outcome,
            "reason": record.reason,
            "smoke": record.smoke,
            "url": target.url,
            "seconds": (took.as_secs_f64() * 1000.0).round() / 1000.0,
        })
    }

    /// What runs where, and how to reach it.
    pub(super) fn show(&self, environment: &str, report: &Report) -> Result<()> {
        let Self { target, record, took, .. } = self;
        let row = |name: &str, value: String| vec![paint(DIM, name), value];
        let mut rows = vec![row("revision", format!("v{}", record.revision)), row("image", record.image.clone())];
        rows.extend(record.images.iter().filter(|(name, _)| *name != MAIN).map(|(name, image)| row(name, image.clone())));
        rows.push(row("place", format!("context {}, namespace {}", target.context, target.namespace)));
        if let Some(way) = reach(target)? {
            rows.push(row("reach it", way));
        }
        let head = format!("{} {} serves in {environment}", record.service, record.version);
        let time = paint(DIM, &format!("({})", text::elapsed(*took)));
        report.result(format!("\n{} {head} {time}\n{}", paint(GOOD, "✓"), columns(&rows, 2)).trim_end());
        Ok(())
    }
}

/// The URL, or the line that opens a way.
fn reach(target: &Target) -> Result<Option<String>> {
    if let Some(url) = &target.url {
        return Ok(Some(paint(LINK, url)));
    }
    let workloads = Workload::all(&target.scope)?;
    let served = workloads.iter().find_map(|workload| Some((&workload.name, workload.port?)));
    Ok(served.map(|(name, port)| Place::of(target).command(["port-forward", &format!("service/{name}"), &format!("{port}:{port}")]).line()))
}
