//! What images say of themselves, held against what their pods ask for and the machines that they would run on.

use serde_json::Value;

use super::{Warn, pod_spec};
use crate::config::Target;
use crate::kube::fault::is_forbidden;
use crate::kube::object::{Key, int, list, text};
use crate::kube::observe::Ground;
use crate::kube::part::Part;
use crate::report::{Error, Kind, Place, Problem, Result, text as words};

/// What an image says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageFacts {
    /// The user that it is made for; empty means root.
    pub user: String,
    /// The ports that it says it listens on.
    pub ports: Vec<u16>,
    /// `linux/amd64`: the machines that the copy at hand is for.
    pub platform: String,
    /// How many bytes it has.
    pub size: u64,
}

/// Who knows images: another room does.
pub trait Images {
    /// What an image says of itself; none when that can't be seen from here.
    ///
    /// # Errors
    /// None but to be stopped.
    fn facts(&self, image: &str) -> Result<Option<ImageFacts>>;

    /// All platforms that its registry has it for; empty when that can't be seen from here.
    ///
    /// # Errors
    /// None but to be stopped.
    fn platforms(&self, image: &str) -> Result<Vec<String>>;
}

/// A container of an object that will be there.
struct Container<'a> {
    key: Key,
    pod: &'a Value,
    value: &'a Value,
    is_main: bool,
}

/// Checks every image that can be seen from here; gives the size of the largest.
///
/// # Errors
/// Exit code 1 for pods that could never start: an image that runs as root, or as nobody knows who, where that
/// is forbidden; an image for other machines than the cluster has.
pub fn check(ground: &Ground, target: &Target, objects: &[Value], images: &dyn Images, warn: Warn<'_>) -> Result<u64> {
    let mut nodes: Option<Vec<String>> = None;
    let mut problems: Vec<Problem> = Vec::new();
    let mut seen: Vec<(&str, Option<ImageFacts>)> = Vec::new();
    for container in objects.iter().flat_map(containers) {
        let image = text(container.value, "/image");
        let known = seen.iter().find(|(name, _)| *name == image).map(|(_, facts)| facts.clone());
        let is_new = known.is_none();
        let facts = known.map_or_else(|| images.facts(image), Ok)?;
        if is_new {
            seen.push((image, facts.clone()));
        }
        let Some(facts) = facts else { continue };
        problems.extend(wrong_user(&container, &facts.user, target));
        if container.is_main {
            warnings(&container, &facts, target).iter().for_each(warn);
        }
        if is_new {
            let nodes = match &nodes {
                Some(nodes) => nodes,
                None => nodes.insert(platforms(ground, target)?),
            };
            problems.extend(wrong_platform(image, &facts, nodes, target, images)?);
        }
    }
    let largest = seen.iter().filter_map(|(_, facts)| facts.as_ref()).map(|facts| facts.size).max();
    if problems.is_empty() { Ok(largest.unwrap_or(0)) } else { Err(Error::of(Kind::Failed, problems).note("nothing was changed")) }
}

fn containers(object: &Value) -> Vec<Container<'_>> {
    let Some(pod) = pod_spec(object) else { return Vec::new() };
    let of = |at: &str| list(pod, at).iter();
    let main = text(object, "/metadata/labels/app.kubernetes.io~1name");
    let one = |value| Container { key: Key::of(object), pod, value, is_main: text(value, "/name") == main };
    of("/containers").chain(of("/initContainers")).map(one).collect()
}

/// The rules of the kubelet (`verifyRunAsNonRoot`): a number in the pod decides, else the image's own user must
/// be a number, and not 0.
fn wrong_user(container: &Container<'_>, user: &str, target: &Target) -> Option<Problem> {
    let setting = |key: &str| {
        let at = format!("/securityContext/{key}");
        container.value.pointer(&at).or_else(|| container.pod.pointer(&at))
    };
    if setting("runAsNonRoot").and_then(Value::as_bool) != Some(true) || setting("runAsUser").is_some() {
        return None;
    }
    let why = match user.parse::<u64>() {
        Ok(0) => "runs as root".to_owned(),
        Ok(_) => return None,
        Err(_) if ["", "root"].contains(&user) => "runs as root".to_owned(),
        Err(_) => format!("runs as `{user}`, a name that may be root for all that the cluster can see"),
    };
    let (image, name) = (text(container.value, "/image"), text(container.value, "/name"));
    let own = target.scope.read("kube");
    let place = ["manifests", "kustomize", "chart", "patch"].iter().find_map(|key| own.place(key));
    Some(Problem {
        message: format!("container `{name}` of {} must not run as root, and its image {why}", container.key),
        place,
        notes: vec![format!("image: {image}")],
        help: vec!["write a number into the Dockerfile: `USER 10001`; or `runAsUser: 10001` beside `runAsNonRoot`".to_owned()],
    })
}

/// What works, but hardly as it is meant.
fn warnings(container: &Container<'_>, facts: &ImageFacts, target: &Target) -> Vec<Problem> {
    other_user(container, facts, target).into_iter().chain(other_port(container, facts, target)).collect()
}

/// The files of the image are made for another user than the one that nobody chose.
fn other_user(container: &Container<'_>, facts: &ImageFacts, target: &Target) -> Option<Problem> {
    let runs_as = int(container.pod, "/securityContext/runAsUser");
    let meant: i64 = facts.user.parse().ok().filter(|user| *user != 0)?;
    let part = Part::of(&target.scope, &container.key.name);
    if meant == runs_as || runs_as == 0 || part.place(&target.scope, "user").is_some() {
        return None;
    }
    let message = format!("the image is made for user {meant} (USER), and runs as {runs_as}: files of the one may be closed to the other");
    let help = format!("write it into {}: `user = {meant}`; or `user = {runs_as}`, if it works as that too", part.table);
    Some(Problem { message, place: dockerfile(target), notes: Vec::new(), help: vec![help] })
}

/// EXPOSE names other ports than the pods are asked at.
fn other_port(container: &Container<'_>, facts: &ImageFacts, target: &Target) -> Option<Problem> {
    let ports: Vec<u16> =
        list(container.value, "/ports").iter().filter_map(|port| u16::try_from(int(port, "/containerPort")).ok()).collect();
    let first = *ports.first()?;
    let exposed = *facts.ports.first()?;
    if ports.iter().any(|port| facts.ports.contains(port)) {
        return None;
    }
    let part = Part::of(&target.scope, &container.key.name);
    let is_main = part.workload.as_ref().is_none_or(|workload| workload.key.is_none());
    let place = if is_main { target.scope.read("service").place("port") } else { part.read.and_then(|read| read.place("port")) };
    let numbers: Vec<String> = facts.ports.iter().map(u16::to_string).collect();
    Some(Problem {
        message: format!("the image exposes port {}, and is asked at {first}", words::list(&numbers)),
        place,
        notes: Vec::new(),
        help: vec![format!("`port = {exposed}`, if it listens there; or let it listen at $PORT, and correct EXPOSE in the Dockerfile")],
    })
}

fn dockerfile(target: &Target) -> Option<Place> {
    let image = target.scope.read("image");
    image.place("dockerfile").or_else(|| image.place("repository"))
}

/// The engine has one copy of an image that its registry may have for several machines.
fn wrong_platform(image: &str, facts: &ImageFacts, nodes: &[String], target: &Target, images: &dyn Images) -> Result<Option<Problem>> {
    if nodes.is_empty() || nodes.contains(&facts.platform) {
        return Ok(None);
    }
    let mut all = images.platforms(image)?;
    if all.iter().any(|platform| nodes.contains(platform)) {
        return Ok(None);
    }
    if all.is_empty() {
        all.push(facts.platform.clone());
    }
    let read = target.scope.read("image");
    let nodes: Vec<&str> = nodes.iter().map(String::as_str).collect();
    Ok(Some(Problem {
        message: format!("the image is for {}, and the nodes of the cluster are {}", words::list(&all), words::list(&nodes)),
        place: read.place("platforms").or_else(|| read.place("repository")),
        notes: vec![format!("image: {image}")],
        help: vec![format!("build it for them: `platforms = [\"{}\"]` in [image]", nodes.join("\", \""))],
    }))
}

/// The machines of the cluster: as the file says, else as its nodes do. Empty where the rights don't reach.
fn platforms(ground: &Ground, target: &Target) -> Result<Vec<String>> {
    if let Some(platform) = &target.platform {
        return Ok(vec![platform.clone()]);
    }
    let kubectl = &ground.kubectl;
    let columns = ["get", "nodes", "--no-headers", "--label-columns=kubernetes.io/os,kubernetes.io/arch", "--request-timeout=15s"];
    let output = match kubectl.must(&kubectl.place.command(columns)) {
        Err(error) if is_forbidden(&error) => return Ok(Vec::new()),
        output => output?,
    };
    let mut all: Vec<String> = Vec::new();
    for line in output.text().lines() {
        let columns: Vec<&str> = line.split_whitespace().collect();
        if let [.., os, arch] = columns.as_slice() {
            let platform = format!("{os}/{arch}");
            if !all.contains(&platform) && !platform.contains('<') {
                all.push(platform);
            }
        }
    }
    Ok(all)
}
