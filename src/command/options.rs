//! The options common to all commands.

use std::path::PathBuf;

use anstream::ColorChoice;
use clap::{Args, ValueEnum};
use clap_complete::ArgValueCandidates;

use crate::config::value;

/// The options common to all commands.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Common options")]
pub struct Global {
    /// Run as if started in this folder
    #[arg(short = 'C', value_name = "DIR", global = true, value_hint = clap::ValueHint::DirPath)]
    pub dir: Option<PathBuf>,
    /// How results are printed
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "human", global = true)]
    pub output: Output,
    /// Print what would be done, as a script that a person could run, and do nothing
    #[arg(long, global = true)]
    pub dry_run: bool,
    /// Say more; twice: even more
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub verbose: u8,
    /// Only results and errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Answer harmless questions with yes
    #[arg(long, global = true)]
    pub yes: bool,
    /// When to colour: auto, always, never
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto", global = true)]
    pub color: Color,
    /// How many tasks run at once; default: as many as there are processors
    #[arg(long, value_name = "N", global = true, value_parser = value::whole::<u16>(1, 65_535))]
    pub jobs: Option<u16>,
    /// Run tasks that are up to date too
    #[arg(long, global = true)]
    pub force: bool,
    /// After a failure, go on with what does not need the failed task
    #[arg(long, global = true)]
    pub keep_going: bool,
    /// Write what was done as JUnit XML, too
    #[arg(long, value_name = "FILE", global = true, value_hint = clap::ValueHint::FilePath)]
    pub junit: Option<PathBuf>,
    /// Only the command itself, not the tasks that it needs here
    #[arg(long, hide = true, global = true)]
    pub no_needs: bool,
    /// Run a task again whenever what it reads changes
    #[arg(long, global = true)]
    pub watch: bool,
    /// In a workspace: this service only, instead of all
    #[arg(long, value_name = "NAME", global = true, add = ArgValueCandidates::new(super::complete::services))]
    pub service: Option<String>,
    /// Set an environment variable for what is run
    #[arg(short = 'e', long = "env", value_name = "KEY=VALUE", global = true)]
    pub env: Vec<String>,
    /// Set a key of instep.toml for this run
    #[arg(long, value_name = "KEY=VALUE", global = true)]
    pub config: Vec<String>,
}

impl Global {
    /// The options as words, for another instep that does a part of the work. Without `-C` and
    /// `--output`: where it runs and what becomes of its output is up to the caller.
    pub fn words(&self) -> Vec<String> {
        let flag = |on: bool, word: &str| on.then(|| word.to_owned());
        let flags =
            [flag(self.yes, "--yes"), flag(self.force, "--force"), flag(self.keep_going, "--keep-going"), flag(self.quiet, "--quiet")];
        let mut words: Vec<String> = flags.into_iter().flatten().collect();
        words.extend((0..self.verbose).map(|_| "-v".to_owned()));
        words.extend(self.jobs.map(|jobs| format!("--jobs={jobs}")));
        words.extend(self.color.to_possible_value().map(|color| format!("--color={}", color.get_name())));
        words.extend(self.env.iter().map(|pair| format!("--env={pair}")));
        words.extend(self.config.iter().map(|pair| format!("--config={pair}")));
        words
    }
}

/// `--output`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For people
    #[default]
    Human,
    /// One JSON document
    Json,
}

/// `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl From<Color> for ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_names_that_parameters_can_not_have_are_complete() {
        let command = <super::Global as clap::Args>::augment_args(clap::Command::new("x"));
        for arg in command.get_arguments() {
            assert!(crate::config::COMMON_OPTIONS.contains(&arg.get_id().as_str()), "{}", arg.get_id());
        }
    }
}
