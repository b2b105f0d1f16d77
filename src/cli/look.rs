use std::fmt::Display;
use std::io::{IsTerminal, Stderr, Stdout};
use std::os::fd::AsFd;

use anstyle::{AnsiColor, Style};

use crate::domain::text::{flowed, safe, width};

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

    /// A text behind what takes so many columns, and what has no room there below its beginning: broken between words, never
    /// within one, nor within a command that it ends with, so that what is copied is whole. The text is made safe.
    pub fn hanging(&self, used: usize, text: &str) -> String {
        let room = self.width.saturating_sub(used).max(NARROWEST);
        let (text, command) = text.split_at(command_at(text));
        let mut lines = flowed(safe(text).trim_end(), room);
        if !command.is_empty() {
            let command = safe(command);
            match lines.last_mut() {
                Some(last) if last.is_empty() => last.push_str(&command),
                Some(last) if width(last) + 1 + width(&command) <= room => *last += &format!(" {command}"),
                _ => lines.push(command.into_owned()),
            }
        }
        lines.join(&format!("\n{:used$}", ""))
    }

    pub fn paint(&self, ink: Ink, text: impl Display) -> String {
        match self.colour {
            true => format!("{0}{text}{0:#}", ink.style()),
            false => text.to_string(),
        }
    }
}

/// Where less is left, lines go on beyond the terminal's end.
const NARROWEST: usize = 20;

/// Where the command begins that a text ends with, or its end.
fn command_at(text: &str) -> usize {
    let is_one = |at: &usize| {
        let program = text[*at..].split(' ').next().unwrap_or_default();
        let name = program.rsplit('/').next().unwrap_or_default();
        matches!(name, "greenroom" | "cd" | "rm")
    };
    let behind = text.match_indices(": ").map(|(at, colon)| at + colon.len());
    std::iter::once(0).chain(behind).find(is_one).unwrap_or(text.len())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_goes_on_below_its_beginning_and_what_is_copied_is_whole() {
        let look = Look { width: 40, colour: false };
        let text = "it is not read: see what is there, and look again: greenroom show 3f2a --env dev --json";
        let told = format!("note: {}", look.hanging(6, text));
        assert_eq!(
            told,
            "note: it is not read: see what is there,\n      and look again:\n      greenroom show 3f2a --env dev --json"
        );
        assert_eq!(
            look.hanging(6, "greenroom show 3f2a --env dev --json --x"),
            "greenroom show 3f2a --env dev --json --x"
        );
        assert_eq!(look.hanging(2, "send it: greenroom resume 3f2a"), "send it: greenroom resume 3f2a");
        assert_eq!(
            look.hanging(30, "/a/path/of/more/than/twenty is\u{1b}"),
            format!("/a/path/of/more/than/twenty\n{:30}is␛", "")
        );
        assert_eq!(Look::PLAIN.hanging(6, text), text);
    }
}
