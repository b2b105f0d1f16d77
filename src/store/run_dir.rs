use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use secrecy::SecretString;

use super::error::failed;
use super::lake::Lake;
use super::remove_tree::remove_tree;
use super::{manifest, seal, take};
use crate::domain::{Manifest, Node, NodeId, RunLayout, TableRead, Token};
use crate::engine::{AttemptDirs, AttemptFacts, RunStore, StoreError};

/// One run's directory on this machine, and the lake its steps read and write.
pub struct RunDir {
    pub(super) layout: RunLayout,
    pub(super) token: Token,
    pub(super) lake: Option<Lake>,
    pub(super) secrets: Vec<SecretString>,
}

impl RunDir {
    /// `lake`: where the embedded warehouse lies; None where the environment has another one.
    pub fn new(layout: RunLayout, token: Token, lake: Option<Utf8PathBuf>) -> Self {
        Self { layout, token, lake: lake.map(Lake::new), secrets: Vec::new() }
    }

    /// Of what a step leaves, nothing is kept whose name holds one of these: a manifest would tell it for ever.
    pub fn guarding(mut self, secrets: Vec<SecretString>) -> Self {
        self.secrets = secrets;
        self
    }

    /// Makes the folders of a run; those that are there stay.
    pub fn create(&self) -> Result<(), StoreError> {
        for folder in ["steps", "logs", "work", "scratch"] {
            make(&self.layout.record().join(folder))?;
        }
        Ok(())
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

    fn freeze_catalog(&self, dirs: &AttemptDirs) -> Result<Vec<TableRead>, StoreError> {
        let catalog = self.lake.as_ref().map(Lake::catalog).transpose()?.unwrap_or_default();
        let text = serde_json::to_vec(&catalog.tables)
            .map_err(|error| failed("cannot write the catalog")(io::Error::other(error)))?;
        fs_err::write(dirs.launch.join("catalog.json"), text).map_err(failed("cannot write the catalog"))?;
        Ok(catalog.reads())
    }

    fn reserve(&self, node: &NodeId) -> Result<Utf8PathBuf, StoreError> {
        let dir = self.layout.artifacts(node);
        make(&dir)?;
        Ok(dir)
    }

    fn seal(&self, node: &Node, dirs: &AttemptDirs, facts: &AttemptFacts) -> Result<Manifest, StoreError> {
        seal::seal(self, node, dirs, facts)
    }

    fn take(&self, node: &Node) -> Result<Manifest, StoreError> {
        take::take(self, node)
    }

    /// What cannot be removed (a step may nest directories deeper than a path can tell) is left to `gc`: the run is
    /// recorded all the same.
    fn discard(&self, node: &NodeId, attempt: u32, output: bool) -> Result<(), StoreError> {
        remove_tree(&self.layout.scratch(node, attempt)).ok();
        if output {
            remove_tree(&self.layout.work(node, attempt)).ok();
        }
        Ok(())
    }

    /// As `discard`, of whatever is there. Output directories stay where something was written.
    fn tidy(&self) -> Result<(), StoreError> {
        let scratch = self.layout.record().join("scratch");
        remove_tree(&scratch).ok();
        make(&scratch)?;
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

fn make(dir: &Utf8Path) -> Result<(), StoreError> {
    fs_err::create_dir_all(dir).map_err(failed("cannot make a directory of the run"))
}
