//! New repos from scaffolds, and repos brought to newer ones: where scaffolds come from (`source`), what they ask
//! (`answers`), what comes out (`render`), how it gets to the disk whole or not at all (`write`), which commands may run there (`trust`), and how a newer
//! version gets into what has been worked on since (`update`).

pub mod adopt;
mod answers;
mod ask;
mod folder;
mod lint;
mod manifest;
mod record;
mod render;
mod sets;
mod source;
mod trust;
pub mod update;
mod write;

pub use self::answers::{Answers, Rest, as_flags, carry_over, collect, from_file, plain, with_component};
pub use self::ask::{agree, pick};
pub use self::folder::Mode;
pub use self::lint::{lint, shown};
pub use self::manifest::{Component, Hook, Kind, Manifest, Owner, Question};
pub use self::record::{RECORD, Record};
pub use self::render::{File, all as render};
pub use self::sets::pairwise;
pub use self::source::{Names, Origin, Scaffold, embedded_names};
pub use self::trust::{fingerprint, is_trusted, named_files, remember};
pub use self::write::{Make, Maker, plan, write_files};
