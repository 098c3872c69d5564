//! Checks of a running service over HTTP: what is asked (pure), what came, and what that means.

mod fault;
mod http;
mod judge;
mod plan;
mod probe;
mod ready;
mod run;
mod show;
mod url;

pub use self::fault::Fault;
pub use self::http::{Answer, Client, Request};
pub use self::judge::Mismatch;
pub use self::plan::{Wanted, plan};
pub use self::probe::{Content, Expect, Probe};
pub use self::ready::{Readiness, ready};
pub use self::run::{Outcome, State, Summary, run};
pub use self::url::Base;
