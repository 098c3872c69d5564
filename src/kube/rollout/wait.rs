//! Watches until all is rolled out, lost, or late.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::Failure;
use super::judge::{Expected, Restarts, Verdict, began_anew, judge, restarts};
use super::pod::{Pulls, State, state};
use crate::kube::apart;
use crate::kube::kubectl::Kubectl;
use crate::kube::object::text;
use crate::kube::observe::of_kinds;
use crate::kube::render::{NAME, label_value};
use crate::kube::watch::{Look, Source};
use crate::report::{Kind, Result};

/// How long to wait between two looks when nothing is heard.
const PAUSE: Duration = Duration::from_secs(1);
/// How long a pod that holds all others up may take to be ready after all.
const HELD_UP: Duration = Duration::from_secs(30);
/// How long pods that had to begin anew must serve until that is believed.
const SETTLE: Duration = Duration::from_secs(20);

/// How the wait ended.
#[derive(Clone, Debug)]
pub enum End {
    /// All serve.
    Ready {
        /// The objects as they were seen last.
        objects: Vec<Value>,
        /// They did at the first look: nothing was rolled out.
        at_once: bool,
    },
    /// One never will; with the objects as they were seen last.
    Lost(Failure, Vec<Value>),
    /// The time is over; with what was waited for, and the objects.
    Late(String, Vec<Value>),
}

/// What is waited for.
#[derive(Clone, Debug)]
pub struct Watch<'a> {
    /// The service.
    pub service: &'a str,
    /// Its Deployments.
    pub expected: Vec<Expected>,
    /// For at most so long.
    pub give_up: Duration,
    /// A release comes back: pods of the one that failed are in the way, and nobody needs them.
    pub back: bool,
    /// They served before, with so many restarts: what became of them since is looked at.
    pub before: Option<Restarts>,
}

impl Watch<'_> {
    /// The kinds of objects that tell how it stands, by the selectors that mean them.
    fn wanted(&self) -> Vec<(String, Vec<&'static str>)> {
        let of = |it: &Expected| match it.kind.as_str() {
            "DaemonSet" => &["daemonsets"][..],
            "StatefulSet" => &["statefulsets"],
            _ => &["deployments", "replicasets"],
        };
        let mut kinds: Vec<&'static str> = self.expected.iter().flat_map(of).copied().chain(["pods"]).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let labelled = (format!("{NAME}={}", label_value(self.service)), kinds);
        let apart = self.expected.iter().filter_map(|it| Some((it.apart.clone()?, apart::below(&it.kind).to_vec())));
        std::iter::once(labelled).chain(apart).collect()
    }
}

/// Waits; `progress` is told how it stands.
///
/// # Errors
/// What makes it useless to ask on. A cluster that does not answer for a while is waited for.
pub fn wait(kubectl: &Kubectl, watch: &Watch<'_>, mut progress: impl FnMut(&str)) -> Result<End> {
    let wanted = watch.wanted();
    let sources = wanted.iter().flat_map(|(selector, kinds)| kinds.iter().map(|&kind| Source::selected(kind, selector))).collect();
    let list = |kubectl: &Kubectl| {
        let all = wanted.iter().map(|(selector, kinds)| of_kinds(kubectl, selector, kinds));
        all.collect::<Result<Vec<_>>>().map(|all| all.into_iter().flatten().collect())
    };
    let mut look = Look::new(kubectl, sources, Box::new(list));
    let mut waiting = Waiting::new(kubectl, watch);
    loop {
        let line = match waiting.turn(&mut look) {
            Ok(Turn::Over(end)) => return Ok(end),
            Ok(Turn::Going(line)) => line,
            Err(error) if error.kind == Kind::Missing => "the cluster does not answer, trying again".to_owned(),
            Err(error) => return Err(error),
        };
        progress(&line);
        let left = waiting.end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(End::Late(line, look.seen().to_vec()));
        }
        look.pause(PAUSE.min(left))?;
    }
}

/// How it stands after a look.
enum Turn {
    Going(String),
    Over(End),
}

struct Waiting<'a> {
    kubectl: &'a Kubectl,
    watch: &'a Watch<'a>,
    end: Instant,
    looks: u32,
    pulls: Pulls,
    /// How often pods had begun anew before.
    before: Option<Restarts>,
    /// Since when a pod of the release before holds it up.
    held_up: Option<Instant>,
    /// Since when all serve, though some had to begin anew so often.
    settling: Option<(Instant, i64)>,
}

impl<'a> Waiting<'a> {
    fn new(kubectl: &'a Kubectl, watch: &'a Watch<'a>) -> Self {
        let end = Instant::now() + watch.give_up;
        Self { kubectl, watch, end, looks: 0, pulls: Pulls::new(), before: watch.before.clone(), held_up: None, settling: None }
    }

    fn turn(&mut self, look: &mut Look<'_>) -> Result<Turn> {
        look.objects()?;
        self.looks += 1;
        if self.before.is_none() {
            self.before = Some(restarts(look.seen()));
            if self.clear(look.seen())? {
                look.exactly()?;
                return Ok(Turn::Going("pods that were lost before are made anew".to_owned()));
            }
        }
        let mut verdict = self.judge(look.seen())?;
        // What ends the wait must hold of all objects at the same moment.
        if !matches!(verdict, Verdict::Going(_)) && !look.is_exact() {
            verdict = self.judge(look.exactly()?)?;
        }
        self.turned(verdict, look.seen())
    }

    fn turned(&mut self, verdict: Verdict, objects: &[Value]) -> Result<Turn> {
        let stuck = matches!(verdict, Verdict::Stuck(_));
        let held_up = if stuck { *self.held_up.get_or_insert_with(Instant::now) } else { Instant::now() };
        self.held_up = stuck.then_some(held_up);
        Ok(match verdict {
            Verdict::Done => match self.settle(objects) {
                Some(line) => Turn::Going(line),
                None => Turn::Over(End::Ready { objects: objects.to_vec(), at_once: self.looks == 1 }),
            },
            Verdict::Failed(failure) => Turn::Over(End::Lost(failure, objects.to_vec())),
            Verdict::Going(line) => Turn::Going(line),
            Verdict::Stuck(failure) if self.watch.back => {
                self.delete([failure.pod])?;
                Turn::Going("a pod of the release that failed is made anew".to_owned())
            }
            Verdict::Stuck(failure) if held_up.elapsed() >= HELD_UP || Instant::now() >= self.end => {
                Turn::Over(End::Lost(failure, objects.to_vec()))
            }
            Verdict::Stuck(failure) => Turn::Going(failure.message),
            Verdict::Unexplained(_) => Turn::Going(LOOKING.to_owned()),
        })
    }

    /// A program that ended once may end again as soon as nobody looks. When the time is over, it is believed.
    fn settle(&mut self, objects: &[Value]) -> Option<String> {
        let before = self.before.as_ref()?;
        let anew: Vec<(String, i64)> = self.watch.expected.iter().flat_map(|expected| began_anew(objects, expected, before)).collect();
        let (words, _) = anew.first()?;
        let count: i64 = anew.iter().map(|(_, times)| times).sum();
        let since = match self.settling {
            Some((since, known)) if known == count => since,
            _ => Instant::now(),
        };
        self.settling = Some((since, count));
        let over = since.elapsed() >= SETTLE || Instant::now() >= self.end;
        (!over).then(|| format!("{words}: looked at for {} s, as it may end again", SETTLE.as_secs()))
    }

    /// A pod that was lost before our write tells nothing of what is there now, and may be tried again only
    /// minutes later: such pods are deleted, and made anew. No pod of ours can be lost so soon.
    fn clear(&mut self, objects: &[Value]) -> Result<bool> {
        let pulls = &mut self.pulls;
        let mut lost = |pod: &&Value| text(pod, "/kind") == "Pod" && matches!(state(pod, pulls), State::Doomed(_) | State::Unexplained);
        let pods: Vec<String> = objects.iter().filter(&mut lost).map(|pod| text(pod, "/metadata/name").to_owned()).collect();
        if pods.is_empty() {
            return Ok(false);
        }
        self.delete(pods)
    }

    fn delete(&self, pods: impl IntoIterator<Item = String>) -> Result<bool> {
        let args = ["delete", "pods", "--ignore-not-found", "--wait=false"].map(str::to_owned).into_iter().chain(pods);
        self.kubectl.run(&self.kubectl.place.command(args)).map(|output| output.exit.ok())
    }

    /// The worst verdict counts; those on their way are told together.
    fn judge(&mut self, objects: &[Value]) -> Result<Verdict> {
        let watch = self.watch;
        let expected = &watch.expected;
        let mut lines = Vec::new();
        for one in expected {
            let mut verdict = judge(objects, one, &mut self.pulls);
            if let Verdict::Unexplained(pods) = &verdict {
                for pod in pods {
                    self.explain(pod)?;
                }
                verdict = judge(objects, one, &mut self.pulls);
            }
            match verdict {
                Verdict::Done => {}
                Verdict::Going(line) if expected.len() == 1 => lines.push(line),
                Verdict::Going(line) => lines.push(format!("{}: {line}", one.name)),
                Verdict::Unexplained(_) => lines.push(LOOKING.to_owned()),
                failed @ (Verdict::Failed(_) | Verdict::Stuck(_)) => return Ok(failed),
            }
        }
        Ok(if lines.is_empty() { Verdict::Done } else { Verdict::Going(lines.join("; ")) })
    }

    /// The status says only "back-off"; why the pull failed is in the pod's events.
    fn explain(&mut self, pod: &str) -> Result<()> {
        let events = self.kubectl.get(["events", "--field-selector", &format!("involvedObject.name={pod},reason=Failed")])?;
        let why = events.iter().map(|event| text(event, "/message")).find(|message| message.contains("pull image"));
        if let Some(why) = why {
            self.pulls.insert(pod.to_owned(), why.to_owned());
        }
        Ok(())
    }
}

const LOOKING: &str = "the image can't be pulled, looking why";
