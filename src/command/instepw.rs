//! `./instepw`: a script that is checked in, gets the pinned instep once, and runs it.

use crate::config::{Project, Wrapper};
use crate::report::Result;

/// Its name.
pub(super) const FILE: &str = "instepw";

const TEMPLATE: &str = include_str!("instepw.sh");

/// The whole script, for the version that the repo asks for, else this one.
///
/// # Errors
/// Exit code 2 when nobody says where it gets instep from.
pub(super) fn text(project: &Project) -> Result<String> {
    let wrapper = Wrapper::of(project.scope())?;
    let version = wrapper.version.clone().unwrap_or_else(|| env!("CARGO_PKG_VERSION").to_owned());
    Ok(of(&wrapper, &version))
}

fn of(wrapper: &Wrapper, version: &str) -> String {
    let url = wrapper.url.replace("{version}", version).replace("{platform}", "$platform");
    let sums = wrapper.sha256.iter().map(|(platform, sum)| format!("{platform}) sha256={sum} ;;\n"));
    TEMPLATE.replace("@VERSION@", version).replace("@SUMS@\n", &sums.collect::<String>()).replace("@URL@", &url)
}

/// How the script that is there differs from what would be printed; none where there is no script.
pub(super) fn drift(project: &Project) -> Option<std::result::Result<String, String>> {
    use std::os::unix::fs::PermissionsExt as _;
    let path = project.root.join(FILE);
    let there = std::fs::read_to_string(&path).ok()?;
    let pinned = there.lines().find_map(|line| line.strip_prefix("version=")).unwrap_or("?").to_owned();
    let wrapper = match Wrapper::of(project.scope()) {
        Ok(wrapper) => wrapper,
        Err(error) => return Some(Err(format!("pins instep {pinned}, but {}", error.message()))),
    };
    // Where the file asks for no version, the script's own is as good as this one.
    let version = wrapper.version.clone().unwrap_or_else(|| pinned.clone());
    let runs = path.metadata().is_ok_and(|meta| meta.permissions().mode() & 0o111 != 0);
    Some(if version != pinned {
        Err(format!("pins instep {pinned}, and minimum-version is {version}"))
    } else if there != of(&wrapper, &version) {
        Err("is not what [ci.wrapper] asks for".to_owned())
    } else if !runs {
        Err("can't be run: it is not executable".to_owned())
    } else {
        Ok(format!("pins instep {pinned}"))
    })
}
