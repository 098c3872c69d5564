//! `[environments.NAME]` as it holds: one place, in one cluster or several.

use std::time::Duration;

use super::read::Read;
use super::{DeployOn, Project, Scope, Service};
use crate::report::{Error, Place, Result, text};

/// An environment: where, and under what rules.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Its name.
    pub name: String,
    /// Changes ask for its name.
    pub protected: bool,
    /// How long to wait between two clusters.
    pub pause: Option<Duration>,
    /// Secrets are sealed into files that are committed.
    pub sealed: bool,
    /// What event of git deploys here; none: a pipeline never does.
    pub deploy_on: Option<DeployOn>,
    /// Deployments go through a platform repo; kube-apply refuses.
    pub gitops: Option<Gitops>,
    /// Its clusters, in order.
    pub places: Vec<Target>,
}

/// The platform repo that gets an environment's manifests.
#[derive(Clone, Debug)]
pub struct Gitops {
    /// Its URL.
    pub repository: String,
    /// The branch.
    pub branch: String,
    /// The service's folder in it.
    pub path: String,
    /// Changes go through a pull request.
    pub pull_request: bool,
    /// The environments that an image must have passed in before it comes here.
    pub passed_in: Vec<String>,
    /// Where that is asked for, to be underlined.
    pub asked_at: Option<Place>,
    /// Where the repository is written.
    pub place: Option<Place>,
}

impl Gitops {
    /// Reads it; `above`: the environment that an image passes before, where nothing else is written.
    fn of(read: &Read<'_>, above: Option<&str>) -> Result<Option<Self>> {
        if !read.exists() {
            return Ok(None);
        }
        // The default is a template, which nobody wrote: it stands nowhere in the file.
        let name = || read.scope().read("service").text_opt("name");
        let path = match read.text_opt("path")? {
            Some(path) => path,
            None => name()?.map_or_else(|| read.text("path"), Ok)?,
        };
        let part = |part: &str| !part.is_empty() && part != "." && part != ".." && part != ".git";
        if !path.split('/').all(part) {
            let error = Error::usage(format!("`{path}` is not a folder below the platform repo"));
            return Err(error.at(read.place("path")).help("a path of names, such as `services/users`; it belongs to this service alone"));
        }
        Ok(Some(Self {
            repository: read.text_needed("repository", "\"git@host:team/platform.git\"")?,
            branch: read.text("branch")?,
            path,
            pull_request: read.flag("pull-request"),
            passed_in: if read.has("passed-in") { read.words("passed-in") } else { above.map(str::to_owned).into_iter().collect() },
            asked_at: read.place("passed-in").or_else(|| read.place("repository")),
            place: read.place("repository"),
        }))
    }
}

/// An environment in one cluster.
#[derive(Clone, Debug)]
pub struct Target {
    /// The cluster's name; the environment's own when it only names a context.
    pub cluster: String,
    /// The context in the kubeconfig.
    pub context: String,
    /// The namespace.
    pub namespace: String,
    /// The uid of kube-system, when it is to be checked.
    pub uid: Option<String>,
    /// The cluster's version, when it is known.
    pub kube_version: Option<String>,
    /// The platform of its nodes, when it is known.
    pub platform: Option<String>,
    /// Where the service is reached from outside.
    pub url: Option<String>,
    /// The values as they hold here.
    pub scope: Scope,
}

impl Environment {
    /// Reads an environment; `name` may be `ENV/CLUSTER`.
    ///
    /// # Errors
    /// Exit code 2 when there is no such environment or cluster, or it names no context.
    pub fn of(project: &Project, name: &str) -> Result<Self> {
        Self::read(project, name, namespace)
    }

    /// As [`Environment::of`], for all services in it: the namespace may be anything.
    ///
    /// # Errors
    /// As [`Environment::of`].
    pub fn of_all(project: &Project, name: &str) -> Result<Self> {
        Self::read(project, name, |read, _| Ok(read.text_opt("namespace")?.unwrap_or_else(|| "default".to_owned())))
    }

    fn read(project: &Project, name: &str, namespace: Namespace) -> Result<Self> {
        let (name, only) = name.split_once('/').map_or((name, None), |(name, cluster)| (name, Some(cluster)));
        let names = project.environment_names();
        let Some(name) = names.iter().find(|known| super::names::same(known, name)).copied() else {
            return Err(unknown(name, &names));
        };
        let scope = project.scope_in(name, None);
        let read = named(&scope, name)?;
        let mut clusters = read.words("cluster");
        if let Some(only) = only {
            if !clusters.iter().any(|cluster| cluster == only) {
                return Err(Error::usage(format!("environment `{name}` has no cluster `{only}`")).help(if clusters.is_empty() {
                    "it has one place only; leave the cluster out".to_owned()
                } else {
                    format!("its clusters: {}", clusters.join(", "))
                }));
            }
            clusters.retain(|cluster| cluster == only);
        }
        let places = if clusters.is_empty() {
            vec![Target::own(project, name, &read, namespace)?]
        } else {
            clusters.iter().map(|cluster| Target::in_cluster(project, name, cluster, namespace)).collect::<Result<_>>()?
        };
        // What everybody may change is no stage after a protected environment.
        let is_before = |above: &&str| read.flag("protected") || !named(&scope, above).is_ok_and(|above| above.flag("protected"));
        let above = project.environment_above(name).filter(is_before);
        Ok(Self {
            name: name.to_owned(),
            protected: read.flag("protected"),
            pause: read.duration_opt("pause"),
            sealed: read.flag("sealed"),
            deploy_on: DeployOn::of(&read)?,
            gitops: Gitops::of(&read.table("gitops"), above)?,
            places,
        })
    }
}

/// Where a service lives, as the environment and the service say.
type Namespace = fn(&Read<'_>, &Scope) -> Result<String>;

impl Target {
    /// The same cluster, for another service there: nothing is known of its file but its name.
    #[must_use]
    pub fn of_other(&self, service: &str, namespace: &str) -> Self {
        let scope = self.scope.with_only_service(service);
        Self { namespace: namespace.to_owned(), url: None, scope, ..self.clone() }
    }

    fn own(project: &Project, name: &str, read: &Read<'_>, namespace: Namespace) -> Result<Self> {
        let scope = project.scope_in(name, None);
        Ok(Self {
            cluster: name.to_owned(),
            context: read.text_needed("context", "\"a context of your kubeconfig\"")?,
            namespace: namespace(read, &scope)?,
            uid: read.text_opt("uid")?,
            kube_version: read.text_opt("kube-version")?,
            platform: None,
            url: read.text_opt("url")?,
            scope,
        })
    }

    fn in_cluster(project: &Project, name: &str, cluster: &str, namespace: Namespace) -> Result<Self> {
        let scope = project.scope_in(name, Some(cluster));
        let read = named(&scope, name)?;
        let root = scope.read_root();
        let Some((_, of_cluster)) = root.find("clusters", |known| known == cluster) else {
            return Err(Error::usage(format!("there is no [clusters.{cluster}]")));
        };
        let of_both = read.find("clusters", |known| known == cluster);
        let own_url = of_both.map(|(_, table)| table.text_opt("url")).transpose()?.flatten();
        Ok(Self {
            cluster: cluster.to_owned(),
            context: of_cluster.text_needed("context", "\"a context of your kubeconfig\"")?,
            namespace: namespace(&read, &scope)?,
            uid: of_cluster.text_opt("uid")?,
            kube_version: of_cluster.text_opt("kube-version")?,
            platform: of_cluster.text_opt("platform")?,
            url: own_url.map_or_else(|| read.text_opt("url"), |url| Ok(Some(url)))?,
            scope: scope.clone(),
        })
    }

    /// The folder of the secrets that are sealed for this place: committed, and applied with the manifests.
    pub fn sealed_dir(&self) -> std::path::PathBuf {
        let environment = self.scope.environment().unwrap_or_default();
        let dir = self.scope.root().join("sealed").join(environment);
        if self.cluster == environment { dir } else { dir.join(&self.cluster) }
    }

    /// Where the context is written, to be underlined.
    pub fn context_place(&self) -> Option<Place> {
        self.place("context")
    }

    /// Where the cluster's version is written, to be underlined.
    pub fn kube_version_place(&self) -> Option<Place> {
        self.place("kube-version")
    }

    /// Where the uid is written, to be underlined.
    pub fn uid_place(&self) -> Option<Place> {
        self.place("uid")
    }

    fn place(&self, key: &str) -> Option<Place> {
        let read = named(&self.scope, self.scope.environment()?).ok()?;
        let of_cluster = || self.scope.read_root().find("clusters", |name| name == self.cluster)?.1.place(key);
        read.place(key).or_else(of_cluster)
    }
}

fn named<'a>(scope: &'a Scope, name: &str) -> Result<Read<'a>> {
    let found = scope.read_root().find("environments", |known| known == name);
    found.map(|(_, table)| table).ok_or_else(|| Error::usage(format!("there is no [environments.{name}]")))
}

fn namespace(read: &Read<'_>, scope: &Scope) -> Result<String> {
    read.text_opt("namespace")?.map_or_else(|| Service::of(scope).map(|service| service.name), Ok)
}

fn unknown(name: &str, names: &[&str]) -> Error {
    let error = Error::usage(format!("there is no environment `{name}`"));
    let error = match names {
        [] => error.note(format!("{} has no [environments.…]", super::find::FILE)),
        _ => error.note(format!("{} has: {}", super::find::FILE, text::list(names))),
    };
    match text::nearest(name, names.iter().copied()) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help(format!(
            "add [environments.{name}] with `context = \"…\"` (a context of your kubeconfig: `kubectl config get-contexts -o name`)"
        )),
    }
}
