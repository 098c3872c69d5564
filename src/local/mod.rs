//! The service on this machine: planned (pure), run, watched and stopped.

mod announce;
mod live;
mod output;
mod plan;
mod port;
mod ready;
mod run;
mod service;
mod show;
mod state;

pub use self::plan::{Action, Endpoint, Service, plan};
pub use self::port::{Owner, free};
pub use self::ready::{NotReady, Probe};
pub use self::run::run;
pub use self::state::State;
