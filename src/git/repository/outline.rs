use std::path::{Path, PathBuf};

use camino::{Utf8Path, Utf8PathBuf};

use super::Repository;
use super::files::is_within;
use crate::domain::track::TreeId;
use crate::git::GitError;

/// Of a file whose text counts, in bytes: specs and queries have far less.
const LARGEST: u64 = 1 << 20;
/// Where a project keeps what is a machine's own: no commit has a say in it.
const OWN: &str = ".greenroom";

/// A project's folder as a tree has it, be it a commit's or what a merge comes to, for whoever reads specs: every file is
/// there by its name, and small ones have their text; nothing is checked out, so no filter runs, and no link leads out.
/// Gone when it is dropped.
pub struct Outline {
    path: Utf8PathBuf,
    _keep: tempfile::TempDir,
}

impl Outline {
    pub fn of(repository: &Repository, tree: &TreeId) -> Result<Self, GitError> {
        let keep = tempfile::Builder::new().prefix("greenroom-").tempdir().map_err(GitError::Temporary)?;
        let path = Utf8Path::from_path(keep.path()).map(Utf8Path::canonicalize_utf8);
        let path = path.unwrap_or_else(|| Err(std::io::ErrorKind::InvalidFilename.into()));
        let path = path.map_err(GitError::Temporary)?;
        let prefix = repository.prefix();
        // A tree can be made by hand, with names that no checkout would write.
        let place = |file: &Path| {
            let below = file.strip_prefix(&prefix).unwrap_or(file);
            (is_within(below) && !below.starts_with(OWN)).then(|| path.as_std_path().join(below))
        };
        for file in repository.files(tree, &prefix)? {
            if let Some(place) = place(&file) {
                let content = repository.text(tree, &file)?;
                write(&place, &content).map_err(GitError::Temporary)?;
            }
        }
        // After the files, so that none is written through one.
        let links = repository.links(tree, &prefix)?;
        link(&path, links.iter().filter_map(|(link, to)| Some((place(link)?, to))));
        Ok(Self { path, _keep: keep })
    }

    pub fn path(&self) -> &Utf8Path {
        &self.path
    }
}

impl Repository {
    /// The content of a small file; of a large one nothing.
    fn text(&self, tree: &TreeId, file: &Path) -> Result<Vec<u8>, GitError> {
        match self.find(tree, file, LARGEST) {
            Err(GitError::TooLarge { .. }) => Ok(Vec::new()),
            read => Ok(read?.unwrap_or_default()),
        }
    }
}

fn write(path: &Path, content: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs_err::create_dir_all(folder)?;
    }
    fs_err::write(path, content)
}

/// Where a link cannot be made, or does not stay inside, the project has none there.
fn link<'l>(root: &Utf8Path, links: impl Iterator<Item = (PathBuf, &'l PathBuf)>) {
    let links: Vec<(PathBuf, &PathBuf)> = links.filter(|(_, to)| to.is_relative()).collect();
    // Folders first: none is made through a link.
    let folders = links.iter().filter_map(|(place, _)| place.parent());
    folders.for_each(|folder| drop(fs_err::create_dir_all(folder)));
    let made = links.into_iter().filter(|(place, to)| std::os::unix::fs::symlink(to, place).is_ok());
    let mut made: Vec<PathBuf> = made.map(|(place, _)| place).collect();
    // One may lead out by way of another, and to nothing once that is gone.
    while let Some(at) =
        made.iter().position(|link| !link.canonicalize().is_ok_and(|to| to.starts_with(root)))
    {
        let _ = fs_err::remove_file(made.swap_remove(at));
    }
}
