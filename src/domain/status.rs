use serde::{Deserialize, Serialize};

/// How a run or a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Running,
    /// Nobody drives it, and it has not finished: `resume` goes on with it.
    Interrupted,
    Succeeded,
    Failed,
    Skipped,
    Cancelled,
}

/// How one try of one step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptStatus {
    Succeeded,
    Failed,
    Cancelled,
    TimedOut,
    OutOfMemory,
    /// It ended well but left what may not be, lacked what was promised, or broke an `expect`.
    BadOutput,
    /// Its container is gone and nobody saw it end. Not charged to `retry.limit`.
    Lost,
}

impl Status {
    /// Nothing more comes of it.
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Running | Self::Interrupted)
    }

    /// How it is drawn, in one column.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Succeeded => "✓",
            Self::Failed => "✗",
            Self::Skipped => "−",
            Self::Cancelled => "■",
            Self::Interrupted => "!",
            Self::Running => "›",
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Interrupted => "interrupted",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Cancelled => "cancelled",
        }
    }
}

impl AttemptStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::TimedOut => "timed_out",
            Self::OutOfMemory => "out_of_memory",
            Self::BadOutput => "bad_output",
            Self::Lost => "lost",
        }
    }
}
