//! Images: built, pushed and looked up through an engine's API. Plain functions outwards; only this
//! room and the HTTP room know `async`.
//!
//! Decided here (pure): [`endpoint`](Engine::find), the plan, the patterns of an ignore file, the steps
//! in the engine's words. Done here: the connection, the stream of the context, build and push.

mod around;
mod auth;
mod build;
mod container;
mod context;
mod digest;
mod dockerfile;
mod endpoint;
mod engine;
mod facts;
mod fault;
mod ignore;
mod plan;
mod protobuf;
mod push;
mod record;
mod reference;
mod script;
mod session;
mod tarball;
mod way;
mod wire;

pub use self::around::Found;
pub use self::container::{Container, Health, Spec};
pub use self::digest::digest;
pub use self::dockerfile::Dockerfile;
pub use self::endpoint::{Endpoint, Surroundings};
pub use self::engine::{Description, Engine};
pub use self::facts::Facts;
pub use self::ignore::{Fault as IgnoreFault, Ignore};
pub use self::plan::{Action, Build, Push, Request, plan};
pub use self::record::{ImageRecord, Record};
pub use self::reference::Reference;

use crate::report::{Report, Result};

/// Runs a plan; gives what was built and pushed.
///
/// # Errors
/// Exit code 7 without an engine, 1 when a build or push fails, 6 for a release tag that is taken.
pub fn run(plan: &crate::plan::Plan<Action>, engine: &Engine, report: &Report) -> Result<Vec<ImageRecord>> {
    let mut images: Vec<ImageRecord> = Vec::new();
    plan.run(report, |step| {
        match &step.action {
            Action::Build(build) => images.push(engine.build(&step.id, build, report)?),
            Action::Push(push) => {
                let pushed = engine.push(&step.id, push, report)?;
                images.retain(|image| image.key != pushed.key);
                images.push(pushed);
            }
        }
        Ok(())
    })?;
    Ok(images)
}
