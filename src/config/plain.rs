//! TOML as most files are, read straight into our tree: tables, keys, values, and no fault. Whatever is not
//! so plain is left to the toml crate, which reads it (again) and knows every rule. `tests/properties.rs`
//! holds the two to each other.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use toml_parser::decoder::{Encoding, ScalarKind};
use toml_parser::parser::{EventReceiver, RecursionGuard, ValidateWhitespace, parse_document};
use toml_parser::{ErrorSink, ParseError, Span};

use super::node::{Entry, Node, Origin, Source, Table, Value};

/// As deep as the toml crate goes.
const DEPTH: u32 = 80;

/// Reads a text; nothing for one with dotted keys, arrays of tables, floats, dates, a table that is opened
/// twice or late, or any fault.
pub(super) fn parse(source: &Arc<Source>) -> Option<Table> {
    let text = toml_parser::Source::new(&source.text);
    let tokens = text.lex().into_vec();
    let mut reader = Reader {
        source,
        text,
        root: Table::default(),
        header: None,
        keys: Vec::new(),
        current: Table::default(),
        key: None,
        open: Vec::new(),
        doubt: false,
    };
    let mut faults: Option<ParseError> = None;
    let mut spaces = ValidateWhitespace::new(&mut reader, text);
    parse_document(&tokens, &mut RecursionGuard::new(&mut spaces, DEPTH), &mut faults);
    reader.finish();
    (faults.is_none() && !reader.doubt && distinct(&reader.root)).then_some(reader.root)
}

/// A key, and where it stands.
type Key = (String, Range<usize>);

/// A table by its header, to be put where it belongs when it is complete.
struct Header {
    /// Which entry leads to the next table, from the root on.
    path: Vec<usize>,
    key: Key,
    span: Range<usize>,
}

/// An array or inline table that is not closed yet.
enum Open {
    Array(usize, Vec<Node>),
    Table(usize, Table, Option<Key>),
}

struct Reader<'s> {
    source: &'s Arc<Source>,
    text: toml_parser::Source<'s>,
    root: Table,
    /// What `current` is; the root itself before the first header.
    header: Option<Header>,
    /// The keys of the header that is read, with where it starts.
    keys: Vec<Key>,
    current: Table,
    /// A key that waits for its value.
    key: Option<Key>,
    open: Vec<Open>,
    /// It is not so plain.
    doubt: bool,
}

impl Reader<'_> {
    fn origin(&self, span: Range<usize>) -> Origin {
        Origin { source: self.source.clone(), span }
    }

    fn entry(&self, (key, span): Key, node: Node) -> Entry {
        Entry { key, at: self.origin(span), node }
    }

    /// Puts the current table where it belongs.
    fn finish(&mut self) {
        let table = std::mem::take(&mut self.current);
        let Some(Header { path, key, span }) = self.header.take() else {
            self.root = table;
            return;
        };
        let node = Node { value: Value::Table(table), origin: self.origin(span) };
        let entry = self.entry(key, node);
        match descend(&mut self.root, &path) {
            Some(parent) => parent.push(entry),
            None => self.doubt = true,
        }
    }

    /// The tables that a header leads through; what is not there yet is made.
    fn lead(&mut self, keys: Vec<Key>) -> Vec<usize> {
        let mut path = Vec::with_capacity(keys.len());
        for (key, span) in keys {
            let origin = self.origin(span);
            let Some(table) = descend(&mut self.root, &path) else {
                self.doubt = true;
                break;
            };
            // What a header leads through was mostly opened just before.
            let at = table.position(&key).unwrap_or_else(|| {
                let node = Node { value: Value::Table(Table::default()), origin: origin.clone() };
                table.push(Entry { key, at: origin, node });
                table.len() - 1
            });
            let inline =
                table.iter().nth(at).is_some_and(|entry| self.source.text.as_bytes().get(entry.node.origin.span.start) == Some(&b'{'));
            self.doubt |= inline;
            path.push(at);
        }
        path
    }

    fn value(&mut self, value: Value, span: Range<usize>) {
        let node = Node { value, origin: self.origin(span) };
        let key = match self.open.last_mut() {
            Some(Open::Array(_, items)) => return items.push(node),
            Some(Open::Table(.., key)) => key.take(),
            None => self.key.take(),
        };
        let Some(entry) = key.map(|key| self.entry(key, node)) else {
            self.doubt = true;
            return;
        };
        match self.open.last_mut() {
            Some(Open::Table(_, table, _)) => table.push(entry),
            _ => self.current.push(entry),
        }
    }
}

/// The table at the end of a path from the root.
fn descend<'a>(root: &'a mut Table, path: &[usize]) -> Option<&'a mut Table> {
    path.iter().try_fold(root, |table, &at| match &mut table.nth_mut(at)?.node.value {
        Value::Table(table) => Some(table),
        _ => None,
    })
}

/// Whether no table has a key twice.
fn distinct(table: &Table) -> bool {
    let alone = if table.len() <= 8 {
        table.iter().enumerate().all(|(at, entry)| table.position(&entry.key) == Some(at))
    } else {
        let mut keys: Vec<&str> = table.iter().map(|entry| entry.key.as_str()).collect();
        keys.sort_unstable();
        keys.windows(2).all(|pair| pair[0] != pair[1])
    };
    alone && table.iter().all(|entry| distinct_value(&entry.node.value))
}

fn distinct_value(value: &Value) -> bool {
    match value {
        Value::Table(table) => distinct(table),
        Value::List(items) => items.iter().all(|item| distinct_value(&item.value)),
        _ => true,
    }
}

fn range(span: Span) -> Range<usize> {
    span.start()..span.end()
}

impl EventReceiver for Reader<'_> {
    fn std_table_open(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.finish();
        self.keys.clear();
        self.header = Some(Header { path: Vec::new(), key: Key::default(), span: range(span) });
        self.key = None;
    }

    fn std_table_close(&mut self, span: Span, _: &mut dyn ErrorSink) {
        let mut keys = std::mem::take(&mut self.keys);
        let Some(key) = keys.pop() else {
            self.doubt = true;
            return;
        };
        let path = self.lead(keys);
        if let Some(header) = &mut self.header {
            *header = Header { path, key, span: header.span.start..span.end() };
        }
    }

    fn array_table_open(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.doubt = true;
    }

    fn inline_table_open(&mut self, span: Span, _: &mut dyn ErrorSink) -> bool {
        self.open.push(Open::Table(span.start(), Table::default(), None));
        true
    }

    fn inline_table_close(&mut self, span: Span, _: &mut dyn ErrorSink) {
        match self.open.pop() {
            Some(Open::Table(start, table, None)) => self.value(Value::Table(table), start..span.end()),
            _ => self.doubt = true,
        }
    }

    fn array_open(&mut self, span: Span, _: &mut dyn ErrorSink) -> bool {
        self.open.push(Open::Array(span.start(), Vec::new()));
        true
    }

    fn array_close(&mut self, span: Span, _: &mut dyn ErrorSink) {
        match self.open.pop() {
            Some(Open::Array(start, items)) => self.value(Value::List(items), start..span.end()),
            _ => self.doubt = true,
        }
    }

    fn simple_key(&mut self, span: Span, encoding: Option<Encoding>, faults: &mut dyn ErrorSink) {
        let Some(raw) = self.text.get(span) else { return };
        let mut key = Cow::Borrowed("");
        toml_parser::Raw::new_unchecked(raw.as_str(), encoding, span).decode_key(&mut key, faults);
        let key = (key.into_owned(), range(span));
        let place = match self.open.last_mut() {
            Some(Open::Table(.., place)) => place,
            Some(Open::Array(..)) => return self.doubt = true,
            None if self.header.as_ref().is_some_and(|header| header.key.1.is_empty()) => return self.keys.push(key),
            None => &mut self.key,
        };
        // A second key before the value: a dotted one.
        self.doubt |= place.replace(key).is_some();
    }

    fn scalar(&mut self, span: Span, encoding: Option<Encoding>, faults: &mut dyn ErrorSink) {
        let Some(raw) = self.text.get(span) else { return };
        let mut text = Cow::Borrowed("");
        let kind = toml_parser::Raw::new_unchecked(raw.as_str(), encoding, span).decode_scalar(&mut text, faults);
        let value = match kind {
            ScalarKind::String => Value::Str(text.into_owned()),
            ScalarKind::Boolean(flag) => Value::Bool(flag),
            ScalarKind::Integer(radix) => match i64::from_str_radix(&text, radix.value()) {
                Ok(number) => Value::Int(number),
                Err(_) => return self.doubt = true,
            },
            ScalarKind::DateTime | ScalarKind::Float => return self.doubt = true,
        };
        self.value(value, range(span));
    }

    fn error(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.doubt = true;
    }
}
