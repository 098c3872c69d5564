//! The one minijinja engine: strict, nothing escaped, nothing guessed.

use minijinja::value::ValueKind;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value};

/// What went wrong in a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// In words.
    pub message: String,
    /// The bytes of the template, when known.
    pub range: Option<std::ops::Range<usize>>,
}

/// Whether a text has to be evaluated at all.
pub fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%") || text.contains("{#")
}

/// An engine: undefined is an error, names of files escape nothing, booleans are `true` and `false`,
/// and what has no one way to be written (none, lists, tables) is refused with a hint.
pub fn engine() -> Environment<'static> {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_auto_escape_callback(|_| AutoEscape::None);
    engine.set_fuel(Some(1_000_000));
    engine.set_debug(true);
    engine.set_formatter(|out, _, value| {
        let refused = |what: &str| {
            Err(Error::new(ErrorKind::BadSerialization, format!("{what} can't be written as text; use `tojson`, `join` or `default`")))
        };
        match value.kind() {
            ValueKind::Bool => out.write_str(if value.is_true() { "true" } else { "false" }).map_err(Error::from),
            ValueKind::None => refused("none"),
            ValueKind::Seq | ValueKind::Iterable => refused("a list"),
            ValueKind::Map => refused("a table"),
            ValueKind::Undefined => Err(Error::from(ErrorKind::UndefinedError)),
            _ => write!(out, "{value}").map_err(Error::from),
        }
    });
    engine
}

/// Renders a text.
///
/// # Errors
/// The fault with its place in the template.
pub fn render(engine: &Environment<'_>, source: &str, context: impl Into<Value>) -> Result<String, Fault> {
    engine.render_str(source, context).map_err(|error| fault(&error, source))
}

/// What went wrong, in words; in a text that is included, with its name.
pub fn fault(error: &Error, source: &str) -> Fault {
    let range = error.range().filter(|range| range.end <= source.len() && source.is_char_boundary(range.start));
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<Error>());
    if let (ErrorKind::BadInclude, Some(cause)) = (error.kind(), cause) {
        let inner = fault(cause, cause.template_source().unwrap_or_default());
        return Fault { message: format!("in `{}`: {}", cause.name().unwrap_or_default(), inner.message), range };
    }
    let meant = range.clone().and_then(|range| source.get(range)).unwrap_or_default().trim();
    let message = match error.kind() {
        ErrorKind::UndefinedError if meant.is_empty() => "something undefined is used".to_owned(),
        ErrorKind::UndefinedError => format!("`{meant}` is not defined"),
        ErrorKind::UnknownFilter => error.detail().map_or_else(|| "unknown filter".to_owned(), str::to_owned),
        kind => error.detail().map_or_else(|| kind.to_string(), str::to_owned),
    };
    Fault { message, range }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minijinja::context;

    fn eval(text: &str) -> Result<String, String> {
        render(&engine(), text, context! { yes => true, list => vec![1], name => "x.yaml" }).map_err(|fault| fault.message)
    }

    #[test]
    fn booleans_are_written_as_toml_and_yaml_know_them() {
        assert_eq!(eval("{{ yes }}"), Ok("true".into()));
    }

    #[test]
    fn what_has_no_one_text_is_refused() {
        assert!(eval("{{ list }}").expect_err("a list").contains("tojson"));
        assert!(eval("{{ none }}").expect_err("none").contains("default"));
    }

    #[test]
    fn undefined_is_an_error_that_names_it() {
        assert_eq!(eval("a {{ nothing }}"), Err("`nothing` is not defined".into()));
    }
}
