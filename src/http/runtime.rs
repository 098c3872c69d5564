//! The runtime of one thread in which all of this happens: made when it is first used.

use std::pin::pin;
use std::sync::Arc;

use futures_util::future::{Either, select};
use tokio::sync::Notify;

use crate::process::{self, cancel};
use crate::report::{Error, Result};

/// Waits for a future, on a runtime of its own.
///
/// # Errors
/// When we are asked to stop; when the machine gives no runtime.
pub fn run<T>(future: impl Future<Output = T>) -> Result<T> {
    process::listen_for_signals();
    cancel::check()?;
    let broken = |error: std::io::Error| Error::failed(format!("the HTTP client can't start: {error}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(broken)?;
    let stop = Arc::new(Notify::new());
    let listener = Arc::clone(&stop);
    let _guard = cancel::listen(move || listener.notify_one());
    let outcome = runtime.block_on(async {
        match select(pin!(future), pin!(stop.notified())).await {
            Either::Left((outcome, _)) => Some(outcome),
            Either::Right(_) => None,
        }
    });
    // A look-up of a name can't be cancelled; it is left behind instead of waited for.
    runtime.shutdown_background();
    cancel::check()?;
    outcome.ok_or_else(|| Error::failed("the HTTP client was stopped"))
}
