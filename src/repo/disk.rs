//! Writing files: whole or not at all, and the words for a disk that can't be written.
#![expect(clippy::disallowed_methods, reason = "this is the room for it")]

use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::report::{Error, Result};

/// Writes a file: beside it first, then by one rename, so that a killed run leaves the old one or the
/// new one. Makes the folder.
///
/// # Errors
/// A disk that is full or can't be written.
pub fn write(file: &Path, bytes: &[u8]) -> Result<()> {
    write_with(file, |out| out.write_all(bytes))
}

/// Writes a file piece by piece, beside it first as well.
///
/// # Errors
/// A disk that is full or can't be written; what `fill` gives.
pub fn write_with(file: &Path, fill: impl FnOnce(&mut File) -> io::Result<()>) -> Result<()> {
    if let Some(dir) = file.parent() {
        make_dir(dir)?;
    }
    let beside = beside(file);
    let written = File::create(&beside).and_then(|mut out| fill(&mut out));
    written.and_then(|()| std::fs::rename(&beside, file)).map_err(|error| {
        drop(std::fs::remove_file(&beside));
        unwritable(file, &error)
    })
}

/// Writes a file that is not there yet into a folder that is; its mode is less what the user's umask takes off.
///
/// # Errors
/// A disk that is full or can't be written; a file that is there.
pub fn write_new(file: &Path, bytes: &[u8], mode: u32) -> Result<()> {
    let made = File::options().write(true).create_new(true).mode(mode).open(file);
    made.and_then(|mut made| made.write_all(bytes)).map_err(|error| unwritable(file, &error))
}

/// A name of its own, also among the threads of this process.
fn beside(file: &Path) -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let mut name = file.as_os_str().to_owned();
    name.push(format!(".new-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed)));
    name.into()
}

/// Makes a folder and those above it, where they are not there.
///
/// # Errors
/// A disk that is full or can't be written.
pub fn make_dir(dir: &Path) -> Result<()> {
    std::fs::create_dir_all(dir).map_err(|error| unwritable(dir, &error))
}

/// Opens a file at whose end more is written. Makes the folder.
///
/// # Errors
/// A disk that is full or can't be written.
pub fn append(file: &Path) -> Result<File> {
    if let Some(dir) = file.parent() {
        make_dir(dir)?;
    }
    File::options().create(true).append(true).open(file).map_err(|error| unwritable(file, &error))
}

/// Makes a link to a path, as it is written there. Makes the folder.
///
/// # Errors
/// A disk that is full or can't be written; something in the way.
pub fn symlink(to: &str, link: &Path) -> Result<()> {
    if let Some(dir) = link.parent() {
        make_dir(dir)?;
    }
    std::os::unix::fs::symlink(to, link).map_err(|error| unwritable(link, &error))
}

/// Makes a second file of the same content and mode.
///
/// # Errors
/// A disk that is full or can't be written; a file that is not there.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::copy(from, to).map(drop).map_err(|error| unwritable(to, &error))
}

/// Takes a file away.
///
/// # Errors
/// A folder that can't be written; a file that is not there.
pub fn remove(file: &Path) -> Result<()> {
    std::fs::remove_file(file).map_err(|error| unwritable(file, &error))
}

/// Takes a folder away, with all that is in it.
///
/// # Errors
/// A folder that can't be written; one that is not there.
pub fn remove_tree(dir: &Path) -> Result<()> {
    std::fs::remove_dir_all(dir).map_err(|error| unwritable(dir, &error))
}

/// Takes an empty folder away.
///
/// # Errors
/// A folder that is not empty, not there, or can't be written.
pub fn remove_dir(dir: &Path) -> Result<()> {
    std::fs::remove_dir(dir).map_err(|error| unwritable(dir, &error))
}

/// Gives a file or folder its other name.
///
/// # Errors
/// A folder that can't be written; something in the way.
pub fn rename(from: &Path, to: &Path) -> Result<()> {
    std::fs::rename(from, to).map_err(|error| unwritable(to, &error))
}

/// Who may read, write and run it: `0o755`.
///
/// # Errors
/// A disk that can't be written.
pub fn set_mode(path: &Path, mode: u32) -> Result<()> {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).map_err(|error| unwritable(path, &error))
}

/// Whether files can be made in a folder; nothing is left there.
///
/// # Errors
/// Why not.
pub fn can_write_in(dir: &Path) -> io::Result<()> {
    tempfile::tempfile_in(dir).map(drop)
}

/// The error for a file or folder that can't be written.
pub fn unwritable(path: &Path, error: &io::Error) -> Error {
    let told = Error::failed(format!("can't write {}: {error}", path.display()));
    match error.kind() {
        io::ErrorKind::StorageFull => told.help("make room on the disk, then run the command again"),
        _ => told,
    }
}
