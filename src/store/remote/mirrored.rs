use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use camino::Utf8PathBuf;

use super::held::is_fetched;
use super::push::Pushed;
use super::sent::Sent;
use super::{Mirror, RemoteError};
use crate::domain::{Manifest, Node, NodeId, RunLayout, Token};
use crate::engine::{AttemptDirs, AttemptFacts, LakeRead, RunStore, StoreError};
use crate::store::RunDir;

/// A run in its local directory, whose bucket gets what each step made as soon as it is sealed. What cannot be sent then
/// is sent at the end: a network that is away for a while stops no step.
pub struct MirroredRun {
    inner: RunDir,
    mirror: Arc<Mirror>,
    sender: Mutex<Sender<Option<NodeId>>>,
}

/// Sends in the background until the run's end.
pub struct Sending {
    mirror: Arc<Mirror>,
    layout: RunLayout,
    token: Token,
    enough: Arc<AtomicBool>,
    sender: Sender<Option<NodeId>>,
    worker: JoinHandle<()>,
}

impl MirroredRun {
    pub fn start(inner: RunDir, token: Token, mirror: Mirror) -> Result<(Self, Sending), RemoteError> {
        let (mirror, layout) = (Arc::new(mirror), inner.layout().clone());
        let sent = Sent::open(&layout, token).map_err(RemoteError::local("what is sent cannot be noted"))?;
        let (sender, nodes) = channel();
        let enough = Arc::<AtomicBool>::default();
        let worker = {
            let (mirror, layout, enough) = (Arc::clone(&mirror), layout.clone(), Arc::clone(&enough));
            thread::spawn(move || send_each(&mirror, &layout, token, &nodes, sent, &enough))
        };
        let run = Self { inner, mirror: Arc::clone(&mirror), sender: Mutex::new(sender.clone()) };
        Ok((run, Sending { mirror, layout, token, enough, sender, worker }))
    }

    fn send(&self, node: &NodeId) {
        // Who waits for the run's end sends what nobody takes.
        self.sender.lock().unwrap_or_else(PoisonError::into_inner).send(Some(node.clone())).ok();
    }

    /// What a step takes over may lie in the bucket only.
    fn fetch(&self, node: &Node) -> Result<(), StoreError> {
        let Some(taken) = &node.taken else { return Ok(()) };
        let source = RunLayout::at(&taken.path);
        if !source.dir().starts_with(&self.mirror.root) || !is_fetched(&source) {
            return Ok(());
        }
        let Some(manifest) = crate::store::manifest(&source, taken.token, &node.id)? else { return Ok(()) };
        self.mirror.fetch_artifacts(&source, &manifest, &AtomicU64::new(0)).map_err(|error| match error {
            RemoteError::Refused(why) => StoreError::BadOutput(why),
            error => StoreError::Io {
                what: format!("what step {} takes over cannot be fetched", node.id),
                source: io::Error::other(error),
            },
        })
    }
}

impl Sending {
    /// All of the run, its record as it stands now. The caller still holds the run's lock.
    pub fn finish(self) -> Result<Pushed, RemoteError> {
        self.enough.store(true, Ordering::Relaxed);
        self.sender.send(None).ok();
        self.worker.join().ok();
        let push = || self.mirror.push(&self.layout, self.token, &AtomicU64::new(0));
        // A connection that broke is not always one that is made anew by itself.
        push().or_else(|error| if error.may_pass() { push() } else { Err(error) })
    }

    pub fn mirror(&self) -> &Mirror {
        &self.mirror
    }
}

fn send_each(
    mirror: &Mirror,
    layout: &RunLayout,
    token: Token,
    nodes: &Receiver<Option<NodeId>>,
    sent: Sent,
    enough: &AtomicBool,
) {
    let sent = Mutex::new(sent);
    while let Ok(Some(node)) = nodes.recv()
        && !enough.load(Ordering::Relaxed)
    {
        // Once more at the end, which tells why.
        mirror.push_step(layout, token, &node, &sent).ok();
    }
}

impl RunStore for MirroredRun {
    fn begin(&self, node: &NodeId, attempt: u32, adopt: bool) -> Result<AttemptDirs, StoreError> {
        self.inner.begin(node, attempt, adopt)
    }

    fn freeze_catalog(&self, dirs: &AttemptDirs) -> Result<LakeRead, StoreError> {
        self.inner.freeze_catalog(dirs)
    }

    fn reserve(&self, node: &NodeId) -> Result<Utf8PathBuf, StoreError> {
        self.inner.reserve(node)
    }

    fn usage(&self, node: &NodeId, attempt: u32) -> u64 {
        self.inner.usage(node, attempt)
    }

    fn seal(&self, node: &Node, dirs: &AttemptDirs, facts: &AttemptFacts) -> Result<Manifest, StoreError> {
        let manifest = self.inner.seal(node, dirs, facts)?;
        self.send(&node.id);
        Ok(manifest)
    }

    fn doubts(&self, node: &Node) -> Vec<String> {
        self.inner.doubts(node)
    }

    fn give_up(&self) {
        self.inner.give_up();
    }

    fn take(&self, node: &Node) -> Result<Manifest, StoreError> {
        if self.inner.manifest(&node.id)?.is_none() {
            self.fetch(node)?;
        }
        let manifest = self.inner.take(node)?;
        self.send(&node.id);
        Ok(manifest)
    }

    fn discard(&self, node: &NodeId, attempt: u32, output: bool) -> Result<(), StoreError> {
        self.inner.discard(node, attempt, output)
    }

    fn tidy(&self) -> Result<(), StoreError> {
        self.inner.tidy()
    }

    fn manifest(&self, node: &NodeId) -> Result<Option<Manifest>, StoreError> {
        self.inner.manifest(node)
    }
}
