//! What waits for a review, and one of them.

mod list;
mod rerun;
mod show;

use crate::cli::args::{Review, ReviewCommand};
use crate::cli::{Exit, Invocation, Output, UserError};

pub async fn run(asked: &Review, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    match &asked.command {
        None => list::run(invocation, output),
        Some(ReviewCommand::Show(asked)) => show::run(asked, invocation, output),
        Some(ReviewCommand::Rerun(asked)) => rerun::run(asked, invocation, output).await,
    }
}
