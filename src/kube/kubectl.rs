//! kubectl does the talking. The context is always named; the current one is never used.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use serde::Serialize;
use serde_json::Value;

use super::fault;
use crate::config::Target;
use crate::process::{self, Command, Output};
use crate::report::{Error, Report, Result};

/// The name under which instep owns fields (server-side apply). It never changes.
pub const MANAGER: &str = "instep";
/// The name under which it gives the number of pods into an autoscaler's hands.
pub const SCALER: &str = "instep-replicas";

/// A namespace in a cluster, as plain data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The context in the kubeconfig.
    pub context: String,
    /// The namespace.
    pub namespace: String,
}

impl Place {
    /// Where an environment's target is.
    pub fn of(target: &Target) -> Self {
        Self { context: target.context.clone(), namespace: target.namespace.clone() }
    }

    /// kubectl with these arguments, here.
    pub fn command<S: AsRef<str>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let here = ["--context", &self.context, "--namespace", &self.namespace];
        let args: Vec<String> = args.into_iter().map(|arg| arg.as_ref().to_owned()).collect();
        Command::new("kubectl", here).args(args)
    }

    /// The command that applies manifests here; which ones is still to be said.
    pub fn apply_command(&self) -> Command {
        self.command(["apply", "--server-side", "--field-manager", MANAGER])
    }
}

/// kubectl at a place, telling the report with `-v` what it runs.
#[derive(Clone)]
pub struct Kubectl {
    /// Where.
    pub place: Place,
    report: Report,
    calls: Arc<AtomicU32>,
}

impl Kubectl {
    /// kubectl at this place.
    ///
    /// # Errors
    /// Exit code 7 when there is no kubectl.
    pub fn new(place: Place, report: &Report) -> Result<Self> {
        process::find("kubectl")?;
        Ok(Self { place, report: report.clone(), calls: Arc::default() })
    }

    /// The same in another namespace, telling this report.
    #[must_use]
    pub fn at(&self, namespace: &str, report: &Report) -> Self {
        let place = Place { namespace: namespace.to_owned(), ..self.place.clone() };
        Self { place, report: report.clone(), calls: Arc::clone(&self.calls) }
    }

    /// How often it was called so far, signs of life left out.
    pub fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }

    /// Tells what is about to be run.
    pub fn tell(&self, command: &Command) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.report.detail(&command.line());
    }

    /// Whom it tells.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Runs a command and gives all that came out, good or bad.
    pub fn run(&self, command: &Command) -> Result<Output> {
        self.tell(command);
        process::capture(command)
    }

    /// Runs a command that must end well.
    ///
    /// # Errors
    /// What kubectl complains of, in our words.
    pub fn must(&self, command: &Command) -> Result<Output> {
        let output = self.run(command)?;
        if output.exit.ok() { Ok(output) } else { Err(fault::explain(&output.complaint(), &self.place)) }
    }

    /// Reads objects: those of a list, or the one that was asked for.
    pub fn get<S: AsRef<str>>(&self, args: impl IntoIterator<Item = S>) -> Result<Vec<Value>> {
        let all = ["get", "--output=json", "--ignore-not-found", "--request-timeout=15s"].map(str::to_owned);
        let args = all.into_iter().chain(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        items(&self.must(&self.place.command(args))?.text())
    }

    /// As [`Kubectl::apply`]; what kubectl complains of is given as it is.
    pub fn try_apply(&self, manifests: &str, more: &[&str]) -> Result<std::result::Result<Vec<Value>, String>> {
        let command = self.place.apply_command().args(["--output=json", "-f", "-"]).args(more).stdin(manifests);
        let output = self.run(&command)?;
        if output.exit.ok() { items(&output.text()).map(Ok) } else { Ok(Err(output.complaint())) }
    }

    /// Applies manifests, and gives the objects as the cluster now has them.
    pub fn apply(&self, manifests: &str, more: &[&str]) -> Result<Vec<Value>> {
        self.try_apply(manifests, more)?.map_err(|complaint| fault::explain(&complaint, &self.place))
    }
}

/// The objects in kubectl's JSON: it writes a list, or one object, or nothing, or objects in a row.
pub(super) fn items(text: &str) -> Result<Vec<Value>> {
    let mut all = Vec::new();
    for value in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
        let value = value.map_err(|error| Error::failed(format!("kubectl gave no JSON: {error}")))?;
        match value {
            Value::Object(mut object) if object.get("kind").and_then(Value::as_str) == Some("List") => {
                if let Some(Value::Array(items)) = object.remove("items") {
                    all.extend(items);
                }
            }
            other => all.push(other),
        }
    }
    Ok(all)
}
