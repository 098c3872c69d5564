//! Whether what is promoted has passed in the environments that come before: by the records of releases in their
//! clusters, or by `release.json` where those are deployed by a platform repo too.

use std::collections::BTreeMap;

use super::folder::Release;
use super::{Promote, Source, passed};
use crate::config::{Environment, Gitops, Target};
use crate::kube::record::{self, MAIN, Outcome, Record, last_good};
use crate::kube::{self, Ground};
use crate::release::image;
use crate::report::{Error, Kind, Result, text};

/// Images by their names in instep.toml.
type Images = BTreeMap<String, String>;

/// What an environment knows of images.
enum Known {
    /// They passed there: how, in words.
    Passed(String),
    /// They never did.
    Never {
        /// What is known of them instead, and what passed there last.
        notes: Vec<String>,
        /// Something else passed there.
        others: bool,
    },
}

impl Promote<'_> {
    /// How the images did where they must have passed; none where nothing is asked for.
    ///
    /// # Errors
    /// Exit code 6 when they never passed in one of the environments, or that can't be told.
    pub(super) fn proof(&self, gitops: &Gitops, source: &Source) -> Result<Option<String>> {
        let mut passed: Vec<String> = source.smoke.clone().into_iter().collect();
        let from = self.from.map(|from| from.name.as_str());
        for name in gitops.passed_in.iter().filter(|name| from != Some(name.as_str())) {
            let before = Environment::of(self.project, name).map_err(|error| error.at(gitops.asked_at.clone()))?;
            passed.push(self.passed(gitops, &before, &source.images)?);
        }
        Ok((!passed.is_empty()).then(|| passed.join("; ")))
    }

    fn passed(&self, gitops: &Gitops, before: &Environment, images: &Images) -> Result<String> {
        let (name, here) = (&before.name, &self.environment.name);
        let known = match &before.gitops {
            Some(gitops) => of_folder(before, gitops, images),
            None => self.of_clusters(before, images),
        };
        let what = short(images.get(MAIN).map_or("", String::as_str));
        let (error, notes, others) = match known {
            Ok(Known::Passed(words)) => return Ok(words),
            Err(error) if matches!(error.kind, Kind::Signal(_)) => return Err(error),
            Ok(Known::Never { notes, others }) => (format!("{what} never passed in `{name}`, which comes before `{here}`"), notes, others),
            Err(error) => {
                let notes = error.problems.into_iter().flat_map(|problem| [problem.message].into_iter().chain(problem.notes)).collect();
                (format!("nobody can tell whether {what} passed in `{name}`, which comes before `{here}`"), notes, false)
            }
        };
        let error = notes.into_iter().fold(Error::new(Kind::Refused, error).at(gitops.asked_at.clone()), Error::note);
        let error = error.help(format!("deploy it there first: {}", deploying(before)));
        let error = if others { error.help(format!("or take what passed there: `instep promote {here} --from {name}`")) } else { error };
        self.refuse(error.help(format!("or ask for nothing: `passed-in = []` in [environments.{here}.gitops]")))?;
        Ok(format!("not passed in {name}, overruled: {}", self.overrule.unwrap_or_default()))
    }

    /// They must have passed in each of its clusters.
    fn of_clusters(&self, before: &Environment, images: &Images) -> Result<Known> {
        let mut passed = Vec::new();
        for target in &before.places {
            let records = Ground::of(target, self.report)?.records()?;
            match of_records(target, &place(before, target), &records, images) {
                Known::Passed(words) => passed.push(words),
                never @ Known::Never { .. } => return Ok(never),
            }
        }
        Ok(Known::Passed(text::list(&passed)))
    }

    /// What serves in an environment: images, version, commit, and that it passed there.
    ///
    /// # Errors
    /// Exit code 1 when nothing is there, 6 when it did not pass.
    pub(super) fn running(&self, from: &Environment) -> Result<Source> {
        if let Some(gitops) = &from.gitops {
            return self.committed_in(from, gitops);
        }
        let target = from.places.first().ok_or_else(|| Error::usage(format!("environment `{}` has no place", from.name)))?;
        let Some(record) = kube::status::release(target, self.report)? else {
            return Err(nothing_in(from));
        };
        let mut smoke = words(&record, &place(from, target));
        if record.outcome != Outcome::Deployed {
            let what = format!("the newest release in `{}` is {}: {}", from.name, record.outcome.word(), record.version);
            self.refuse(Error::new(Kind::Refused, what).help("promote what has passed there"))?;
            smoke = format!("{} in {}, overruled: {}", record.outcome.word(), from.name, self.overrule.unwrap_or_default());
        }
        let images = images_of(target, &record)?;
        Ok(Source { images, version: record.version, commit: record.commit, smoke: Some(smoke) })
    }

    /// What the platform repo holds for an environment that is deployed by it too.
    fn committed_in(&self, from: &Environment, gitops: &Gitops) -> Result<Source> {
        let told = passed::releases(from, gitops)?;
        let release = told.now.ok_or_else(|| nothing_in(from))?;
        let smoke = if let Some(passed) = told.passed.iter().find(|passed| passed.same(&release)) {
            words_of(passed)
        } else {
            let what = format!("nobody waited until what `{}` holds serves there: {}", from.name, release.version);
            self.refuse(Error::new(Kind::Refused, what).help(format!("wait for it, and check it: {}", deploying(from))))?;
            format!("not passed in {}, overruled: {}", from.name, self.overrule.unwrap_or_default())
        };
        Ok(Source { images: release.images, version: release.version, commit: release.commit, smoke: Some(smoke) })
    }
}

/// What the releases of one place tell.
fn of_records(target: &Target, place: &str, records: &[Record], images: &Images) -> Known {
    let ran = |record: &&Record| images_of(target, record).is_ok_and(|ran| same(images, &ran));
    let runs: Vec<&Record> = records.iter().rev().filter(ran).collect();
    if let Some(record) = runs.iter().find(|record| record.outcome == Outcome::Deployed) {
        return Known::Passed(words(record, place));
    }
    let failed = runs.first().map(|record| {
        let why = record.reason.as_deref().map_or_else(String::new, |why| format!(": {why}"));
        format!("in {place} it is {} as v{}{why}", record.outcome.word(), record.revision)
    });
    let good = last_good(records).map(|good| format!("{} ({}), as v{}", good.version, short(&good.image), good.revision));
    never(failed, place, good)
}

/// What the platform repo tells of an environment that is deployed by it too.
fn of_folder(before: &Environment, gitops: &Gitops, images: &Images) -> Result<Known> {
    let name = &before.name;
    let told = passed::releases(before, gitops)?;
    let fits = |release: &&Release| same(images, &release.images);
    if let Some(release) = told.passed.iter().find(fits) {
        return Ok(Known::Passed(words_of(release)));
    }
    let waits = told.now.as_ref().filter(fits).map(|_| format!("`{name}` holds it, but nobody waited until it serves there"));
    let image = |release: &Release| short(release.images.get(MAIN).map_or("", String::as_str));
    Ok(never(waits, name, told.passed.first().map(|release| format!("{} ({})", release.version, image(release)))))
}

/// `known`: what else is known of the images; `good`: what passed there last.
fn never(known: Option<String>, place: &str, good: Option<String>) -> Known {
    let others = good.is_some();
    let last = good.map_or_else(|| format!("nothing has passed in {place} yet"), |good| format!("what passed last in {place}: {good}"));
    Known::Never { notes: known.into_iter().chain([last]).collect(), others }
}

fn nothing_in(from: &Environment) -> Error {
    Error::failed(format!("nothing is deployed in `{}`", from.name)).help(format!("deploy it there first: {}", deploying(from)))
}

/// The command that deploys there, and checks it.
fn deploying(environment: &Environment) -> String {
    let name = &environment.name;
    if environment.gitops.is_some() { format!("`instep promote {name} --wait`") } else { format!("`instep kube-apply {name}`") }
}

/// The images of a release, by their names in instep.toml.
fn images_of(target: &Target, record: &Record) -> Result<Images> {
    let others = image::of_objects(&target.scope, &record::objects(record)?)?;
    Ok([(MAIN.to_owned(), record.image.clone())].into_iter().chain(others).collect())
}

/// Whether each of these ran there.
fn same(wanted: &Images, ran: &Images) -> bool {
    wanted.iter().all(|(name, image)| ran.get(name).is_some_and(|other| identity(other) == identity(image)))
}

/// What an image is known by wherever it lies: its digest.
fn identity(image: &str) -> &str {
    image.split_once('@').map_or(image, |(_, digest)| digest)
}

/// `sha256:1a2b3c4d5e6f`, or the name of an image without a digest.
fn short(image: &str) -> String {
    let short = |digest: &str| format!("sha256:{}", &digest[..digest.len().min(12)]);
    identity(image).strip_prefix("sha256:").map_or_else(|| image.to_owned(), short)
}

/// `staging`, `production/eu`.
fn place(environment: &Environment, target: &Target) -> String {
    let Environment { name, places, .. } = environment;
    if places.len() > 1 { format!("{name}/{}", target.cluster) } else { name.clone() }
}

/// `passed in staging as v12 (4 checks)`.
fn words(record: &Record, place: &str) -> String {
    let checks = record.smoke.as_ref().and_then(|smoke| smoke["passed"].as_u64()).filter(|passed| *passed > 0);
    let checks =
        checks.map_or_else(String::new, |passed| format!(" ({})", text::count(usize::try_from(passed).unwrap_or_default(), "check")));
    format!("passed in {place} as v{}{checks}", record.revision)
}

/// `passed in staging as 1.4.0 (4 passed in staging)`.
fn words_of(release: &Release) -> String {
    let how = release.passed.as_deref().map_or_else(String::new, |how| format!(" ({how})"));
    format!("passed in {} as {}{how}", release.environment, release.version)
}
