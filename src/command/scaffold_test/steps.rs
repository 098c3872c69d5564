//! The steps of the contract that every generated service is held to; each starts what a user would.

use std::path::{Path, PathBuf};

use super::{Args, Outcome, container, lint, said};
use crate::command::tour::{REGISTRY, World};
use crate::command::{Context, scaffold};
use crate::config::{Project, value};
use crate::process::{self, Command};
use crate::report::{Error, Result, text};
use crate::scaffold::{self as room, Answers, Kind, Maker, Scaffold};

/// A step: its name, what must have gone well before, and the work.
type Step = (&'static str, &'static [&'static str], fn(&mut Service) -> Result<Outcome>);

/// All steps, in their order.
pub const STEPS: [Step; 9] = [
    ("generate", &[], |service| service.generate()),
    ("update", &["generate"], |service| service.update()),
    ("lint", &["update"], |service| service.lint()),
    ("test", &["update"], |service| service.test()),
    ("run-local", &["update"], |service| service.run_local()),
    ("docker-build", &["update"], |service| service.docker_build()),
    ("image", &["docker-build"], |service| service.image()),
    ("kube-apply", &["docker-build"], |service| service.kube_apply()),
    ("smoke-test", &["kube-apply"], |service| service.smoke_test()),
];

/// A generated service with a name that no one else has.
pub struct Service<'a> {
    scaffold: &'a Scaffold,
    args: &'a Args,
    world: World,
    name: String,
    folder: tempfile::TempDir,
    /// A repo for each set of answers.
    sets: Vec<PathBuf>,
    built: bool,
    deployed: bool,
}

impl<'a> Service<'a> {
    /// Looks around; nothing is made yet.
    ///
    /// # Errors
    /// A disk that can't be written.
    pub fn new(scaffold: &'a Scaffold, args: &'a Args, context: &Context) -> Result<Self> {
        let name = format!("contract-{}-{}", value::label(&scaffold.manifest.name), std::process::id());
        let away = || "--quick".to_owned();
        let world = if args.quick {
            World { engine: Err(away()), registry: false, cluster: Err(away()) }
        } else {
            World::look(args.context.as_deref(), &name)
        };
        context.report.detail(&format!("the service is {name}"));
        let temporary = |error: std::io::Error| Error::failed(format!("can't write a temporary folder: {error}"));
        let folder = tempfile::tempdir().map_err(temporary)?;
        Ok(Self { scaffold, args, world, name, folder, sets: Vec::new(), built: false, deployed: false })
    }

    fn repo(&self) -> PathBuf {
        self.folder.path().join(&self.name)
    }

    /// Where a child finds the scaffold.
    fn place(&self) -> &str {
        self.scaffold.origin.as_ref().map_or(self.scaffold.manifest.name.as_str(), |origin| &origin.source)
    }

    /// Generates with every set of answers; each `instep.toml` must be good.
    fn generate(&mut self) -> Result<Outcome> {
        let sets = room::pairwise(&self.scaffold.manifest, &scaffold::known())?;
        for (number, answers) in sets.iter().enumerate() {
            let target = self.folder.path().join(format!("set-{number}"));
            let shown = |error: Error| error.note(format!("with {}", room::shown(&self.scaffold.manifest, answers)));
            generated(self.scaffold, answers, &target).map_err(shown)?;
            self.sets.push(target);
        }
        Ok(Outcome::Good(Some(format!("with {} of answers", text::count(sets.len(), "set")))))
    }

    /// A repo as it was generated and worked on, brought to all parts of the scaffold, and to its newest version.
    fn update(&mut self) -> Result<Outcome> {
        if let Some(hash) = room::fingerprint(self.scaffold)
            && !room::is_trusted(&hash)?
        {
            return Ok(Outcome::Skipped("nobody has agreed to the scaffold's commands".to_owned()));
        }
        let from = self.args.since.clone().unwrap_or_else(|| self.place().to_owned());
        let context = format!("context={}", self.world.cluster.as_deref().unwrap_or("staging"));
        let registry = format!("registry={REGISTRY}");
        let make = ["new-service", &self.name, "--scaffold", &from, "--yes", "--set", &context, "--set", &registry];
        instep(self.folder.path(), &make)?;
        let repo = self.repo();
        let readme = std::fs::read_to_string(repo.join("README.md")).unwrap_or_default();
        let mine = "\nA line of the user's own.\n";
        crate::repo::disk::write(&repo.join("README.md"), format!("{readme}{mine}").as_bytes())?;
        crate::repo::commit_all(&repo, "Work")?;
        let everything = everything(self.scaffold);
        let flags = everything.iter().chain(&self.args.set).flat_map(|answer| ["--set", answer]);
        let update: Vec<&str> = ["update", "--apply", "--scaffold", self.place()].into_iter().chain(flags).collect();
        instep(&repo, &update)?;
        instep(&repo, &["update", "--check"])?;
        let kept = std::fs::read_to_string(repo.join("README.md")).is_ok_and(|text| text.ends_with(mine));
        if !kept {
            return Err(Error::failed("the update lost a line of README.md"));
        }
        crate::repo::commit_all(&repo, "Update")?;
        Ok(Outcome::Good(self.args.since.as_ref().map(|since| format!("from {since}"))))
    }

    /// What linters say of the files that they know.
    fn lint(&mut self) -> Result<Outcome> {
        lint::run(&[&self.sets[..], &[self.repo()]].concat())
    }

    fn has_toolchain(&self) -> Result<(), Outcome> {
        let skip = || Outcome::Skipped(format!("`{}` fails here", self.scaffold.manifest.toolchain.join("`, `")));
        if self.scaffold.has_toolchain() { Ok(()) } else { Err(skip()) }
    }

    /// Why a step makes no sense for this scaffold: a table of `instep.toml` that it does not generate.
    fn lacks(&self, tables: &[&str]) -> Result<Option<Outcome>> {
        if !self.repo().join("instep.toml").is_file() {
            return Ok(Some(Outcome::Skipped("there is no instep.toml".to_owned())));
        }
        let project = self.project()?;
        let found = tables.iter().try_fold(project.scope().tree(), |table, name| table.table(name));
        Ok(found.is_none().then(|| Outcome::Skipped(format!("there is no [{}] in instep.toml", tables.join(".")))))
    }

    fn project(&self) -> Result<Project> {
        Project::load(&self.repo(), &[], None)
    }

    fn test(&mut self) -> Result<Outcome> {
        if let Some(skip) = self.lacks(&["tasks", "test"])? {
            return Ok(skip);
        }
        if let Err(skip) = self.has_toolchain() {
            return Ok(skip);
        }
        instep(&self.repo(), &["test"])?;
        let left = process::read(&Command::new("git", ["status", "--porcelain"]).dir(self.repo()))?;
        if left.is_empty() {
            Ok(Outcome::Good(None))
        } else {
            Err(Error::failed("the tests leave files that git does not ignore").note(left))
        }
    }

    /// Serves on a free port, asked by the smoke checks.
    fn run_local(&mut self) -> Result<Outcome> {
        if let Some(skip) = self.lacks(&["run-local"])? {
            return Ok(skip);
        }
        if let Err(skip) = self.has_toolchain() {
            return Ok(skip);
        }
        let own = own()?.display().to_string();
        instep(&self.repo(), &["run-local", "--port", "auto", "--exec", &own, "smoke-test"])?;
        Ok(Outcome::Good(Some("with smoke-test".to_owned())))
    }

    fn docker_build(&mut self) -> Result<Outcome> {
        if let Some(skip) = self.lacks(&["image"])? {
            return Ok(skip);
        }
        if let Err(reason) = &self.world.engine {
            return Ok(Outcome::Skipped(reason.clone()));
        }
        let Ok(dockerfile) = std::fs::read_to_string(self.repo().join("Dockerfile")) else {
            return Ok(Outcome::Skipped("there is no Dockerfile".to_owned()));
        };
        let declared = |pair: &&String| pair.split_once('=').is_some_and(|(name, _)| dockerfile.contains(&format!("ARG {name}")));
        let given = self.args.build_arg.iter().filter(declared).flat_map(|pair| ["--build-arg", pair.as_str()]);
        let push = self.world.registry.then_some("--push");
        let args: Vec<&str> = ["docker-build"].into_iter().chain(push).chain(given).collect();
        self.built = true;
        match instep(&self.repo(), &args) {
            Ok(_) => Ok(Outcome::Good(None)),
            Err(error) if format!("{error:?}").contains("can't get the base image") => {
                Ok(Outcome::Skipped("a base image can't be had here; --build-arg names another".to_owned()))
            }
            Err(error) => Err(error),
        }
    }

    /// The image as Kubernetes runs it.
    fn image(&mut self) -> Result<Outcome> {
        if !process::exists("docker") {
            return Ok(Outcome::Skipped("the docker program is not here".to_owned()));
        }
        container::keeps_the_contract(&self.name, self.port()?).map(|said| Outcome::Good(Some(said)))
    }

    fn port(&self) -> Result<u16> {
        let port = crate::config::Service::of(self.project()?.scope())?.port;
        port.ok_or_else(|| Error::failed("the service has no port"))
    }

    fn kube_apply(&mut self) -> Result<Outcome> {
        if let Some(skip) = self.lacks(&["environments", "staging"])? {
            return Ok(skip);
        }
        if let Err(reason) = &self.world.cluster {
            return Ok(Outcome::Skipped(reason.clone()));
        }
        self.deployed = true;
        instep(&self.repo(), &["kube-apply", "staging"])?;
        Ok(Outcome::Good(None))
    }

    fn smoke_test(&mut self) -> Result<Outcome> {
        instep(&self.repo(), &["smoke-test", "staging"])?;
        Ok(Outcome::Good(Some("in the cluster".to_owned())))
    }
}

/// What was deployed and built goes away: first the pods, since an image in use stays.
impl Drop for Service<'_> {
    fn drop(&mut self) {
        if let (true, Ok(context)) = (self.deployed, &self.world.cluster) {
            let args = ["--context", context, "delete", "namespace", &self.name, "--ignore-not-found", "--timeout=60s"];
            let mut command = Command::new("kubectl", args);
            command.cleanup = true;
            drop(process::capture(&command));
        }
        if self.built {
            let script = format!("docker images --quiet '{REGISTRY}/{}' | sort -u | xargs -r docker rmi --force", self.name);
            let mut command = Command::new("sh", ["-c", &script]);
            command.cleanup = true;
            drop(process::capture(&command));
        }
    }
}

/// A repo with these answers.
fn generated(scaffold: &Scaffold, answers: &Answers, target: &Path) -> Result<()> {
    let files = room::render(scaffold, answers)?;
    let plan = room::plan(target, &files, scaffold, &[], false)?;
    let maker = Maker::new(target, &files, scaffold, answers, &plan)?;
    plan.steps.iter().try_for_each(|step| maker.act(step))?;
    maker.finish(target)?;
    if target.join("instep.toml").is_file() { Project::load(target, &[], None).map(drop) } else { Ok(()) }
}

/// Runs instep itself.
fn instep(dir: &Path, args: &[&str]) -> Result<String> {
    let own = own()?;
    said(&Command::new(&own, args).dir(dir).env("PATH", process::path_with(&own)))
}

fn own() -> Result<PathBuf> {
    std::env::current_exe().map_err(|error| Error::failed(format!("can't find instep itself: {error}")))
}

/// Every yes, and all of what several can be chosen of.
fn everything(scaffold: &Scaffold) -> Vec<String> {
    let answer = |(name, question): &(String, room::Question)| match question.kind {
        Kind::Bool => Some(format!("{name}=yes")),
        Kind::MultiChoice => Some(format!("{name}={}", question.choices.join(","))),
        Kind::Choice | Kind::Int | Kind::String => None,
    };
    scaffold.manifest.questions.iter().filter_map(answer).collect()
}
