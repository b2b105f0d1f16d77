use crate::cli::UserError;
use crate::domain::RunLayout;
use crate::store::{Origin, is_fetched};

/// Why a run is not driven here: what its plan says would be done with this project's secrets. `done`: what cannot be.
pub fn foreign(short: &str, done: &str, origin: Origin) -> UserError {
    UserError::wrong(format!("run {short} is foreign: it cannot be {done}")).because(why_foreign(origin))
}

/// The same of a run that may have come from a bucket.
pub fn why_foreign_at(layout: &RunLayout, origin: Origin) -> &'static str {
    match is_fetched(layout) {
        true => "it was started on another machine, and put into the bucket of this environment",
        false => why_foreign(origin),
    }
}

pub fn why_foreign(origin: Origin) -> &'static str {
    match origin {
        Origin::Edited => {
            "its plan, its record or its events are no longer those of the run that you started: somebody changed it"
        }
        Origin::Elsewhere => "it does not lie where this environment keeps its runs: it is a copy",
        Origin::Unpacked => "it came as an archive, and whoever packed that may have made it",
        Origin::Imported | Origin::Here => {
            "nothing tells that you started it on this machine: it was copied here, or is older than this check"
        }
    }
}
