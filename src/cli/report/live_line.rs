use jiff::Timestamp;

use crate::cli::{Ink, Look};
use crate::domain::figures::between;
use crate::domain::text::{pad_left, safe, truncate};
use crate::domain::{NodeId, Underway, gist, show_duration};

const FRAMES: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/// The line of a step that has not ended: `⠹ delays   12s  attempt 2 · the log's last line`.
pub fn live_line(
    id: &NodeId,
    attempt: u32,
    underway: &Underway,
    last_line: Option<&str>,
    (now, name_width, look): (Timestamp, usize, &Look),
) -> String {
    let mut told = Vec::new();
    let (symbol, time, detail) = match underway {
        Underway::Running { since, polls } => {
            let running = between(*since, now);
            let frame = FRAMES[(running.as_millis() / 100) as usize % FRAMES.len()];
            if attempt > 1 {
                told.push(format!("attempt {attempt}"));
            }
            if *polls > 0 {
                told.push(format!("not yet, asked {polls}×"));
            }
            (look.paint(Ink::Accent, frame), show_duration(running), last_line.unwrap_or_default().to_owned())
        }
        Underway::Waiting { until, reason } => {
            told.push(format!("attempt {} in {}", attempt + 1, show_duration(between(now, *until))));
            (look.paint(Ink::Warn, "↻"), String::new(), gist(reason))
        }
    };
    let lead = format!("{:name_width$}  {}  ", truncate(&id.to_string(), name_width), pad_left(&time, 7));
    let mut told = told.join(" · ");
    if !told.is_empty() && !detail.is_empty() {
        told.push_str(" · ");
    }
    // One column is left free: a full line makes some terminals wrap.
    let room = look.width.saturating_sub(2 + name_width + 2 + 7 + 2 + 1);
    let told = truncate(&told, room);
    let left = room.saturating_sub(crate::domain::text::width(&told));
    let detail = safe(&detail);
    let detail = look.paint(Ink::Dim, truncate(detail.trim(), left));
    format!("{symbol} {lead}{told}{detail}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::report::scene;

    fn line(attempt: u32, underway: &Underway, last: &str, width: usize) -> String {
        let look = Look { width, colour: false };
        let now = scene::at(12.3);
        live_line(&scene::id("flights_ready"), attempt, underway, Some(last), (now, 14, &look))
    }

    #[test]
    fn it_says_what_goes_on_within_the_width() {
        let running = Underway::Running { since: scene::at(0.0), polls: 0 };
        let polling = Underway::Running { since: scene::at(0.0), polls: 3 };
        let waiting = Underway::Waiting { until: scene::at(20.0), reason: "exit code 1".into() };
        let long = "loaded 336,776 rows of flights, joined with the weather of all three origins";
        let lines = [
            line(1, &running, long, 80),
            line(2, &running, "日本語".repeat(20).as_str(), 60),
            line(1, &polling, "no rows where flight_date = 2013-01-01", 80),
            line(1, &waiting, "", 80),
            line(1, &running, "\x1b[2J\u{202e}evil", 80),
            line(1, &polling, long, 10),
        ];
        assert!(lines[..5].iter().all(|line| crate::domain::text::width(line) < 80));
        insta::assert_snapshot!(lines.join("\n"), @r#"
        ⠸ flights_ready       12s  loaded 336,776 rows of flights, joined with the wea…
        ⠸ flights_ready       12s  attempt 2 · 日本語日本語日本語…
        ⠸ flights_ready       12s  not yet, asked 3× · no rows where flight_date = 201…
        ↻ flights_ready            attempt 2 in 7.7s · exit code 1
        ⠸ flights_ready       12s  ␛[2J<U+202E>evil
        ⠸ flights_ready       12s
        "#);
    }
}
