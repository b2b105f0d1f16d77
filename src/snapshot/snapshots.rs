use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use camino::{Utf8Path, Utf8PathBuf};

use super::archive::Room;
use super::error::{SnapshotError, failed};
use super::freeze::{self, Freeze};
use super::frozen::{FileKind, Frozen, FrozenFile};
use super::objects::{self, Objects};
use super::watch::Watch;
use super::{archive, folder, globs, listing};
use crate::domain::Digest;

/// All snapshots of one project, in its state directory.
#[derive(Clone, Debug)]
pub struct Snapshots {
    pub(super) state: Utf8PathBuf,
    pub(super) watch: Watch,
}

impl Snapshots {
    /// `state`: a folder below `<root>/.greenroom/snapshots`, made when it is first written to; what is in it is believed.
    pub fn at(state: impl Into<Utf8PathBuf>) -> Self {
        Self { state: state.into(), watch: Watch::default() }
    }

    /// Tells of what it reads to freeze and to pack.
    pub fn watched_by(mut self, watch: Watch) -> Self {
        self.watch = watch;
        self
    }

    /// Takes the files of `root` at these paths (relative to it, any bytes) as they are now.
    ///
    /// A path where nothing is any more is no error: git lists what was deleted but not yet committed.
    pub fn freeze(&self, root: &Utf8Path, paths: &[PathBuf]) -> Result<Freeze, SnapshotError> {
        freeze::freeze(self, root, paths)
    }

    /// A tree that was frozen here before.
    pub fn open(&self, tree: &Digest) -> Result<Frozen, SnapshotError> {
        let text = match fs_err::read(self.list(tree)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(SnapshotError::Gone(tree.clone()));
            }
            read => read.map_err(failed("cannot read what a snapshot consists of"))?,
        };
        let damaged = |why: String| SnapshotError::Damaged { what: self.list(tree).into_string(), why };
        match listing::read(&text).map_err(damaged)? {
            frozen if frozen.tree == *tree => self.check(tree, &frozen.files).map(|()| frozen),
            _ => Err(damaged("its sum is not its name".into())),
        }
    }

    /// Whoever opens a frozen file to change it changes every tree that has it. By what a look at each tells; one who
    /// takes care to leave no trace finds none.
    pub(super) fn check(&self, tree: &Digest, files: &[FrozenFile]) -> Result<(), SnapshotError> {
        let objects = Objects::at(&self.state);
        let listed = fs_err::symlink_metadata(self.list(tree)).and_then(|meta| meta.modified());
        // The list was written after all that it names.
        let listed = listed.map_err(failed("cannot look at what a snapshot consists of"))?;
        let changed = files.iter().find(|file| objects.is_changed(file, listed));
        changed.map_or(Ok(()), |file| {
            Err(SnapshotError::Changed { path: file.path.clone(), state: self.state.clone() })
        })
    }

    /// The directory to mount read-only at `/project`: the whole tree, or only what `files:` names.
    pub fn view(&self, frozen: &Frozen, files: Option<&[String]>) -> Result<Utf8PathBuf, SnapshotError> {
        let Some(patterns) = files else {
            let place = self.state.join("trees").join(frozen.tree.as_str());
            return folder::make(self, &frozen.tree, &place, &frozen.files.iter().collect::<Vec<_>>());
        };
        let matched = globs::select(frozen, patterns)?;
        let name = Self::view_name(&frozen.tree, patterns);
        folder::make(self, &frozen.tree, &self.state.join("views").join(name.as_str()), &matched)
    }

    /// What the folder of those files of a tree is called.
    pub(super) fn view_name(tree: &Digest, patterns: &[String]) -> Digest {
        Digest::of(format!("{tree} {}", patterns.join("\0")).as_bytes())
    }

    /// A frozen file's content, links followed within the tree; None where there is no such file.
    pub fn read(&self, frozen: &Frozen, path: &Path) -> Result<Option<Vec<u8>>, SnapshotError> {
        let Some(path) = super::links::resolve(&frozen.files, path) else { return Ok(None) };
        let Some(file) = frozen.file(&path) else { return Ok(None) };
        let FileKind::File { executable } = file.kind else { return Ok(None) };
        let object = Objects::at(&self.state).path(&file.sha256, executable);
        let mut content = Vec::new();
        let read = objects::open(object.as_std_path()).and_then(|mut file| file.read_to_end(&mut content));
        match read.map(|_| content) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(SnapshotError::Gone(frozen.tree.clone()))
            }
            read => read.map(Some).map_err(failed(format!("cannot read the frozen {}", path.display()))),
        }
    }

    /// Writes the tree as `code.tar.zst`; the same tree gives the same bytes.
    pub fn pack(&self, frozen: &Frozen, to: &Utf8Path) -> Result<(), SnapshotError> {
        archive::pack(self, frozen, to)
    }

    /// The tree that an archive holds, brought back where it is missing. Nothing is believed that its digest does
    /// not prove.
    pub fn unpack(&self, tree: &Digest, from: &Utf8Path) -> Result<Frozen, SnapshotError> {
        archive::unpack(self, tree, from)
    }

    /// What a tree consists of, as an archive tells that is not unpacked.
    pub fn listed(tree: &Digest, from: &Utf8Path) -> Result<Frozen, SnapshotError> {
        archive::listed(tree, from)
    }

    /// A tree that is only looked into, from an archive that anybody may have made: contents for which there is no room are
    /// left out, and the tree is not known here afterwards.
    pub fn unpack_some(&self, tree: &Digest, from: &Utf8Path, room: Room) -> Result<Frozen, SnapshotError> {
        archive::unpack_some(self, tree, from, room)
    }

    pub(super) fn list(&self, tree: &Digest) -> Utf8PathBuf {
        self.state.join("lists").join(tree.as_str())
    }

    /// The list comes last: where it is, all that it names is.
    pub(super) fn write_list(&self, tree: &Digest, text: &[u8]) -> io::Result<()> {
        let path = self.list(tree);
        let folder = path.parent().unwrap_or(&self.state);
        fs_err::create_dir_all(folder)?;
        let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(folder)?;
        file.write_all(text)?;
        file.as_file().sync_all()?;
        file.persist(&path).map_err(|error| error.error)?;
        Ok(())
    }
}
