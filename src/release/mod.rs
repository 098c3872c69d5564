//! One service's release: what several domains do together.

mod deploy;
mod diff;
mod gate;
mod guard;
mod image;
mod notify;
pub mod smoke;
mod who;

pub use self::deploy::{Deploy, Resolve};
