use std::io;

use camino::Utf8PathBuf;

use super::atomic_write::{Unfinished, atomic_write};
use super::error::{failed, invalid};
use crate::disk::read_record;
use crate::domain::{Artifact, Manifest, NodeId, RunLayout, TableRead, Token};
use crate::engine::StoreError;

/// The format of a manifest.
pub(super) const FORMAT: u32 = 1;

pub(super) fn read(layout: &RunLayout, token: Token, node: &NodeId) -> Result<Option<Manifest>, StoreError> {
    let path = layout.manifest(node);
    let text = match read_record(&path) {
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

/// The most bytes that a manifest of these files may come to, each of them in a table too.
pub(super) fn size(files: &[Artifact], empty: &[String], reads: &[TableRead]) -> usize {
    // Its own keys; a path twice, each of its bytes escaped; a sum; a partition of a table.
    let names: usize = files.iter().map(|file| file.path.len() * 12 + 1024).sum();
    let folders: usize = empty.iter().map(|path| path.len() * 6 + 16).sum();
    64 * 1024 + names + folders + reads.len() * 1024
}

/// Room on disk for a manifest that is written later.
pub(super) fn reserve(layout: &RunLayout, node: &NodeId, size: usize) -> Result<Unfinished, StoreError> {
    let path = placed(layout, node)?;
    Unfinished::with_room(&path, size).map_err(failed("cannot write a manifest"))
}

/// Its being there says that the step has succeeded: it is written when everything it tells of is durable. `room`:
/// what was reserved for it.
pub(super) fn write(
    layout: &RunLayout,
    manifest: &Manifest,
    room: Option<Unfinished>,
) -> Result<(), StoreError> {
    let path = placed(layout, &manifest.node)?;
    let text = serde_json::to_vec_pretty(manifest)
        .map_err(|error| failed("cannot write a manifest")(io::Error::other(error)))?;
    let written = match room {
        Some(room) => room.write(&path, &text),
        None => atomic_write(&path, &text),
    };
    written.map_err(failed("cannot write a manifest"))
}

/// Its path, whose folder is there.
fn placed(layout: &RunLayout, node: &NodeId) -> Result<Utf8PathBuf, StoreError> {
    let path = layout.manifest(node);
    if let Some(folder) = path.parent() {
        fs_err::create_dir_all(folder).map_err(failed("cannot write a manifest"))?;
    }
    Ok(path)
}
