//! Who listens on a port.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use super::containers::Containers;
use crate::report::{Error, Result};

/// A process that listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Its number.
    pub pid: u32,
    /// Its command line.
    pub command: String,
}

impl std::fmt::Display for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "process {}: {}", self.pid, self.command)
    }
}

/// A port that nobody listens on now.
///
/// # Errors
/// Exit code 1 when the system gives none.
pub fn free() -> Result<u16> {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr()).map(|address| address.port());
    port.map_err(|error| Error::failed(format!("the system gives no free port: {error}")))
}

/// Whether somebody listens on the port, on any address.
///
/// # Errors
/// Exit code 1 when we may not listen there ourselves.
pub fn is_busy(port: u16) -> Result<bool> {
    for address in [SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)), SocketAddr::from((Ipv6Addr::UNSPECIFIED, port))] {
        match TcpListener::bind(address) {
            Err(error) if error.kind() == ErrorKind::AddrInUse => return Ok(true),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                return Err(Error::failed(format!("port {port} can't be used by this user: {error}"))
                    .help("choose one above 1023: service.port, or `--port N`"));
            }
            // A machine without IPv6, say.
            Ok(_) | Err(_) => {}
        }
    }
    Ok(false)
}

/// The process that listens on the port; none when it can't be seen, as another user's.
#[cfg(target_os = "linux")]
pub fn owner(port: u16) -> Option<Owner> {
    let inodes: Vec<String> = ["/proc/net/tcp", "/proc/net/tcp6"].iter().flat_map(|table| listening(table, port)).collect();
    let links: Vec<String> = inodes.iter().map(|inode| format!("socket:[{inode}]")).collect();
    let holds = |pid: u32| {
        let files = std::fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
        files
            .filter_map(|file| std::fs::read_link(file.path()).ok())
            .any(|link| links.iter().any(|wanted| link.as_os_str() == wanted.as_str()))
    };
    let processes = std::fs::read_dir("/proc").ok()?.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let pid = processes.into_iter().find(|pid| holds(*pid))?;
    let line = std::fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let words: Vec<String> =
        line.split(|&byte| byte == 0).filter(|word| !word.is_empty()).map(|word| String::from_utf8_lossy(word).into_owned()).collect();
    Some(Owner { pid, command: shortened(&words.join(" ")) })
}

/// The sockets that listen on a port: state 0A in the tables of proc(5).
#[cfg(target_os = "linux")]
fn listening(table: &str, port: u16) -> Vec<String> {
    let text = std::fs::read_to_string(table).unwrap_or_default();
    let suffix = format!(":{port:04X}");
    text.lines()
        .skip(1)
        .filter_map(|line| {
            let fields: Vec<&str> = line.split_ascii_whitespace().collect();
            let listens = fields.get(1)?.ends_with(&suffix) && *fields.get(3)? == "0A";
            listens.then(|| fields.get(9).map(|inode| (*inode).to_owned()))?
        })
        .collect()
}

/// Who listens on the port, in words: the container when it is one, else the process.
pub fn holder(port: u16, containers: &dyn Containers) -> Option<String> {
    let owner = owner(port);
    let proxy = owner.as_ref().is_none_or(|owner| owner.command.contains("docker-proxy"));
    let container = proxy.then(|| containers.publisher(port)).flatten();
    let name = |name: String| format!("the container {name}: `docker stop {name}` stops it");
    container.map(name).or_else(|| owner.map(|owner| owner.to_string()))
}

/// The process that listens on the port, from `lsof`.
#[cfg(not(target_os = "linux"))]
pub fn owner(port: u16) -> Option<Owner> {
    use crate::process::{self, Command};
    let listing = process::read(&Command::new("lsof", ["-nP", &format!("-iTCP:{port}"), "-sTCP:LISTEN", "-Fp"])).ok()?;
    let pid = listing.lines().find_map(|line| line.strip_prefix('p')?.parse().ok())?;
    let command = process::read(&Command::new("ps", ["-o", "command=", "-p", &format!("{pid}")])).ok()?;
    Some(Owner { pid, command: shortened(command.trim()) })
}

fn shortened(command: &str) -> String {
    const LONGEST: usize = 100;
    let clean: String = command.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if clean.chars().count() <= LONGEST { clean } else { clean.chars().take(LONGEST).chain(['…']).collect() }
}
