//! What others changed since the last release.

use super::diff::Changes;
use super::object::Key;
use super::observe::{self, Ground};
use super::record::{self, Record};
use crate::report::Result;

/// The last good release, and how the cluster differs from what it wrote; none before the first.
///
/// # Errors
/// What kubectl complains of.
pub fn drift(ground: &Ground) -> Result<Option<(Record, Changes)>> {
    let Some(good) = record::last_good(&ground.records()?).cloned() else { return Ok(None) };
    let keys: Vec<Key> = record::objects(&good)?.iter().map(Key::of).collect();
    let live = observe::live(&ground.kubectl, &keys)?;
    let written = ground.kubectl.apply(&good.manifests, &["--dry-run=server", "--force-conflicts"])?;
    let changes = Changes::drift(&live, &written, &good.objects);
    Ok(Some((good, changes)))
}
