//! Which table of instep.toml an object or a pod is made from.

use crate::config::{Read, Scope, Workload};

/// A workload and its table in the file.
pub(super) struct Part<'a> {
    /// The workload; none for what the repo's own manifests make.
    pub(super) workload: Option<Workload>,
    /// Its table; none when it is not written.
    pub(super) read: Option<Read<'a>>,
    /// `[kube]`, `[workloads.mailer]`.
    pub(super) table: String,
}

impl<'a> Part<'a> {
    /// What an object of this name is made from.
    pub(super) fn of(scope: &'a Scope, name: &str) -> Self {
        Self::find(scope, |workload| workload.name == name)
    }

    /// What a pod of this name is made from: it is called as what keeps it, with more parts.
    pub(super) fn of_pod(scope: &'a Scope, pod: &str) -> Self {
        Self::find(scope, |workload| pod.strip_prefix(&*workload.name).is_some_and(|rest| rest.starts_with('-')))
    }

    /// A job.
    pub(super) fn of_job(scope: &'a Scope, key: &str) -> Self {
        Self { workload: None, read: table(scope, "jobs", key), table: format!("[jobs.{key}]") }
    }

    fn find(scope: &'a Scope, is_it: impl Fn(&Workload) -> bool) -> Self {
        let all = Workload::all(scope).unwrap_or_default();
        let workload = all.into_iter().filter(|workload| is_it(workload)).max_by_key(|workload| workload.name.len());
        match workload.as_ref().and_then(|workload| workload.key.clone()) {
            Some(key) => Self { workload, read: table(scope, "workloads", &key), table: format!("[workloads.{key}]") },
            None => Self { workload, read: Some(scope.read("kube")), table: "[kube]".to_owned() },
        }
    }

    /// Where a key is written: here, or in `[kube]`, which holds the defaults of all.
    pub(super) fn place(&self, scope: &Scope, key: &str) -> Option<crate::report::Place> {
        self.read.as_ref().and_then(|read| read.place(key)).or_else(|| scope.read("kube").place(key))
    }
}

fn table<'a>(scope: &'a Scope, of: &str, key: &str) -> Option<Read<'a>> {
    scope.read_root().tables(of).into_iter().find(|(name, _)| *name == key).map(|(_, read)| read)
}
