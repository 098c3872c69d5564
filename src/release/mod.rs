//! One service's release: what several domains do together.

mod deploy;
mod diff;
mod gate;
mod guard;
mod image;
pub mod local;
mod notify;
pub mod pipeline;
mod promote;
pub mod ready;
pub mod smoke;
mod who;

pub use self::deploy::{Deploy, Resolve};
pub use self::promote::Promote;
