//! The JSON Schema of `instep.toml`, from the same tables that check the file.

use serde_json::{Map, Value, json};

use super::schema::{Fields, Form, Key, ROOT, Shape};

/// The whole schema (draft 2020-12). A table that several keys share stands once, under `$defs`.
pub fn json_schema() -> Value {
    let mut defs = Defs::default();
    let root = defs.properties("", &ROOT);
    let mut schema = json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "instep.toml" });
    if let (Value::Object(map), Value::Object(root)) = (&mut schema, root) {
        map.extend(root);
        map.insert("$defs".into(), Value::Object(defs.schemas.into_iter().collect()));
    }
    schema
}

/// The tables described so far.
#[derive(Default)]
struct Defs {
    names: Vec<(*const Fields, String)>,
    schemas: std::collections::BTreeMap<String, Value>,
}

impl Defs {
    /// A reference to a table, which is described when it is first met.
    fn object(&mut self, path: &str, fields: &'static Fields) -> Value {
        let known = self.names.iter().find(|(seen, _)| std::ptr::eq(*seen, fields)).map(|(_, name)| name.clone());
        let name = known.unwrap_or_else(|| {
            self.names.push((fields, path.to_owned()));
            let schema = self.properties(path, fields);
            self.schemas.insert(path.to_owned(), schema);
            path.to_owned()
        });
        json!({ "$ref": format!("#/$defs/{name}") })
    }

    fn properties(&mut self, path: &str, fields: &'static Fields) -> Value {
        let mut properties = Map::new();
        let mut keys: Vec<&Key> = fields.keys().collect();
        keys.sort_by_key(|key| key.name);
        for key in keys {
            let inner = if path.is_empty() { key.name.to_owned() } else { format!("{path}.{}", key.name) };
            let mut schema = self.shape(&inner, &key.shape);
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

    fn shape(&mut self, path: &str, shape: &'static Shape) -> Value {
        match shape {
            Shape::Text | Shape::Word(Form::Free | Form::Version | Form::Regex) => json!({ "type": "string" }),
            Shape::Word(form) => json!({ "type": "string", "pattern": pattern(*form) }),
            Shape::Bool => json!({ "type": "boolean" }),
            Shape::False => json!({ "const": false }),
            Shape::Int(min, max) => json!({ "type": "integer", "minimum": min, "maximum": max }),
            Shape::Number => json!({ "type": "number" }),
            Shape::Duration => json!({ "type": "string", "pattern": "^[0-9]+(ms|s|m|h)$" }),
            Shape::Quantity => json!({ "type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$" }),
            Shape::Choice(words) => json!({ "enum": words }),
            Shape::List(inner) => json!({ "type": "array", "items": self.shape(path, inner) }),
            Shape::Table(fields) => self.object(path, fields),
            Shape::Map(form, inner) => map(*form, &self.shape(path, inner)),
            Shape::Named(form, inner) => map(*form, &json!({ "anyOf": [self.shape(path, inner), { "const": false }] })),
            Shape::Any => json!({}),
            Shape::Either(shapes) => json!({ "anyOf": shapes.iter().map(|shape| self.shape(path, shape)).collect::<Vec<_>>() }),
        }
    }
}

fn default(key: &Key) -> Value {
    match key.shape {
        Shape::Bool => Value::from(key.default == "true"),
        Shape::Int(..) => key.default.parse::<i64>().map_or_else(|_| key.default.into(), Value::from),
        _ => key.default.into(),
    }
}

fn map(form: Form, inner: &Value) -> Value {
    json!({ "type": "object", "propertyNames": { "pattern": pattern(form) }, "additionalProperties": inner })
}

fn pattern(form: Form) -> &'static str {
    match form {
        Form::Free | Form::Version | Form::Regex => "",
        Form::Percent => "^[0-9]+(\\.[0-9]+)?%$",
        Form::JsonPath => "^\\$",
        Form::Release => "^[0-9]+(\\.[0-9]+)*",
        Form::Label => "^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$",
        Form::Task => "^[A-Za-z0-9_][A-Za-z0-9_.-]*$",
        Form::Snake => "^[a-z][a-z0-9_]*$",
        Form::Variable => "^[A-Za-z_][A-Za-z0-9_]*$",
    }
}
