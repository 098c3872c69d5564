//! The plan of run-local as a script that a person could run.

use super::compose::Compose;
use super::plan::{Action, Container, How, Ready, Service, Tunnel};
use crate::plan;
use crate::process::{Command, quote};

impl plan::Action for Action {
    fn title(&self) -> String {
        let names = |services: &[Service]| services.iter().map(|service| service.name.as_str()).collect::<Vec<_>>().join(", ");
        match self {
            Self::Build { .. } => "build the image".to_owned(),
            Self::Network { name } => format!("make the network {name}"),
            Self::Forward(tunnel) => format!("reach {} of {}", tunnel.service, tunnel.environment),
            Self::Compose(compose) => format!("start {}", compose.file.display()),
            Self::Start { services } => format!("start {}", names(services)),
            Self::Ready { services, .. } => match services.as_slice() {
                [Service { ready: Ready::Http(url), .. }] => format!("wait for {url}"),
                _ => format!("wait for {}", names(services)),
            },
            Self::Exec { command, .. } => format!("run {}", line(command)),
            Self::Serve => "serve until stopped".to_owned(),
        }
    }

    fn script(&self) -> Vec<String> {
        match self {
            Self::Build { script } => script.clone(),
            Self::Network { name } => vec![format!("docker network create {name}"), undo(&format!("docker network rm {name}"))],
            Self::Forward(tunnel) => forward(tunnel),
            Self::Compose(compose) => composed(compose),
            Self::Start { services } => services.iter().flat_map(start).collect(),
            Self::Ready { services, .. } => services.iter().filter_map(ready).collect(),
            Self::Exec { command, env } => {
                let mut words: Vec<String> = env.iter().map(|(name, value)| format!("{name}={}", quote(value))).collect();
                words.push(line(command));
                vec![words.join(" ")]
            }
            Self::Serve => vec!["wait".to_owned()],
        }
    }
}

fn line(command: &[String]) -> String {
    command.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" ")
}

/// What was started last is stopped first.
fn undo(command: &str) -> String {
    format!("undo={}\"; ${{undo:-}}\"; trap 'eval \"$undo\"' EXIT; trap 'exit 130' INT TERM", quote(&format!("{command} || true")))
}

fn forward(tunnel: &Tunnel) -> Vec<String> {
    let place = ["--context", &tunnel.context, "--namespace", &tunnel.namespace];
    let command = Command::new("kubectl", place).arg("port-forward").arg(format!("service/{}", tunnel.service));
    vec![format!("{} &", command.arg(format!("{}:{}", tunnel.local, tunnel.port)).line()), stop(&tunnel.variable)]
}

fn composed(compose: &Compose) -> Vec<String> {
    let run = |args: &[&str]| compose.command(args).to_string();
    vec![run(&["up", "--detach"]), undo(&run(&["down"]))]
}

/// Remembers the program in the background under a name of its own.
fn stop(name: &str) -> String {
    let variable: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    format!("pid_{variable}=$!; {}", undo(&format!("kill \"$pid_{variable}\"")))
}

fn start(service: &Service) -> Vec<String> {
    let mut lines = match &service.how {
        How::Program { run, dir } => {
            let assignments = service.env.iter().map(|variable| format!("  {} \\", variable.assignment()));
            let mut lines = vec![format!("cd {}", quote(&dir.to_string_lossy())), "env \\".to_owned()];
            lines.extend(assignments);
            lines.push(format!("  sh -eu -c {} &", quote(run)));
            lines.push(stop(&service.name));
            lines
        }
        How::Container(container) => vec![docker(service, container), undo(&format!("docker rm -f -v {}", container.name))],
        How::Composed { .. } => Vec::new(),
    };
    if !service.watch.is_empty() {
        lines.push(format!("# started again when one of these changes: {}", service.watch.join(" ")));
    }
    lines
}

fn docker(service: &Service, container: &Container) -> String {
    let detached = if service.ready == Ready::Done { "" } else { " --detach" };
    let mut text =
        format!("docker run{detached} --name {} --network {} --network-alias {}", container.name, container.network, service.name);
    if let (Some(host), Some(inside)) = (service.port, container.inside) {
        text.push_str(&format!(" --publish 127.0.0.1:{host}:{inside}"));
    }
    container.volumes.iter().for_each(|volume| text.push_str(&format!(" --volume {}", quote(volume))));
    service.env.iter().for_each(|variable| text.push_str(&format!(" --env {}", variable.assignment())));
    text.push_str(&format!(" {}", quote(&container.image)));
    container.command.iter().for_each(|word| text.push_str(&format!(" {}", quote(word))));
    text
}

fn ready(service: &Service) -> Option<String> {
    let port = service.port.unwrap_or_default();
    let name = match &service.how {
        How::Container(container) => &container.name,
        How::Program { .. } | How::Composed { .. } => "",
    };
    Some(match &service.ready {
        Ready::Command(line) if name.is_empty() => format!("until sh -c {}; do sleep 0.2; done", quote(line)),
        Ready::Command(line) => format!("until docker exec {name} sh -c {}; do sleep 0.2; done", quote(line)),
        Ready::Http(url) => format!("until curl -fsS -o /dev/null {}; do sleep 0.2; done", quote(url)),
        Ready::Log(text) => format!("until docker logs {name} 2>&1 | grep -qF {}; do sleep 0.2; done", quote(text)),
        Ready::Health | Ready::Tcp if port > 0 => format!("until nc -z 127.0.0.1 {port}; do sleep 0.2; done"),
        Ready::Done | Ready::Health | Ready::Runs | Ready::Tcp => return None,
    })
}
