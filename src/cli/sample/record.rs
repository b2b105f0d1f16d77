use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::cli::state_folder;
use crate::domain::Digest;

/// What was last written to a sample project, so that what somebody changed since is known. It may be lost: then
/// nothing is replaced any more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// Path → content.
    pub files: IndexMap<String, Digest>,
}

impl Record {
    fn place(dir: &Utf8Path) -> Utf8PathBuf {
        dir.join(".greenroom/sample.json")
    }

    /// None where there is none, or none that can be read.
    pub fn read(dir: &Utf8Path) -> Option<Self> {
        serde_json::from_slice(&fs_err::read(Self::place(dir)).ok()?).ok()
    }

    pub fn write(&self, dir: &Utf8Path) -> io::Result<()> {
        let place = Self::place(dir);
        state_folder::make(dir)?;
        replace(&place, &serde_json::to_vec_pretty(self)?)
    }
}

/// Writes a file whole or not at all; its folder is made.
pub(super) fn replace(path: &Utf8Path, bytes: &[u8]) -> io::Result<()> {
    let dir = path.parent().unwrap_or(Utf8Path::new("."));
    fs_err::create_dir_all(dir)?;
    // A temporary file is for its owner alone; a project's is like any other the person makes.
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    let mut file = tempfile::Builder::new().prefix(".greenroom-").permissions(mode).tempfile_in(dir)?;
    io::Write::write_all(&mut file, bytes)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
