//! The application: your routes, and beside them the endpoints that every service has.

use crate::{
    identity::Identity,
    telemetry::{self, Telemetry},
};
use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    middleware,
    response::IntoResponse,
    routing::get,
};
use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// What all requests share.
pub struct Service {
    pub identity: Identity,
    pub telemetry: Telemetry,
    ready: AtomicBool,
}

impl Service {
    pub fn new(identity: Identity) -> Arc<Self> {
        let telemetry = Telemetry::new(&identity);
        Arc::new(Self { identity, telemetry, ready: AtomicBool::new(false) })
    }

    /// Not while starting, and not from SIGTERM on.
    pub fn set_ready(&self, ready: bool) {
        self.ready.store(ready, Ordering::Relaxed);
    }
}

type Shared = State<Arc<Service>>;

pub fn app(service: Arc<Service>) -> Router {
    let observe = middleware::from_fn_with_state(service.clone(), telemetry::observe);
    routes().fallback(not_found).layer(observe).merge(own_endpoints()).with_state(service)
}

/// What this service is for.
fn routes() -> Router<Arc<Service>> {
    Router::new().route("/", get(hello))
}

async fn hello(State(service): Shared) -> Json<Value> {
    Json(json!({
        "message": format!("Hello from {}!", service.identity.name),
        "version": service.identity.version,
    }))
}

async fn not_found() -> impl IntoResponse {
    (StatusCode::NOT_FOUND, Json(json!({ "error": "not found" })))
}

/// What Kubernetes, Prometheus and people ask; left out of request metrics and logs.
fn own_endpoints() -> Router<Arc<Service>> {
    Router::new()
        .route("/health", get(health))
        .route("/health/live", get(health))
        .route("/livez", get(health))
        .route("/ready", get(ready))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .route("/info", get(info))
}

/// The process answers. Never asks a dependency: a failing database must not restart pods.
async fn health() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

async fn ready(State(service): Shared) -> impl IntoResponse {
    if service.ready.load(Ordering::Relaxed) {
        (StatusCode::OK, Json(json!({ "status": "ok" })))
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "unavailable" })))
    }
}

async fn metrics(State(service): Shared) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, prometheus::TEXT_FORMAT)], service.telemetry.render())
}

async fn info(State(service): Shared) -> Json<Value> {
    Json(service.identity.info())
}
