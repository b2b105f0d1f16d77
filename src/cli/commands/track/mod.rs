//! A workflow's way to production, one verb a file.

mod abandon;
mod accept_rewritten;
mod agree;
mod list;
mod open;
mod questions;
mod setup;
mod show;
mod vouch;

pub(super) use self::agree::gone;
use crate::cli::args::TrackCommand;
use crate::cli::{Exit, Invocation, Output, UserError};

pub fn run(asked: &TrackCommand, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    match asked {
        TrackCommand::Open(asked) => open::run(asked, invocation, output),
        TrackCommand::Agree(asked) => agree::run(asked, invocation, output),
        TrackCommand::List(asked) => list::run(asked, invocation, output),
        TrackCommand::Show(asked) => show::run(asked, invocation, output),
        TrackCommand::Abandon(asked) => abandon::run(asked, invocation, output),
        TrackCommand::AcceptRewritten(asked) => accept_rewritten::run(asked, invocation, output),
        TrackCommand::Vouch => vouch::run(invocation, output),
        TrackCommand::Setup(asked) => setup::run(asked, invocation, output),
    }
}
