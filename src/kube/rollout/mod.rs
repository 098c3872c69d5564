//! Waiting for the pods of a release.

mod judge;
mod pod;
mod wait;

pub use self::judge::{Expected, Restarts, restarts, rolls_out, serving};
pub use self::pod::describe;
pub use self::wait::{End, Watch, wait};

/// Why pods will never serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A Secret, a ConfigMap or a key of one is missing.
    Config,
    /// The program ends, again and again.
    Crash,
    /// The cluster does not let the pods in.
    Create,
    /// Somebody else deleted or paused it.
    Gone,
    /// The image can't be had.
    Image,
    /// It takes more memory than it may.
    Memory,
    /// The program can't be started at all.
    Start,
    /// A pod of the release before is not ready, and the cluster waits for it.
    Stuck,
}

/// What is wrong with a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Why.
    pub cause: Cause,
    /// The pod; empty when there is none.
    pub pod: String,
    /// The container, or the Deployment when there is no pod.
    pub container: String,
    /// What the cluster says.
    pub message: String,
    /// How the program ended.
    pub exit: Option<i64>,
}

impl Failure {
    /// In one sentence, without a final period.
    pub fn sentence(&self) -> String {
        let Self { container, message, .. } = self;
        let code = self.exit.map_or_else(String::new, |code| format!(" with exit code {code}"));
        match self.cause {
            Cause::Config => format!("`{container}` can't be configured: {message}"),
            Cause::Crash => format!("`{container}` ends{code} soon after its start, again and again"),
            Cause::Create => format!("the cluster does not let the pods of `{container}` in: {message}"),
            Cause::Gone => format!("`{container}`: {message}"),
            Cause::Image => format!("the image can't be pulled: {}", brief(message)),
            Cause::Memory => format!("`{container}` takes more memory than it may, and is killed"),
            Cause::Start => format!("`{container}` can't be started: {}", brief(message)),
            Cause::Stuck => format!("the cluster does not begin with `{container}`: {message}"),
        }
    }
}

/// The last, telling part of a message that wraps another one several times.
fn brief(message: &str) -> &str {
    let message = message.trim().trim_end_matches(": unknown");
    for wrapper in ["Error response from daemon: ", "starting container process caused: ", "failed to resolve reference "] {
        if let Some((_, inner)) = message.rsplit_once(wrapper) {
            return inner;
        }
    }
    message
}
