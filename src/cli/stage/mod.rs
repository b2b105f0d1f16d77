//! The rooms put together for a run.

mod alias;
mod author;
mod beside;
mod changes;
mod clock;
mod code;
mod compare;
mod damaged;
mod doubts;
mod earlier;
mod facts;
mod fetched;
mod follow;
mod foreign;
mod fork;
mod forked_run;
mod gone_image;
mod ground;
mod history;
mod interruptible;
mod judge;
mod known_figures;
mod launch;
mod made_with;
mod mentioned;
mod planning;
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
pub use author::author;
pub use beside::run_beside;
pub use changes::{changes_since, diff_between, diff_since};
pub use clock::SystemClock;
pub use compare::compare;
pub use damaged::damaged;
pub use doubts::{doubt_of_origin, doubts_of_steps};
pub use facts::RecordedFacts;
pub use fetched::{fetch_differing, listed, measured};
pub use foreign::{foreign, why_foreign};
pub use fork::start_fork;
pub use gone_image::gone_image;
pub use ground::Ground;
pub use history::{find, look_up, runs_of, runs_there};
pub use interruptible::interruptible;
pub use known_figures::KnownFigures;
pub use launch::{Launched, launch, lay_down, record_end, record_start, relaunch, watch};
pub use planning::idle;
pub use prepare::prepare;
pub use remote::{
    fetch_artifacts, fetch_logs, fetch_output, fetch_path, fetch_source, fresh_runs, glance,
    told as told_remote,
};
pub use rooms::compose;
pub use secrets::{SecretsFolder, forget_secrets, secrets_of};
pub use signals::Heard;
pub use snapshots::{freeze, view_of};
pub use source::feeding;
pub use start::{Footing, start};
pub use use_case::chosen as use_case;
