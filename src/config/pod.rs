//! What pods of workloads and jobs may have besides their main container: files, volumes, sidecars, patches.

use std::path::PathBuf;

use serde_json::{Map, Value as Json};

use super::node::{Node, Value};
use super::read::Read;
use super::{EnvValue, Resource, Scope};
use crate::report::{Error, Place, Result};

/// A file in the container.
#[derive(Clone, Debug)]
pub struct File {
    /// Where it is in the container.
    pub path: String,
    /// What it is.
    pub from: FileFrom,
    /// Where it is written.
    pub place: Option<Place>,
}

/// What a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileFrom {
    /// A file of the repo: its content goes into a ConfigMap.
    Repo(PathBuf),
    /// All keys of a Secret, as files in a folder.
    Secret(String),
    /// All keys of a ConfigMap, as files in a folder.
    ConfigMap(String),
}

/// A volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// Its name.
    pub name: String,
    /// Where it is mounted.
    pub path: String,
    /// The size of its claim; none: an emptyDir.
    pub size: Option<String>,
    /// The storage class.
    pub class: Option<String>,
}

/// A further container of a pod.
#[derive(Clone, Debug)]
pub struct Sidecar {
    /// Its name.
    pub name: String,
    /// A key of `[images]`, or a reference.
    pub image: String,
    /// Program and arguments, instead of the image's.
    pub command: Vec<String>,
    /// The port that it serves.
    pub port: Option<u16>,
    /// CPU.
    pub cpu: Resource,
    /// Memory.
    pub memory: Resource,
    /// Environment variables.
    pub env: Vec<(String, EnvValue)>,
}

/// A change of a generated object.
#[derive(Clone, Debug)]
pub struct Patch {
    /// The kind.
    pub kind: String,
    /// The name; none: all of the kind.
    pub name: Option<String>,
    /// What is merged in.
    pub value: Json,
    /// Where it is written.
    pub place: Option<Place>,
}

pub(super) fn files(read: &Read<'_>) -> Result<Vec<File>> {
    let mut files = Vec::new();
    let Some(table) = read.node("files").and_then(|node| as_table(&node.value)) else { return Ok(files) };
    for entry in table.iter() {
        let from = match &entry.node.value {
            Value::Str(text) => FileFrom::Repo(entry.node.origin.source.dir.join(read.scope().eval(text, &entry.node.origin)?)),
            Value::Table(inner) => match (inner.str("secret"), inner.str("config-map")) {
                (Some(name), None) => FileFrom::Secret(name.to_owned()),
                (None, Some(name)) => FileFrom::ConfigMap(name.to_owned()),
                _ => {
                    let error = Error::usage(format!("`{}.files` wants one of secret and config-map", read.path));
                    return Err(error.at(entry.node.origin.place("")).help("write { secret = \"NAME\" } or { config-map = \"NAME\" }"));
                }
            },
            _ => continue,
        };
        files.push(File { path: entry.key.clone(), from, place: entry.node.origin.place("") });
    }
    Ok(files)
}

pub(super) fn volumes(read: &Read<'_>) -> Result<Vec<Volume>> {
    let volume = |(name, table): (&str, Read<'_>)| {
        let path = table.text_needed("path", "\"/data\"")?;
        Ok(Volume { name: name.to_owned(), path, size: table.text_opt("size")?, class: table.text_opt("class")? })
    };
    read.tables("volumes").into_iter().map(volume).collect()
}

pub(super) fn sidecars(read: &Read<'_>) -> Result<Vec<Sidecar>> {
    let sidecar = |(name, table): (&str, Read<'_>)| {
        let env = table.env("env")?;
        super::kube::refuse_masked(&table, &env)?;
        let quantity = |key: &str, default: &str, limited: bool| -> Result<Resource> {
            let value = table.text_opt(key)?.unwrap_or_else(|| default.to_owned());
            Ok(Resource { limit: limited.then(|| value.clone()), request: Some(value) })
        };
        Ok(Sidecar {
            name: name.to_owned(),
            image: table.text_needed("image", "\"nginx\"")?,
            command: table.texts("command")?,
            port: table.port("port"),
            cpu: quantity("cpu", "10m", false)?,
            memory: quantity("memory", "32Mi", true)?,
            env,
        })
    };
    read.tables("sidecars").into_iter().map(sidecar).collect()
}

pub(super) fn patches(read: &Read<'_>) -> Result<Vec<Patch>> {
    let Some(table) = read.node("patch").and_then(|node| as_table(&node.value)) else { return Ok(Vec::new()) };
    let patch = |entry: &super::node::Entry| {
        let (kind, name) = entry.key.split_once('/').map_or((&*entry.key, None), |(kind, name)| (kind, Some(name.to_owned())));
        let value = json(read.scope(), &entry.node)?;
        Ok(Patch { kind: kind.to_owned(), name, value, place: entry.at.place("") })
    };
    table.iter().map(patch).collect()
}

fn as_table(value: &Value) -> Option<&super::node::Table> {
    if let Value::Table(table) = value { Some(table) } else { None }
}

/// A value with its templates evaluated.
fn json(scope: &Scope, node: &Node) -> Result<Json> {
    Ok(match &node.value {
        Value::Str(text) => scope.eval(text, &node.origin)?.into(),
        Value::List(items) => Json::Array(items.iter().map(|item| json(scope, item)).collect::<Result<_>>()?),
        Value::Table(table) => {
            Json::Object(table.iter().map(|entry| Ok((entry.key.clone(), json(scope, &entry.node)?))).collect::<Result<Map<_, _>>>()?)
        }
        other => other.json(),
    })
}
