use std::collections::{BTreeSet, HashMap, HashSet};
use std::io;
use std::os::unix::fs::MetadataExt;

use camino::{Utf8Path, Utf8PathBuf};
use walkdir::WalkDir;

use super::error::{SnapshotError, failed};
use super::frozen::FileKind;
use super::hold::Hold;
use super::listing;
use super::objects::Objects;
use super::snapshots::Snapshots;
use crate::domain::Digest;

/// The trees that are needed, each with the `files:` by which it is seen.
pub type Needed = HashMap<Digest, BTreeSet<Vec<String>>>;

/// What no run that stays needs.
#[derive(Debug, Default)]
pub struct Spare {
    /// In the order in which they go: a list before the contents that it names.
    paths: Vec<(Utf8PathBuf, u64)>,
    /// How many trees.
    pub trees: usize,
    pub bytes: u64,
}

impl Spare {
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// What was shown before, and nothing else.
    pub fn of(mut self, shown: &Self) -> Self {
        let shown: HashSet<&Utf8PathBuf> = shown.paths.iter().map(|(path, _)| path).collect();
        self.paths.retain(|(path, _)| shown.contains(path));
        self.bytes = self.paths.iter().map(|(_, bytes)| bytes).sum();
        self
    }

    fn add(&mut self, path: Utf8PathBuf) {
        let bytes = taken_by(&path);
        self.bytes += bytes;
        self.paths.push((path, bytes));
    }
}

impl Snapshots {
    /// What is not needed of what lies here.
    ///
    /// # Errors
    /// What a tree that is needed consists of cannot be read: then its contents are not known.
    pub fn spare(&self, needed: &Needed) -> Result<Spare, SnapshotError> {
        let (mut spare, mut trees) = (Spare::default(), HashSet::new());
        let views: HashSet<Digest> = needed
            .iter()
            .flat_map(|(tree, seen)| seen.iter().map(|patterns| Self::view_name(tree, patterns)))
            .collect();
        for folder in ["views", "trees", "lists"] {
            let is_view = folder == "views";
            for (name, path) in digests(&self.state.join(folder))? {
                let is_needed = if is_view { views.contains(&name) } else { needed.contains_key(&name) };
                if !is_needed {
                    spare.add(path);
                    trees.extend((!is_view).then_some(name));
                }
            }
        }
        let contents = self.contents(needed)?;
        for group in entries(&self.state.join("objects"))? {
            // What somebody is writing has no folder of its own yet.
            if group.file_name().is_none_or(|name| name.len() != 2) {
                continue;
            }
            entries(&group)?
                .into_iter()
                .filter(|path| !contents.contains(path))
                .for_each(|path| spare.add(path));
        }
        spare.trees = trees.len();
        Ok(spare)
    }

    /// Nobody freezes anything meanwhile; None: somebody is starting a run from what was frozen.
    pub fn alone(&self) -> Result<Option<Hold>, SnapshotError> {
        Hold::alone(&self.state).map_err(failed("cannot tell whether a run is being started"))
    }

    /// `_alone`: nobody refers to any of it meanwhile.
    pub fn let_go(&self, spare: &Spare, _alone: &Hold) -> Result<(), SnapshotError> {
        for (path, _) in &spare.paths {
            let is_folder = path.as_std_path().symlink_metadata().is_ok_and(|facts| facts.is_dir());
            let removed = if is_folder { fs_err::remove_dir_all(path) } else { fs_err::remove_file(path) };
            match removed {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(failed(format!("cannot remove {path}"))(error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn contents(&self, needed: &Needed) -> Result<HashSet<Utf8PathBuf>, SnapshotError> {
        let (objects, mut contents) = (Objects::at(&self.state), HashSet::new());
        for tree in needed.keys() {
            let list = self.list(tree);
            let text = match fs_err::read(&list) {
                // It comes back from its run's own copy.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                read => read.map_err(failed("cannot read what a snapshot consists of"))?,
            };
            let frozen = listing::read(&text)
                .map_err(|why| SnapshotError::Damaged { what: list.into_string(), why })?;
            contents.extend(frozen.files.iter().filter_map(|file| match file.kind {
                FileKind::File { executable } => Some(objects.path(&file.sha256, executable)),
                FileKind::Link { .. } => None,
            }));
        }
        Ok(contents)
    }
}

fn digests(folder: &Utf8Path) -> Result<Vec<(Digest, Utf8PathBuf)>, SnapshotError> {
    let named = |path: Utf8PathBuf| Some((Digest::try_from(path.file_name()?.to_owned()).ok()?, path));
    Ok(entries(folder)?.into_iter().filter_map(named).collect())
}

/// What cannot be named here is not from here, and stays.
fn entries(folder: &Utf8Path) -> Result<Vec<Utf8PathBuf>, SnapshotError> {
    match folder.read_dir_utf8() {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(Vec::new())
        }
        read => {
            let read = read.map_err(failed(format!("cannot look into {folder}")))?;
            Ok(read.flatten().map(camino::Utf8DirEntry::into_path).collect())
        }
    }
}

/// A content that trees share with what is kept of it once counts there.
fn taken_by(path: &Utf8Path) -> u64 {
    let is_content = path.parent().and_then(Utf8Path::parent).is_some_and(|above| above.ends_with("objects"));
    let facts = WalkDir::new(path).into_iter().flatten().filter_map(|entry| entry.metadata().ok());
    facts
        .filter(|facts| is_content || facts.is_dir() || facts.nlink() == 1)
        .map(|facts| facts.blocks() * 512)
        .sum()
}
