//! Whether an image is what a build would make: a fingerprint of all that goes in, kept as a label on
//! the image, so that an engine that has lost it, or another engine, means a build.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::advice::Sizes;
use crate::docker::context::{Context, Found, Only};
use crate::docker::dockerfile::Dockerfile;
use crate::docker::plan::Build;
use crate::docker::tarball::unreadable;
use crate::repo::{Index, Kept, Stat, Survey, disk, state_dir, tag};
use crate::report::{Result, text};

/// The label that holds the fingerprint.
pub const LABEL: &str = "instep.dev/fingerprint";
/// Parts that are files.
const DOCKERFILE: &str = "the Dockerfile";
const IGNORE_FILE: &str = "the ignore file";
/// Another form of the fingerprint has another number here.
const FORM: &str = "instep image 1";

/// All that goes into a build, looked at now.
#[derive(Debug)]
pub struct Look {
    /// What the label says when nothing changed.
    pub fingerprint: String,
    /// The files.
    pub index: Arc<Index>,
    /// Their sizes.
    pub sizes: Sizes,
    /// Why the image has to be built, when no image has the fingerprint.
    pub reason: String,
    /// The image that was built or found the last time.
    pub last: Option<String>,
    file: Option<PathBuf>,
    keep: bool,
}

impl Look {
    /// Looks at everything. `bases` are the base images with their ids in the engine.
    ///
    /// # Errors
    /// A file of the context that can't be read.
    pub fn at(build: &Build, context: &Context, dockerfile: &Dockerfile, bases: &[(String, String)]) -> Result<Self> {
        // What can't be kept (a checkout that can't be written) is looked at anew each time.
        let file = state_dir(&build.root).ok().map(|dir| dir.join("images").join(tag(&build.key)));
        let old = file.as_deref().and_then(Kept::load);
        let mut survey = Survey::begin(old.as_ref());
        let mut sizes = Sizes::default();
        let mut manifest = blake3::Hasher::new();
        context.walk(&Only::All, &mut |found| {
            let (hash, mode) = word(context.dir(), found, &mut survey)?;
            sizes.add(found);
            manifest.update(found.inside.as_os_str().as_bytes()).update(b"\0").update(&hash).update(&mode.to_le_bytes());
            Ok(())
        })?;
        let learned = survey.learned;
        let index = survey.end(parts(build, context, dockerfile, bases));
        let mut all = blake3::Hasher::new();
        all.update(FORM.as_bytes()).update(manifest.finalize().as_bytes());
        for (name, value) in &index.parts {
            all.update(name.as_bytes()).update(b"\0").update(value.as_bytes()).update(b"\0");
        }
        Ok(Self {
            fingerprint: all.finalize().to_hex().to_string(),
            reason: reason(&index, old.as_ref(), &context.dockerfile),
            sizes,
            last: file.as_deref().and_then(|file| std::fs::read_to_string(id_file(file)).ok()),
            file,
            keep: learned || old.is_none(),
            index: Arc::new(index),
        })
    }

    /// Keeps what was found for the next look: `image` is what it is.
    pub fn keep(&self, image: &str) {
        if let Some(file) = &self.file {
            // Only a cache: without it the next look reads all files.
            drop(self.index.save(file).and_then(|()| disk::write(&id_file(file), image.as_bytes())));
        }
    }

    /// Keeps it when that saves the next look work.
    pub fn refresh(&self, image: &str) {
        if self.keep || self.last.as_deref() != Some(image) {
            self.keep(image);
        }
    }
}

fn id_file(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".id");
    name.into()
}

fn reason(now: &Index, old: Option<&Kept>, dockerfile: &str) -> String {
    let Some(old) = old else { return "not built in this checkout yet".to_owned() };
    let files = now.changed(old);
    let mut reasons = Vec::new();
    if !files.is_empty() {
        reasons.push(text::changed(files.iter().copied()));
    }
    let all: BTreeSet<&String> = now.parts.keys().chain(old.parts.keys()).collect();
    let names: Vec<&String> = all.into_iter().filter(|name| now.parts.get(*name) != old.parts.get(*name)).collect();
    // What is named among the files is not named twice.
    let told = |file: &str| files.contains(&Path::new(file));
    let twice = |name: &str| name == DOCKERFILE && told(dockerfile) || name == IGNORE_FILE && told(".dockerignore");
    let names: Vec<&String> = names.into_iter().filter(|name| !twice(name)).collect();
    if !names.is_empty() {
        reasons.push(format!("{} changed", text::list(&names)));
    }
    if reasons.is_empty() { "the engine does not have its image".to_owned() } else { reasons.join("; ") }
}

/// A file's content, a link's target, with the mode.
fn word(dir: &Path, found: &Found, survey: &mut Survey) -> Result<([u8; 32], u16)> {
    let Found { path, inside, meta } = found;
    let unreadable = |error| unreadable(&inside.display().to_string(), &error);
    let mode = (meta.permissions().mode() & 0o7777) as u16;
    let hash = if meta.is_file() {
        survey.add(dir, inside, &Stat::from(meta), mode).map_err(unreadable)?
    } else if meta.is_symlink() {
        survey.note(inside, std::fs::read_link(path).map_err(unreadable)?.as_os_str().as_bytes(), mode)
    } else {
        survey.note(inside, b"/", mode)
    };
    Ok((hash, mode))
}

/// All but the files, by what a person calls it.
fn parts(build: &Build, context: &Context, dockerfile: &Dockerfile, bases: &[(String, String)]) -> BTreeMap<String, String> {
    let hash = |text: &str| blake3::hash(text.as_bytes()).to_hex().to_string();
    let mut parts = BTreeMap::new();
    let mut put = |name: &str, value: &str| drop(parts.insert(name.to_owned(), hash(value)));
    put(DOCKERFILE, dockerfile.text());
    put(IGNORE_FILE, &context.ignore_text);
    let own: Vec<&(String, String)> = build.args.iter().filter(|(name, _)| build.own_args.contains(name)).chain(&build.labels).collect();
    put("the commit or its version", &format!("{own:?} {:?}", build.latest));
    for (name, value) in build.args.iter().filter(|(name, _)| !build.own_args.contains(name)) {
        put(&format!("the build argument {name}"), value);
    }
    for (name, id) in bases {
        put(&format!("the base image {name}"), id);
    }
    let secrets: Vec<&str> = build.secrets.iter().map(|secret| secret.id.as_str()).collect();
    for (name, value) in [
        ("the names of the secrets", secrets.join(" ")),
        ("the network", build.network.clone().unwrap_or_default()),
        ("the platform", build.platforms.join(" ")),
        ("the target", build.target.clone().unwrap_or_default()),
    ] {
        put(name, &value);
    }
    parts
}
