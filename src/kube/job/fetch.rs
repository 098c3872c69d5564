//! The files of a run: brought back from the container that keeps them, once its program has ended.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Jobs;
use super::record::Run;
use crate::kube::object::{int, list, text};
use crate::kube::render::{HOLDER, label_value};
use crate::process::{Command, cancel};
use crate::repo::{disk, state_dir};
use crate::report::{Error, Result, text as words};

/// How often a connection that breaks off is tried again.
const TRIES: u32 = 3;

/// Where the files of a run go.
#[derive(Clone, Copy, Debug)]
pub struct Keep<'a> {
    /// The repo.
    pub root: &'a Path,
    /// Another folder than that of the run in the repo's state.
    pub folder: Option<&'a Path>,
}

/// The exit code of a run's program, when only what keeps its files still runs.
pub(super) fn held(pods: &[Value], main: &str) -> Option<i64> {
    let kept = |pod: &&Value| status(pod, HOLDER).is_some_and(|status| status.pointer("/state/running").is_some());
    pods.iter().filter(kept).find_map(|pod| status(pod, main)?.pointer("/state/terminated").map(|ended| int(ended, "/exitCode")))
}

/// Why nothing will keep the files: it ended by itself.
pub(super) fn lost(pods: &[Value]) -> Option<String> {
    let ended = pods.iter().find_map(|pod| status(pod, HOLDER)?.pointer("/state/terminated"))?;
    let message = text(ended, "/message");
    Some(format!("`{HOLDER}` has ended{}", if message.is_empty() { String::new() } else { format!(": {message}") }))
}

fn status<'a>(pod: &'a Value, container: &str) -> Option<&'a Value> {
    list(pod, "/status/containerStatuses").iter().find(|status| text(status, "/name") == container)
}

impl Jobs<'_> {
    /// Brings the files of a run back. Gives where they are, and how many.
    ///
    /// # Errors
    /// Exit code 1 when a path is not there, or the cluster does not give them.
    pub(super) fn fetch(&self, run: &Run, pods: &[Value]) -> Result<String> {
        let main = label_value(&run.service);
        let Some(pod) = pods.iter().find(|pod| held(std::slice::from_ref(*pod), &main).is_some()) else {
            return Err(Error::failed("nothing keeps its files any more"));
        };
        let folder = self.folder(run)?;
        disk::make_dir(&folder)?;
        let archive = folder.join(format!(".instep-{}.tar", std::process::id()));
        let fetched = self.archive(run, text(pod, "/metadata/name"), &archive);
        let unpacked = fetched.and_then(|()| unpack(&archive, &folder));
        if archive.exists() {
            disk::remove(&archive)?;
        }
        let (files, bytes) = unpacked?;
        Ok(format!("{} ({}, {})", self.shown(&folder), words::count(files, "file"), words::bytes(bytes)))
    }

    fn folder(&self, run: &Run) -> Result<PathBuf> {
        match self.keep.folder {
            Some(folder) => Ok(folder.to_owned()),
            None => Ok(state_dir(self.keep.root)?.join("artifacts").join(run.path())),
        }
    }

    fn shown(&self, folder: &Path) -> String {
        folder.strip_prefix(self.keep.root).unwrap_or(folder).display().to_string()
    }

    /// The container's tar writes, kubectl carries, a file takes it: it may be larger than our memory.
    fn archive(&self, run: &Run, pod: &str, archive: &Path) -> Result<()> {
        let paths = run.artifacts.iter().map(|path| path.trim_start_matches('/'));
        let read = ["exec", pod, "--container", HOLDER, "--", "tar", "-c", "-f", "-", "-C", "/"];
        let command = self.ground.kubectl.place.command(read.into_iter().chain(paths));
        let whole = Command::new("sh", ["-c", "exec \"$@\" >\"$0\""]).arg(archive).args(&command.argv);
        for attempt in 1.. {
            let output = self.ground.kubectl.run(&whole)?;
            if output.exit.ok() {
                return Ok(());
            }
            let complaint = output.complaint();
            // What tar says will not change.
            if attempt == TRIES || complaint.contains("tar:") {
                return Err(Error::failed("its files could not be brought back").note(complaint));
            }
            cancel::sleep(std::time::Duration::from_secs(1))?;
        }
        Ok(())
    }
}

/// Unpacks below a folder and nowhere else; tells how many files that are, and how large.
fn unpack(archive: &Path, folder: &Path) -> Result<(usize, u64)> {
    let broken = |error: std::io::Error| Error::failed(format!("what the cluster gave can't be unpacked: {error}"));
    let (mut files, mut bytes) = (0, 0);
    let mut tar = tar::Archive::new(std::fs::File::open(archive).map_err(broken)?);
    for entry in tar.entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        if entry.header().entry_type().is_file() {
            files += 1;
            bytes += entry.size();
        }
        entry.unpack_in(folder).map_err(broken)?;
    }
    Ok((files, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pod(main: &Value, holder: &Value) -> Value {
        let status = |name: &str, state: &Value| json!({ "name": name, "state": state });
        json!({ "status": { "containerStatuses": [status("hello", main), status(HOLDER, holder)] } })
    }

    #[test]
    fn a_run_is_over_when_only_what_keeps_its_files_runs() {
        let (runs, ended) = (json!({ "running": {} }), json!({ "terminated": { "exitCode": 5, "message": "no tar" } }));
        assert_eq!(held(&[pod(&ended, &runs)], "hello"), Some(5));
        assert_eq!(held(&[pod(&runs, &runs)], "hello"), None);
        assert_eq!(held(&[pod(&ended, &ended)], "hello"), None);
        assert_eq!((lost(&[pod(&runs, &runs)]), lost(&[pod(&runs, &ended)])), (None, Some("`artifacts` has ended: no tar".into())));
    }
}
