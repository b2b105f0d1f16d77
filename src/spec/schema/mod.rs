//! JSON Schema (draft 7, which every editor understands) of each kind of file: completion, documentation at the
//! cursor, and most mistakes underlined while one types. `check` knows more; it never knows less.

mod operator;
mod parts;
mod project;
mod step;
mod workflow;

use serde_json::{Value, json};

/// The kinds of files there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpecKind {
    Project,
    Workflow,
    Blueprint,
    Operator,
}

impl SpecKind {
    pub const ALL: [Self; 4] = [Self::Project, Self::Workflow, Self::Blueprint, Self::Operator];

    pub fn name(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::Workflow => "workflow",
            Self::Blueprint => "blueprint",
            Self::Operator => "operator",
        }
    }

    /// The files of this kind, as a glob from the project's root.
    pub fn files(self) -> &'static str {
        match self {
            Self::Project => "greenroom.yaml",
            Self::Workflow => "workflows/*.yaml",
            Self::Blueprint => "blueprints/*.yaml",
            Self::Operator => "operators/*.yaml",
        }
    }
}

pub fn schema(kind: SpecKind) -> Value {
    let (title, mut properties, required) = match kind {
        SpecKind::Project => project::project(),
        SpecKind::Workflow => workflow::workflow(),
        SpecKind::Blueprint => workflow::blueprint(),
        SpecKind::Operator => operator::operator(),
    };
    properties["greenroom"] = json!({"const": 1, "description": "The format of this file."});
    properties["kind"] = json!({"const": kind.name(), "description": "What this file describes."});
    let required: Vec<&str> = ["greenroom", "kind"].into_iter().chain(required.iter().copied()).collect();
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": title,
        "type": "object",
        "additionalProperties": false,
        "required": required,
        "properties": properties,
        "definitions": parts::definitions(),
    })
}

/// Title, properties, and those of them that must be there.
type Shape = (&'static str, Value, &'static [&'static str]);

#[cfg(test)]
mod tests;
