//! Versions of Kubernetes, and which API version of a kind fits them.
//! Source of the numbers: the Kubernetes deprecation guide and feature gates.

use std::fmt;

/// A version of Kubernetes: `1.29`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KubeVersion {
    major: u16,
    minor: u16,
}

impl KubeVersion {
    /// Newer than all: what is rendered when nothing is known of the cluster.
    pub const NEWEST: Self = Self { major: u16::MAX, minor: 0 };

    /// Reads `1.29`, `v1.20.2`, `1.27+`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.trim().trim_start_matches('v').split(['.', '+', '-']);
        Some(Self { major: numbers.next()?.parse().ok()?, minor: numbers.next()?.parse().ok()? })
    }

    const fn at_least(self, minor: u16) -> bool {
        self.major > 1 || self.minor >= minor
    }

    /// `autoscaling/v2` since 1.23.
    pub fn autoscaling(self) -> &'static str {
        if self.at_least(23) { "autoscaling/v2" } else { "autoscaling/v2beta2" }
    }

    /// `policy/v1` since 1.21.
    pub fn policy(self) -> &'static str {
        if self.at_least(21) { "policy/v1" } else { "policy/v1beta1" }
    }

    /// `batch/v1` CronJobs since 1.21.
    pub fn cron(self) -> &'static str {
        if self.at_least(21) { "batch/v1" } else { "batch/v1beta1" }
    }

    /// The kubelet itself can sleep before it stops a container, since 1.30.
    pub fn has_sleep_action(self) -> bool {
        self.at_least(30)
    }
}

impl fmt::Display for KubeVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_clusters_write_them() {
        assert_eq!(KubeVersion::parse("v1.20.2").map(|version| version.to_string()), Some("1.20".into()));
        assert_eq!(KubeVersion::parse("1.27+").map(|version| version.to_string()), Some("1.27".into()));
        assert_eq!(KubeVersion::parse("new"), None);
        assert!(KubeVersion::parse("1.9") < KubeVersion::parse("1.10"));
        assert!(KubeVersion::NEWEST.has_sleep_action());
    }
}
