use serde::{Deserialize, Serialize};

use crate::domain::Role;

/// The eight steps of a workflow's way to production, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrackStep {
    Discuss,
    Implement,
    Iterate,
    Review,
    Stage,
    Release,
    Monitor,
    CoOwn,
}

impl TrackStep {
    pub const ALL: [Self; 8] = [
        Self::Discuss,
        Self::Implement,
        Self::Iterate,
        Self::Review,
        Self::Stage,
        Self::Release,
        Self::Monitor,
        Self::CoOwn,
    ];

    /// From 1.
    pub fn number(self) -> usize {
        self as usize + 1
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Discuss => "Discuss",
            Self::Implement => "Implement",
            Self::Iterate => "Iterate locally",
            Self::Review => "Code review",
            Self::Stage => "Test in stage",
            Self::Release => "Release together",
            Self::Monitor => "Monitoring and alerts",
            Self::CoOwn => "Co-owned run",
        }
    }
}

/// The two sides that bring a workflow to production together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Analysts and scientists.
    Analyst,
    Engineer,
}

impl Side {
    pub fn of(role: Role) -> Self {
        match role {
            Role::Analyst | Role::Scientist => Self::Analyst,
            Role::Engineer => Self::Engineer,
        }
    }

    pub fn other(self) -> Self {
        match self {
            Self::Analyst => Self::Engineer,
            Self::Engineer => Self::Analyst,
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Analyst => "analyst or scientist",
            Self::Engineer => "engineer",
        }
    }
}
