use indexmap::IndexMap;

use super::context::Lower;
use super::fields::Fields;
use crate::domain::nearest::did_you_mean;
use crate::domain::{ColumnType, Expect};
use crate::spec::yaml::Node;

const KEYS: [&str; 6] = ["min_rows", "max_rows", "columns", "unique", "not_null", "accepted_values"];

impl<'a> Lower<'a> {
    pub(super) fn expect(&mut self, node: &'a Node) -> Expect {
        let Some(fields) = Fields::of(node, "`expect`", &KEYS, self) else { return Expect::default() };
        let min_rows = fields.get("min_rows").and_then(|node| self.count(node, "`min_rows`", 0, u64::MAX));
        let max_rows = fields.get("max_rows").and_then(|node| self.count(node, "`max_rows`", 0, u64::MAX));
        if min_rows.zip(max_rows).is_some_and(|(min, max)| min > max) {
            let at = fields.get("max_rows").map_or(node.span, |node| node.span);
            self.problems.error("out-of-range", at, "`max_rows` is less than `min_rows`");
        }
        Expect {
            min_rows,
            max_rows,
            columns: self.columns(fields.get("columns")),
            unique: self.columns_named(fields.get("unique"), "`unique`"),
            not_null: self.columns_named(fields.get("not_null"), "`not_null`"),
            accepted_values: self.accepted(fields.get("accepted_values")),
        }
    }

    /// Column → type.
    pub(super) fn columns(&mut self, node: Option<&'a Node>) -> IndexMap<String, ColumnType> {
        let mut found = IndexMap::new();
        let Some(node) = node else { return found };
        let Some(map) = node.as_map() else {
            self.wrong_type(node, "`columns`", "a mapping from column to type");
            return found;
        };
        for entry in map {
            let Some(scalar) = self.scalar(&entry.value, "a column's type") else { continue };
            match scalar.text.parse::<ColumnType>() {
                Ok(kind) => {
                    found.insert(entry.key.clone(), kind);
                }
                Err(message) => {
                    let types = ColumnType::ALL.map(ColumnType::as_str);
                    let help = match scalar.text.to_ascii_uppercase().as_str() {
                        "VARCHAR" | "TEXT" | "STR" => "did you mean `STRING`?".to_owned(),
                        "DOUBLE" | "REAL" => "did you mean `FLOAT64`?".to_owned(),
                        "BIGINT" | "LONG" => "did you mean `INT64`?".to_owned(),
                        upper => did_you_mean_upper(upper, &types),
                    };
                    self.problems.error("unknown-type", entry.value.span, message).help = help;
                }
            }
        }
        found
    }

    fn columns_named(&mut self, node: Option<&'a Node>, what: &str) -> Vec<String> {
        match node.and_then(Node::as_scalar) {
            // One column may stand alone.
            Some(_) => node.and_then(|node| self.text(node, what)).map(str::to_owned).into_iter().collect(),
            None => self.texts(node, what),
        }
    }

    fn accepted(&mut self, node: Option<&'a Node>) -> IndexMap<String, Vec<String>> {
        let mut found = IndexMap::new();
        let Some(node) = node else { return found };
        let Some(map) = node.as_map() else {
            self.wrong_type(node, "`accepted_values`", "a mapping from column to a list of values");
            return found;
        };
        for entry in map {
            let values = self.list(Some(&entry.value), "the accepted values", |lower, node| {
                lower.scalar(node, "an accepted value").map(|scalar| scalar.text.clone())
            });
            found.insert(entry.key.clone(), values);
        }
        found
    }
}

fn did_you_mean_upper(word: &str, types: &[&str]) -> String {
    // `did_you_mean` compares in lower case.
    let lower: Vec<String> = types.iter().map(|kind| kind.to_ascii_lowercase()).collect();
    did_you_mean(word, "types", lower.iter().map(String::as_str))
        .to_ascii_uppercase()
        .replace("DID YOU MEAN", "did you mean")
        .replace("THE TYPES THERE CAN BE", "the types there can be")
}
