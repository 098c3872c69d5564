//! Many services at once: restarted, looked at, and commands run in their checkouts.

mod checkouts;
pub mod pool;
mod redeploy;
mod select;
mod status;

pub use self::checkouts::{Checkouts, Run, below, listed};
pub use self::redeploy::Redeploy;
pub use self::select::Select;
pub use self::status::status;
