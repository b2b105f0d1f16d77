use std::fs::File;
use std::io::{self, Read, Write};

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::json;

use crate::cli::{Exit, UserError};
use crate::disk::{Access, open_record};
use crate::domain::text::json_safe;
use crate::engine::Stream;
use crate::logs::{Line, Reader, neutralise};

/// How a log is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Lines that a terminal can bear.
    Lines,
    /// The very bytes, for a pipe or file.
    Exact,
    /// One object a line.
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    Nothing,
    Something,
    /// Nobody reads any more.
    Gone,
}

/// Shows one attempt's log, and on as it grows.
pub(super) struct Printer {
    log: Utf8PathBuf,
    attempt: u32,
    form: Form,
    source: Source,
    seen: Seen,
}

enum Source {
    Lines(Reader),
    Bytes(File),
}

impl Printer {
    pub fn open(log: &Utf8Path, attempt: u32, form: Form) -> Result<Self, UserError> {
        let opened = match form {
            Form::Exact => open_record(log, Access::Read).map(Source::Bytes),
            Form::Lines | Form::Json => Reader::open(log).map(Source::Lines),
        };
        let source = opened.map_err(|error| unreadable(log, &error))?;
        Ok(Self { log: log.to_owned(), attempt, form, source, seen: Seen::Nothing })
    }

    /// Shows what is new.
    pub fn more(&mut self) -> Result<Seen, UserError> {
        self.show(false)
    }

    /// Shows what is left when nothing more comes: a line without its end is a line too.
    pub fn rest(&mut self) -> Result<Seen, UserError> {
        self.show(true)
    }

    /// Answers what was seen so far.
    fn show(&mut self, ended: bool) -> Result<Seen, UserError> {
        let mut stdout = io::stdout().lock();
        while self.seen != Seen::Gone {
            let (last, piece) = self.piece(ended).map_err(|error| unreadable(&self.log, &error))?;
            if !piece.is_empty() {
                self.seen = match stdout.write_all(&piece) {
                    Ok(()) => Seen::Something,
                    Err(error) => gone(error)?,
                };
            }
            if last {
                break;
            }
        }
        if let Err(error) = stdout.flush() {
            self.seen = gone(error)?;
        }
        Ok(self.seen)
    }

    /// Some of what is new, and whether it is the last there is.
    fn piece(&mut self, ended: bool) -> io::Result<(bool, Vec<u8>)> {
        match &mut self.source {
            Source::Bytes(file) => {
                let mut piece = Vec::new();
                file.take(64 * 1024).read_to_end(&mut piece)?;
                Ok((piece.is_empty(), piece))
            }
            Source::Lines(reader) => {
                let lines = if ended { reader.rest()? } else { reader.read()? };
                let last = lines.is_empty();
                let (form, attempt) = (self.form, self.attempt);
                Ok((last, lines.iter().flat_map(|line| shown(line, form, attempt)).collect()))
            }
        }
    }
}

fn shown(line: &Line, form: Form, attempt: u32) -> Vec<u8> {
    let mut text = match form {
        Form::Json => {
            let line = json!({
                "attempt": attempt,
                "offset": line.offset,
                "stream": line.stream.map(|stream| match stream {
                    Stream::Stdout => "stdout",
                    Stream::Stderr => "stderr",
                }),
                "ts": line.time,
                "text": line.text,
            });
            json_safe(&line.to_string()).into_owned()
        }
        _ => neutralise(&line.text).into_owned(),
    };
    text.push('\n');
    text.into_bytes()
}

fn gone(error: io::Error) -> Result<Seen, UserError> {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Ok(Seen::Gone),
        _ => Err(UserError::from_error(Exit::NotReady, "cannot write to standard output", &error)),
    }
}

fn unreadable(log: &Utf8Path, error: &io::Error) -> UserError {
    UserError::from_error(Exit::NotReady, format!("{log} cannot be read"), error)
}
