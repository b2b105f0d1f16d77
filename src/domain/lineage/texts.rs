use crate::domain::{Span, Template};

/// Every text in a mapping or list: any may be a template.
pub(super) fn texts_in(json: &serde_json::Value) -> Vec<Template> {
    match json {
        serde_json::Value::String(text) => vec![Template { text: text.clone(), span: Span::START }],
        serde_json::Value::Array(items) => items.iter().flat_map(texts_in).collect(),
        serde_json::Value::Object(entries) => entries.values().flat_map(texts_in).collect(),
        _ => Vec::new(),
    }
}
