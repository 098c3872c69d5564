//! Waits until what somebody else applies has arrived: the controller that follows a platform repo.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::object::{Key, list, text};
use super::observe::{self, Ground};
use super::ready::Wait;
use super::rollout::rolls_out;
use crate::config::Target;
use crate::process::cancel;
use crate::report::{Error, Event, Kind, Report, Result, What};

/// How often one looks.
const LOOK: Duration = Duration::from_secs(2);

/// What is waited for.
pub struct Arrival<'a> {
    /// Where.
    pub ground: &'a Ground,
    /// The place as the file sees it.
    pub target: &'a Target,
    /// The manifests of the release.
    pub objects: &'a [Value],
    /// Its image.
    pub image: &'a str,
    /// For how long.
    pub give_up: Duration,
    /// The folder whose state keeps evidence.
    pub root: &'a Path,
    /// The way out.
    pub report: &'a Report,
}

impl Arrival<'_> {
    /// Until all workloads run the images of the release, and serve.
    ///
    /// # Errors
    /// Exit code 1 for pods that never will, 4 when the time is over.
    pub fn wait(&self, step: &str) -> Result<()> {
        let wanted: Vec<&Value> = self.objects.iter().filter(|object| rolls_out(text(object, "/kind"))).collect();
        let keys: Vec<Key> = wanted.iter().map(|object| Key::of(object)).collect();
        let end = Instant::now() + self.give_up;
        loop {
            let live = observe::live(&self.ground.kubectl, &keys)?;
            let Some(line) = wanted.iter().find_map(|object| behind(object, &live)) else {
                return self.until_ready(step, &live, end.saturating_duration_since(Instant::now()));
            };
            if Instant::now() >= end {
                let error = Error::new(Kind::TimedOut, format!("it has not arrived: {line}"));
                return Err(error.help("look at the controller that applies the platform repo; or wait longer with --timeout"));
            }
            self.report.event(&Event::new(step, What::Progress { message: line }));
            cancel::sleep(LOOK)?;
        }
    }

    fn until_ready(&self, step: &str, live: &[Value], give_up: Duration) -> Result<()> {
        let Self { ground, target, image, root, report, .. } = *self;
        let wait = Wait { kubectl: &ground.kubectl, report, root, target, service: &ground.service, revision: 0, image };
        wait.until_ready(step, live, give_up).map(drop)
    }
}

/// What a workload lacks to be the one that is wanted, in words.
fn behind(wanted: &Value, live: &[Value]) -> Option<String> {
    let key = Key::of(wanted);
    let Some(live) = live.iter().find(|object| Key::of(object).same(&key)) else { return Some(format!("{key} is not there yet")) };
    let containers = |object| list(object, "/spec/template/spec/containers");
    let image = |name: &str| containers(live).iter().find(|container| text(container, "/name") == name).map_or("", |it| text(it, "/image"));
    let other = containers(wanted).iter().find(|container| image(text(container, "/name")) != text(container, "/image"))?;
    Some(format!("{key} still runs {}", image(text(other, "/name"))))
}
