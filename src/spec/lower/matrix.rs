use std::collections::HashSet;

use indexmap::IndexMap;

use super::context::Lower;
use crate::domain::{Name, Value};
use crate::spec::yaml::{Node, Plain};

const MOST: usize = 256;

impl<'a> Lower<'a> {
    /// Lists of scalars, at most 256 cells in all.
    pub(super) fn matrix(&mut self, node: &'a Node) -> IndexMap<Name, Vec<Value>> {
        let found = self.named(Some(node), "`matrix`", "a matrix's name", |lower, name, _, node| {
            let values = lower.list(Some(node), &format!("`{name}`"), |lower, node| lower.cell_value(node));
            if values.is_empty() && node.as_list().is_some_and(<[Node]>::is_empty) {
                lower.problems.error("wrong-type", node.span, format!("`{name}` has no values")).help =
                    "without any value there is no cell to run".into();
            }
            let mut seen = HashSet::new();
            for (value, node) in values.iter().zip(node.as_list().unwrap_or_default()) {
                if !seen.insert(value.to_string()) {
                    lower
                        .problems
                        .error("duplicate-value", node.span, format!("`{value}` is here twice"))
                        .help = "each cell has a directory of its own".into();
                }
            }
            Some(values)
        });
        if node.as_map().is_some_and(Vec::is_empty) {
            self.problems.error("wrong-type", node.span, "`matrix` has no values").help =
                "leave it out: the step then runs once".into();
        }
        let cells = found.values().fold(1usize, |cells, values| cells.saturating_mul(values.len()));
        if cells > MOST {
            let message = format!("this matrix has {cells} cells; at most {MOST} may be");
            self.problems.error("matrix-too-large", node.span, message).help =
                "loop inside a step, or split the work into workflows".into();
            return IndexMap::new();
        }
        found
    }

    fn cell_value(&mut self, node: &'a Node) -> Option<Value> {
        let scalar = self.scalar(node, "a value of `matrix`")?;
        if scalar.text.contains("${{") {
            self.problems.error("template-not-allowed", node.span, "`matrix` may hold no template").help =
                "the cells must be known before the run: write them out".into();
            return None;
        }
        match scalar.typed() {
            Plain::Bool(flag) => Some(Value::Bool(flag)),
            Plain::Int(number) => Some(Value::Int(number)),
            Plain::Float(number) if number.is_finite() => Some(Value::Float(number)),
            Plain::Float(_) => {
                self.problems.error(
                    "wrong-type",
                    node.span,
                    format!("`{}` is no finite number", scalar.text),
                );
                None
            }
            _ => Some(Value::String(scalar.text.clone())),
        }
    }
}
