use serde_json::json;

use crate::cli::args::TrackAcceptRewritten;
use crate::cli::report::track_view;
use crate::cli::track::Desk;
use crate::cli::{Exit, Invocation, Output, UserError};
use crate::domain::track::LedgerState;
use crate::git::Prompt;

/// From now on this clone goes by the ledger as the remote has it; where that has none any more, it lets go of the track.
pub fn run(
    asked: &TrackAcceptRewritten,
    invocation: &Invocation,
    output: &Output,
) -> Result<Exit, UserError> {
    let desk = Desk::open(invocation, Prompt::Terminal)?;
    desk.fetch(&[])?;
    if let (Err(_), Some((id, _))) = (desk.find(&asked.track), desk.gone_named(&asked.track)?) {
        desk.forget(&id)?;
        output.either(&json!({"forgotten": id}), |_| {
            format!("this clone lets go of {id}, whose ledger {} has no more\n", desk.remote)
        })?;
        return Ok(Exit::Done);
    }
    let (id, looked) = desk.visit(&asked.track)?;
    match &looked.track.ledger {
        LedgerState::Intact => {
            return Err(UserError::wrong(format!("the ledger of {id} is the one that was seen here before"))
                .to_do("there is nothing to accept"));
        }
        LedgerState::Parted(parted) => {
            let error = UserError::wrong(format!("there are two ledgers of {id}: neither can be accepted"));
            return Err(parted.to_do().into_iter().fold(error.because(parted.to_string()), UserError::to_do));
        }
        LedgerState::Rewritten { .. } | LedgerState::Gone { .. } => {}
    }
    let looked = desk.accept(&id, looked)?;
    output.either(&looked.track, |look| track_view(&looked.track, invocation, look))?;
    Ok(Exit::Done)
}
