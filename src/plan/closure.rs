use camino::Utf8Path;
use sha2::{Digest as _, Sha256};

use super::request::Request;
use crate::domain::{Digest, Node, Operator};

/// Digest over all that a step's work depends on: its spec as planned, its operator, image, query and files. Two
/// runs in which it is equal did the same to the same inputs.
pub(super) fn closure(
    request: &Request<'_>,
    operator: Option<&Operator>,
    node: &Node,
) -> Result<Digest, String> {
    let mut hash = Sha256::new();
    let mut add = |part: &str, value: String| {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
        hash.update(value.len().to_le_bytes());
        hash.update(value);
    };
    add("launch", json(&node.launch));
    add("env", json(&node.env));
    add("with", json(&node.with));
    add("outputs", json(&node.outputs));
    add("secrets", json(&node.secrets));
    add("operator", operator.map(json).unwrap_or_default());
    let image = request.images.get(&node.image).map(|image| image.id.clone());
    add("image", image.unwrap_or_default());
    // Without `files` a step sees the whole project, so it depends on all of it.
    add(
        "files",
        match &node.files {
            Some(globs) => (request.files_digest)(globs)?.to_string(),
            None => request.tree.to_string(),
        },
    );
    if let Some(sql) = &node.sql {
        let digest = (request.file_digest)(Utf8Path::new(sql.file.as_str()));
        add("query", digest.map(String::from).unwrap_or_default());
    }
    Ok(Digest::from_sha256(&hash.finalize()))
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
