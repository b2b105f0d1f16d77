//! One screen a file: pure views.

mod artifacts;
mod board;
mod damaged;
mod detail;
mod editor;
mod lake;
mod load;
mod local;
mod log;
mod machine;
mod metrics;
mod peek;
mod review;
mod run_detail;
mod runs;
mod spec;
mod workflow;

pub(super) use artifacts::artifacts;
pub(super) use board::board;
pub(super) use editor::editor;
pub(super) use lake::{answer_over, lake};
pub(super) use local::local;
pub(super) use metrics::metrics;
pub(super) use review::review;
pub(super) use runs::runs;
pub(super) use workflow::workflow;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::Role;
use crate::domain::Status;

pub(super) fn role_of(status: Option<Status>) -> Role {
    match status {
        Some(Status::Succeeded) => Role::Good,
        Some(Status::Failed) => Role::Bad,
        Some(Status::Cancelled | Status::Interrupted) => Role::Warn,
        Some(Status::Running) => Role::Running,
        Some(Status::Skipped) | None => Role::Dim,
    }
}

/// As a clock on the wall says it, and not as so long ago: what is shown must not grow old while nobody touches a key.
pub(super) fn clock(then: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let [then, now]: [Zoned; 2] = [then, now].map(|moment| moment.to_zoned(zone.clone()));
    let format = match (then.date() == now.date(), then.year() == now.year()) {
        (true, _) => "%H:%M",
        (false, true) => "%d %b %H:%M",
        (false, false) => "%Y-%m-%d",
    };
    then.strftime(format).to_string()
}

/// One that is soon: nobody counts down to it while nothing happens.
pub(super) fn moment(then: Timestamp, zone: &TimeZone) -> String {
    then.to_zoned(zone.clone()).strftime("%H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_as_far_as_it_is_away() {
        let now: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        let told = |then: &str| clock(then.parse().unwrap(), now, &TimeZone::UTC);
        assert_eq!(told("2026-03-01T06:05:00Z"), "06:05");
        assert_eq!(told("2026-02-28T23:59:00Z"), "28 Feb 23:59");
        assert_eq!(told("2025-12-31T23:59:00Z"), "2025-12-31");
    }
}
