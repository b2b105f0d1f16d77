use std::fs::File;

use camino::{Utf8Path, Utf8PathBuf};
use walkdir::WalkDir;

use super::Chosen;
use crate::cli::{Exit, HeldFolder, Place, UserError};
use crate::engine::AttemptDirs;

/// What a person in a step writes to: the folder that stands for the step's output directory, which stays, and others that
/// go with the container.
pub struct Scratch {
    pub dirs: AttemptDirs,
    pub image_side: Utf8PathBuf,
    unseen: Utf8PathBuf,
    /// Locked as long as somebody is in there.
    held: Option<File>,
    _gone: HeldFolder,
}

impl Scratch {
    /// `.greenroom/scratch/TOKEN/STEP[.CELL]`
    pub fn make(place: &Place, chosen: &Chosen) -> Result<Self, UserError> {
        let unready = |error: std::io::Error| {
            UserError::from_error(Exit::NotReady, "there is no place to write to in the step", &error)
                .to_do("see to it that .greenroom/ can be written, and has room")
        };
        let folder = place.scratch()?;
        let gone = HeldFolder::make(&folder, ".in-").map_err(unready)?;
        let base = gone.path().map_err(unready)?;
        let output = folder.join(chosen.run.token.to_string()).join(chosen.node.id.to_string());
        let [home, tmp, launch, image_side, unseen] =
            ["home", "tmp", "launch", "lib", "unseen"].map(|name| base.join(name));
        for dir in [&output, &home, &tmp, &launch, &unseen] {
            fs_err::create_dir_all(dir).map_err(unready)?;
        }
        // One that another process has just found empty and removed is not locked, but gone.
        let held = File::open(&output).ok().filter(|folder| folder.lock_shared().is_ok());
        Ok(Self { dirs: AttemptDirs { output, home, tmp, launch }, image_side, unseen, held, _gone: gone })
    }

    /// Goes with the container, which sees nothing of it.
    pub fn unseen(&self) -> &Utf8Path {
        &self.unseen
    }

    pub fn kept(&self) -> &Utf8Path {
        &self.dirs.output
    }

    /// How many files were left in what stays; a folder without any is removed.
    pub fn leave(mut self) -> usize {
        let files = WalkDir::new(&self.dirs.output).into_iter().flatten();
        let files = files.filter(|entry| !entry.file_type().is_dir()).count();
        if files == 0 {
            // Somebody else may be in there just now.
            let alone = self
                .held
                .take()
                .is_none_or(|folder| folder.unlock().and(folder.try_lock().map_err(Into::into)).is_ok());
            if alone {
                remove_empty(&self.dirs.output);
                self.dirs.output.parent().map(|run| fs_err::remove_dir(run).ok());
            }
        }
        files
    }
}

/// Folders in folders, and nothing else.
fn remove_empty(dir: &Utf8Path) {
    for entry in WalkDir::new(dir).contents_first(true).into_iter().flatten() {
        std::fs::remove_dir(entry.path()).ok();
    }
}
