//! What Tab offers: the names of runs, workflows, steps and so on as the project has them at this moment.
//!
//! The shell's script calls this program with the words so far. It answers whatever it can find and is silent about the
//! rest: an error message in the middle of a line that somebody types helps nobody.

mod call;
pub mod candidates;
mod script;

use clap_complete::CompleteEnv;

pub use call::Call;
pub use script::script;

use super::args;

/// Set by the shell's script when it asks. `COMPLETE`, the usual one, is set by too many others.
const VARIABLE: &str = "GREENROOM_COMPLETE";

/// Answers a shell that asks what may come next, and ends the process; does nothing for any other call.
pub fn answer() {
    CompleteEnv::with_factory(args::command).var(VARIABLE).complete();
}
