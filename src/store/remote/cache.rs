use std::fs::Permissions;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use camino::Utf8PathBuf;
use sha2::{Digest as _, Sha256};

use super::RemoteError;
use super::bucket::Bucket;
use super::record::plain_folder;
use crate::domain::{Artifact, Digest};
use crate::store::atomic_write::UNFINISHED;
use crate::store::place::link_or_copy_sealed;

/// What was fetched of any bucket, by its sum: `<folder>/ab/abcd…`. It can be removed at any time.
pub(super) struct Cache {
    pub folder: Utf8PathBuf,
}

impl Cache {
    fn below(sum: &Digest) -> Utf8PathBuf {
        Utf8PathBuf::from(&sum.as_str()[..2]).join(sum.as_str())
    }

    /// Puts a file where it is wanted, as a whole, if it is here and still what its name says. Two who do so at once have
    /// the same.
    pub fn link(&self, sum: &Digest, to: &Path) -> io::Result<bool> {
        let below = Self::below(sum);
        let folder = to.parent().unwrap_or(Path::new("."));
        let new = tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(folder)?;
        let new = new.path().join("file");
        match link_or_copy_sealed(
            self.folder.as_std_path(),
            below.as_std_path(),
            &new,
            &AtomicBool::new(false),
        ) {
            Ok(found) if found == *sum => fs_err::rename(&new, to).map(|()| true),
            Ok(_) => {
                fs_err::remove_file(self.folder.join(below))?;
                Ok(false)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Fetches a file: it is here once all of it has come and its sum is the one it should have.
    pub async fn fetch(
        &self,
        bucket: &Bucket,
        key: &str,
        file: &Artifact,
        so_far: &AtomicU64,
    ) -> Result<(), RemoteError> {
        let kept = || RemoteError::local("what is fetched cannot be kept");
        let path = self.folder.join(Self::below(&file.sha256));
        let folder = path.parent().unwrap_or(&self.folder).to_owned();
        plain_folder(&self.folder, &folder).map_err(kept())?;
        let mut new = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(&folder).map_err(kept())?;
        let mut sum = Sha256::new();
        bucket
            .download(key, file.bytes, |piece| {
                sum.update(piece);
                so_far.fetch_add(piece.len() as u64, Ordering::Relaxed);
                new.write_all(piece)
            })
            .await?;
        if Digest::from_sha256(&sum.finalize()) != file.sha256 {
            return Err(RemoteError::Refused(format!(
                "{}/{key} is not what the step made: somebody changed it in the bucket",
                bucket.address()
            )));
        }
        new.as_file().set_permissions(Permissions::from_mode(0o444)).map_err(kept())?;
        new.as_file().sync_all().map_err(kept())?;
        new.persist(&path).map_err(|error| kept()(error.error))?;
        Ok(())
    }
}
