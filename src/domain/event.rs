use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{AttemptStatus, CellId, Name, NodeId, Produced, Status, Token};

/// One line of `events.jsonl`, and of `run --json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunEvent {
    #[serde(flatten)]
    pub kind: EventKind,
    /// From 0, without gaps.
    pub seq: u64,
    pub ts: jiff::Timestamp,
    pub token: Token,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum EventKind {
    RunStarted {
        name: Name,
        /// Absolute path of the run's directory.
        path: String,
        /// Set when an interrupted run goes on.
        resumed: bool,
    },
    AttemptStarted {
        step: Name,
        cell: Option<CellId>,
        attempt: u32,
    },
    AttemptFinished {
        step: Name,
        cell: Option<CellId>,
        attempt: u32,
        status: AttemptStatus,
        exit_code: Option<i64>,
        seconds: f64,
        peak_memory_bytes: Option<u64>,
        /// For people; empty on success.
        reason: String,
        /// When the next attempt starts, if one does.
        retry_in_seconds: Option<f64>,
    },
    /// A sensor said "not yet".
    Polled {
        step: Name,
        cell: Option<CellId>,
        attempt: u32,
        polls: u32,
    },
    /// Something a person should know that ends nothing.
    Warned {
        step: Option<Name>,
        cell: Option<CellId>,
        message: String,
        /// Its log may lack something. None: recorded before this was told, see `is_of_log`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of_log: Option<bool>,
    },
    StepFinished {
        step: Name,
        cell: Option<CellId>,
        status: Status,
        /// Why, for people: `delays failed`, `when is false`, `taken from 018f…`; empty where the status says all.
        reason: String,
        outputs: IndexMap<Name, Produced>,
    },
    RunFinished {
        status: Status,
        seconds: f64,
        reason: String,
    },
}

impl EventKind {
    pub fn warned(node: &NodeId, message: String, of_log: bool) -> Self {
        let (step, cell) = (Some(node.step.clone()), node.cell.clone());
        Self::Warned { step, cell, message, of_log: Some(of_log) }
    }

    /// The step or cell it is about.
    pub fn node(&self) -> Option<NodeId> {
        match self {
            Self::AttemptStarted { step, cell, .. }
            | Self::AttemptFinished { step, cell, .. }
            | Self::Polled { step, cell, .. }
            | Self::Warned { step: Some(step), cell, .. }
            | Self::StepFinished { step, cell, .. } => Some(NodeId::new(step.clone(), cell.clone())),
            _ => None,
        }
    }

    /// It warns that a step's log may lack something.
    pub fn is_of_log(&self) -> bool {
        match self {
            // Of old recordings only the words tell: those of a step may begin so too.
            Self::Warned { of_log, message, .. } => of_log.unwrap_or_else(|| message.starts_with("the log ")),
            _ => false,
        }
    }
}
