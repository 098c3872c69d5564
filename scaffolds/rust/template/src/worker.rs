//! The worker: one piece of work after the other, until SIGTERM or SIGINT. What is begun is finished.

use crate::logs::{Level, log};
use serde_json::json;
use std::{io, process::ExitCode, time::Duration};
use tokio::{
    signal::unix::{SignalKind, signal},
    time::sleep,
};

/// Between two pieces of work.
const PAUSE: Duration = Duration::from_secs(5);

pub fn work() -> io::Result<ExitCode> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(run())
}

async fn run() -> io::Result<ExitCode> {
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    log(Level::Info, "working", json!({}));
    loop {
        if let Err(error) = work_once().await {
            log(Level::Error, "a piece of work failed", json!({ "error": error.to_string() }));
        }
        tokio::select! {
            () = sleep(PAUSE) => {}
            _ = terminated.recv() => break,
            _ = interrupted.recv() => break,
        }
    }
    log(Level::Info, "stopped", json!({}));
    Ok(ExitCode::SUCCESS)
}

/// Where the worker's own work begins: take a message of a queue, say.
async fn work_once() -> io::Result<()> {
    log(Level::Info, "a piece of work", json!({}));
    Ok(())
}
