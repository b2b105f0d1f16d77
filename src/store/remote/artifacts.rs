use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;

use camino::Utf8Path;
use futures_util::{TryStreamExt, stream};

use super::RemoteError;
use super::cache::Cache;
use super::held::is_fetched;
use super::place::Mirror;
use crate::domain::escape::unescape;
use crate::domain::{Artifact, Manifest, RunLayout};
use crate::store::kept::hollow;

/// Files that are fetched at once.
const AT_ONCE: usize = 4;
const PUT: &str = "what was fetched cannot be put in its place";

impl Mirror {
    fn cache(&self) -> Cache {
        Cache { folder: self.root.parent().unwrap_or(Utf8Path::new("")).join("cache") }
    }

    /// Has what a step of a run made lie here, each file as its manifest tells. `so_far`: bytes, for whoever waits.
    pub fn fetch_artifacts(
        &self,
        layout: &RunLayout,
        manifest: &Manifest,
        so_far: &AtomicU64,
    ) -> Result<(), RemoteError> {
        self.fetch_those(layout, manifest, &|_| true, so_far)
    }

    /// The same of some of its files.
    pub fn fetch_those(
        &self,
        layout: &RunLayout,
        manifest: &Manifest,
        wanted: &(dyn Fn(&Artifact) -> bool + Sync),
        so_far: &AtomicU64,
    ) -> Result<(), RemoteError> {
        if !is_fetched(layout) {
            return Ok(());
        }
        let Some(hollow) = hollow(manifest) else {
            return Err(RemoteError::Refused(format!(
                "the manifest of step {} names a folder outside of it",
                manifest.node
            )));
        };
        for folder in hollow {
            self.folder(&layout.dir().as_std_path().join(folder))?;
        }
        let mut missing: Vec<(&Artifact, PathBuf)> = Vec::new();
        for file in manifest.files.iter().filter(|file| wanted(file)) {
            let Some(below) = unescape(&file.path) else {
                return Err(RemoteError::Refused(format!(
                    "the manifest of step {} names a file outside of it: {}",
                    manifest.node, file.path
                )));
            };
            let to = layout.artifacts(&manifest.node).into_std_path_buf().join(below);
            if to.symlink_metadata().is_err() {
                missing.push((file, to));
            }
        }
        let base = format!("{}/{}", self.base(layout), manifest.node.dir());
        self.bucket.wait(async {
            stream::iter(missing.into_iter().map(Ok))
                .try_for_each_concurrent(AT_ONCE, |(file, to)| self.fetch_file(&base, file, to, so_far))
                .await
        })
    }

    fn folder(&self, folder: &Path) -> Result<(), RemoteError> {
        let made = Utf8Path::from_path(folder)
            .map_or(Ok(()), |folder| super::record::plain_folder(&self.root, folder));
        made.map_err(RemoteError::local(PUT))
    }

    async fn fetch_file(
        &self,
        base: &str,
        file: &Artifact,
        to: PathBuf,
        so_far: &AtomicU64,
    ) -> Result<(), RemoteError> {
        let kept = || RemoteError::local(PUT);
        let cache = self.cache();
        to.parent().map_or(Ok(()), |folder| self.folder(folder))?;
        if cache.link(&file.sha256, &to).map_err(kept())? {
            return Ok(());
        }
        let key = format!("{base}/{}", file.path);
        cache.fetch(&self.bucket, &key, file, so_far).await.map_err(|error| match error {
            RemoteError::NotThere(key) => {
                RemoteError::Refused(format!("{}/{key} is not in the bucket any more", self.address()))
            }
            error => error,
        })?;
        match cache.link(&file.sha256, &to).map_err(kept())? {
            true => Ok(()),
            false => Err(RemoteError::Refused(format!("{key} was changed while it was fetched"))),
        }
    }
}
