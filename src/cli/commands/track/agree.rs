use crate::cli::args::TrackAgree;
use crate::cli::report::track_view;
use crate::cli::track::{Desk, Draft, On};
use crate::cli::{Exit, Invocation, Output, UserError};
use crate::domain::track::Transition;
use crate::domain::track::bodies::Agreed;
use crate::git::Prompt;

/// Signs the design for one's side.
pub fn run(asked: &TrackAgree, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let desk = Desk::open(invocation, Prompt::Terminal)?;
    let (id, _) = desk.visit(&asked.track)?;
    let looked = desk.say(&id, |_, on, _| {
        let On::Known(looked) = on else { return Err(gone(&asked.track)) };
        let Some((design, opened)) = looked.opened() else {
            return Err(UserError::wrong(format!(
                "{} was never opened by an entry that counts",
                asked.track
            ))
            .to_do(invocation.command(&["track", "show", &asked.track])));
        };
        Ok(Draft::like(opened, Transition::Agreed(Agreed { design })))
    })?;
    output.either(&looked.track, |look| track_view(&looked.track, invocation, look))?;
    Ok(Exit::Done)
}

pub fn gone(track: &str) -> UserError {
    UserError::not_ready(format!("the ledger of {} is gone", crate::domain::text::safe(track)))
        .to_do("ask who has removed it from the remote; greenroom track list shows what is there")
}
