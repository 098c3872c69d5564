//! The service on this machine: planned (pure), run, watched and stopped.

mod address;
mod announce;
mod compose;
mod containers;
mod crew;
mod detach;
mod keys;
mod live;
mod metrics;
mod output;
mod plan;
mod port;
mod ready;
mod run;
mod run_id;
mod script;
mod service;
mod show;
mod stage;
mod state;
mod stop;
mod sweep;

pub use self::containers::{Beside, Containers, Handle, Listed, Order};
pub use self::crew::Outside;
pub use self::detach::{detach, wait};
pub use self::output::Outputs;
pub use self::plan::{Action, Tunnel, plan};
pub use self::ready::{Asked, NotReady, Question};
pub use self::run::run;
pub use self::show::status;
pub use self::stage::{Port, Request, stage};
pub use self::state::State;
pub use self::sweep::sweep;
