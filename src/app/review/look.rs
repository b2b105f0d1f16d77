use std::collections::BTreeMap;

use super::{CodeFile, FlowDiff};
use crate::app::Trouble;
use crate::domain::lineage::DataDiff;
use crate::domain::track::{Card, Check, CommitId, NextAction, Track};
use crate::domain::{Digest, Name};

/// The tracks of a project, as its remote has them, or had them when it was last asked.
#[derive(Clone, Debug, Default)]
pub struct TracksLook {
    /// As git calls it.
    pub remote: String,
    /// In order of their names.
    pub tracks: Vec<Track>,
    /// Who sits here, as the target branch has it.
    pub me: Option<Name>,
    /// The remote was asked for them; else they are as it last had them.
    pub asked: bool,
    /// Why it has not answered.
    pub gone: Option<Trouble>,
    /// What whoever looks should know besides.
    pub warning: Option<String>,
}

impl TracksLook {
    /// Those that wait for a review first, then the others; none that is over.
    pub fn listed(&self) -> Vec<&Track> {
        let waits = |track: &&Track| track.next.action == NextAction::Review;
        let listed = self.tracks.iter().filter(|track| !track.is_over());
        let (waiting, others): (Vec<&Track>, Vec<&Track>) = listed.partition(waits);
        waiting.into_iter().chain(others).collect()
    }

    /// Those that are not listed.
    pub fn over(&self) -> usize {
        self.tracks.iter().filter(|track| track.is_over()).count()
    }

    pub fn waiting(&self) -> usize {
        self.tracks.iter().filter(|track| track.next.action == NextAction::Review).count()
    }

    /// The one of a workflow's tracks that is on its way, or else the last that moved.
    pub fn of(&self, workflow: &str) -> Option<&Track> {
        let own = self.tracks.iter().filter(|track| track.id.workflow() == workflow && !track.abandoned);
        own.max_by_key(|track| {
            let moved = track.cells.iter().filter_map(|cell| cell.since).max();
            (track.next.action != NextAction::Nothing, moved)
        })
    }
}

/// A track with all that its package changes, as it was found here and not as the package claims.
#[derive(Clone, Debug)]
pub struct ReviewLook {
    pub track: Track,
    pub card: Card,
    /// The target's tip when it was last fetched; None: the branch is not here.
    pub tip: Option<CommitId>,
    pub files: Vec<CodeFile>,
    /// Workflows whose steps differ.
    pub flows: Vec<FlowDiff>,
    /// Specs that differ, whole.
    pub specs: Vec<CodeFile>,
    pub lineage: Vec<DataDiff>,
    /// As they are attested, each with all it found.
    pub checks: Vec<Check>,
    /// The texts of files in which a check found something, by path.
    pub sources: BTreeMap<String, String>,
}

impl ReviewLook {
    /// The package that is looked at.
    pub fn package(&self) -> Option<&Digest> {
        self.card.sealed.as_ref().map(|sealed| &sealed.package)
    }
}

#[cfg(test)]
mod tests {
    use super::super::scene::{ID, track, tracks};
    use super::*;

    #[test]
    fn what_waits_comes_first_and_a_workflow_has_the_track_that_is_on_its_way() {
        let mut look = tracks("eli");
        let ids: Vec<&str> = look.listed().iter().map(|track| track.id.as_str()).collect();
        assert_eq!((ids, look.waiting()), (vec![ID, "airports-a1b2c3"], 1));
        look.tracks.push(track("daily_delays-zzzzzz", 8, NextAction::Nothing, &[]));
        assert_eq!(look.of("daily_delays").unwrap().id.as_str(), ID);
        look.tracks[1].abandoned = true;
        assert_eq!(look.of("daily_delays").unwrap().id.as_str(), "daily_delays-zzzzzz");
        assert!(look.of("other").is_none());
    }
}
