//! One service's release: what several domains do together.

mod deploy;
mod image;
pub mod local;
pub mod smoke;
mod who;

pub use self::deploy::{Deploy, Resolve};
