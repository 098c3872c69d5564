//! How much of what pods ask for they use: by the metrics API, where the cluster has it
//! (kubernetes.io/docs/tasks/debug/debug-cluster/resource-metrics-pipeline).

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::kubectl::{Kubectl, items};
use super::object::{list, text};
use super::quantity::{Nanos, bytes, cores, parse};
use super::render::{NAME, label_value};

/// CPU and memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Amounts {
    /// In cores.
    #[serde(serialize_with = "as_cores")]
    pub cpu: Nanos,
    /// In bytes.
    #[serde(serialize_with = "as_bytes")]
    pub memory: Nanos,
}

impl Amounts {
    fn add(&mut self, amounts: &Value) {
        let amount = |key: &str| parse(text(amounts, key)).unwrap_or(0);
        self.cpu += amount("/cpu");
        self.memory += amount("/memory");
    }
}

/// Of the pods of one workload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// What they asked for.
    pub requested: Amounts,
    /// What they use; none where nobody measures.
    pub used: Option<Amounts>,
}

impl Usage {
    /// Of these pods; `measured` are the metrics of all.
    pub fn of(pods: &[&Value], measured: &[Value]) -> Self {
        let mut usage = Self::default();
        for pod in pods {
            for container in list(pod, "/spec/containers") {
                usage.requested.add(&container["resources"]["requests"]);
            }
            let Some(metrics) = measured.iter().find(|it| text(it, "/metadata/name") == text(pod, "/metadata/name")) else { continue };
            let used = usage.used.get_or_insert_default();
            for container in list(metrics, "/containers") {
                used.add(&container["usage"]);
            }
        }
        usage
    }

    /// `uses 3m of 100m CPU, 12Mi of 128Mi memory`; none where nobody measures.
    pub fn words(&self) -> Option<String> {
        let (used, asked) = (self.used?, self.requested);
        let of = |asked: Nanos, words: fn(Nanos) -> String| if asked == 0 { String::new() } else { format!(" of {}", words(asked)) };
        let (cpu, memory) = (of(asked.cpu, cores), of(asked.memory, bytes));
        Some(format!("uses {}{cpu} CPU, {}{memory} memory", cores(used.cpu), bytes(used.memory)))
    }
}

/// What the metrics API says of the service's pods; nothing where the cluster has none.
pub fn measured(kubectl: &Kubectl, service: &str) -> Vec<Value> {
    let selector = format!("{}%3D{}", NAME.replace('/', "%2F"), label_value(service));
    let path = format!("/apis/metrics.k8s.io/v1beta1/namespaces/{}/pods?labelSelector={selector}", kubectl.place.namespace);
    let output = kubectl.run(&kubectl.place.command(["get", "--raw", &path, "--request-timeout=5s"]));
    let found = output.ok().filter(|output| output.exit.ok()).and_then(|output| items(&output.text()).ok());
    found.unwrap_or_default().iter().flat_map(|all| list(all, "/items").to_vec()).collect()
}

fn as_cores<S: Serializer>(nanos: &Nanos, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&cores(*nanos))
}

fn as_bytes<S: Serializer>(nanos: &Nanos, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&bytes(*nanos))
}
