//! `{= name =}` serves; `{= name =} healthcheck` asks a running one how it is.

use service::{healthcheck, logs, serve, settings::Settings};
use std::{env, process::ExitCode};

fn main() -> ExitCode {
    let settings = match Settings::read(|name| env::var(name).ok()) {
        Ok(settings) => settings,
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::from(2);
        }
    };
    logs::set_level(settings.log_level);

    let arguments: Vec<String> = env::args().skip(1).collect();
    let result = match arguments.join(" ").as_str() {
        "" => serve::serve(&settings),
        "healthcheck" => healthcheck::healthcheck(&settings),
{~ if worker ~}
        "worker" => service::worker::work(),
{~ endif ~}
{~ if nightly ~}
        "nightly" => service::nightly::nightly(),
{~ endif ~}
        _ => {
            eprintln!("usage: {= name =} [healthcheck{~ if worker ~}|worker{~ endif ~}{~ if nightly ~}|nightly{~ endif ~}]");
            return ExitCode::from(2);
        }
    };
    result.unwrap_or_else(|error| {
        eprintln!("{}:{}: {error}", settings.host, settings.port);
        ExitCode::FAILURE
    })
}
