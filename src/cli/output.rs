use std::io::{self, IsTerminal, Write};

use serde::Serialize;

use super::{Exit, Ink, Look, UserError};
use crate::domain::text::json_safe;

/// Where a command's results go: text for people, documents or JSON Lines for machines, on stdout.
///
/// A reader that went away (`| head`) ends nothing: the rest is dropped.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    pub json: bool,
    pub look: Look,
    /// Stdout is a terminal, so lines may be drawn over.
    pub live: bool,
}

impl Output {
    pub fn new(json: bool) -> Self {
        let stdout = io::stdout();
        Self { json, look: Look::of_stdout(&stdout), live: stdout.is_terminal() && !json }
    }

    /// Text for people, as it is; views end with a newline.
    pub fn text(&self, text: &str) -> Result<(), UserError> {
        tolerate_gone_reader(io::stdout().lock().write_all(text.as_bytes()))
    }

    /// One document, indented.
    pub fn document(&self, document: &impl Serialize) -> Result<(), UserError> {
        let text = serde_json::to_string_pretty(document).map_err(|error| {
            UserError::from_error(Exit::NotReady, "cannot write the answer as JSON", &error)
        })?;
        self.text(&format!("{}\n", json_safe(&text)))
    }

    /// One object of a stream, on a line of its own.
    pub fn line(&self, object: &serde_json::Value) -> Result<(), UserError> {
        self.text(&format!("{}\n", json_safe(&object.to_string())))
    }

    /// The view that was asked for: `human` is made only when a person reads.
    pub fn either(
        &self,
        document: &impl Serialize,
        human: impl FnOnce(&Look) -> String,
    ) -> Result<(), UserError> {
        match self.json {
            true => self.document(document),
            false => self.text(&human(&self.look)),
        }
    }

    /// Something a person should know that ends nothing, on stderr; machines find it in the events.
    pub fn warn(&self, text: &str) {
        if self.json {
            return;
        }
        let stderr = io::stderr();
        let look = Look::of_stderr(&stderr);
        let mut told = String::new();
        for (index, line) in text.lines().enumerate() {
            let lead = if index == 0 { look.paint(Ink::Warn, "note:") } else { "     ".to_owned() };
            told += &format!("{lead} {}\n", look.hanging(6, line));
        }
        // What cannot be told does not stop the work.
        let _ = stderr.lock().write_all(told.as_bytes());
    }

    /// The same for machines, one object on stderr, where no event tells of it.
    pub fn note(&self, note: &serde_json::Value) {
        let _ = writeln!(io::stderr().lock(), "{}", json_safe(&note.to_string()));
    }

    /// A note for whoever reads: a person, or a program that asked for JSON.
    pub fn remark(&self, text: &str) {
        match self.json {
            true => self.note(&serde_json::json!({"note": text})),
            false => self.warn(text),
        }
    }

    /// Tells what went wrong on stderr, and gives the exit that goes with it.
    pub fn error(&self, error: &UserError) -> Exit {
        let stderr = io::stderr();
        let text = match self.json {
            true => format!("{}\n", json_safe(&error.to_json().to_string())),
            false => error.render(&Look::of_stderr(&stderr)),
        };
        // Nowhere is left to tell that stderr is gone.
        let _ = stderr.lock().write_all(text.as_bytes());
        error.exit
    }
}

pub(super) fn tolerate_gone_reader(written: io::Result<()>) -> Result<(), UserError> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(UserError::from_error(Exit::NotReady, "cannot write to standard output", &error))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_went_away_is_no_error() {
        assert_eq!(tolerate_gone_reader(Err(io::ErrorKind::BrokenPipe.into())), Ok(()));
        let full = tolerate_gone_reader(Err(io::ErrorKind::StorageFull.into())).unwrap_err();
        assert_eq!(full.exit, Exit::NotReady);
    }
}
