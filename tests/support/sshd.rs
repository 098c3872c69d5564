//! A real ssh server.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::World;
use super::docker::docker_sh;

/// A real sshd on this machine, and an `ssh` in front of the PATH that has a key for it.
pub struct Sshd {
    server: Child,
    pub port: u16,
}

impl Sshd {
    /// None where there is no sshd.
    pub fn start(world: &World) -> Option<Self> {
        if !super::available(Path::new("/usr/sbin/sshd").exists(), "sshd") {
            return None;
        }
        let dir = world.root().join("sshd");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = dir.display();
        let keys = "ssh-keygen -q -t ed25519 -N '' -f host && ssh-keygen -q -t ed25519 -N '' -f user && cp user.pub authorized";
        docker_sh(&format!("mkdir -p /run/sshd; mkdir {folder} && cd {folder} && {keys}"));
        let server = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/authorized\nStrictModes no\nPidFile none\n"
        );
        std::fs::write(dir.join("server"), server).unwrap();
        let user = format!(
            "IdentityFile {folder}/user\nIdentitiesOnly yes\nStrictHostKeyChecking accept-new\nUserKnownHostsFile {folder}/known\n"
        );
        std::fs::write(dir.join("user.conf"), user).unwrap();
        world.program("ssh", &format!("#!/bin/sh\nexec /usr/bin/ssh -F {folder}/user.conf \"$@\"\n"));
        let log = std::fs::File::create(dir.join("log")).unwrap();
        let mut command = Command::new("/usr/sbin/sshd");
        command.args(["-D", "-e", "-f"]).arg(dir.join("server")).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let sshd = Self { server: command.spawn().unwrap(), port };
        super::wait_until("sshd listens", Duration::from_secs(10), || TcpStream::connect(("127.0.0.1", port)).is_ok());
        Some(sshd)
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
