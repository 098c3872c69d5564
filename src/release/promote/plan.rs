//! A promotion as a plan: the git commands that a person could run.

use std::time::Duration;

use serde::Serialize;

use crate::kube::Place;
use crate::plan::Action;
use crate::process::quote;
use crate::report::text::elapsed;

/// What one step does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum Act {
    /// Gets the platform repo.
    Fetch {
        /// Its URL.
        repository: String,
        /// The branch.
        branch: String,
    },
    /// Replaces the service's folder, and commits that.
    Commit {
        /// The folder.
        folder: String,
        /// The environment that is rendered.
        environment: String,
        /// The image.
        image: String,
        /// `release.json`.
        release: String,
        /// The message.
        message: String,
    },
    /// Pushes the commit.
    Push {
        /// To this branch.
        branch: String,
        /// Whatever is there: the branch is instep's own.
        force: bool,
    },
    /// Opens the pull request.
    PullRequest {
        /// From here …
        branch: String,
        /// … to here.
        base: String,
        /// One line.
        title: String,
    },
    /// Waits until the cluster runs it.
    Wait {
        /// The context in the kubeconfig.
        context: String,
        /// The namespace.
        namespace: String,
        /// The service.
        service: String,
        /// The cluster, by its name.
        cluster: String,
        /// For at most so long.
        seconds: u64,
    },
}

impl Action for Act {
    fn title(&self) -> String {
        match self {
            Self::Fetch { repository, branch } => format!("{branch} of {repository}"),
            Self::Commit { folder, .. } => format!("the manifests into {folder}"),
            Self::Push { branch, .. } => format!("to {branch}"),
            Self::PullRequest { base, .. } => format!("into {base}"),
            Self::Wait { cluster, service, seconds, .. } => {
                format!("until {service} serves in {cluster}; giving up after {}", elapsed(Duration::from_secs(*seconds)))
            }
        }
    }

    fn script(&self) -> Vec<String> {
        let here = |text: &str| format!("<<'EOF'\n{text}EOF");
        match self {
            Self::Fetch { repository, branch } => {
                let (repository, branch) = (quote(repository), quote(branch));
                vec!["work=$(mktemp -d)".into(), format!("git clone --quiet --depth 1 --branch {branch} -- {repository} \"$work\"")]
            }
            Self::Commit { folder, environment, image, release, message } => {
                let folder = format!("\"$work\"/{}", quote(folder));
                vec![
                    format!("rm -rf {folder}"),
                    format!("instep kube-render {} --image {} --output-dir {folder}", quote(environment), quote(image)),
                    format!("cat > {folder}/release.json {}", here(release)),
                    format!("git -C \"$work\" add --all {folder}"),
                    format!("git -C \"$work\" commit --quiet --file - {}", here(message)),
                ]
            }
            Self::Push { branch, force } => {
                let force = if *force { "--force " } else { "" };
                vec![format!("git -C \"$work\" push --quiet {force}origin {}", quote(&format!("HEAD:refs/heads/{branch}")))]
            }
            Self::PullRequest { branch, base, title } => {
                let (branch, base, title) = (quote(branch), quote(base), quote(title));
                vec![format!("(cd \"$work\" && gh pr create --head {branch} --base {base} --title {title} --fill)")]
            }
            Self::Wait { context, namespace, service, seconds, .. } => {
                let selector = format!("--selector=app.kubernetes.io/name={service}");
                let place = Place { context: context.clone(), namespace: namespace.clone() };
                let wait = place.command(["rollout", "status", "deployments", &selector, &format!("--timeout={seconds}s")]);
                vec!["# once the controller has applied the commit".to_owned(), wait.to_string()]
            }
        }
    }
}
