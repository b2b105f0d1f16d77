use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use object_store::PutPayload;
use object_store::multipart::PartId;
use sha2::{Digest as _, Sha256};

use super::RemoteError;
use super::bucket::{Bucket, Object};
use super::sent::{Begun, Sent};
use super::wanted::Wanted;
use crate::disk::{Access, open_plain};
use crate::domain::Digest;

/// Bytes up to which a file is sent in one piece, and those of each piece of a longer one.
pub(super) const PIECE: u64 = 8 << 20;
/// A bucket takes at most 10,000.
const PIECES: u64 = 9_000;

/// One run's files on their way.
pub(super) struct Upload<'a> {
    pub bucket: &'a Bucket,
    /// The run's key.
    pub base: &'a str,
    /// The run's directory.
    pub dir: &'a Path,
    pub sent: &'a Mutex<Sent>,
    /// Bytes that are there, for whoever waits.
    pub so_far: &'a AtomicU64,
}

impl Upload<'_> {
    pub fn sent(&self) -> MutexGuard<'_, Sent> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a file, checked against its sum where one is known: what was changed after it was made does not go up under
    /// its name.
    pub async fn file(&self, wanted: &Wanted) -> Result<(), RemoteError> {
        if self.copied(wanted).await? {
            return Ok(());
        }
        let unread = || RemoteError::local(format!("{} cannot be sent", wanted.path));
        let mut file = open_plain(self.dir, &wanted.below, Access::Read).map_err(unread())?;
        let bytes = file.metadata().map_err(unread())?.len();
        let key = format!("{}/{}", self.base, wanted.path);
        let (sum, object) = if bytes <= PIECE || wanted.once {
            let mut content = Vec::new();
            file.read_to_end(&mut content).map_err(unread())?;
            let sum = Digest::of(&content);
            same(wanted, content.len() as u64, &sum)?;
            let object = self.at_once(&key, Bytes::from(content), wanted.once).await?;
            self.so_far.fetch_add(object.bytes, Ordering::Relaxed);
            (sum, object)
        } else {
            self.in_pieces(&key, wanted, file, bytes).await?
        };
        self.sent().note_file(&wanted.path, sum, object).map_err(RemoteError::local(NOTED))
    }

    /// Where the bucket has it already, it does not go up once more.
    async fn copied(&self, wanted: &Wanted) -> Result<bool, RemoteError> {
        let (Some(twin), Some((_, sum))) = (&wanted.twin, &wanted.sum) else { return Ok(false) };
        let key = format!("{}/{}", self.base, wanted.path);
        let Some(object) = self.bucket.copy(&twin.key, &twin.object, &key).await else { return Ok(false) };
        self.so_far.fetch_add(object.bytes, Ordering::Relaxed);
        self.sent().note_file(&wanted.path, sum.clone(), object).map_err(RemoteError::local(NOTED))?;
        Ok(true)
    }

    async fn at_once(&self, key: &str, content: Bytes, once: bool) -> Result<Object, RemoteError> {
        if !once {
            return self.bucket.put(key, content).await;
        }
        match self.bucket.put_if_absent(key, content.clone()).await {
            // Of ours, before it could be noted; nobody else has this run.
            Err(RemoteError::Exists(_)) => match self.bucket.get(key, content.len() as u64, None).await {
                Ok(Some((there, object))) if there == content => Ok(object),
                Ok(_) | Err(RemoteError::Refused(_)) => Err(RemoteError::Refused(format!(
                    "{key} is in the bucket already, and says something else"
                ))),
                Err(error) => Err(error),
            },
            put => put,
        }
    }

    /// Goes on with the pieces that an earlier life of the upload left, where the bucket still has them.
    async fn in_pieces(
        &self,
        key: &str,
        wanted: &Wanted,
        file: File,
        bytes: u64,
    ) -> Result<(Digest, Object), RemoteError> {
        let begun = self.sent().begun(&wanted.path);
        let begun = begun.filter(|begun| wanted.sum.as_ref().is_some_and(|(_, sum)| begun.sha256 == *sum));
        let goes_on = begun.is_some();
        let mut from = file.try_clone().map_err(RemoteError::local("a file cannot be read"))?;
        match self.pieces(key, wanted, file, bytes, begun).await {
            Err(RemoteError::NotThere(_) | RemoteError::Unusable { .. }) if goes_on => {
                io::Seek::rewind(&mut from).map_err(RemoteError::local("a file cannot be read"))?;
                self.pieces(key, wanted, from, bytes, None).await
            }
            sent => sent,
        }
    }

    async fn pieces(
        &self,
        key: &str,
        wanted: &Wanted,
        mut file: File,
        bytes: u64,
        begun: Option<Begun>,
    ) -> Result<(Digest, Object), RemoteError> {
        let (store, path) = (&self.bucket.store, self.bucket.path(key));
        let begun = match begun {
            Some(begun) => begun,
            None => {
                let id = store.create_multipart(&path).await.map_err(self.bucket.wrong(key))?;
                let piece = PIECE.max(bytes.div_ceil(PIECES));
                let sha256 = wanted.sum.as_ref().map_or_else(Digest::zero, |(_, sum)| sum.clone());
                let noted = self.sent().note_begun(&wanted.path, sha256.clone(), id.clone(), piece);
                noted.map_err(RemoteError::local(NOTED))?;
                Begun { sha256, id, piece, pieces: Vec::new() }
            }
        };
        let (mut sum, mut read, mut names) = (Sha256::new(), 0, begun.pieces);
        for index in 0.. {
            let mut content = Vec::new();
            file.by_ref()
                .take(begun.piece)
                .read_to_end(&mut content)
                .map_err(RemoteError::local(format!("{} cannot be sent", wanted.path)))?;
            if content.is_empty() {
                break;
            }
            sum.update(&content);
            read += content.len() as u64;
            let length = content.len() as u64;
            if index >= names.len() {
                let piece = PutPayload::from(Bytes::from(content));
                let put = store.put_part(&path, &begun.id, index, piece).await;
                let name = put.map_err(self.bucket.wrong(key))?.content_id;
                self.sent()
                    .note_piece(&wanted.path, &begun.id, name.clone())
                    .map_err(RemoteError::local(NOTED))?;
                names.push(name);
            }
            self.so_far.fetch_add(length, Ordering::Relaxed);
        }
        let sum = Digest::from_sha256(&sum.finalize());
        if let Err(changed) = same(wanted, read, &sum) {
            // Nobody pays for what will never be whole.
            store.abort_multipart(&path, &begun.id).await.ok();
            return Err(changed);
        }
        let parts = names.into_iter().map(|content_id| PartId { content_id }).collect();
        let put = store.complete_multipart(&path, &begun.id, parts).await.map_err(self.bucket.wrong(key))?;
        Ok((sum, Object { bytes: read, etag: put.e_tag }))
    }
}

const NOTED: &str = "what was sent cannot be noted";

fn same(wanted: &Wanted, bytes: u64, sum: &Digest) -> Result<(), RemoteError> {
    match &wanted.sum {
        Some((told, sha256)) if (*told, sha256) != (bytes, sum) => Err(RemoteError::Refused(format!(
            "{} was changed after it was made: it is not sent",
            wanted.path
        ))),
        _ => Ok(()),
    }
}
