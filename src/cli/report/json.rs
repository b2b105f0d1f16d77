use std::io::Write;

use super::Reporter;
use crate::cli::output::tolerate_gone_reader;
use crate::cli::{Exit, UserError};
use crate::domain::RunEvent;
use crate::domain::text::json_safe;

/// One event a line, as in `events.jsonl`.
pub struct Json<W> {
    output: W,
}

impl<W: Write> Json<W> {
    pub fn new(output: W) -> Self {
        Self { output }
    }
}

impl<W: Write> Reporter for Json<W> {
    fn event(&mut self, event: &RunEvent) -> Result<(), UserError> {
        let line = serde_json::to_string(event).map_err(|error| {
            UserError::from_error(Exit::NotReady, "cannot write an event as JSON", &error)
        })?;
        tolerate_gone_reader(writeln!(self.output, "{}", json_safe(&line)).and_then(|()| self.output.flush()))
    }

    /// A machine reads events only.
    fn note(&mut self, _text: &str) -> Result<(), UserError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::report::scene;

    #[test]
    fn a_line_reads_back_as_the_event() {
        let events = scene::failed_run();
        let mut reporter = Json::new(Vec::new());
        events.iter().for_each(|event| reporter.event(event).unwrap());
        reporter.note("for people").unwrap();
        let text = String::from_utf8(reporter.output).unwrap();
        let read: Vec<RunEvent> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(read, events);
        insta::assert_snapshot!(text.lines().next().unwrap(), @r#"{"event":"run_started","name":"daily_delays","path":"/data/store/flights/dev/daily_delays/1.0.0/01900000-0000-7000-8000-000000003f2a","resumed":false,"seq":0,"ts":"2026-03-01T06:00:00Z","token":"01900000-0000-7000-8000-000000003f2a"}"#);
    }
}
