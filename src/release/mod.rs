//! One service's release: what several domains do together.

mod deploy;
mod diff;
mod gate;
mod image;
pub mod smoke;
mod who;

pub use self::deploy::{Deploy, Resolve};
