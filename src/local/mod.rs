//! The service on this machine: planned (pure), run, watched and stopped.

mod announce;
mod output;
mod plan;
mod port;
mod run;
mod service;
mod show;
mod state;

pub use self::plan::{Action, Endpoint, Service, plan};
pub use self::port::{Owner, free};
pub use self::run::{NotReady, Probe, run};
pub use self::state::State;
