//! Checks of a running service: what is asked (pure), what came, and what that means.

mod capture;
mod fill;
mod json;
mod judge;
mod metrics;
mod needs;
mod plan;
mod probe;
mod proposal;
mod reports;
mod run;
mod send;
mod show;
mod summary;

pub use self::judge::Mismatch;
pub use self::plan::{Wanted, plan};
pub use self::probe::{Ask, Content, Http, Probe};
pub use self::proposal::propose;
pub use self::reports::{annotations, junit, markdown};
pub use self::run::{Limits, run};
pub use self::send::{Readiness, ready};
pub use self::summary::{Outcome, State, Summary, table};
