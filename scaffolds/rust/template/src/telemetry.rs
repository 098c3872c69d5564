//! Metrics and the request log: rate, errors and duration of every request.

use crate::{
    app::Service,
    identity::Identity,
    logs::{Level, log},
    process,
};
use axum::{
    extract::{MatchedPath, Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, IntGaugeVec, Opts, Registry, TextEncoder};
use serde_json::json;
use std::{
    sync::Arc,
    time::{Instant, SystemTime},
};

const LABELS: [&str; 3] = ["method", "route", "status"];

/// One per application, with a registry of its own, so that tests don't share counters.
pub struct Telemetry {
    registry: Registry,
    requests: IntCounterVec,
    duration: HistogramVec,
    started: SystemTime,
}

impl Telemetry {
    pub fn new(identity: &Identity) -> Self {
        let requests =
            IntCounterVec::new(Opts::new("http_requests_total", "Requests answered."), &LABELS).unwrap();
        let duration = HistogramVec::new(
            HistogramOpts::new("http_request_duration_seconds", "Time to answer a request."),
            &LABELS,
        )
        .unwrap();
        let build = Opts::new("app_build_info", "Which build this is.");
        let build = IntGaugeVec::new(build, &["version", "revision"]).unwrap();
        build.with_label_values(&[&identity.version, &identity.revision]).set(1);

        let registry = Registry::new();
        registry.register(Box::new(requests.clone())).unwrap();
        registry.register(Box::new(duration.clone())).unwrap();
        registry.register(Box::new(build)).unwrap();
        Self { registry, requests, duration, started: SystemTime::now() }
    }

    pub fn render(&self) -> String {
        let requests = TextEncoder::new().encode_to_string(&self.registry.gather()).unwrap_or_default();
        requests + &process::metrics(self.started)
    }
}

pub async fn observe(State(service): State<Arc<Service>>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    // The pattern ("/users/{id}"), never the path: a label must have few values.
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("unmatched", MatchedPath::as_str);

    let start = Instant::now();
    let response = next.run(request).await;
    let seconds = start.elapsed().as_secs_f64();

    let status = response.status();
    let labels = [method_label(&method), route, status.as_str()];
    service.telemetry.requests.with_label_values(&labels).inc();
    service.telemetry.duration.with_label_values(&labels).observe(seconds);

    let level = if status.is_server_error() { Level::Error } else { Level::Info };
    let fields = json!({
        "method": method.as_str(),
        "path": path,
        "route": route,
        "status": status.as_u16(),
        "duration_ms": (seconds * 10_000.0).round() / 10.0,
    });
    log(level, "request", fields);
    response
}

/// Anybody can send any word as a method; a label must have few values.
fn method_label(method: &Method) -> &str {
    match *method {
        Method::GET | Method::HEAD | Method::POST | Method::PUT | Method::PATCH => method.as_str(),
        Method::DELETE | Method::OPTIONS => method.as_str(),
        _ => "OTHER",
    }
}
