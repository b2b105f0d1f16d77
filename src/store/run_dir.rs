use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use camino::{Utf8Path, Utf8PathBuf};
use secrecy::SecretString;

use super::atomic_write::UNFINISHED;
use super::error::{failed, invalid};
use super::lake::Lake;
use super::remove_tree::remove_tree;
use super::{manifest, outputs, seal, take};
use crate::disk::is_plain;
use crate::domain::{Manifest, Node, NodeId, RunLayout, Token};
use crate::engine::{AttemptDirs, AttemptFacts, LakeRead, RunStore, StoreError};

/// One run's directory on this machine, and the lake its steps read and write.
pub struct RunDir {
    pub(super) layout: RunLayout,
    pub(super) token: Token,
    pub(super) lake: Option<Lake>,
    pub(super) secrets: Vec<SecretString>,
    pub(super) given_up: AtomicBool,
}

impl RunDir {
    /// `lake`: where the embedded warehouse lies; None where the environment has another one.
    pub fn new(layout: RunLayout, token: Token, lake: Option<Utf8PathBuf>) -> Self {
        Self {
            layout,
            token,
            lake: lake.map(Lake::new),
            secrets: Vec::new(),
            given_up: AtomicBool::new(false),
        }
    }

    /// Of what a step leaves, nothing is kept whose name holds one of these: a manifest would tell it for ever.
    pub fn guarding(mut self, secrets: Vec<SecretString>) -> Self {
        self.secrets = secrets;
        self
    }

    /// Makes the folders of a run; those that are there stay, but no link in their place: what is written would land
    /// elsewhere.
    pub fn create(&self) -> Result<(), StoreError> {
        for folder in ["steps", "logs", "work", "scratch"] {
            let path = self.layout.record().join(folder);
            make(&path)?;
            let below = Path::new("_run").join(folder);
            match is_plain(self.layout.dir().as_std_path(), &below) {
                Ok(true) => {}
                Ok(false) => return Err(invalid(path, "it is a link, or lies behind one")),
                Err(error) => return Err(failed("cannot look at a directory of the run")(error)),
            }
        }
        Ok(())
    }

    /// Removes all of a run that has no record yet. What cannot be removed, `runs` tells of.
    pub fn abandon(&self) {
        remove_tree(self.layout.dir()).ok();
    }

    pub fn layout(&self) -> &RunLayout {
        &self.layout
    }
}

impl RunStore for RunDir {
    fn begin(&self, node: &NodeId, attempt: u32, adopt: bool) -> Result<AttemptDirs, StoreError> {
        let output = self.layout.work(node, attempt);
        let scratch = self.layout.scratch(node, attempt);
        if !adopt {
            for old in [&output, &scratch] {
                remove_tree(old).map_err(failed("cannot clear an attempt's directory"))?;
            }
            make(&output)?;
        }
        let [home, tmp, launch] = ["home", "tmp", "launch"].map(|name| scratch.join(name));
        for dir in [&home, &tmp, &launch] {
            make(dir)?;
        }
        Ok(AttemptDirs { output, home, tmp, launch })
    }

    fn freeze_catalog(&self, dirs: &AttemptDirs) -> Result<LakeRead, StoreError> {
        let catalog = self.lake.as_ref().map(Lake::catalog).transpose()?.unwrap_or_default();
        let text = serde_json::to_vec(&catalog.tables)
            .map_err(|error| failed("cannot write the catalog")(io::Error::other(error)))?;
        fs_err::write(dirs.launch.join("catalog.json"), text).map_err(failed("cannot write the catalog"))?;
        let broken = catalog.broken.values().map(ToString::to_string).collect();
        Ok(LakeRead { tables: catalog.reads(), broken })
    }

    fn reserve(&self, node: &NodeId) -> Result<Utf8PathBuf, StoreError> {
        let dir = self.layout.artifacts(node);
        make(&dir)?;
        Ok(dir)
    }

    /// What cannot be read is somebody's who cleans up just now, or hides: to open a directory that a step may replace by
    /// a link at any moment is worse.
    fn usage(&self, node: &NodeId, attempt: u32) -> u64 {
        let (work, scratch) = (self.layout.work(node, attempt), self.layout.scratch(node, attempt));
        let (log, index) = (self.layout.log(node, attempt), self.layout.log_index(node, attempt));
        let places = [work, scratch.join("home"), scratch.join("tmp"), log, index];
        let files = places.iter().flat_map(|place| walkdir::WalkDir::new(place).into_iter().flatten());
        files.filter_map(|entry| entry.metadata().ok()).map(|meta| on_disk(&meta)).sum()
    }

    fn seal(&self, node: &Node, dirs: &AttemptDirs, facts: &AttemptFacts) -> Result<Manifest, StoreError> {
        seal::seal(self, node, dirs, facts)
    }

    fn doubts(&self, node: &Node) -> Vec<String> {
        outputs::doubts(node, &self.layout.artifacts(&node.id))
    }

    fn give_up(&self) {
        self.given_up.store(true, Ordering::Relaxed);
    }

    fn take(&self, node: &Node) -> Result<Manifest, StoreError> {
        take::take(self, node)
    }

    /// What cannot be removed (a step may nest directories deeper than a path can tell) is left to `gc`: the run is
    /// recorded all the same.
    fn discard(&self, node: &NodeId, attempt: u32, output: bool) -> Result<(), StoreError> {
        remove_tree(self.layout.scratch(node, attempt)).ok();
        if output {
            remove_tree(self.layout.work(node, attempt)).ok();
        }
        Ok(())
    }

    /// As `discard`, of whatever is there. Output directories stay where something was written.
    fn tidy(&self) -> Result<(), StoreError> {
        let scratch = self.layout.record().join("scratch");
        remove_tree(&scratch).ok();
        make(&scratch)?;
        // Of one that was killed while it wrote.
        let steps = self.layout.record().join("steps");
        for file in steps.read_dir_utf8().map_err(failed("cannot list the run's manifests"))?.flatten() {
            if file.file_name().starts_with(UNFINISHED) {
                fs_err::remove_file(file.path()).ok();
            }
        }
        let work = self.layout.record().join("work");
        for attempt in work.read_dir_utf8().map_err(failed("cannot list the run's attempts"))?.flatten() {
            fs_err::remove_dir(attempt.path()).ok();
        }
        Ok(())
    }

    fn manifest(&self, node: &NodeId) -> Result<Option<Manifest>, StoreError> {
        manifest::read(&self.layout, self.token, node)
    }
}

/// A hole takes no room, but time from whoever reads it; and a small file takes a block.
fn on_disk(meta: &Metadata) -> u64 {
    meta.len().max(meta.blocks() * 512)
}

fn make(dir: &Utf8Path) -> Result<(), StoreError> {
    fs_err::create_dir_all(dir).map_err(failed("cannot make a directory of the run"))
}
