//! `[workspace]`: a repo of several services, each a project of its own; nothing is inherited.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::node::{Node, Source, Table, Value};
use super::{BUILT_IN, Head, Project, Task, find, parse, same};
use crate::repo;
use crate::report::{Error, Kind, Problem, Result, text};

/// What `--service` calls the root of a workspace, without its members.
pub const ROOT: &str = ".";

/// A service of a workspace.
#[derive(Clone, Debug)]
pub struct Member {
    /// The service's name; its folder's, when it has none.
    pub name: String,
    /// How its folder is shown.
    pub dir: String,
    /// Its configuration.
    pub project: Project,
}

/// A member's file, not read yet.
#[derive(Debug)]
pub struct MemberFile {
    /// The file.
    pub file: PathBuf,
    /// How it is shown.
    pub shown: String,
    /// Its folder, from the root of the workspace.
    pub dir: String,
}

/// The members as they were found, and what is wrong with them.
#[derive(Default)]
struct Found {
    members: Vec<Member>,
    /// Members that can't be read, by their folder.
    broken: Vec<(String, Error)>,
    problems: Vec<Problem>,
}

/// Reads the members of a project; with a service's name, gives that one alone: a fault of another does not matter then.
///
/// # Errors
/// Exit code 2 with every problem of all members, or for a name that no service has.
pub(super) fn open(mut root: Project, shown: &str, overrides: &[String], service: Option<&str>) -> Result<Project> {
    if service == Some(ROOT) {
        return Ok(root);
    }
    let found = Found::of(&root, shown, overrides);
    if let Some(service) = service {
        return choose(root, found, service);
    }
    if !found.problems.is_empty() {
        return Err(Error::of(Kind::Usage, found.problems));
    }
    root.members = found.members;
    Ok(root)
}

/// The files of the members that a file names, found without loading it; what is wrong is left out.
pub fn files(file: &Path, shown: &str) -> Result<Vec<MemberFile>> {
    let dir = file.parent().map_or_else(PathBuf::new, Path::to_owned);
    let source = Arc::new(Source { name: shown.into(), dir, text: find::read(file, shown)?.into() });
    Ok(look(&parse::parse(&source).0, shown, &mut Vec::new()))
}

/// The name of the service in a file, found without loading it; its folder's, when it has none.
pub fn name_in(member: &MemberFile) -> String {
    let text = find::read(&member.file, &member.shown).unwrap_or_default();
    let source = Arc::new(Source { name: member.shown.as_str().into(), dir: PathBuf::new(), text: text.into() });
    name_of(&parse::parse(&source).0, &member.dir)
}

fn name_of(table: &Table, dir: &str) -> String {
    let folder = || Path::new(dir).file_name().map_or_else(|| dir.to_owned(), |name| name.to_string_lossy().into_owned());
    table.table("service").and_then(|service| service.str("name")).map_or_else(folder, str::to_owned)
}

impl Found {
    fn of(root: &Project, shown: &str, overrides: &[String]) -> Self {
        let mut found = Self::default();
        let files = look(root.scope().tree(), shown, &mut found.problems);
        let overrides: Vec<String> = overrides.iter().filter(|text| !text.starts_with("workspace")).cloned().collect();
        for file in files {
            found.read(file, root, &overrides);
        }
        found
    }

    fn read(&mut self, member: MemberFile, root: &Project, overrides: &[String]) {
        let project = match Project::read(&member.file, &member.shown, overrides) {
            Ok(project) => project,
            Err(error) => {
                self.problems.extend(error.problems.iter().cloned());
                self.broken.push((name_of(&Table::default(), &member.dir), error));
                return;
            }
        };
        if let Some(entry) = project.scope().tree().entry("workspace") {
            self.problems.push(Problem {
                message: format!("{} is a member of a workspace, so it can't be one itself", member.dir),
                place: entry.at.place(""),
                help: vec!["name its members in the workspace that it belongs to".into()],
                ..Problem::default()
            });
        }
        project.facts().share(root.facts());
        let name = name_of(project.scope().tree(), &member.dir);
        self.unlike_others(&name, &project, root);
        self.members.push(Member { name, dir: member.dir, project });
    }

    fn unlike_others(&mut self, name: &str, project: &Project, root: &Project) {
        let at = |project: &Project| {
            let named = project.scope().tree().at(&["service", "name"]).map(|node| node.origin.clone());
            named.or_else(|| project.scope().tree().iter().next().map(|entry| entry.at.clone()))
        };
        let is_root = || root.scope().tree().at(&["service", "name"]).is_some_and(|node| node.value == Value::Str(name.to_owned()));
        let other = self.members.iter().find(|member| member.name == name).map(|member| &member.project);
        let Some(other) = other.or_else(|| is_root().then_some(root)) else { return };
        self.problems.push(Problem {
            message: format!("two services of this workspace are called `{name}`"),
            place: at(project).and_then(|origin| origin.place("")),
            notes: at(other).map(|origin| format!("the other one is at {}", origin.short())).into_iter().collect(),
            help: vec!["give one of them another `service.name`".into()],
        });
    }
}

/// The members' files, in the order of the globs; `!GLOB` leaves out what it means.
fn look(table: &Table, shown: &str, problems: &mut Vec<Problem>) -> Vec<MemberFile> {
    let Some(Node { value: Value::List(globs), .. }) = table.at(&["workspace", "members"]) else { return Vec::new() };
    let globs: Vec<(&str, &Node)> = globs
        .iter()
        .filter_map(|node| match &node.value {
            Value::Str(text) => Some((text.as_str(), node)),
            _ => None,
        })
        .collect();
    let mut folders = |glob: &str, node: &Node| {
        let found = repo::folders(&node.origin.source.dir, glob);
        let broken = |error: Error| Problem { message: error.message().to_owned(), place: node.origin.place(""), ..Problem::default() };
        found.map_err(|error| problems.push(broken(error))).ok()
    };
    let out: Vec<PathBuf> = globs.iter().filter_map(|(glob, node)| folders(glob.strip_prefix('!')?, node)).flatten().collect();
    let kept = globs.iter().filter(|(glob, _)| !glob.starts_with('!'));
    let kept: Vec<(&str, &Node, Vec<PathBuf>)> = kept
        .filter_map(|(glob, node)| Some((*glob, *node, folders(glob, node)?.into_iter().filter(|dir| !out.contains(dir)).collect())))
        .collect();
    let mut files: Vec<MemberFile> = Vec::new();
    for (glob, node, dirs) in kept {
        if dirs.is_empty() {
            problems.push(nothing(glob, node));
        }
        for dir in dirs {
            let (file, dir) = (dir.join(find::FILE), dir.strip_prefix(&node.origin.source.dir).unwrap_or(&dir).display().to_string());
            if !file.is_file() {
                problems.push(no_file(&dir, node));
            } else if !files.iter().any(|known| known.file == file) {
                let shown = Path::new(shown).parent().unwrap_or(Path::new("")).join(&dir).join(find::FILE).display().to_string();
                files.push(MemberFile { file, shown, dir });
            }
        }
    }
    files
}

fn nothing(glob: &str, node: &Node) -> Problem {
    Problem {
        message: format!("no folder is meant by `{glob}`"),
        place: node.origin.place("nothing here"),
        help: vec!["name folders, each with an instep.toml, from the folder of this file: \"services/*\"".into()],
        ..Problem::default()
    }
}

fn no_file(dir: &str, node: &Node) -> Problem {
    Problem {
        message: format!("the member {dir} has no {}", find::FILE),
        place: node.origin.place(format!("means {dir}")),
        help: vec![format!("add {dir}/{}, or leave the folder out: \"!{dir}\"", find::FILE)],
        ..Problem::default()
    }
}

fn choose(root: Project, found: Found, service: &str) -> Result<Project> {
    let own = root.service_name().is_some_and(|name| same(name, service));
    let names: Vec<&str> = root.service_name().into_iter().chain(found.members.iter().map(|member| member.name.as_str())).collect();
    let error = Error::usage(format!("there is no service `{service}` here"));
    let error = match text::nearest(service, names.iter().copied()) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None if root.scope().tree().get("workspace").is_none() => {
            error.help("--service is for the root of a workspace, whose instep.toml has [workspace] members")
        }
        None => error.help(format!("the services of this workspace: {}", text::list(&names))),
    };
    if found.members.iter().filter(|member| same(&member.name, service)).count() + usize::from(own) > 1 {
        return Err(Error::of(Kind::Usage, found.problems));
    }
    if let Some(member) = found.members.into_iter().find(|member| same(&member.name, service)) {
        return Ok(member.project);
    }
    if own {
        return Ok(root);
    }
    match found.broken.into_iter().find(|(name, _)| same(name, service)) {
        Some((_, error)) => Err(error),
        None if !found.problems.is_empty() => Err(Error::of(Kind::Usage, found.problems)),
        None => Err(error),
    }
}

impl Project {
    /// The name in `[service]`, as written.
    pub fn service_name(&self) -> Option<&str> {
        self.scope().tree().table("service")?.str("name")
    }

    /// Itself, and the services of its workspace with their names.
    pub fn parts(&self) -> impl Iterator<Item = (Option<&str>, &Self)> {
        let members = self.members.iter().map(|member| (Some(member.name.as_str()), &member.project));
        std::iter::once((None, self)).chain(members)
    }

    /// The parts that have a task; underscores and hyphens are the same.
    pub fn parts_with(&self, task: &str) -> Vec<(Option<&str>, &Self)> {
        self.parts().filter(|(_, project)| project.task_names().iter().any(|name| same(name, task))).collect()
    }

    /// The tasks that can be run here: its own, and those of its members. What a member's task says of a
    /// built-in command holds for that member alone.
    pub fn heads(&self) -> Vec<Head<'_>> {
        let mut heads = Task::heads(self.scope());
        for member in &self.members {
            for head in Task::heads(member.project.scope()) {
                if !heads.iter().any(|known| same(known.name, head.name)) && !is_built_in(head.name) {
                    heads.push(head);
                }
            }
        }
        heads
    }

    /// One of [`Project::heads`].
    pub fn head(&self, name: &str) -> Option<Head<'_>> {
        let of_members = || self.members.iter().find_map(|member| Task::head(member.project.scope(), name)).filter(|_| !is_built_in(name));
        Task::head(self.scope(), name).or_else(of_members)
    }

    /// The environments that can be named here: its own, and those of its members.
    pub fn all_environments(&self) -> Vec<&str> {
        let mut names = self.environment_names();
        for name in self.members.iter().flat_map(|member| member.project.environment_names()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

fn is_built_in(name: &str) -> bool {
    BUILT_IN.iter().any(|known| same(known, name))
}
