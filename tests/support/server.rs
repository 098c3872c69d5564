//! Servers that answer by a script.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A server that hands every connection to `answer`: the request's first line, and the stream.
pub struct Server {
    /// Where it listens.
    pub url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub fn new(answer: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").unwrap(), answer)
    }

    pub fn on(listener: TcpListener, answer: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (seen, answer) = (requests.clone(), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, answer) = (seen.clone(), answer.clone());
                thread::spawn(move || one(stream, &seen, &*answer));
            }
        });
        Self { url, requests }
    }

    /// A server with a status and a body for each path; 404 for all others.
    pub fn pages(pages: &'static [(&str, &str, &str)]) -> Self {
        Self::new(move |line, stream| {
            let path = line.split(' ').nth(1).unwrap_or_default();
            let page = pages.iter().find(|(known, ..)| *known == path);
            let (status, body) = page.map_or(("404 Not Found", "nothing here"), |(_, status, body)| (*status, *body));
            reply(stream, status, "", body);
        })
    }

    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn one(mut stream: TcpStream, seen: &Mutex<Vec<String>>, answer: &dyn Fn(&str, &mut TcpStream)) {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    let complete = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).to_lowercase();
        text.find("\r\n\r\n").is_some_and(|end| {
            let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
            bytes.len() >= end + 4 + length
        })
    };
    while !complete(&bytes) {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(n) => bytes.extend_from_slice(&buffer[..n]),
        }
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let line = text.lines().next().unwrap_or_default().to_owned();
    seen.lock().unwrap().push(text);
    answer(&line, &mut stream);
}

/// A whole answer.
pub fn reply(stream: &mut TcpStream, status: &str, headers: &str, body: &str) {
    let _ = write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n{body}", body.len());
}
