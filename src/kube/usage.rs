//! What pods ask of a cluster, and what they use of it: quantities of Kubernetes added up.

use std::ops::AddAssign;

use serde::Serialize;
use serde_json::Value;

use super::kubectl::Kubectl;
use super::object::{list, text};
use super::quantity::{Nanos, ONE, bytes, cores};
use crate::config::value::amount;

/// CPU in thousandths of a core, memory in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// Thousandths of a core.
    pub cpu: u64,
    /// Bytes.
    pub memory: u64,
}

impl AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.cpu += other.cpu;
        self.memory += other.memory;
    }
}

impl Usage {
    /// A table of Kubernetes with `cpu` and `memory`.
    fn of(table: &Value) -> Self {
        let value = |key: &str| table[key].as_str().and_then(amount).unwrap_or_default();
        #[expect(clippy::cast_sign_loss, reason = "a quantity has no sign")]
        let whole = |number: f64| number.round() as u64;
        Self { cpu: whole(value("cpu") * 1000.0), memory: whole(value("memory")) }
    }

    /// All of these together.
    pub fn sum(all: impl IntoIterator<Item = Self>) -> Self {
        let mut sum = Self::default();
        for one in all {
            sum += one;
        }
        sum
    }

    /// `uses 3m of 100m CPU, 12Mi of 128Mi memory`.
    pub fn of_requested(&self, asked: &Self) -> String {
        let of = |asked: u64, words: String| if asked == 0 { String::new() } else { format!(" of {words}") };
        let cpu = |usage: &Self| cores(Nanos::from(usage.cpu) * ONE / 1000);
        let memory = |usage: &Self| bytes(Nanos::from(usage.memory) * ONE);
        let (of_cpu, of_memory) = (of(asked.cpu, cpu(asked)), of(asked.memory, memory(asked)));
        format!("uses {}{of_cpu} CPU, {}{of_memory} memory", cpu(self), memory(self))
    }

    /// What the containers of a pod ask for; nothing when it has ended.
    pub fn requested(pod: &Value) -> Self {
        let ended = ["Succeeded", "Failed"].contains(&text(pod, "/status/phase"));
        let containers = if ended { &[] } else { list(pod, "/spec/containers") };
        Self::sum(containers.iter().map(|container| Self::of(&container["resources"]["requests"])))
    }
}

/// What pods use now, by namespace and name.
#[derive(Clone, Debug)]
pub struct Metrics(Vec<(String, String, Usage)>);

impl Metrics {
    /// Asks the cluster's metrics server; none where there is none, or it may not be asked.
    pub fn read(kubectl: &Kubectl) -> Option<Self> {
        Self::at(kubectl, "/apis/metrics.k8s.io/v1beta1/pods")
    }

    /// As [`Metrics::read`], of one namespace: for that the rights reach further.
    pub fn read_here(kubectl: &Kubectl) -> Option<Self> {
        Self::at(kubectl, &format!("/apis/metrics.k8s.io/v1beta1/namespaces/{}/pods", kubectl.place.namespace))
    }

    fn at(kubectl: &Kubectl, path: &str) -> Option<Self> {
        let command = kubectl.place.command(["get", "--raw", path, "--request-timeout=10s"]);
        let output = kubectl.run(&command).ok().filter(|output| output.exit.ok())?;
        let found: Value = serde_json::from_str(&output.text()).ok()?;
        let one = |pod: &Value| {
            let sum = Usage::sum(list(pod, "/containers").iter().map(|container| Usage::of(&container["usage"])));
            (text(pod, "/metadata/namespace").to_owned(), text(pod, "/metadata/name").to_owned(), sum)
        };
        Some(Self(list(&found, "/items").iter().map(one).collect()))
    }

    /// What these pods use together.
    pub fn of(&self, namespace: &str, pods: &[&Value]) -> Usage {
        let meant = |name: &str| pods.iter().any(|pod| text(pod, "/metadata/name") == name);
        Usage::sum(self.0.iter().filter(|(space, name, _)| space == namespace && meant(name)).map(|(.., usage)| *usage))
    }

    fn all(&self) -> Usage {
        Usage::sum(self.0.iter().map(|(.., usage)| *usage))
    }
}

/// A cluster as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Capacity {
    /// What its nodes have for pods.
    pub nodes: Usage,
    /// What all pods ask for.
    pub requested: Usage,
    /// What all pods use, where it is known.
    pub used: Option<Usage>,
}

impl Capacity {
    /// Looks; none without the rights to see nodes and the pods of others.
    pub fn read(kubectl: &Kubectl, metrics: Option<&Metrics>) -> Option<Self> {
        let nodes = Usage::sum(kubectl.get(["nodes"]).ok()?.iter().map(|node| Usage::of(&node["status"]["allocatable"])));
        let requested = Usage::sum(kubectl.get(["pods", "--all-namespaces"]).ok()?.iter().map(Usage::requested));
        Some(Self { nodes, requested, used: metrics.map(Metrics::all) })
    }

    /// Whether hardly a new pod finds room although most of the cluster is idle.
    pub fn is_full_but_idle(&self) -> bool {
        let share = |part: u64, whole: u64| part as f64 / whole.max(1) as f64;
        let idle = |of: fn(Usage) -> u64| {
            let used = self.used.map_or(1.0, |used| share(of(used), of(self.nodes)));
            share(of(self.requested), of(self.nodes)) >= 0.8 && used <= 0.4
        };
        idle(|usage| usage.cpu) || idle(|usage| usage.memory)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn quantities_are_added_up_whatever_their_suffix() {
        let pod = json!({ "spec": { "containers": [
            { "resources": { "requests": { "cpu": "100m", "memory": "128Mi" } } },
            { "resources": { "requests": { "cpu": "1.5", "memory": "1M" } } },
            {},
        ] } });
        assert_eq!(Usage::requested(&pod), Usage { cpu: 1600, memory: 135_217_728 });
        assert_eq!(Usage::of(&json!({ "cpu": "12345678n", "memory": "nonsense" })), Usage { cpu: 12, memory: 0 });
    }

    #[test]
    fn a_cluster_is_full_but_idle_only_when_its_use_is_known() {
        let usage = |cpu, memory| Usage { cpu, memory };
        let full = Capacity { nodes: usage(1000, 1000), requested: usage(900, 100), used: Some(usage(100, 50)) };
        assert!(full.is_full_but_idle());
        assert!(!Capacity { used: None, ..full }.is_full_but_idle());
        assert!(!Capacity { used: Some(usage(700, 50)), ..full }.is_full_but_idle());
    }
}
