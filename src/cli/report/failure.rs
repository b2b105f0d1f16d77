use super::{NodeTally, RunFacts, diagnostic, located};
use crate::cli::text::{safe, truncate};
use crate::cli::{Ink, Invocation, Look};
use crate::domain::NodeId;

/// Lines of the log that are shown of a failed step.
const LINES: usize = 12;

/// Why a step failed: the error at the line of the person's own file if there is one, or else the log's last lines;
/// and where all of it can be read.
pub fn failure(
    id: &NodeId,
    node: &NodeTally,
    facts: &dyn RunFacts,
    invocation: &Invocation,
    look: &Look,
) -> String {
    let mut text = String::new();
    let error = located(&node.reason);
    // What an operator told of its error, it has written to its log too.
    let told = error.is_some() || node.reason.lines().nth(1).is_some();
    match &error {
        Some(error) => text.push_str(&diagnostic(error, facts.source(&error.file).as_deref(), look)),
        None => {
            for line in node.reason.lines().skip(1) {
                text.push_str(&format!("  {}\n", truncate(&safe(line), look.width.saturating_sub(2))));
            }
        }
    }
    if node.attempts == 0 {
        return text;
    }
    // The log of a located error is the engine's stack trace: the place says it better.
    let lines = if told { Vec::new() } else { facts.tail(id, node.attempts, LINES) };
    let bar = look.paint(Ink::Dim, "│");
    for line in &lines {
        text.push_str(&format!("  {bar} {}\n", truncate(&safe(line), look.width.saturating_sub(4))));
    }
    let token = facts.plan().token.short();
    let command = invocation.command(&["logs", &token, &id.to_string()]);
    text + &format!("  {} {}\n", look.paint(Ink::Dim, "all of it:"), look.paint(Ink::Accent, command))
}
