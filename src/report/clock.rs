//! What time it is: asked here only. How long something takes is measured with `Instant`.
#![expect(clippy::disallowed_methods, reason = "this is the room for it")]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The time since 1970.
pub fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Now, as other programs write it.
pub fn timestamp() -> jiff::Timestamp {
    jiff::Timestamp::now()
}
