//! nginx, with and without TLS: a page, and one that comes slowly.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::time::Duration;

use super::{World, tls};

/// Serves until it is dropped.
pub struct Nginx {
    child: Child,
    /// Without TLS.
    pub http: String,
    /// With a certificate for `localhost`, of [`Self::ca`].
    pub https: String,
    /// The file with the CA.
    pub ca: String,
}

impl Nginx {
    /// `/` is a small page; `/slow` has 3 kB, of which 2 kB come in a second.
    pub fn start(world: &World) -> Option<Self> {
        if !super::available(std::path::Path::new("/usr/sbin/nginx").exists(), "nginx") {
            return None;
        }
        let dir = world.root().join("nginx");
        std::fs::create_dir_all(dir.join("www")).unwrap();
        tls::ca(&dir);
        tls::certificate(&dir, "leaf", "localhost", "9");
        std::fs::write(dir.join("www/index.html"), "<h1>users</h1>\n").unwrap();
        std::fs::write(dir.join("www/slow"), "x".repeat(3072)).unwrap();
        let [http, https] = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port());
        let temporary: String =
            ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|kind| format!("{kind}_temp_path tmp;\n")).concat();
        let config = format!(
            "daemon off;\nmaster_process off;\npid pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}server {{\n\
             listen 127.0.0.1:{http};\nlisten 127.0.0.1:{https} ssl;\nssl_certificate leaf.pem;\nssl_certificate_key leaf.key;\n\
             root {www};\nlocation /slow {{ limit_rate 2k; }}\n}}\n}}\n",
            www = dir.join("www").display()
        );
        std::fs::write(dir.join("nginx.conf"), config).unwrap();
        let mut command = world.command("/usr/sbin/nginx", &dir);
        command.args(["-e", "stderr", "-c", "nginx.conf", "-p"]).arg(&dir).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().unwrap();
        super::wait_until("nginx listens", Duration::from_secs(10), || TcpStream::connect(("127.0.0.1", https)).is_ok());
        Some(Self {
            child,
            http: format!("http://localhost:{http}"),
            https: format!("https://localhost:{https}"),
            ca: dir.join("ca.pem").display().to_string(),
        })
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
