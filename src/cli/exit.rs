use std::process::{ExitCode, Termination};

use crate::domain::Status;

/// How a command ended, as the shell sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Done,
    /// The run failed, or what was compared differs.
    Failed,
    /// The spec or the call is wrong.
    Wrong,
    /// The environment is not ready, or a run could not be recorded.
    NotReady,
    Cancelled,
}

impl Exit {
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Wrong => 2,
            Self::NotReady => 3,
            Self::Cancelled => 130,
        }
    }

    /// What a command that followed a run to this status ends with.
    pub fn of_run(status: Status) -> Self {
        match status {
            Status::Succeeded | Status::Skipped | Status::Running => Self::Done,
            Status::Failed => Self::Failed,
            Status::Interrupted => Self::NotReady,
            Status::Cancelled => Self::Cancelled,
        }
    }
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_the_manual() {
        let codes = [Exit::Done, Exit::Failed, Exit::Wrong, Exit::NotReady, Exit::Cancelled].map(Exit::code);
        assert_eq!(codes, [0, 1, 2, 3, 130]);
        assert_eq!(Exit::of_run(Status::Interrupted), Exit::NotReady);
        assert_eq!(Exit::of_run(Status::Cancelled).code(), 130);
    }
}
