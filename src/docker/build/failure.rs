//! Why a build failed: the step, its line of the Dockerfile, its last lines, and what to do.

use bollard::errors::Error as Fault;

use super::vertices::{Position, Step};
use crate::docker::dockerfile::{Base, Dockerfile};
use crate::docker::plan::Build;
use crate::docker::{Reference, fault};
use crate::report::Error;

/// A step that failed, whichever builder ran it.
#[derive(Debug)]
pub struct Failure {
    /// `step 4`, `build 2/5 RUN make`.
    pub name: String,
    /// The instruction's index.
    pub index: Option<usize>,
    /// In the builder's words.
    pub reason: String,
    /// The exit code of its program.
    pub code: Option<u32>,
    /// The last lines that it wrote.
    pub lines: Vec<String>,
}

/// The error of a step.
pub fn of_step(failure: &Failure, dockerfile: &Dockerfile, build: &Build) -> Error {
    let place = failure.index.and_then(|index| dockerfile.place(index));
    let bases = dockerfile.bases(&build.args);
    if let Some(base) = bases.into_iter().find(|base| Some(base.at) == failure.index) {
        return of_base(&base, &failure.reason, dockerfile);
    }
    let error = match failure.code {
        Some(code) => Error::failed(format!("{} ended with exit code {code}", failure.name)),
        None => Error::failed(format!("{} failed: {}", failure.name, plainer(&failure.reason))),
    };
    let mut error = error.at(place);
    if !failure.lines.is_empty() {
        error = error.note(format!("the last lines of its output:\n{}", failure.lines.join("\n")));
    }
    advised(error, &failure.reason)
}

fn of_base(base: &Base, reason: &str, dockerfile: &Dockerfile) -> Error {
    let doing = format!("get the base image {}", base.reference);
    replaceable(fault::of_registry(reason, &doing, &Reference::parse(&base.reference)), base, dockerfile)
}

/// The error of a registry that says nothing while a base image is got.
pub fn of_silence(fetched: &str, dockerfile: &Dockerfile, build: &Build) -> Error {
    let bases = dockerfile.bases(&build.args);
    let base = bases.iter().find(|base| fetched.contains(&Reference::parse(&base.reference).repository)).or(bases.first());
    let Some(base) = base else { return fault::of_silence("get a base image", &Reference::parse(fetched)) };
    replaceable(fault::of_silence(&format!("get the base image {}", base.reference), &Reference::parse(&base.reference)), base, dockerfile)
}

fn replaceable(error: Error, base: &Base, dockerfile: &Dockerfile) -> Error {
    let error = error.at(dockerfile.place(base.at));
    base.arguments.iter().fold(error, |error, name| {
        error.help(format!("another image can take its place: `instep docker-build --build-arg {name}=IMAGE`, or `build-args = {{ {name} = \"IMAGE\" }}` in instep.toml"))
    })
}

/// The error of a build by BuildKit.
pub fn of_buildkit(fault: &Fault, step: Option<&Step>, dockerfile: &Dockerfile, build: &Build) -> Error {
    let reason = fault::reason(fault);
    if fault::is_gone(fault) {
        return refused(fault, &reason, dockerfile);
    }
    let said = step.map(|step| step.vertex.error.clone()).filter(|said| !said.is_empty());
    let text = said.unwrap_or_else(|| reason.clone());
    let Some(position) = step.and_then(Step::position) else {
        // Before the first step BuildKit asks for the base images; some of its words name the registry alone.
        let said = format!("{reason} {}", step.map(|step| &*step.vertex.name).unwrap_or_default());
        let named = |base: &Base| said.contains(&base.reference) || said.contains(&Reference::parse(&base.reference).repository);
        return match dockerfile.bases(&build.args).into_iter().find(|base| named(base) && !reason.contains("parse error")) {
            Some(base) => of_base(&base, plainer(&text), dockerfile),
            None => refused(fault, &reason, dockerfile),
        };
    };
    let code = text.rsplit_once("exit code: ").and_then(|(_, code)| code.trim().parse().ok());
    let lines = step.map(Step::last_lines).unwrap_or_default();
    let stage = position.stage.map(|stage| format!(" of the stage {stage}")).unwrap_or_default();
    let name = format!("step {}/{}{stage}", position.number, position.total);
    of_step(&Failure { name, index: instruction(dockerfile, &position), reason: text, code, lines }, dockerfile, build)
}

/// The engine did not even begin: the Dockerfile or the context is not what it should be.
pub fn refused(fault: &Fault, reason: &str, dockerfile: &Dockerfile) -> Error {
    let numbered = reason.split_once("parse error line ").or_else(|| reason.split_once("parse error on line "));
    let numbered = numbered.and_then(|(_, rest)| rest.split_once(": "));
    match numbered.and_then(|(line, message)| Some((line.parse::<usize>().ok()?, message))) {
        Some((line, message)) => Error::usage(format!("the Dockerfile has a fault: {message}")).at(dockerfile.line(line)),
        None if reason.contains("target stage") || reason.contains("failed to reach build target") => {
            Error::usage(format!("the Dockerfile has no such stage: {}", plainer(reason)))
                .help("`target` in instep.toml names the stage to build")
        }
        None => advised(fault::of(fault, "build the image"), reason),
    }
}

fn advised(error: Error, reason: &str) -> Error {
    if reason.contains("requires BuildKit") {
        error.help("this engine builds with the classic builder: take DOCKER_BUILDKIT=0 away, or the option out of the line")
    } else if reason.contains("no space left on device") {
        error.help("the engine's disk is full: `docker system df` shows what takes the room, `docker builder prune` and `docker image prune` make some")
    } else if reason.contains("docker/dockerfile") {
        error.help("`# syntax=` in the first line makes the engine fetch the builder of this file from Docker Hub; without the line it takes its own")
    } else {
        error
    }
}

/// `failed to solve: rpc error: code = Unknown desc = X` → `X`
fn plainer(reason: &str) -> &str {
    reason.rsplit_once("desc = ").map_or(reason, |(_, rest)| rest).trim_start_matches("failed to compute cache key: ")
}

/// The instruction of a step, by its stage and its place among the steps there (moby/buildkit,
/// dockerfile2llb: what makes a layer counts, and a base image from elsewhere).
fn instruction(dockerfile: &Dockerfile, position: &Position<'_>) -> Option<usize> {
    let stages = dockerfile.stages();
    let wanted = position.stage;
    let at = stages.iter().enumerate().position(|(at, stage)| match wanted {
        None => true,
        Some(name) => stage.name.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(name)) || name == format!("stage-{at}"),
    })?;
    let stage = &stages[at];
    let keyword = position.text.split_whitespace().next().unwrap_or_default();
    let all =
        stage.instructions.clone().filter(|&at| ["ADD", "COPY", "RUN", "WORKDIR"].contains(&dockerfile.instructions[at].keyword.as_str()));
    let mut counted: Vec<usize> = all.collect();
    if counted.len() > position.total {
        // An engine that does not count WORKDIR.
        counted.retain(|&at| dockerfile.instructions[at].keyword != "WORKDIR");
    }
    if counted.len() < position.total {
        counted.insert(0, stage.instructions.start);
    }
    let found = position.number.checked_sub(1).and_then(|number| counted.get(number)).copied()?;
    (dockerfile.instructions[found].keyword.eq_ignore_ascii_case(keyword)).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_leads_to_its_line() {
        let text = "ARG A\nFROM base AS build\nWORKDIR /x\nCOPY a b\nENV X=1\nRUN one\nFROM scratch\nCOPY --from=build /x /\nRUN two\n";
        let file = Dockerfile::parse("Dockerfile", text);
        let line = |stage, number, total, text| {
            let position = Position { stage: Some(stage), number, total, text };
            instruction(&file, &position).and_then(|at| file.place(at)).map(|place| place.line())
        };
        assert_eq!(line("build", 1, 4, "FROM base"), Some(2));
        assert_eq!(line("build", 4, 4, "RUN one"), Some(6));
        assert_eq!(line("build", 2, 2, "RUN one"), Some(6), "neither WORKDIR nor FROM counted");
        assert_eq!(line("stage-1", 2, 2, "RUN two"), Some(9));
        assert_eq!(line("stage-1", 1, 2, "RUN two"), None, "rather none than a wrong one");
        assert_eq!(line("other", 1, 2, "RUN two"), None);
    }
}
