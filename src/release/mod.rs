//! One service's release: what several domains do together.

mod deploy;
mod image;
pub mod local;
pub mod pipeline;
mod promote;
pub mod smoke;
mod who;

pub use self::deploy::{Deploy, Resolve};
pub use self::promote::Promote;
