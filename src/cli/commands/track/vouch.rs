use crate::cli::track::Desk;
use crate::cli::{Exit, Invocation, Output, UserError};
use crate::domain::text::safe;
use crate::git::Prompt;

/// Signs for a change of the people or their keys.
pub fn run(invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let desk = Desk::open(invocation, Prompt::Terminal)?;
    desk.fetch_tracks()?;
    let signed = desk.vouch()?;
    let document = serde_json::json!({"by": signed.by, "changes": signed.changes, "file": signed.file});
    output.either(&document, |_| {
        let changes: String = signed.changes.iter().map(|what| format!("  {}\n", safe(what))).collect();
        format!(
            "{} has signed that on `{}`\n{changes}The signature is in {}; it counts once that is there too: git add {} && git commit\n",
            signed.by,
            safe(desk.target.short()),
            signed.file,
            signed.file,
        )
    })?;
    Ok(Exit::Done)
}
