//! The application as a value: requests go in, responses come out, no port needed.

use axum::{Router, body::Body, http::Request};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use service::{
    app::{Service, app},
    identity::Identity,
    settings::Settings,
};
use std::sync::Arc;
use tower::ServiceExt;

fn service() -> Arc<Service> {
    let service = Service::new(Identity::read(|name| match name {
        "VERSION" => Some("1.2.3".into()),
        "REVISION" => Some("abc".into()),
        "BUILD_DATE" => Some("2026-01-01T00:00:00Z".into()),
        _ => None,
    }));
    service.set_ready(true);
    service
}

async fn get(app: &Router, path: &str) -> (u16, String) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = app.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

async fn get_json(app: &Router, path: &str) -> (u16, Value) {
    let (status, body) = get(app, path).await;
    (status, serde_json::from_str(&body).unwrap())
}

#[tokio::test]
async fn root_says_hello() {
    let expected = json!({ "message": "Hello from {= name =}!", "version": "1.2.3" });
    assert_eq!(get_json(&app(service()), "/").await, (200, expected));
}

#[tokio::test]
async fn health_is_ok() {
    for path in ["/health", "/health/live", "/livez"] {
        assert_eq!(get_json(&app(service()), path).await, (200, json!({ "status": "ok" })));
    }
}

#[tokio::test]
async fn ready_only_between_start_and_stop() {
    let service = Service::new(Identity::read(|_| None));
    let app = app(service.clone());
    assert_eq!(get(&app, "/ready").await.0, 503);
    assert_eq!(get(&app, "/readyz").await.0, 503);
    service.set_ready(true);
    assert_eq!(get(&app, "/ready").await.0, 200);
    service.set_ready(false);
    assert_eq!(get(&app, "/ready").await.0, 503);
}

#[tokio::test]
async fn info_names_the_build() {
    let (status, info) = get_json(&app(service()), "/info").await;
    assert_eq!((status, &info["name"], &info["version"]), (200, &json!("{= name =}"), &json!("1.2.3")));
    assert_eq!(info["git"], json!({ "sha": "abc", "dirty": false }));
    assert_eq!(info["build"], json!({ "date": "2026-01-01T00:00:00Z" }));
    assert_eq!(info["runtime"]["language"], "rust");
}

#[tokio::test]
async fn metrics_count_requests_by_route_pattern() {
    let app = app(service());
    for path in ["/", "/", "/nowhere", "/health", "/livez"] {
        get(&app, path).await;
    }
    let (_, metrics) = get(&app, "/metrics").await;
    for line in [
        r#"http_requests_total{method="GET",route="/",status="200"} 2"#,
        r#"http_requests_total{method="GET",route="unmatched",status="404"} 1"#,
        r#"http_request_duration_seconds_count{method="GET",route="/",status="200"} 2"#,
        r#"app_build_info{revision="abc",version="1.2.3"} 1"#,
        "process_start_time_seconds ",
    ] {
        assert!(metrics.contains(line), "{line}\nis not in\n{metrics}");
    }
    assert!(!metrics.contains("/health") && !metrics.contains("/livez"), "{metrics}");
}

#[test]
fn identity_falls_back_to_instep_then_to_unknown() {
    let nothing = Identity::read(|_| None);
    assert_eq!((nothing.version.as_str(), nothing.revision.as_str()), ("unknown", "unknown"));
    let instep = Identity::read(|name| match name {
        "VERSION" => Some(String::new()),
        "INSTEP_VERSION" => Some("1.0.0".into()),
        _ => None,
    });
    assert_eq!(instep.version, "1.0.0");
}

#[test]
fn a_wrong_setting_is_named() {
    let error = Settings::read(|name| (name == "PORT").then(|| "http".into())).unwrap_err();
    assert_eq!(error, r#"PORT must be a port, not "http""#);
    assert_eq!(Settings::read(|_| None).unwrap().port, {= port =});
}
