//! `instep scaffold`: what can be generated here, and whether it is sound.

use serde_json::{Value, json};

use super::{Context, complete, scaffold_test, scaffolds, trust};
use crate::report::style::{BAD, BOLD, DIM, GOOD, NAME, paint};
use crate::report::table::columns;
use crate::report::{Error, Result, text};
use crate::scaffold::{self, Answers, Rest, Scaffold};

/// Arguments of `scaffold`.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand, Debug)]
enum What {
    /// List the scaffolds that can be named here
    List,
    /// Show what a scaffold asks and generates
    Show(Which),
    /// Look for faults of a scaffold: unknown names, unused answers, rules that match nothing
    Lint(Which),
    /// Generate with every two answers together, and hold a service with all parts to the contract: its tests, run-local,
    /// smoke-test, docker-build, kube-apply
    Test(scaffold_test::Args),
}

#[derive(clap::Args, Debug)]
struct Which {
    /// A name, a folder (with a slash) or a URL
    #[arg(add = clap_complete::ArgValueCandidates::new(complete::scaffolds))]
    scaffold: String,
}

/// Lists, shows, lints or tests.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    let find = |name: &str| Scaffold::find(name, &scaffolds::names(context)?, &context.dir);
    match &args.what {
        What::List => list(context),
        What::Show(which) => show(&find(&which.scaffold)?, context),
        What::Lint(which) => lint(&find(&which.scaffold)?, context),
        What::Test(args) => scaffold_test::run(args, context),
    }
}

fn list(context: &Context) -> Result<()> {
    let embedded = Scaffold::embedded();
    let names = scaffolds::names(context)?;
    let rows: Vec<(String, String)> = embedded
        .iter()
        .map(|scaffold| (scaffold.manifest.name.clone(), scaffold.manifest.description.clone()))
        .chain(names.iter().map(|(name, place)| (name.clone(), place.clone())))
        .collect();
    let entry = |(name, words): &(String, String)| json!({ "name": name, "description": words });
    context.report.document(json!({ "scaffolds": rows.iter().map(entry).collect::<Vec<_>>() }));
    let rows: Vec<Vec<String>> = rows.iter().map(|(name, words)| vec![paint(NAME, name), words.clone()]).collect();
    context.report.result(columns(&rows, 0).trim_end());
    Ok(())
}

/// Answers that stand for those that instep finds out.
pub fn known() -> Answers {
    let pairs = [("name", "hello-world"), ("package", "hello_world"), ("registry", "localhost:5000"), ("context", "staging")];
    pairs.into_iter().map(|(name, value)| (name.to_owned(), Value::from(value))).collect()
}

fn show(scaffold: &Scaffold, context: &Context) -> Result<()> {
    let manifest = &scaffold.manifest;
    let answers = scaffold::collect(manifest, known(), &[], Rest::Defaults)?;
    let files = scaffold::render(scaffold, &answers)?;
    let paths: Vec<String> = files.iter().map(|file| file.path.display().to_string()).collect();
    let question = |(name, question): &(String, scaffold::Question)| json!({ "name": name, "type": question.kind, "description": question.description, "choices": question.choices, "default": answers.get(name) });
    let components: Vec<Value> =
        manifest.components.iter().map(|(name, part)| json!({ "name": name, "description": part.description })).collect();
    context.report.document(json!({
        "name": manifest.name, "description": manifest.description, "version": manifest.version,
        "questions": manifest.questions.iter().map(question).collect::<Vec<_>>(), "components": components, "files": paths,
        "commands": manifest.commands,
    }));
    let report = &context.report;
    report.result(&format!("{} {}: {}", paint(NAME, &manifest.name), manifest.version, manifest.description));
    report.result(&format!("\n{}", paint(BOLD, "Asks for")));
    let rows: Vec<Vec<String>> = manifest.questions.iter().map(|(name, question)| row(name, question, &answers)).collect();
    report.result(columns(&rows, 2).trim_end());
    if !manifest.components.is_empty() {
        report.result(&format!("\n{}", paint(BOLD, "Parts for `instep add`")));
        let rows: Vec<Vec<String>> =
            manifest.components.iter().map(|(name, part)| vec![paint(NAME, name), part.description.clone()]).collect();
        report.result(columns(&rows, 2).trim_end());
    }
    if !manifest.commands.is_empty() {
        report.result(&format!("\n{}\n{}", paint(BOLD, "Wants to run"), trust::list(scaffold)));
    }
    report.result(&format!("\n{}", paint(BOLD, &format!("Generates {} with the defaults", text::count(paths.len(), "file")))));
    report.result(&format!("  {}", paths.join("\n  ")));
    Ok(())
}

fn row(name: &str, question: &scaffold::Question, answers: &Answers) -> Vec<String> {
    let default = answers.get(name).map(scaffold::plain).unwrap_or_default();
    let choices = if question.choices.is_empty() { String::new() } else { format!(" ({})", question.choices.join(", ")) };
    vec![paint(NAME, name), format!("{}{choices}", question.description), paint(DIM, &format!("[{default}]"))]
}

fn lint(scaffold: &Scaffold, context: &Context) -> Result<()> {
    let (sets, wrong) = match scaffold::pairwise(&scaffold.manifest, &known()) {
        Ok(sets) => (sets, None),
        // What has no default is said in words of its own.
        Err(error) => (Vec::new(), Some(error.message().to_owned()).filter(|words| !words.contains("is not answered"))),
    };
    let mut faults = scaffold::lint(scaffold, &sets)?;
    faults.extend(wrong);
    context.report.document(json!({ "faults": faults }));
    for fault in &faults {
        context.report.result(&format!("{} {fault}", paint(BAD, "✗")));
    }
    if faults.is_empty() {
        let sets = text::count(sets.len(), "set");
        context.report.result(&format!("{} {}: no faults, with {sets} of answers", paint(GOOD, "✓"), scaffold.manifest.name));
        return Ok(());
    }
    Err(Error::failed(format!("{} in the scaffold {}", text::count(faults.len(), "fault"), scaffold.manifest.name)))
}
