use std::io::{self, Stdout, stdout};

use crossterm::clipboard::CopyToClipboard;
use crossterm::execute;
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;

use super::{Guard, Look, view};
use crate::app::{Model, Seen, Size};

/// The terminal with the workbench on it, until it is dropped.
pub struct Display {
    guard: Guard,
    terminal: Terminal<CrosstermBackend<Stdout>>,
}

impl Display {
    /// It begins with a screen of which nothing is known: to ask the terminal about it would wait for its answer.
    pub fn take(mouse: bool) -> io::Result<Self> {
        let guard = Guard::take(mouse)?;
        Ok(Self { guard, terminal: Terminal::new(CrosstermBackend::new(stdout()))? })
    }

    /// Draws what has changed; answers what was drawn where.
    pub fn draw(&mut self, model: &Model, look: &Look) -> io::Result<Seen> {
        self.guard.mouse(model.mouse)?;
        let mut seen = Seen::default();
        self.terminal.draw(|frame| seen = view(model, look, frame))?;
        Ok(seen)
    }

    /// Of the terminal as it is now; the usual one where it does not say.
    pub fn size() -> Size {
        let (columns, rows) = crossterm::terminal::size().unwrap_or((80, 24));
        Size { columns, rows }
    }

    /// To the clipboard of the machine that the person sits at, where the terminal lets programs do that.
    pub fn copy(text: &str) {
        // It answers nothing, so nobody can tell.
        let _ = execute!(stdout(), CopyToClipboard::to_clipboard_from(text));
    }
}
