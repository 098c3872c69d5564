//! A socket in front of the engine's: it notes what is asked, and cuts the line when it is told to.

use std::io::{Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

pub const ENGINE: &str = "/var/run/docker.sock";

pub struct Proxy {
    path: PathBuf,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    requests: Mutex<Vec<String>>,
    streams: Mutex<Vec<UnixStream>>,
    refuses: AtomicBool,
}

impl Proxy {
    pub fn start(dir: &Path) -> Self {
        let path = dir.join("proxy.sock");
        let listener = UnixListener::bind(&path).unwrap();
        let shared = Arc::new(Shared::default());
        let inside = shared.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if inside.refuses.load(Ordering::Relaxed) {
                    continue;
                }
                let engine = UnixStream::connect(ENGINE).unwrap();
                inside.streams.lock().unwrap().extend([client.try_clone().unwrap(), engine.try_clone().unwrap()]);
                let (mut to, mut from) = (engine.try_clone().unwrap(), client.try_clone().unwrap());
                let noted = inside.clone();
                std::thread::spawn(move || pass(&mut from, &mut to, Some(&noted)));
                std::thread::spawn(move || pass(&mut engine.try_clone().unwrap(), &mut client.try_clone().unwrap(), None));
            }
        });
        Self { path, shared }
    }

    pub fn url(&self) -> String {
        format!("unix://{}", self.path.display())
    }

    /// The first lines of all requests so far.
    pub fn requests(&self) -> Vec<String> {
        self.shared.requests.lock().unwrap().clone()
    }

    pub fn forget(&self) {
        self.shared.requests.lock().unwrap().clear();
    }

    /// Cuts all lines, and takes no further one.
    pub fn cut(&self) {
        self.shared.refuses.store(true, Ordering::Relaxed);
        for stream in self.shared.streams.lock().unwrap().drain(..) {
            let _ = stream.shutdown(std::net::Shutdown::Both);
        }
    }
}

fn pass(from: &mut UnixStream, to: &mut UnixStream, noted: Option<&Shared>) {
    let mut piece = vec![0; 64 * 1024];
    while let Ok(n) = from.read(&mut piece) {
        if let Some(shared) = noted {
            let text = String::from_utf8_lossy(&piece[..n.min(4096)]);
            let line = text.lines().next().unwrap_or_default();
            if line.ends_with(" HTTP/1.1") {
                shared.requests.lock().unwrap().push(line.to_owned());
            }
        }
        if n == 0 || to.write_all(&piece[..n]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(std::net::Shutdown::Write);
}
