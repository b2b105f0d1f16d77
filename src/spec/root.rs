use camino::{Utf8Path, Utf8PathBuf};

/// The project that a folder belongs to: the nearest one at or above it that has a `greenroom.yaml`.
pub fn find_root(from: &Utf8Path) -> Option<Utf8PathBuf> {
    let from = from.canonicalize_utf8().ok()?;
    from.ancestors().find(|dir| dir.join("greenroom.yaml").symlink_metadata().is_ok()).map(Utf8Path::to_owned)
}
