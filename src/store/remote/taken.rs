use std::collections::HashMap;

use super::bucket::Object;
use super::held::Held;
use super::place::Mirror;
use super::sent::Sent;
use super::wanted::Wanted;
use crate::domain::{Digest, NodeId, RunLayout};
use crate::store::record::read_plan;

/// A file under another key of the same bucket, as it was when it was last known to be whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Twin {
    pub key: String,
    pub object: Object,
}

/// What the bucket holds of the run that a step was taken over from. What it took from there, the bucket copies by itself:
/// each run is whole there whatever becomes of the others, and nothing goes over the network twice.
pub(super) struct TakenFrom {
    base: String,
    sent: HashMap<String, (Digest, Object)>,
    held: Option<Held>,
}

impl TakenFrom {
    /// None: the step made its outputs itself, or took them from a run of elsewhere.
    pub fn of(mirror: &Mirror, layout: &RunLayout, node: &NodeId) -> Option<Self> {
        let taken = read_plan(layout).ok()?.node(node)?.taken.clone()?;
        let source = RunLayout::at(&taken.path);
        if !source.dir().starts_with(&mirror.root) {
            return None;
        }
        Some(Self {
            base: mirror.base(&source),
            sent: Sent::files(&source, taken.token),
            held: Held::read(&source),
        })
    }

    pub fn twin(&self, file: &Wanted) -> Option<Twin> {
        let (bytes, sha256) = file.sum.as_ref()?;
        let object = match self.sent.get(&file.path) {
            Some((sum, object)) => (sum == sha256).then_some(object),
            None => self.held.as_ref()?.file(&file.path),
        };
        let object = object.filter(|object| object.bytes == *bytes)?.clone();
        Some(Twin { key: format!("{}/{}", self.base, file.path), object })
    }
}
