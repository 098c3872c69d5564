//! The repo's own tasks: what a task needs (`graph`), whether it must run (`fingerprint`), and the
//! running itself (`schedule`, `run`), once or at every change (`watch`).

mod fingerprint;
mod graph;
mod run;
mod schedule;
mod watch;
mod work;

pub use self::fingerprint::{Verdict, check};
pub use self::graph::{Part, Wanted, needs_of, plan};
pub use self::schedule::{Options, run};
pub use self::watch::watch;
pub use self::work::{Inputs, Work};
pub use crate::report::HEARTBEAT;
