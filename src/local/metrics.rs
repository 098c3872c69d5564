//! A local Prometheus that scrapes the service: developers see their metrics before production does.

use std::path::Path;
use std::time::Duration;

use super::plan::{How, Ready, Service};
use super::port;
use crate::config::variables::{Value, Variable};
use crate::process;
use crate::report::{Place, Problem, Report, Result};

/// Prometheus' own port.
const PORT: u16 = 9090;

/// The program beside the service; none, with a hint, where it is not installed.
///
/// # Errors
/// Exit code 1 when the system gives no free port.
pub(super) fn prometheus(root: &Path, targets: &[(String, String)], place: Option<Place>, report: &Report) -> Result<Option<Service>> {
    if targets.is_empty() || !process::exists("prometheus") {
        let message = match targets {
            [] => "run-local.metrics: nothing here has a port with metrics".to_owned(),
            _ => "run-local.metrics: `prometheus` is not installed, so nobody scrapes the service".to_owned(),
        };
        let help =
            if targets.is_empty() { Vec::new() } else { vec!["`sudo apt-get install prometheus`, or `brew install prometheus`".into()] };
        report.warn(&Problem { message, place, help, ..Problem::default() });
        return Ok(None);
    }
    let port = if port::is_busy(PORT)? { port::free()? } else { PORT };
    Ok(Some(Service {
        name: "prometheus".to_owned(),
        how: How::Program { run: line(targets), dir: root.to_owned() },
        env: vec![Variable { name: "PORT".to_owned(), value: Value::Text(port.to_string()) }],
        port: Some(port),
        http: true,
        endpoints: Vec::new(),
        ready: Ready::Http(format!("http://127.0.0.1:{port}/-/ready")),
        stop_within: Duration::from_secs(5),
        watch: Vec::new(),
        rebuild: Vec::new(),
        place,
        port_place: None,
        ready_place: None,
        watch_place: None,
    }))
}

/// What it scrapes, by address and path; its data stays from run to run.
fn line(targets: &[(String, String)]) -> String {
    let job = |(address, path): &(String, String)| {
        format!("  - {{ job_name: '{address}', metrics_path: '{path}', static_configs: [{{ targets: ['{address}'] }}] }}\n")
    };
    let jobs: String = targets.iter().map(job).collect();
    let scraped: Vec<String> = targets.iter().map(|(address, path)| format!("{address}{path}")).collect();
    format!(
        "# scrapes {} every 2 s\ncat > .instep/state/prometheus.yml <<'END'\nglobal: {{ scrape_interval: 2s }}\nscrape_configs:\n{jobs}END\n\
         exec prometheus --log.level=warn --web.listen-address=127.0.0.1:$PORT \
         --storage.tsdb.path=.instep/state/prometheus --config.file=.instep/state/prometheus.yml\n",
        scraped.join(", ")
    )
}
