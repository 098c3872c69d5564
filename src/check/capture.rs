//! Values of an answer that other checks use.

use serde_json::Value;

use super::fill::{Values, plain};
use super::judge::{Mismatch, on};
use crate::config::{Capture, value};
use crate::http::Answer;

/// Takes the values out of an answer.
///
/// # Errors
/// A value that is not there.
pub(super) fn capture(wanted: &[Capture], answer: &Answer) -> Result<Values, Box<Mismatch>> {
    wanted.iter().map(|capture| Ok((capture.name.clone(), on("capture", one(capture, answer))?))).collect()
}

fn one(capture: &Capture, answer: &Answer) -> Result<Value, Box<Mismatch>> {
    let lacks = |what: String, actual: &str| Mismatch::boxed(format!("{what}, to capture `{}`", capture.name), actual);
    let found = match (&capture.header, &capture.json) {
        (Some(name), _) => {
            let header = answer.header(name).ok_or_else(|| lacks(format!("header {name}"), "no such header"))?;
            Value::from(header)
        }
        (None, Some(path)) => {
            let body: Value =
                serde_json::from_slice(&answer.body).map_err(|error| lacks(format!("JSON with {path}"), &format!("no JSON: {error}")))?;
            let path_read = value::json_path(path).map_err(|fault| lacks(format!("a value at {path}"), &fault.to_string()))?;
            let found = path_read.query(&body).first().cloned();
            found.ok_or_else(|| lacks(format!("a value at {path}"), "nothing there"))?
        }
        (None, None) => Value::from(String::from_utf8_lossy(&answer.body)),
    };
    let Some(pattern) = &capture.matches else { return Ok(found) };
    let regex = value::regex(pattern).map_err(|fault| lacks(format!("a match of {pattern}"), &fault.to_string()))?;
    let text = plain(&found);
    let part = regex.captures(&text).and_then(|parts| parts.get(1).or_else(|| parts.get(0)).map(|part| Value::from(part.as_str())));
    part.ok_or_else(|| lacks(format!("a match of {pattern}"), "no match"))
}
