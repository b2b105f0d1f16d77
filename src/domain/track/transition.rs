use serde::{Deserialize, Serialize};

use super::bodies::{
    Abandoned, Agreed, Approved, Armed, CoOwned, Executed, Monitoring, Opened, Promoted, Recorded, Requested,
    RolledBack, Said, Sealing, StageRan, StageVerified,
};
use super::{Side, TrackStep};

/// What an event does to its track, with what it says about that.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "transition", content = "body")]
pub enum Transition {
    #[serde(rename = "track.opened")]
    Opened(Opened),
    #[serde(rename = "design.agreed")]
    Agreed(Agreed),
    #[serde(rename = "run.recorded")]
    Recorded(Recorded),
    #[serde(rename = "package.sealed")]
    Sealed(Box<Sealing>),
    #[serde(rename = "review.approved")]
    Approved(Approved),
    #[serde(rename = "changes.requested")]
    Requested(Requested),
    #[serde(rename = "comment")]
    Said(Said),
    #[serde(rename = "stage.ran")]
    StageRan(StageRan),
    #[serde(rename = "stage.verified")]
    StageVerified(StageVerified),
    #[serde(rename = "release.armed")]
    Armed(Armed),
    #[serde(rename = "release.executed")]
    Executed(Executed),
    #[serde(rename = "monitoring.applied")]
    Monitoring(Monitoring),
    #[serde(rename = "coown.accepted")]
    CoOwned(CoOwned),
    #[serde(rename = "rolled_back")]
    RolledBack(RolledBack),
    #[serde(rename = "abandoned")]
    Abandoned(Abandoned),
    #[serde(rename = "promoted")]
    Promoted(Promoted),
}

/// Every transition there is, as it is written.
pub const TRANSITIONS: [&str; 16] = [
    "track.opened",
    "design.agreed",
    "run.recorded",
    "package.sealed",
    "review.approved",
    "changes.requested",
    "comment",
    "stage.ran",
    "stage.verified",
    "release.armed",
    "release.executed",
    "monitoring.applied",
    "coown.accepted",
    "rolled_back",
    "abandoned",
    "promoted",
];

impl Transition {
    /// As it is written: `review.approved`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Opened(_) => "track.opened",
            Self::Agreed(_) => "design.agreed",
            Self::Recorded(_) => "run.recorded",
            Self::Sealed(_) => "package.sealed",
            Self::Approved(_) => "review.approved",
            Self::Requested(_) => "changes.requested",
            Self::Said(_) => "comment",
            Self::StageRan(_) => "stage.ran",
            Self::StageVerified(_) => "stage.verified",
            Self::Armed(_) => "release.armed",
            Self::Executed(_) => "release.executed",
            Self::Monitoring(_) => "monitoring.applied",
            Self::CoOwned(_) => "coown.accepted",
            Self::RolledBack(_) => "rolled_back",
            Self::Abandoned(_) => "abandoned",
            Self::Promoted(_) => "promoted",
        }
    }

    /// What somebody calls it who signs it: your approval.
    pub fn title(&self) -> &'static str {
        match self {
            Self::Opened(_) => "opening of the track",
            Self::Agreed(_) => "agreement to the design",
            Self::Recorded(_) => "record of a run",
            Self::Sealed(_) => "package",
            Self::Approved(_) => "approval",
            Self::Requested(_) => "request for changes",
            Self::Said(_) => "comment",
            Self::StageRan(_) => "run in stage",
            Self::StageVerified(_) => "verification of the run in stage",
            Self::Armed(_) => "arming of the release",
            Self::Executed(_) => "release",
            Self::Monitoring(_) => "record of the monitors",
            Self::CoOwned(_) => "acceptance of the co-owned run",
            Self::RolledBack(_) => "record of the rollback",
            Self::Abandoned(_) => "end of the track",
            Self::Promoted(_) => "promotion",
        }
    }

    /// The step of the way that it belongs to; a comment and an end belong to none.
    pub fn step(&self) -> Option<TrackStep> {
        match self {
            Self::Opened(_) | Self::Agreed(_) => Some(TrackStep::Discuss),
            Self::Recorded(_) => Some(TrackStep::Iterate),
            Self::Sealed(_) | Self::Approved(_) | Self::Requested(_) => Some(TrackStep::Review),
            Self::StageRan(_) | Self::StageVerified(_) | Self::Promoted(_) => Some(TrackStep::Stage),
            Self::Armed(_) | Self::Executed(_) | Self::RolledBack(_) => Some(TrackStep::Release),
            Self::Monitoring(_) => Some(TrackStep::Monitor),
            Self::CoOwned(_) => Some(TrackStep::CoOwn),
            Self::Said(_) | Self::Abandoned(_) => None,
        }
    }

    /// The side that alone may sign it; None: either may.
    pub fn side(&self) -> Option<Side> {
        match self {
            Self::Opened(_) | Self::Recorded(_) | Self::Sealed(_) => Some(Side::Analyst),
            Self::Approved(_) | Self::Requested(_) => Some(Side::Engineer),
            _ => None,
        }
    }

    /// It counts only when a person of each side has signed the same.
    pub fn by_both(&self) -> bool {
        matches!(self, Self::Agreed(_) | Self::StageVerified(_) | Self::Armed(_) | Self::CoOwned(_))
    }

    /// One may do it at once, and a person of the other side signs the same later.
    pub fn co_signed_later(&self) -> bool {
        matches!(self, Self::RolledBack(_) | Self::Abandoned(_))
    }
}
