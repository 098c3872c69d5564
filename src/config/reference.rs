//! The reference of `instep.toml` as a page, from the same tables that check the file.

use super::check::expected;
use super::schema::{Fields, ROOT, Shape};

/// The page, in Markdown.
pub fn reference() -> String {
    let mut page = String::from(
        "# instep.toml\n\n\
         Every key there is, with its default. Made from the tables that check the file (`instep schema --markdown`); \
         a test holds this page to them.\n",
    );
    let mut pages = Vec::new();
    let mut described: Vec<*const Fields> = Vec::new();
    table("", &ROOT, &mut page, &mut pages);
    while !pages.is_empty() {
        let (path, fields) = pages.remove(0);
        // A table that several keys share is described once.
        if described.contains(&std::ptr::from_ref(fields)) {
            continue;
        }
        described.push(std::ptr::from_ref(fields));
        let mut inner = Vec::new();
        table(&path, fields, &mut page, &mut inner);
        // What belongs together stands together.
        inner.append(&mut pages);
        pages = inner;
    }
    page
}

fn table(path: &str, fields: &'static Fields, page: &mut String, inner: &mut Vec<(String, &'static Fields)>) {
    let title = if path.is_empty() { "Top level".to_owned() } else { format!("`[{path}]`") };
    page.push_str(&format!("\n## {title}\n\n{}\n\n| key | value | default | |\n| --- | --- | --- | --- |\n", fields.doc));
    let mut keys: Vec<_> = fields.keys().collect();
    keys.sort_by_key(|key| key.name);
    for key in keys {
        let default = if key.default.is_empty() { String::new() } else { format!("`{}`", key.default) };
        let value = expected(&key.shape).replace('|', "\\|");
        page.push_str(&format!("| `{}` | {value} | {default} | {} |\n", key.name, key.doc.replace('|', "\\|")));
        let path = if path.is_empty() { key.name.to_owned() } else { format!("{path}.{}", key.name) };
        // An environment's tables that lie over the file's own are described there.
        let overlay = path.starts_with("environments.") && ROOT.key(key.name).is_some();
        if !overlay {
            inner.extend(tables(&key.shape, &path));
        }
    }
}

fn tables(shape: &'static Shape, path: &str) -> Vec<(String, &'static Fields)> {
    match shape {
        Shape::Table(fields) => vec![(path.to_owned(), *fields)],
        Shape::Map(_, inner) | Shape::Named(_, inner) => tables(inner, &format!("{path}.NAME")),
        Shape::List(inner) => tables(inner, path),
        Shape::Either(shapes) => shapes.iter().flat_map(|shape| tables(shape, path)).collect(),
        _ => Vec::new(),
    }
}
