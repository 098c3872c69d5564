//! Load tests: what is sent (pure), by wrk or by the generator built in, and what the figures mean.

mod baseline;
mod beside;
mod figures;
mod generator;
mod job;
mod judge;
mod machine;
mod plot;
mod reports;
mod run;
mod show;
mod worker;
mod wrk;

pub use self::baseline::Baseline;
pub use self::figures::{Figures, Second};
pub use self::job::{Engine, Job, Request};
pub use self::judge::{Finding, judge};
pub use self::plot::svg;
pub use self::reports::{junit, markdown};
pub use self::run::run;
pub use self::show::text;
