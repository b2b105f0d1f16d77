use crate::app::{LogLine, Trouble};
use crate::domain::{Finding, LocalStatus, Name};

/// A question about the environment that changes nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum LocalAsk {
    /// What this machine has and lacks.
    Findings,
    /// The end of what a service wrote, and what it goes on to write.
    Log(Name),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LocalSlot {
    Findings,
    Log,
}

#[derive(Clone, Debug)]
pub enum LocalAnswer {
    Findings(Vec<Finding>),
    /// The service's container has ended.
    LogEnded,
}

#[derive(Clone, Debug)]
pub enum LocalNews {
    Status(Box<LocalStatus>),
    /// No engine answers; it is looked for all the time.
    Lost(Trouble),
    /// It answers, but how the environment stands cannot be told.
    Unread(Trouble),
    /// What a service has written, numbered from 0.
    Log(Vec<LogLine>),
}
