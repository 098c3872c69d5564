//! Which of the services of a cluster are meant: pure.

use crate::kube::fleet::Member;
use crate::report::{Error, Result, text};

/// Which services.
#[derive(Clone, Copy, Debug)]
pub struct Select<'a> {
    /// Those of these teams; none: of all.
    pub teams: &'a [String],
    /// Those of these names; none: of all.
    pub apps: &'a [String],
    /// Without these.
    pub without: &'a [String],
}

impl Select<'_> {
    /// Those that are meant, in their order.
    ///
    /// # Errors
    /// Exit code 2 for a team or a name that nothing has: with a typo, others than those that are meant would be
    /// restarted.
    pub fn of(&self, all: Vec<Member>, environment: &str) -> Result<Vec<Member>> {
        let names: Vec<&str> = all.iter().map(Member::name).collect();
        let teams: Vec<&str> = all.iter().filter_map(|member| member.team.as_deref()).collect();
        self.apps.iter().chain(self.without).try_for_each(|name| known("service", name, &names, environment))?;
        self.teams.iter().try_for_each(|team| known("team", team, &teams, environment))?;
        let has = |list: &[String], word: &str| list.iter().any(|one| one == word);
        let meant = |member: &Member| {
            (self.apps.is_empty() || has(self.apps, member.name()))
                && (self.teams.is_empty() || member.team.as_ref().is_some_and(|team| has(self.teams, team)))
                && !has(self.without, member.name())
        };
        Ok(all.into_iter().filter(meant).collect())
    }
}

fn known(what: &str, word: &str, all: &[&str], environment: &str) -> Result<()> {
    if all.contains(&word) {
        return Ok(());
    }
    let mut there = all.to_vec();
    there.sort_unstable();
    there.dedup();
    let error = Error::usage(format!("no {what} `{word}` is deployed in {environment}"));
    Err(match (there.as_slice(), text::nearest(word, there.iter().copied())) {
        (_, Some(near)) => error.help(format!("did you mean `{near}`?")),
        ([], None) => error.note(format!("no {what} is known there")),
        (_, None) => error.note(format!("there are: {}", text::list(&there))),
    })
}
