use std::collections::HashSet;

use super::context::Lower;
use crate::domain::Span;
use crate::spec::files::Found;
use crate::spec::templates::has_template;
use crate::spec::yaml::{Entry, Node};

impl<'a> Lower<'a> {
    /// What `load_table` would refuse only once it runs.
    pub(super) fn check_load(&mut self, with: &'a [Entry]) {
        let get = |key: &str| with.iter().find(|entry| entry.key == key).map(|entry| &entry.value);
        if let Some(node) = get("from") {
            self.loaded_file(node);
        }
        let Some(columns) = get("columns").and_then(Node::as_map) else { return };
        let mut seen = HashSet::new();
        for Entry { key, span, .. } in columns {
            self.column_name(key, *span);
            if !seen.insert(key.to_ascii_lowercase()) {
                let message = format!("two columns are named `{key}`");
                self.problems.error("duplicate-name", *span, message).help =
                    "capitals make no difference: give one another name".into();
            }
        }
        let Some(node) = get("partition_by") else { return };
        let Some(name) = node.as_scalar().map(|scalar| &scalar.text).filter(|text| !has_template(text))
        else {
            return;
        };
        if !seen.contains(&name.to_ascii_lowercase()) {
            let known = columns.iter().map(|entry| entry.key.as_str());
            let help = crate::domain::nearest::did_you_mean(name, "columns", known);
            let message = format!("`partition_by`: `columns` has no `{name}`");
            self.problems.error("unknown-name", node.span, message).help = help;
        }
    }

    /// A file of the project must be there; globs, URIs and what other steps make are seen when it runs.
    fn loaded_file(&mut self, node: &'a Node) {
        let Some(text) = node.as_scalar().map(|scalar| scalar.text.as_str()) else { return };
        if has_template(text) || text.contains("://") || text.contains(['*', '?', '[']) {
            return;
        }
        match self.around.files.look(text) {
            Found::File | Found::Dir | Found::Odd => {}
            Found::Outside => self.outside(node, "`from`", text),
            Found::Missing => self.missing_file(node, "`from`", text),
        }
    }

    fn column_name(&mut self, name: &str, span: Span) {
        let good = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) || !name.chars().all(good) {
            self.problems.error("bad-name", span, format!("`{name}` is no name for a column")).help =
                "letters, digits and _, no digit first: name it so in the file".into();
        }
    }
}
