//! One service's release: what several domains do together.

pub mod smoke;
