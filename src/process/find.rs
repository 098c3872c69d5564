//! Programs on the PATH, and how to get one that is missing.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::report::{Error, Result};

/// The full path of a program.
///
/// # Errors
/// Exit code 7 with the command that installs it.
pub fn find(program: &str) -> Result<PathBuf> {
    which::which(program).map_err(|_| not_found(program))
}

/// Where a program of this name is, as `exec` would look for it. None when it is not a mere name, or not there.
pub(super) fn on_path(name: &OsStr) -> Option<PathBuf> {
    use std::os::unix::fs::PermissionsExt as _;
    let mere = !name.as_encoded_bytes().contains(&b'/');
    let runs = |file: &PathBuf| file.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0);
    let path = super::env::var_os("PATH").filter(|_| mere)?;
    let mut files = std::env::split_paths(&path).map(|dir| dir.join(name));
    files.find(runs).filter(|file| file.is_absolute())
}

/// Whether a program is on the PATH.
pub fn exists(program: &str) -> bool {
    which::which(program).is_ok()
}

/// The error for a program that is not there.
pub fn not_found(program: &str) -> Error {
    let error = Error::missing(format!("`{program}` is not installed, or not on the PATH"));
    match cure(program) {
        Some(cure) => error.help(cure),
        None => error.help(format!("install `{program}`, then run the command again")),
    }
}

/// How to get a program that people often lack.
fn cure(program: &str) -> Option<&'static str> {
    Some(match program {
        "kubectl" => {
            "install it: https://kubernetes.io/docs/tasks/tools (Debian: apt-get install kubernetes-client; macOS: brew install kubectl)"
        }
        "docker" => {
            "install it: https://docs.docker.com/engine/install (Debian: apt-get install docker.io; macOS: brew install --cask docker)"
        }
        "git" => "install it: https://git-scm.com/downloads (Debian: apt-get install git; macOS: xcode-select --install)",
        "helm" => "install it: https://helm.sh/docs/intro/install (macOS: brew install helm)",
        "cargo" | "rustc" => "install it: https://rustup.rs",
        "python3" => {
            "install it: https://www.python.org/downloads (Debian: apt-get install python3 python3-venv; macOS: brew install python)"
        }
        "kubeseal" => {
            "install it: https://github.com/bitnami-labs/sealed-secrets#kubeseal (macOS: brew install kubeseal); or take `sealed` out of the environment"
        }
        "gh" => "install it: https://cli.github.com",
        "glab" => "install it: https://gitlab.com/gitlab-org/cli",
        _ => return None,
    })
}

/// The PATH with this program's folder first: whoever is started finds the same program by its name.
pub fn path_with(program: &Path) -> String {
    let path = super::env::var("PATH").unwrap_or_default();
    program.parent().map_or(path.clone(), |dir| format!("{}:{path}", dir.display()))
}
