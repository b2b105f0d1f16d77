//! What a remote has, and what it is sent: by the person's own git.

mod fetch;
mod kept;
mod list;
mod main_branch;
mod outcome;
mod push;
mod track_refs;

use super::{GitError, Repository};

pub use fetch::{Fetched, RemoteTrack};
pub use main_branch::MainBranch;
pub use push::{Lease, Pushed, Update};
pub use track_refs::TrackRefs;

impl Repository {
    /// The names of the remotes that are configured, in git's order.
    pub fn remotes(&self) -> Result<Vec<String>, GitError> {
        let told = self.own().succeed("list its remotes", ["remote"], b"")?;
        Ok(String::from_utf8_lossy(&told).lines().map(str::to_owned).collect())
    }

    /// Only one that is configured: anything else could be an address that somebody else wrote, or an option.
    fn known(&self, remote: &str) -> Result<(), GitError> {
        match self.remotes()?.iter().any(|known| known == remote) && is_plain(remote) {
            true => Ok(()),
            false => Err(GitError::NoRemote(remote.to_owned())),
        }
    }
}

/// It becomes a part of ref names.
fn is_plain(remote: &str) -> bool {
    format!("refs/greenroom/remotes/{remote}").parse::<crate::domain::track::RefName>().is_ok()
}
