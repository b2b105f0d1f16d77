use crate::cli::track::Desk;
use crate::cli::{Exit, Invocation, Output, UserError};
use crate::domain::text::safe;
use crate::git::Prompt;

/// Signs for a change of the people or their keys.
pub fn run(invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let desk = Desk::open(invocation, Prompt::Terminal)?;
    desk.fetch_tracks()?;
    let signed = desk.vouch()?;
    let document = serde_json::json!({
        "by": signed.by, "changes": signed.changes, "file": signed.file, "lacks": signed.lacks,
    });
    output.either(&document, |_| {
        let lines = |texts: &[String]| texts.iter().map(|what| format!("  {}\n", safe(what))).collect::<String>();
        let (by, target, file) = (&signed.by, safe(desk.target.short()), signed.file);
        let told = format!("{by} has signed that on `{target}`\n{}", lines(&signed.changes));
        let commit = format!("git add {file} && git commit\n");
        match signed.lacks.is_empty() {
            true => format!(
                "{told}The signature is in {file}; it counts once that is there too: {commit}"
            ),
            false => format!(
                "{told}The signature is in {file}: {commit}It does not count alone. On top of that commit one of each of these signs the same, with a key that is told there: greenroom track vouch\n{}{}",
                lines(&signed.lacks),
                lines(&signed.without),
            ),
        }
    })?;
    Ok(Exit::Done)
}
