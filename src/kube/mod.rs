//! Kubernetes: what is decided (render, plan, judge) stands apart from what is done through kubectl.

pub mod arrive;
mod blame;
pub mod delete;
pub mod deploy;
pub mod diff;
pub mod drift;
mod evidence;
mod fault;
pub mod fleet;
mod forward;
pub mod job;
mod kubectl;
pub mod lock;
pub mod logs;
mod newest;
pub mod object;
mod observe;
mod pack;
mod part;
pub mod plan;
mod preflight;
mod quantity;
mod ready;
pub mod record;
pub mod render;
pub mod restart;
mod rollout;
pub mod secret;
pub mod status;
pub mod usage;
pub mod yaml;

use std::time::Duration;

pub use self::forward::{Forward, forward, forward_at};
pub use self::kubectl::{Kubectl, Place};
pub use self::newest::newest_pod;
pub use self::observe::{Ground, Identity, identity};
pub use self::preflight::{ImageFacts, Images};
pub use self::rollout::describe;
use crate::config::{Replicas, Workload};

/// How long the workloads may take together: they roll out side by side, each pod after pod.
pub fn give_up(workloads: &[Workload]) -> Duration {
    let one = |workload: &Workload| {
        let (Replicas::Fixed(pods) | Replicas::Auto { max: pods, .. }) = workload.replicas;
        let pods = u32::try_from(pods.max(1)).unwrap_or(u32::MAX);
        if workload.recreate {
            return workload.stop_within + workload.start_within + render::SLACK;
        }
        workload.start_within.saturating_mul(pods) + render::SLACK
    };
    workloads.iter().map(one).max().unwrap_or(render::SLACK)
}
