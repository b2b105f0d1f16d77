use std::collections::BTreeMap;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;

use futures_util::{TryStreamExt, stream};

use super::RemoteError;
use super::bucket::{Object, encoded};
use super::place::Mirror;
use super::sent::Sent;
use super::taken::TakenFrom;
use super::upload::Upload;
use super::wanted::{Wanted, files_of, manifest_of, record_of};
use crate::domain::{Digest, Manifest, NodeId, RunLayout, Token};
use crate::store::kept::{manifest, manifests};

/// Files of a step that are on their way at once.
const AT_ONCE: usize = 4;

/// What it took to have all of a run in its bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pushed {
    /// Files that were sent.
    pub sent: u64,
    /// Those that were there already.
    pub there: u64,
}

impl Mirror {
    /// Sends all of a run that its bucket does not have: each step's files, then its manifest; the rest of the record;
    /// and, when all of that is there as it was sent, `run.json`: a run without one is none. The caller holds its lock.
    pub fn push(&self, layout: &RunLayout, token: Token, so_far: &AtomicU64) -> Result<Pushed, RemoteError> {
        let mut steps = Vec::new();
        for (node, manifest) in manifests(layout, token).map_err(unread)? {
            steps.push((node, manifest.map_err(unread)?));
        }
        let record = record_of(layout);
        let sent = Mutex::new(Sent::open(layout, token).map_err(RemoteError::local(NOTED))?);
        let base = self.base(layout);
        let upload = Upload {
            bucket: &self.bucket,
            base: &base,
            dir: layout.dir().as_std_path(),
            sent: &sent,
            so_far,
        };
        self.bucket
            .wait(async {
                let there = self.bucket.list(&base).await?;
                let mut pushed = Pushed::default();
                let mut all = Vec::new();
                for (node, manifest) in &steps {
                    let taken = TakenFrom::of(self, layout, manifest);
                    let files = files_of(manifest, taken.as_ref())?;
                    send(&upload, &files, &there, &mut pushed).await?;
                    let manifest = [manifest_of(node)];
                    send(&upload, &manifest, &there, &mut pushed).await?;
                    all.extend(files.into_iter().chain(manifest));
                }
                send(&upload, &record, &there, &mut pushed).await?;
                all.extend(record);
                if pushed.sent > 0 {
                    settle(&upload, &all, &self.bucket.list(&base).await?)?;
                }
                send(&upload, &[Wanted::record("run.json")], &there, &mut pushed).await?;
                Ok(pushed)
            })
            .and_then(|pushed| {
                let note = || {
                    let text = fs_err::read(layout.run_json())?;
                    sent.into_inner()
                        .unwrap_or_else(std::sync::PoisonError::into_inner)
                        .note_whole(Digest::of(&text))
                };
                note().map_err(RemoteError::local(NOTED))?;
                Ok(pushed)
            })
    }

    /// Sends a new run's plan, before any of it starts: who may not write there hears of it now.
    pub fn begin(&self, layout: &RunLayout, token: Token) -> Result<(), RemoteError> {
        let sent = Mutex::new(Sent::open(layout, token).map_err(RemoteError::local(NOTED))?);
        let (base, so_far) = (self.base(layout), AtomicU64::new(0));
        let dir = layout.dir().as_std_path();
        let upload = Upload { bucket: &self.bucket, base: &base, dir, sent: &sent, so_far: &so_far };
        self.bucket.wait(upload.file(&Wanted::record("plan.json")))
    }

    /// Sends what a step has just made, while others still run.
    pub(super) fn push_step(
        &self,
        layout: &RunLayout,
        token: Token,
        node: &NodeId,
        sent: &Mutex<Sent>,
    ) -> Result<(), RemoteError> {
        let Some(manifest): Option<Manifest> = manifest(layout, token, node).map_err(unread)? else {
            return Ok(());
        };
        let (base, so_far) = (self.base(layout), AtomicU64::new(0));
        let dir = layout.dir().as_std_path();
        let upload = Upload { bucket: &self.bucket, base: &base, dir, sent, so_far: &so_far };
        let taken = TakenFrom::of(self, layout, &manifest);
        let files = files_of(&manifest, taken.as_ref())?;
        self.bucket.wait(async {
            let mut pushed = Pushed::default();
            let nothing = BTreeMap::new();
            send(&upload, &files, &nothing, &mut pushed).await?;
            let manifest = [manifest_of(node)];
            send(&upload, &manifest, &nothing, &mut pushed).await?;
            let now = self.bucket.list(&base).await?;
            settle(&upload, &files, &now)?;
            settle(&upload, &manifest, &now)
        })
    }
}

/// Those that are not there. The order among them is nobody's concern.
async fn send(
    upload: &Upload<'_>,
    files: &[Wanted],
    there: &BTreeMap<String, Object>,
    pushed: &mut Pushed,
) -> Result<(), RemoteError> {
    let mut missing = Vec::new();
    for file in files {
        let sum = match &file.sum {
            Some((_, sum)) => Some(sum.clone()),
            None => sum_of(upload, file).ok(),
        };
        match is_there(upload, file, there, sum.as_ref()) {
            true => pushed.there += 1,
            false => missing.push(file),
        }
    }
    pushed.sent += missing.len() as u64;
    stream::iter(missing.into_iter().map(Ok)).try_for_each_concurrent(AT_ONCE, |file| upload.file(file)).await
}

/// Is a file in the bucket as this machine has sent it? `sum`: as it is now.
fn is_there(
    upload: &Upload<'_>,
    file: &Wanted,
    there: &BTreeMap<String, Object>,
    sum: Option<&Digest>,
) -> bool {
    let sent = upload.sent();
    let (Some((sha256, object)), Some(found)) = (sent.file(&file.path), there.get(&encoded(&file.path)))
    else {
        return false;
    };
    sum == Some(sha256) && object == found
}

/// What was sent has come with all its bytes. From here on it is known by the mark that a list gives it, which may be
/// another than the answer to who sent it had.
fn settle(
    upload: &Upload<'_>,
    files: &[Wanted],
    there: &BTreeMap<String, Object>,
) -> Result<(), RemoteError> {
    let mut sent = upload.sent();
    for file in files {
        let was = sent.file(&file.path).cloned();
        match (was, there.get(&encoded(&file.path))) {
            (Some((_, object)), Some(found)) if object == *found => {}
            (Some((sum, object)), Some(found)) if object.bytes == found.bytes => {
                sent.note_file(&file.path, sum, found.clone()).map_err(RemoteError::local(NOTED))?;
            }
            _ => {
                let why = format!("{} has not come to {} as it was sent", file.path, upload.bucket.address());
                return Err(RemoteError::Refused(why));
            }
        }
    }
    Ok(())
}

fn sum_of(upload: &Upload<'_>, file: &Wanted) -> io::Result<Digest> {
    let mut file = crate::disk::open_plain(upload.dir, &file.below, crate::disk::Access::Read)?;
    Ok(crate::store::hash(&mut file)?.0)
}

fn unread(error: crate::engine::StoreError) -> RemoteError {
    RemoteError::Local {
        what: "the run cannot be read to be sent".to_owned(),
        source: io::Error::other(error),
    }
}

const NOTED: &str = "what is sent cannot be noted";
