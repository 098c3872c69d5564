//! The JSON Schema of `instep.toml`, from the same tables that check the file.

use serde_json::{Map, Value, json};

use super::schema::{Fields, Form, Key, ROOT, Shape};

/// The whole schema (draft 2020-12).
pub fn json_schema() -> Value {
    let mut schema = object(&ROOT);
    if let Value::Object(map) = &mut schema {
        map.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
        map.insert("title".into(), "instep.toml".into());
    }
    schema
}

fn object(fields: &'static Fields) -> Value {
    let mut properties = Map::new();
    let mut keys: Vec<&Key> = fields.keys().collect();
    keys.sort_by_key(|key| key.name);
    for key in &keys {
        let mut schema = shape(&key.shape);
        if let Value::Object(map) = &mut schema {
            map.insert("description".into(), key.doc.into());
            if !key.default.is_empty() {
                map.insert("default".into(), default(key));
            }
        }
        properties.insert(key.name.to_owned(), schema);
    }
    json!({ "type": "object", "description": fields.doc, "additionalProperties": false, "properties": properties })
}

fn default(key: &Key) -> Value {
    match key.shape {
        Shape::Bool => Value::from(key.default == "true"),
        Shape::Int(..) => key.default.parse::<i64>().map_or_else(|_| key.default.into(), Value::from),
        _ => key.default.into(),
    }
}

fn shape(shape_: &'static Shape) -> Value {
    match shape_ {
        Shape::Text | Shape::Word(Form::Free | Form::Version) => json!({ "type": "string" }),
        Shape::Word(form) => json!({ "type": "string", "pattern": pattern(*form) }),
        Shape::Bool => json!({ "type": "boolean" }),
        Shape::False => json!({ "const": false }),
        Shape::Int(min, max) => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Shape::Duration => json!({ "type": "string", "pattern": "^[0-9]+(ms|s|m|h)$" }),
        Shape::Quantity => json!({ "type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$" }),
        Shape::Choice(words) => json!({ "enum": words }),
        Shape::List(inner) => json!({ "type": "array", "items": shape(inner) }),
        Shape::Table(fields) => object(fields),
        Shape::Map(form, inner) => map(*form, shape(inner)),
        Shape::Named(form, inner) => map(*form, json!({ "anyOf": [shape(inner), { "const": false }] })),
        Shape::Any => json!({}),
        Shape::Either(shapes) => json!({ "anyOf": shapes.iter().map(shape).collect::<Vec<_>>() }),
    }
}

fn map(form: Form, inner: Value) -> Value {
    json!({ "type": "object", "propertyNames": { "pattern": pattern(form) }, "additionalProperties": inner })
}

fn pattern(form: Form) -> &'static str {
    match form {
        Form::Free | Form::Version => "",
        Form::Label => "^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$",
        Form::Task => "^[A-Za-z0-9_][A-Za-z0-9_.-]*$",
        Form::Snake => "^[a-z_][a-z0-9_]*$",
        Form::Variable => "^[A-Za-z_][A-Za-z0-9_]*$",
    }
}
