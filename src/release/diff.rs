//! This checkout, or the last release, against the cluster.

use serde_json::{Value, json};

use super::deploy::{Deploy, Resolve, What};
use crate::config::Target;
use crate::kube::deploy::Deployment;
use crate::kube::diff::Changes;
use crate::kube::drift::drift;
use crate::kube::record::{MAIN, last_good};
use crate::kube::{Ground, Kubectl};
use crate::report::style::{DIM, NAME, paint};
use crate::report::{Error, Kind, Result};

/// What differs in a place, and since when.
type Compare<'a> = &'a dyn Fn(&Target, &Ground) -> Result<(Changes, String)>;

impl Deploy<'_> {
    /// Tells what kube-apply would change.
    ///
    /// # Errors
    /// Exit code 3 when something differs.
    pub fn diff(&self, resolve: Resolve<'_>) -> Result<()> {
        self.compared(&|target, ground| {
            let mut what = match self.what(target, ground, resolve) {
                // Not built yet: all else can be compared.
                Err(error) if error.kind == Kind::Failed => {
                    let running = last_good(&ground.records()?).cloned().ok_or(error)?;
                    let image = running.image;
                    self.report.note(&paint(DIM, &format!("this commit has no image yet: compared with the one that runs, {image}")));
                    What { images: running.images.into_iter().filter(|(name, _)| name != MAIN).collect(), ..self.what_of(image) }
                }
                what => what?,
            };
            what.who.clear();
            let changes = self.with(target, &what, |request| Ok(Deployment::prepare(request, ground, self.report)?.changes))?;
            Ok((changes, String::new()))
        })
    }

    /// Tells what others changed since the last release.
    ///
    /// # Errors
    /// Exit code 3 when something differs.
    pub fn drift(&self) -> Result<()> {
        self.compared(&|_, ground| match drift(ground)? {
            Some((record, changes)) => Ok((changes, format!(" since v{} ({})", record.revision, record.version))),
            None => Err(Error::failed(format!("nothing is deployed in {}", self.environment.name))
                .help(format!("`instep kube-apply {}` does it", self.environment.name))),
        })
    }

    fn compared(&self, compare: Compare<'_>) -> Result<()> {
        let mut places: Vec<Value> = Vec::new();
        let mut same = true;
        for target in &self.environment.places {
            let ground = Ground::of(target, self.report)?;
            let (changes, since) = compare(target, &ground)?;
            same &= changes.is_empty();
            let Kubectl { place, .. } = &ground.kubectl;
            let place = paint(DIM, &format!("(context {}, namespace {})", place.context, place.namespace));
            let head = format!("{} {place}\n  {}{since}", paint(NAME, &self.environment.name), changes.words());
            self.report.result(format!("{head}\n{}", changes.text(2)).trim_end());
            places.push(json!({ "cluster": target.cluster, "namespace": target.namespace, "changes": changes.json() }));
        }
        self.report.document(json!({ "environment": self.environment.name, "places": places }));
        if same { Ok(()) } else { Err(Error::new(Kind::Differences, "the cluster differs").silent()) }
    }
}
