use super::{Finding, Health, Host};
use crate::docker::Engine;

const WHAT: &str = "clock";
const TOLERATED: i64 = 5;

/// The engine's clock dates what containers do, this machine's everything else. They drift apart where the engine is
/// in a virtual machine that slept.
pub(super) async fn look(host: &Host, engine: Option<&Engine>) -> Option<Finding> {
    // An engine that does not tell its time, and one that has gone meanwhile, leave nothing to compare.
    let ahead = engine?.clock_ahead().await.ok()??.as_secs();
    let found = format!("the engine's is {} s {}", ahead.abs(), if ahead > 0 { "ahead" } else { "behind" });
    Some(match ahead.abs() <= TOLERATED {
        true => Finding::new(Health::Ok, WHAT, "this machine and the engine agree"),
        false => Finding::new(Health::Warn, WHAT, found).to_fix([host.as_root("timedatectl set-ntp true")]),
    })
}
