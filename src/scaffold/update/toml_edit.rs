//! Changes of keys in the text of a TOML file, all else kept as it is written.

use toml_edit::{DocumentMut, Item, TableLike};

use super::semantic::Edit;

/// Our text with these changes, each written as in `theirs`; none when that can't be done.
pub fn apply(ours: &str, theirs: &str, edits: &[Edit]) -> Option<String> {
    let mut document: DocumentMut = ours.parse().ok()?;
    let theirs: DocumentMut = theirs.parse().ok()?;
    for edit in edits {
        let (last, folders) = edit.path.split_last()?;
        let mut table: &mut dyn TableLike = document.as_table_mut();
        let mut source: Option<&dyn TableLike> = Some(theirs.as_table());
        for key in folders {
            table = table.get_mut(key)?.as_table_like_mut()?;
            source = source.and_then(|source| source.get(key)?.as_table_like());
        }
        if edit.value.is_none() {
            table.remove(last)?;
            continue;
        }
        let mut item = source?.get(last)?.clone();
        anywhere(&mut item);
        replace(table, last, item);
    }
    Some(document.to_string())
}

/// A value in the place of another keeps the comment behind it.
fn replace(table: &mut dyn TableLike, key: &str, mut item: Item) {
    if let (Some(before), Some(after)) = (table.get(key).and_then(Item::as_value), item.as_value_mut()) {
        *after.decor_mut() = before.decor().clone();
    }
    match table.get_mut(key) {
        Some(place) => *place = item,
        None => drop(table.insert(key, item)),
    }
}

/// A table of another file has no place of its own in this one: it goes to the end.
fn anywhere(item: &mut Item) {
    if let Some(table) = item.as_table_mut() {
        table.set_position(None);
        table.iter_mut().for_each(|(_, inner)| anywhere(inner));
    }
}
