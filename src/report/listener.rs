//! What one of several services that run at once says.

use std::sync::Arc;

use super::{Event, Problem};

/// What one of several services that run at once says, told to whoever shows them together.
#[derive(Clone, Copy, Debug)]
pub enum Said<'a> {
    /// Something happened to a step of it.
    Event(&'a Event),
    /// A line about what happens.
    Note(&'a str),
    /// A warning.
    Warning(&'a Problem),
}

/// Who is told what a service says.
pub type Listener = Arc<dyn Fn(Said<'_>) + Send + Sync>;
