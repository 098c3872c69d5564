//! One service's release, and those of many: what several domains do together.

mod deploy;
mod diff;
mod done;
pub mod fleet;
mod gate;
mod guard;
mod image;
mod job;
pub mod local;
mod notify;
pub mod pipeline;
mod promote;
pub mod ready;
pub mod smoke;
mod wave;
mod who;

pub use self::deploy::{Deploy, Resolve};
pub use self::job::{RunJob, followed};
pub use self::promote::Promote;
