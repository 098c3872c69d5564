//! The target's URL, and what is asked of it.

use hyper::Uri;

/// `http://host:port/prefix`: what the paths of checks are appended to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    scheme: String,
    host: String,
    port: u16,
    /// As written: with the port only where it is written.
    authority: String,
    prefix: String,
}

impl Base {
    /// Reads a URL; without a scheme it is `http`.
    ///
    /// # Errors
    /// What is wrong with it, in words that follow its name.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let whole = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        let uri: Uri = whole.parse().map_err(|error| format!("is not a URL ({error})"))?;
        let scheme = uri.scheme_str().unwrap_or_default();
        let standard = match scheme {
            "http" => 80,
            "https" => 443,
            other => return Err(format!("has the scheme `{other}`; http and https can be checked")),
        };
        let authority = uri.authority().filter(|authority| !authority.host().is_empty()).ok_or("has no host")?;
        if authority.as_str().contains('@') {
            return Err("holds a user name; send a header instead (request-headers)".to_owned());
        }
        if uri.query().is_some() || whole.contains('#') {
            return Err("has a query or a fragment; paths are appended to it".to_owned());
        }
        let written = authority.as_str().strip_prefix(authority.host()).unwrap_or_default();
        if !written.is_empty() && authority.port_u16().is_none_or(|port| port == 0) {
            return Err("has a port that is not a number from 1 to 65535".to_owned());
        }
        Ok(Self {
            scheme: scheme.to_owned(),
            host: authority.host().to_owned(),
            port: authority.port_u16().unwrap_or(standard),
            authority: authority.as_str().to_owned(),
            prefix: uri.path().trim_end_matches('/').to_owned(),
        })
    }

    /// The URL of a path below it.
    pub fn join(&self, path: &str) -> String {
        format!("{}://{}{}", self.scheme, self.authority, self.path(path))
    }

    /// The path of a request: prefix and path with one slash between them, what a URL can't hold encoded.
    pub fn path(&self, path: &str) -> String {
        let plain = path.split('#').next().unwrap_or_default().trim_start_matches('/');
        format!("{}/{}", self.prefix, encoded(plain))
    }

    /// The same host on another port, without the prefix.
    #[must_use]
    pub fn on_port(&self, port: u16) -> Self {
        let authority = format!("{}:{port}", self.host);
        Self { authority, port, prefix: String::new(), ..self.clone() }
    }

    /// The same host and port, without the prefix.
    #[must_use]
    pub fn root(&self) -> Self {
        Self { prefix: String::new(), ..self.clone() }
    }

    /// The host.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port that is asked.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether TLS is spoken.
    pub fn is_tls(&self) -> bool {
        self.scheme == "https"
    }
}

impl std::fmt::Display for Base {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.prefix)
    }
}

/// Percent-encodes what may not stand in a request's target (RFC 3986, section 2); `%` is left, as the
/// path may be encoded already.
fn encoded(path: &str) -> String {
    path.bytes().fold(String::with_capacity(path.len()), |mut out, byte| {
        if byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

/// A query as forms write it (<https://url.spec.whatwg.org/#urlencoded-serializing>), also a form's body.
pub fn encoded_query(pairs: &[(String, String)]) -> String {
    let encode = |text: &str| {
        text.bytes().fold(String::new(), |mut out, byte| {
            match byte {
                b' ' => out.push('+'),
                _ if byte.is_ascii_alphanumeric() || b"*-._".contains(&byte) => out.push(char::from(byte)),
                _ => out.push_str(&format!("%{byte:02X}")),
            }
            out
        })
    };
    pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&")
}

/// Where a redirect leads (RFC 9110, section 10.2.2).
pub fn redirected(from: &str, location: &str) -> Option<String> {
    let from: Uri = from.parse().ok()?;
    let location = location.split('#').next().unwrap_or_default().trim();
    let (scheme, authority) = (from.scheme_str()?, from.authority()?);
    let whole = match location {
        "" => return None,
        absolute if absolute.contains("://") => encoded(absolute),
        other if other.starts_with("//") => format!("{scheme}:{}", encoded(other)),
        path if path.starts_with('/') => format!("{scheme}://{authority}{}", encoded(path)),
        query if query.starts_with('?') => format!("{scheme}://{authority}{}{}", from.path(), encoded(query)),
        relative => {
            let folder = from.path().rsplit_once('/').map_or("", |(folder, _)| folder);
            format!("{scheme}://{authority}{folder}/{}", encoded(relative))
        }
    };
    let uri: Uri = whole.parse().ok()?;
    matches!(uri.scheme_str(), Some("http" | "https")).then_some(whole)
}

/// `HOST:PORT`, also `[::1]:5432`.
pub fn host_and_port(text: &str) -> Option<(String, u16)> {
    let (host, port) = text.trim().rsplit_once(':')?;
    let fine = !host.is_empty() && !host.contains(['/', ' ', '@']) && (!host.contains(':') || host.starts_with('['));
    let port = port.parse().ok().filter(|port| *port > 0)?;
    fine.then(|| (host.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_appended_with_one_slash() {
        for (base, path, url) in [
            ("127.0.0.1:8080", "/health", "http://127.0.0.1:8080/health"),
            ("http://h/v1/users/", "/health", "http://h/v1/users/health"),
            ("https://h/v1", "a b?x=ü", "https://h/v1/a%20b?x=%C3%BC"),
            ("http://[::1]:9/", "", "http://[::1]:9/"),
            ("localhost:9/x", "/y#z", "http://localhost:9/x/y"),
        ] {
            assert_eq!(Base::parse(base).map(|base| base.join(path)), Ok(url.to_owned()));
        }
    }

    #[test]
    fn redirects_lead_somewhere() {
        let from = "http://h:1/a/b?c";
        for (location, to) in [
            ("/x?y#z", Some("http://h:1/x?y")),
            ("d", Some("http://h:1/a/d")),
            ("?q", Some("http://h:1/a/b?q")),
            ("//other/", Some("http://other/")),
            ("https://s/", Some("https://s/")),
            ("ftp://s/", None),
            ("", None),
            ("http://", None),
        ] {
            assert_eq!(redirected(from, location).as_deref(), to, "{location}");
        }
    }

    #[test]
    fn what_is_no_target_is_said() {
        for (text, part) in [
            ("", "is not a URL"),
            ("ftp://h", "scheme `ftp`"),
            ("http://", "is not a URL"),
            ("http://a:b@h/", "user name"),
            ("http://h/?q", "query"),
            ("http://h:0/", "port"),
            ("http://h:99999/", "port"),
            ("ex ample", "is not a URL"),
        ] {
            let fault = Base::parse(text).expect_err(text);
            assert!(fault.contains(part), "{text}: {fault}");
        }
    }
}
