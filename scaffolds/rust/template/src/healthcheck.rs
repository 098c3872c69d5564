//! For the image's HEALTHCHECK: no curl needed.

use crate::settings::Settings;
use std::{
    io::{self, Read, Write},
    net::{TcpStream, ToSocketAddrs},
    process::ExitCode,
    time::Duration,
};

const TIMEOUT: Duration = Duration::from_secs(2);

pub fn healthcheck(settings: &Settings) -> io::Result<ExitCode> {
    let host = match settings.host.as_str() {
        "0.0.0.0" | "::" => "127.0.0.1",
        host => host,
    };
    let address = (host, settings.port).to_socket_addrs()?.next().ok_or(io::ErrorKind::AddrNotAvailable)?;
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let healthy = answer.starts_with("HTTP/1.1 200 ");
    Ok(if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
