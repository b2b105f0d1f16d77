use std::collections::HashMap;

use super::bucket::Object;
use super::place::Mirror;
use super::sent::Sent;
use super::wanted::Wanted;
use crate::domain::{Digest, Manifest, RunLayout};
use crate::store::record::read_plan;

/// A file under another key of the same bucket, as it was when it was last known to be whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Twin {
    pub key: String,
    pub object: Object,
}

/// What this machine has sent of the run that a step was taken over from. What it took from there, the bucket copies by
/// itself: each run is whole there whatever becomes of the others, and nothing goes up twice. What others have sent, of that
/// nobody here has seen the sum under the mark that it has in the bucket now: it goes up from here, checked.
pub(super) struct TakenFrom {
    base: String,
    sent: HashMap<String, (Digest, Object)>,
}

impl TakenFrom {
    /// None: the step made its outputs itself, or took them from a run of elsewhere.
    pub fn of(mirror: &Mirror, layout: &RunLayout, manifest: &Manifest) -> Option<Self> {
        manifest.taken_from?;
        let taken = read_plan(layout).ok()?.node(&manifest.node)?.taken.clone()?;
        let source = RunLayout::at(&taken.path);
        if !source.dir().starts_with(&mirror.root) {
            return None;
        }
        Some(Self { base: mirror.base(&source), sent: Sent::files(&source, taken.token) })
    }

    pub fn twin(&self, file: &Wanted) -> Option<Twin> {
        let (bytes, sha256) = file.sum.as_ref()?;
        let (sum, object) = self.sent.get(&file.path)?;
        let same = (sum, object.bytes) == (sha256, *bytes);
        same.then(|| Twin { key: format!("{}/{}", self.base, file.path), object: object.clone() })
    }
}
