//! Whether a service that starts here is ready: the check `ready` of the smoke tests, tried again and again.

use std::time::Duration;

use crate::check::{self, NotYet, Probe, Trial, Wanted};
use crate::config::{Project, Service, SmokeTest};
use crate::http::Base;
use crate::local::{Asked, NotReady, Question};
use crate::report::{Error, Report, Result};

/// A service that hangs is to be noticed when it ends.
const PATIENCE: Duration = Duration::from_secs(2);

/// How a service is asked: the one of this repo by its check `ready`, built in or declared, unless
/// `[run-local] ready` says something else; all others by their URL.
///
/// # Errors
/// Exit code 2 for faults in the file.
pub fn question(project: &Project, asked: &Asked<'_>, report: &Report) -> Result<Box<dyn Question>> {
    let own = !project.scope().read("run-local").has("ready");
    let declared = match asked.service.as_deref().filter(|_| own) {
        Some(service) => declared(project, service)?,
        None => None,
    };
    declared.iter().flat_map(Probe::secrets).for_each(|secret| report.masker.add(secret));
    let (base, path) = parted(asked.url)?;
    let plain = |base: &Base| Probe { timeout: PATIENCE, ..check::plain("ready", path, base) };
    let other = Base::parse(&base.to_string().replace("127.0.0.1", "[::1]")).ok().filter(|other| declared.is_none() && *other != base);
    Ok(Box::new(Asking { trial: Trial::new(declared.unwrap_or_else(|| plain(&base))), other: other.map(|other| plain(&other)) }))
}

/// The declared check; none where it needs others before it, or is not there.
fn declared(project: &Project, service: &str) -> Result<Option<Probe>> {
    let scope = project.scope();
    // Another check may use what is only known where checks run: a password.
    let Ok(smoke) = SmokeTest::of(scope) else { return Ok(None) };
    if !smoke.checks.iter().any(|check| check.name == "ready") {
        return Ok(None);
    }
    let base = parted(service)?.0;
    let wanted = Wanted {
        base: Some(&base),
        inside: &|_| Ok(Ok(base.clone())),
        release: None,
        environment: None,
        only: &["ready".to_owned()],
        place: &|_| None,
    };
    let mut plan = check::plan(&Service::of(scope)?, &smoke, &wanted)?;
    let alone = plan.steps.len() == 1;
    Ok(plan.steps.pop().map(|step| step.action).filter(|probe| alone && probe.skip.is_none()))
}

/// Scheme, host and port, and the path.
fn parted(url: &str) -> Result<(Base, &str)> {
    let from = url.find("://").map_or(0, |at| at + 3);
    let end = url[from..].find('/').map_or(url.len(), |at| from + at);
    let base = Base::parse(&url[..end]).map_err(|fault| Error::usage(format!("{url} {fault}")))?;
    Ok((base, &url[end..]))
}

struct Asking {
    trial: Trial,
    /// The same over IPv6, for whoever listens there only.
    other: Option<Probe>,
}

impl Question for Asking {
    fn ask(&mut self, left: Duration) -> Result<Option<NotReady>> {
        let Some(NotYet { reason, answers }) = self.trial.ask(left)? else { return Ok(None) };
        if let Some(other) = self.other.clone().filter(|_| !answers)
            && Trial::new(other).ask(PATIENCE)?.is_none_or(|fault| fault.answers)
        {
            // What asks for `localhost` may get the address of IPv6 alone.
            let reason = "it listens on [::1] only, not on 127.0.0.1".to_owned();
            return Ok(Some(NotReady { reason, answers: false }));
        }
        Ok(Some(NotReady { reason, answers }))
    }

    fn tries(&self) -> &[(String, usize)] {
        self.trial.tries()
    }

    fn story(&self) -> String {
        self.trial.story()
    }
}
