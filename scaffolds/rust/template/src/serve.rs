//! Start and stop. SIGTERM: not ready at once, but serving on until traffic has moved away and the
//! requests in flight are answered. SIGINT: stop now.

use crate::{
    app::{Service, app},
    identity::Identity,
    logs::{Level, log},
    settings::Settings,
};
use serde_json::json;
use std::{env, future::IntoFuture, io, process::ExitCode, time::Duration};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    time::sleep,
};

/// How long requests in flight may take after the drain.
const GRACE: Duration = Duration::from_secs(20);

pub fn serve(settings: &Settings) -> io::Result<ExitCode> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(run(settings))
}

async fn run(settings: &Settings) -> io::Result<ExitCode> {
    let mut terminated = signal(SignalKind::terminate())?;
    let mut overdue = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    let drain = settings.drain;

    let service = Service::new(Identity::read(|name| env::var(name).ok()));
    let listener = TcpListener::bind((settings.host.as_str(), settings.port)).await?;
    log(Level::Info, "listening", json!({ "host": settings.host, "port": settings.port }));
    // Open before this line what requests need (a connection pool, say).
    service.set_ready(true);

    let drained = {
        let service = service.clone();
        async move {
            terminated.recv().await;
            service.set_ready(false);
            log(Level::Info, "draining", json!({ "seconds": drain.as_secs_f64() }));
            sleep(drain).await;
        }
    };
    let server = axum::serve(listener, app(service)).with_graceful_shutdown(drained).into_future();
    let too_long = async {
        overdue.recv().await;
        sleep(drain + GRACE).await;
    };

    tokio::select! {
        result = server => result?,
        () = too_long => log(Level::Warning, "stopped with requests in flight", json!({})),
        _ = interrupted.recv() => return Ok(ExitCode::from(130)),
    }
    log(Level::Info, "stopped", json!({}));
    Ok(ExitCode::SUCCESS)
}
