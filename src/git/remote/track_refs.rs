use super::{GitError, Repository};
use crate::domain::track::{IdError, RefName};

/// Where a remote keeps the ledgers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrackRefs {
    /// `refs/greenroom/tracks/<id>`: nobody's branch.
    Custom,
    /// `refs/heads/_greenroom/tracks/<id>`, where a host takes nothing but branches and tags.
    Branches,
}

const KEY: &str = "greenroom.trackRefs";

impl TrackRefs {
    pub const ALL: [Self; 2] = [Self::Custom, Self::Branches];

    pub fn prefix(self) -> &'static str {
        match self {
            Self::Custom => "refs/greenroom/tracks/",
            Self::Branches => "refs/heads/_greenroom/tracks/",
        }
    }

    /// Where what is fetched of them is kept, below a folder for each remote.
    pub(super) fn folder(self) -> &'static str {
        match self {
            Self::Custom => "tracks",
            Self::Branches => "branches",
        }
    }

    /// Of the ledger of one track.
    pub fn name(self, track: &str) -> Result<RefName, IdError> {
        format!("{}{track}", self.prefix()).parse()
    }

    fn word(self) -> &'static str {
        match self {
            Self::Custom => "custom",
            Self::Branches => "branches",
        }
    }
}

impl Repository {
    /// What `greenroom.trackRefs` says, or what a push found out; None: nobody knows yet.
    pub fn track_refs(&self) -> Result<Option<TrackRefs>, GitError> {
        let word = self.own().config(KEY)?;
        Ok(TrackRefs::ALL.into_iter().find(|refs| word.as_deref() == Some(refs.word())))
    }

    /// For this clone.
    pub(super) fn remember(&self, refs: TrackRefs) -> Result<(), GitError> {
        if self.track_refs()? != Some(refs) {
            self.set_config(KEY, refs.word())?;
        }
        Ok(())
    }
}
