//! The rooms put together for a run.

mod alias;
mod beside;
mod changes;
mod clock;
mod earlier;
mod facts;
mod follow;
mod foreign;
mod ground;
mod history;
mod launch;
mod mentioned;
mod prepare;
mod remote;
mod rooms;
mod secrets;
mod signals;
mod snapshots;
mod source;
mod start;
mod use_case;

pub use alias::move_alias;
pub use beside::run_beside;
pub use changes::{changes_since, diff_between, diff_since};
pub use clock::SystemClock;
pub use facts::RecordedFacts;
pub use foreign::{foreign, why_foreign_at};
pub use ground::Ground;
pub use history::{find, look_up, runs_of};
pub use launch::{Launched, launch, lay_down, record_end, record_start, relaunch, watch};
pub use prepare::prepare;
pub use remote::{
    fetch_artifacts, fetch_logs, fetch_output, fetch_path, fetch_source, fresh_runs, glance,
    told as told_remote,
};
pub use rooms::compose;
pub use secrets::forget_secrets;
#[cfg(test)]
pub use snapshots::freeze;
pub use start::start;
pub use use_case::chosen as use_case;
