use std::collections::BTreeMap;
use std::io;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::bucket::{Object, encoded};
use super::place::{address_of, root_of};
use super::record::lay_down;
use crate::disk::read_record;
use crate::domain::{Artifact, NodeId, RunLayout};
use crate::store::is_imported;

/// Below `_run`. Whatever is in the directory of such a run came from its bucket; a run of this machine has none.
const NAME: &str = "remote.json";

/// What a bucket holds of a run that was made on another machine, as it was when somebody last looked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Held {
    pub greenroom: u32,
    /// Of its `run.json`.
    pub run: Object,
    /// A success never changes.
    pub succeeded: bool,
    pub finished_at: Option<Timestamp>,
    /// By key, relative to the run. None: only its `run.json` was asked for yet.
    pub files: Option<BTreeMap<String, Object>>,
}

/// Did it come from the bucket of its environment? A run that lies elsewhere, or came as an archive, did not, whatever lies
/// in its directory.
pub fn is_fetched(layout: &RunLayout) -> bool {
    layout.record().join(NAME).symlink_metadata().is_ok_and(|meta| meta.is_file())
        && !is_imported(layout)
        && address_of(&root_of(layout)).is_some()
}

impl Held {
    pub fn read(layout: &RunLayout) -> Option<Self> {
        serde_json::from_slice(&read_record(&layout.record().join(NAME)).ok()?).ok()
    }

    pub fn write(&self, layout: &RunLayout) -> io::Result<()> {
        lay_down(&root_of(layout), &layout.record().join(NAME), &serde_json::to_vec(self)?)
    }

    pub fn file(&self, path: &str) -> Option<&Object> {
        self.files.as_ref()?.get(&encoded(path))
    }
}

/// What can be fetched of a run's files; for a run of this machine nothing.
pub(in crate::store) struct Fetchable(Option<Held>);

impl Fetchable {
    pub fn of(layout: &RunLayout) -> Self {
        Self(is_fetched(layout).then(|| Held::read(layout)).flatten())
    }

    /// Does the bucket hold a file that is not here, as far as its size tells?
    pub fn has(&self, node: &NodeId, file: &Artifact) -> bool {
        let held = self.0.as_ref().and_then(|held| held.file(&format!("{}/{}", node.dir(), file.path)));
        held.is_some_and(|object| object.bytes == file.bytes)
    }
}
