use std::io;

use super::atomic_write::atomic_write;
use super::error::{failed, invalid};
use crate::domain::{Manifest, NodeId, RunLayout, Token};
use crate::engine::StoreError;

/// The format of a manifest.
pub(super) const FORMAT: u32 = 1;

pub(super) fn read(layout: &RunLayout, token: Token, node: &NodeId) -> Result<Option<Manifest>, StoreError> {
    let path = layout.manifest(node);
    let text = match fs_err::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed("cannot read a manifest")(error)),
    };
    let manifest: Manifest = serde_json::from_slice(&text)
        .map_err(|error| invalid(format!("{path} is torn or was edited"), error.to_string()))?;
    if manifest.greenroom != FORMAT {
        return Err(invalid(path, format!("format {} is not known here", manifest.greenroom)));
    }
    if manifest.token != token || manifest.node != *node {
        let whose = format!("it belongs to step {} of run {}", manifest.node, manifest.token);
        return Err(invalid(path, whose));
    }
    Ok(Some(manifest))
}

/// Its being there says that the step has succeeded: it is written when everything it tells of is durable.
pub(super) fn write(layout: &RunLayout, manifest: &Manifest) -> Result<(), StoreError> {
    let path = layout.manifest(&manifest.node);
    if let Some(folder) = path.parent() {
        fs_err::create_dir_all(folder).map_err(failed("cannot write a manifest"))?;
    }
    let text = serde_json::to_vec_pretty(manifest)
        .map_err(|error| failed("cannot write a manifest")(io::Error::other(error)))?;
    atomic_write(&path, &text).map_err(failed("cannot write a manifest"))
}
