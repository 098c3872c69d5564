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
mod trial;

pub use self::judge::Mismatch;
pub use self::plan::{Wanted, plain, plan};
pub use self::probe::{Ask, Content, Http, Probe, Release};
pub use self::proposal::propose;
pub use self::reports::{annotations, junit, markdown};
pub use self::run::{Limits, run};
pub use self::summary::{Outcome, State, Summary, table};
pub use self::trial::{NotYet, Trial};
