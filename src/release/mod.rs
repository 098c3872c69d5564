//! One service's release: what several domains do together.

mod deploy;
mod image;
pub mod pipeline;
pub mod smoke;
mod who;

pub use self::deploy::{Deploy, Resolve};
