//! The service {= name =}. Begin in `app::routes`.

pub mod app;
pub mod healthcheck;
pub mod identity;
pub mod logs;
pub mod serve;
pub mod settings;
pub mod telemetry;
