use crate::cli::args::{Schema, SchemaKind};
use crate::cli::{Exit, Output, UserError};
use crate::spec::{SpecKind, schema};

/// Prints the JSON Schema of a kind of file; it is JSON with or without `--json`.
pub fn run(asked: &Schema, output: &Output) -> Result<Exit, UserError> {
    let kind = match asked.kind {
        SchemaKind::Project => SpecKind::Project,
        SchemaKind::Workflow => SpecKind::Workflow,
        SchemaKind::Blueprint => SpecKind::Blueprint,
        SchemaKind::Operator => SpecKind::Operator,
    };
    output.document(&schema(kind))?;
    Ok(Exit::Done)
}
