//! `instep docker-build` and `instep docker-push`.

use super::Context;
use crate::config::Image;
use crate::docker::{self, Engine, Record, Request};
use crate::report::{Error, Result};

/// Arguments of `docker-build`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Push the images too
    #[arg(long)]
    push: bool,
    /// Set a build argument, over those of instep.toml
    #[arg(long, value_name = "NAME=VALUE")]
    build_arg: Vec<String>,
    /// Build also when nothing changed
    #[arg(long)]
    force: bool,
    /// Use nothing of earlier builds
    #[arg(long)]
    no_cache: bool,
    /// The network of the build's containers, such as host
    #[arg(long, value_name = "NETWORK")]
    network: Option<String>,
    #[command(flatten)]
    at: At,
}

/// Which engine.
#[derive(clap::Args, Debug)]
pub struct At {
    /// The engine to use, over DOCKER_HOST and the docker context: unix:///PATH, tcp://HOST:PORT, ssh://HOST
    #[arg(long, value_name = "URL")]
    host: Option<String>,
}

/// Arguments of `docker-push`.
#[derive(clap::Args, Debug)]
pub struct PushArgs {
    #[command(flatten)]
    at: At,
}

/// Builds the images of the repo, and pushes them when asked.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    let build_args = args.build_arg.iter().map(|text| pair(text)).collect::<Result<_>>()?;
    let request =
        Request { build: true, push: args.push, build_args, no_cache: args.no_cache, force: args.force, network: args.network.clone() };
    go(&request, &args.at, context)
}

/// Pushes the images that are built.
pub fn push(args: &PushArgs, context: &Context) -> Result<()> {
    go(&Request { push: true, ..Request::default() }, &args.at, context)
}

fn go(request: &Request, at: &At, context: &Context) -> Result<()> {
    let (project, report) = (context.project()?, &context.report);
    let facts = project.facts();
    let images = Image::all(project.scope())?;
    let (plan, warnings) = docker::plan(&images, facts, &project.root, request)?;
    for problem in &warnings {
        report.warn(problem);
    }
    if context.global.dry_run {
        plan.show(report);
        return Ok(());
    }
    let engine = Engine::at(at.host.as_deref())?;
    if report.verbose() > 0 {
        let engine = engine.describe()?;
        report.detail(&format!("{} at {}: {}", engine.product, engine.url, engine.origin));
    }
    let record = Record::new(facts, docker::run(&plan, &engine, report)?);
    if request.push {
        record.write(&project.root)?;
    }
    for image in &record.images {
        let name = image.reference.clone().unwrap_or_else(|| format!("{}:{}", image.repository, image.tags[0]));
        report.result(&name);
    }
    report.document(&record);
    Ok(())
}

fn pair(text: &str) -> Result<(String, String)> {
    let split = text.split_once('=').filter(|(name, _)| !name.is_empty());
    split
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .ok_or_else(|| Error::usage(format!("--build-arg takes NAME=VALUE, not `{text}`")))
}
