//! New repos from scaffolds: where they come from (`source`), what they ask (`answers`), what comes out
//! (`render`), and how it gets to the disk whole or not at all (`write`).

mod answers;
mod manifest;
mod render;
mod source;
mod write;

pub use self::answers::{Answers, as_flags, collect};
pub use self::manifest::Manifest;
pub use self::render::{File, all as render};
pub use self::source::{Scaffold, embedded_names};
pub use self::write::{Make, Maker, plan};
