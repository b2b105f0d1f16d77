use crate::cli::report::Patience;
use crate::cli::stage::told_remote;
use crate::cli::{Exit, Invocation, Output, UserError};
use crate::domain::{RunLayout, Status};
use crate::store::{Haste, Mirror, Origin, OwnRuns, Pushed, Recorded, RemoteError, is_fetched, is_sent};
use crate::supervisor::{RunLock, SupervisorError};

use crate::domain::figures::counted;

/// A run that has succeeded, and of which its bucket lacks something: sends that. None: there is nothing to send.
pub fn send_rest(
    recorded: &Recorded,
    invocation: &Invocation,
    output: &Output,
) -> Result<Option<Exit>, UserError> {
    let (layout, token) = (RunLayout::at(&recorded.path), recorded.run.token);
    if recorded.run.status != Status::Succeeded || is_fetched(&layout) || is_sent(&layout, token) {
        return Ok(None);
    }
    let origin = OwnRuns::of_user().plan(&layout).map(|(_, origin)| origin);
    // A folder that came with a project says what it likes of itself: none of it goes to where others believe it.
    if !matches!(origin, Ok(Origin::Here)) {
        return Ok(None);
    }
    let again = |error: &RemoteError| {
        let told = told_remote(error)
            .to_do(format!("then go on: {}", invocation.command(&["resume", &token.short()])));
        UserError { what: format!("not all of run {} could be sent", token.short()), ..told }
    };
    let Some(mirror) = Mirror::of_run(&layout, Haste::Sending).map_err(|error| again(&error))? else {
        return Ok(None);
    };
    let _lock = RunLock::acquire(&layout.lock()).map_err(|error| match error {
        SupervisorError::Held => UserError::wrong(format!("run {} is being sent already", token.short())),
        error => UserError::from_error(Exit::NotReady, "the run cannot be locked", &error),
    })?;
    let patience = Patience::start(&format!("sending run {} to {}", token.short(), mirror.address()));
    let pushed = mirror.push(&layout, token, &patience.bytes()).map_err(|error| again(&error))?;
    drop(patience);
    let Pushed { sent, there } = pushed;
    let document = serde_json::json!({ "token": token, "root": mirror.address().to_string(), "sent": sent, "there": there });
    output.either(&document, |_| {
        let sent = counted(sent, "file");
        format!("Run {} is whole in {}: {sent} sent, {there} were there\n", token.short(), mirror.address())
    })?;
    Ok(Some(Exit::Done))
}
