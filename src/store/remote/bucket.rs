use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::io;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt, TryStreamExt};
use object_store::multipart::MultipartStore;
use object_store::path::{Path, PathPart};
use object_store::{GetOptions, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload};
use serde::{Deserialize, Serialize};

use super::connect::{Haste, connect};
use super::runtime::Background;
use super::sieve::OddKeys;
use super::{Address, RemoteError};

/// Of the object store's crate, what is needed here.
pub(super) trait Store: ObjectStore + MultipartStore {}

impl<T: ObjectStore + MultipartStore> Store for T {}

/// What a bucket holds under a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    pub bytes: u64,
    /// Changes with every write.
    pub etag: Option<String>,
}

/// Keys are paths with `/`, relative to the address's prefix; each name of one is written as `encoded` has it.
pub struct Bucket {
    pub(super) address: Address,
    pub(super) store: Arc<dyn Store>,
    odd: OddKeys,
    background: Background,
}

impl Bucket {
    /// No request is made yet.
    pub fn open(address: Address, haste: Haste) -> Result<Self, RemoteError> {
        let odd = OddKeys::default();
        let store = connect(&address, haste, &odd)?;
        let background = Background::start().map_err(RemoteError::local("no thread can be started"))?;
        Ok(Self { address, store, odd, background })
    }

    /// Over a store that is there already.
    #[cfg(test)]
    pub(super) fn over(store: Arc<dyn Store>, address: Address) -> Self {
        Self { address, store, odd: OddKeys::default(), background: Background::start().unwrap() }
    }

    pub fn address(&self) -> &Address {
        &self.address
    }

    /// What was listed and passed over, as no path can be so: a sentence each.
    pub(super) fn odd(&self) -> impl Iterator<Item = String> {
        let all = self.odd.all().into_iter();
        all.map(|key| {
            format!("{} holds what no run has left there, which is passed over: {key}", self.address)
        })
    }

    pub(super) fn wait<T: Send>(
        &self,
        work: impl Future<Output = Result<T, RemoteError>> + Send,
    ) -> Result<T, RemoteError> {
        self.background.wait(work).map_err(RemoteError::local("a request was given up"))?
    }

    pub(super) fn wrong<'a>(&'a self, key: &'a str) -> impl FnOnce(object_store::Error) -> RemoteError + 'a {
        move |error| RemoteError::of(&self.address, key, error)
    }

    pub(super) fn path(&self, key: &str) -> Path {
        let prefix = self.address.prefix.split('/').filter(|part| !part.is_empty());
        Path::from_iter(prefix.chain(key.split('/')).map(PathPart::from))
    }

    /// Replaces what is there, as a whole.
    pub(super) async fn put(&self, key: &str, content: Bytes) -> Result<Object, RemoteError> {
        self.put_as(key, content, PutMode::Overwrite).await
    }

    /// Unless something is there: of two that write, one is told `Exists`.
    pub(super) async fn put_if_absent(&self, key: &str, content: Bytes) -> Result<Object, RemoteError> {
        self.put_as(key, content, PutMode::Create).await
    }

    async fn put_as(&self, key: &str, content: Bytes, mode: PutMode) -> Result<Object, RemoteError> {
        let bytes = content.len() as u64;
        let options = PutOptions { mode, ..PutOptions::default() };
        let put = self.store.put_opts(&self.path(key), PutPayload::from_bytes(content), options).await;
        let put = put.map_err(self.wrong(key))?;
        Ok(Object { bytes, etag: put.e_tag })
    }

    /// Has the bucket copy what was last seen under a key. None: it is another by now, or the bucket does no such thing.
    pub(super) async fn copy(&self, from: &str, seen: &Object, to: &str) -> Option<Object> {
        let looked = async |key: &str| {
            let meta = self.store.head(&self.path(key)).await.ok()?;
            Some(Object { bytes: meta.size, etag: meta.e_tag })
        };
        if looked(from).await.as_ref() != Some(seen) {
            return None;
        }
        self.store.copy(&self.path(from), &self.path(to)).await.ok()?;
        looked(to).await.filter(|there| there.bytes == seen.bytes)
    }

    /// All of something small. None: it is still what had this etag.
    pub(super) async fn get(
        &self,
        key: &str,
        most: u64,
        known: Option<&str>,
    ) -> Result<Option<(Bytes, Object)>, RemoteError> {
        let options = GetOptions { if_none_match: known.map(str::to_owned), ..GetOptions::default() };
        let found = match self.store.get_opts(&self.path(key), options).await {
            Err(object_store::Error::NotModified { .. }) => return Ok(None),
            found => found.map_err(self.wrong(key))?,
        };
        let object = Object { bytes: found.meta.size, etag: found.meta.e_tag.clone() };
        let too_long = || RemoteError::Refused(format!("{key} is longer than any run would have made it"));
        if object.bytes > most {
            return Err(too_long());
        }
        let mut content = BytesMut::new();
        let mut stream = found.into_stream();
        while let Some(piece) = stream.next().await {
            content.extend_from_slice(&piece.map_err(self.wrong(key))?);
            if content.len() as u64 > most {
                return Err(too_long());
            }
        }
        Ok(Some((content.freeze(), object)))
    }

    /// All of something long, piece by piece.
    pub(super) async fn download(
        &self,
        key: &str,
        most: u64,
        mut each: impl FnMut(&[u8]) -> io::Result<()> + Send,
    ) -> Result<(), RemoteError> {
        let found = self.store.get_opts(&self.path(key), GetOptions::default()).await;
        let mut stream = found.map_err(self.wrong(key))?.into_stream();
        let mut bytes = 0;
        while let Some(piece) = stream.try_next().await.map_err(self.wrong(key))? {
            bytes += piece.len() as u64;
            // Nobody's disk is filled by what is not wanted.
            if bytes > most {
                return Err(RemoteError::Refused(format!(
                    "{}/{key} is longer than it should be: somebody changed it in the bucket",
                    self.address
                )));
            }
            each(&piece).map_err(RemoteError::local("what is fetched cannot be kept"))?;
        }
        Ok(())
    }

    /// The names on the next level below a key that themselves have something below them.
    pub(super) async fn folders(&self, below: &str) -> Result<Vec<String>, RemoteError> {
        let listed = self.store.list_with_delimiter(Some(&self.path(below))).await.map_err(self.wrong(""))?;
        let last = |path: &Path| Some(path.as_ref().rsplit('/').next()?.to_owned());
        Ok(listed.common_prefixes.iter().filter_map(last).collect())
    }

    /// All that lies below a key: its key relative to that, as it is written in the bucket.
    pub(super) async fn list(&self, below: &str) -> Result<BTreeMap<String, Object>, RemoteError> {
        let prefix = self.path(below);
        let start = format!("{prefix}/");
        let mut found = BTreeMap::new();
        let mut stream = self.store.list(Some(&prefix));
        while let Some(meta) = stream.try_next().await.map_err(self.wrong(""))? {
            if let Some(key) = meta.location.as_ref().strip_prefix(&start) {
                found.insert(key.to_owned(), Object { bytes: meta.size, etag: meta.e_tag });
            }
        }
        Ok(found)
    }
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.address)
    }
}

/// A relative path as its key is written: what a store, or a shell, would take for something else is escaped.
pub(super) fn encoded(path: &str) -> String {
    let parts: Vec<_> = path.split('/').map(PathPart::from).collect();
    parts.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join("/")
}
