use crate::domain::text::{safe, truncate};

/// Columns of one text on one line, and lines of a longer one: what is more is cut off.
const LINE: usize = 600;
const LINES: usize = 60;

/// As a code span of Markdown, on one line.
pub(super) fn code(text: &str) -> String {
    let text = line(text);
    let ticks = "`".repeat(longest_run(&text) + 1);
    match text.trim().is_empty() {
        // A span of nothing but spaces, or of none, is not one.
        true => "` `".to_owned(),
        // The first and last space are taken off again; ticks at the ends would be those of the span.
        false => format!("{ticks} {text} {ticks}"),
    }
}

/// As a fenced block of Markdown, line by line.
pub(super) fn fence(text: &str) -> String {
    let mut lines: Vec<String> = text.lines().take(LINES).map(line).collect();
    if text.lines().count() > LINES {
        lines.push("…".to_owned());
    }
    let ticks = "`".repeat(lines.iter().map(|line| longest_run(line)).max().unwrap_or_default().max(2) + 1);
    format!("{ticks}text\n{}\n{ticks}", lines.join("\n"))
}

fn line(text: &str) -> String {
    truncate(&safe(text), LINE).into_owned()
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}
