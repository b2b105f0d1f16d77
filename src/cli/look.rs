use std::fmt::Display;
use std::io::{IsTerminal, Stderr, Stdout};
use std::os::fd::AsFd;

use anstyle::{AnsiColor, Style};

/// What something on the screen means; how it is painted follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    Good,
    Bad,
    Warn,
    /// Names a person can type, and places.
    Accent,
    Strong,
    Dim,
}

impl Ink {
    pub fn style(self) -> Style {
        match self {
            Self::Good => AnsiColor::Green.on_default(),
            Self::Bad => AnsiColor::Red.on_default().bold(),
            Self::Warn => AnsiColor::Yellow.on_default(),
            Self::Accent => AnsiColor::Cyan.on_default(),
            Self::Strong => Style::new().bold(),
            Self::Dim => Style::new().dimmed(),
        }
    }
}

/// What text is made for: how wide, and whether colours are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Columns; `UNBOUNDED` where nobody said, such as a pipe.
    pub width: usize,
    pub colour: bool,
}

impl Look {
    pub const UNBOUNDED: usize = usize::MAX;
    /// Wide and colourless: a file, a pipe, a CI log.
    pub const PLAIN: Self = Self { width: Self::UNBOUNDED, colour: false };

    pub fn of_stdout(stream: &Stdout) -> Self {
        Self { width: terminal_width(stream), colour: wants_colour(stream) }
    }

    pub fn of_stderr(stream: &Stderr) -> Self {
        Self { width: terminal_width(stream), colour: wants_colour(stream) }
    }

    pub fn paint(&self, ink: Ink, text: impl Display) -> String {
        match self.colour {
            true => format!("{0}{text}{0:#}", ink.style()),
            false => text.to_string(),
        }
    }
}

/// `NO_COLOR`, `CLICOLOR_FORCE`, `TERM=dumb` and the like are heeded.
fn wants_colour(stream: &impl anstream::stream::RawStream) -> bool {
    anstream::AutoStream::choice(stream) != anstream::ColorChoice::Never
}

/// Of the terminal behind the stream, now; `UNBOUNDED` if there is none.
pub fn terminal_width(stream: &(impl AsFd + IsTerminal)) -> usize {
    if !stream.is_terminal() {
        return Look::UNBOUNDED;
    }
    match rustix::termios::tcgetwinsize(stream) {
        Ok(size) if size.ws_col > 0 => size.ws_col.into(),
        _ => 80,
    }
}
