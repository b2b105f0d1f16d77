use super::{RunFacts, diagnostic};
use crate::cli::{Ink, Invocation, Look};
use crate::domain::text::{safe, truncate, width, wrapped};
use crate::domain::{NodeId, NodeTally, located};

/// Lines of the log that are shown of a failed step.
const LINES: usize = 12;

/// Rows that one of them may take: a line may be a megabyte of JSON.
const ROWS: usize = 3;

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
                for row in rows(line, look.width.saturating_sub(2)) {
                    text.push_str(&format!("  {row}\n"));
                }
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
        for row in rows(line, look.width.saturating_sub(4)) {
            text.push_str(&format!("  {bar} {row}\n"));
        }
    }
    let command = invocation.command(&["logs", &facts.run(), &id.to_string()]);
    text + &format!("  {} {}\n", look.paint(Ink::Dim, "all of it:"), look.paint(Ink::Accent, command))
}

/// A line in rows of so many columns, each as far in as the line itself: what is wrong often stands at its end.
fn rows(line: &str, columns: usize) -> Vec<String> {
    let line = safe(line);
    let text = line.trim_start();
    let lead: String = line.chars().take(line.chars().count() - text.chars().count()).collect();
    if width(&line) <= columns || width(&lead) * 2 > columns {
        return vec![truncate(&line, columns).into_owned()];
    }
    let room = columns - width(&lead);
    let mut rows = wrapped(text, room);
    if rows.len() > ROWS {
        let rest = rows.split_off(ROWS - 1).join(" ");
        rows.push(truncate(&rest, room).into_owned());
    }
    rows.into_iter().map(|row| format!("{lead}{row}")).collect()
}

#[cfg(test)]
mod tests {
    use super::rows;

    #[test]
    fn a_long_line_is_told_to_its_end_within_reason() {
        let error = "json.decoder.JSONDecodeError: Expecting property name enclosed in double quotes: line 1";
        let told = rows(error, 76);
        assert_eq!((told.len(), told.join(" ").as_str()), (2, error));
        let indented = format!("    {error}");
        let told = rows(&indented, 60);
        assert!(told.len() == 2 && told.iter().all(|row| row.starts_with("    ")), "{told:?}");
        assert_eq!(rows("short", 76), ["short"]);
        let told = rows(&"x".repeat(1000), 76);
        assert_eq!((told.len(), told[2].ends_with('…')), (3, true), "{told:?}");
        assert!(told.iter().all(|row| crate::domain::text::width(row) <= 76));
    }
}
