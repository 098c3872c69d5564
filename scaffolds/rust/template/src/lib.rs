//! The service {= name =}. Begin in `app::routes`.

pub mod app;
pub mod healthcheck;
pub mod identity;
pub mod logs;
{~ if nightly ~}
pub mod nightly;
{~ endif ~}
pub mod process;
pub mod serve;
pub mod settings;
pub mod telemetry;
{~ if worker ~}
pub mod worker;
{~ endif ~}
