//! A screen in memory, for tests of what is drawn.

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
pub use ratatui::style::{Color, Modifier, Style};
use sha2::{Digest as _, Sha256};

use super::{Look, view};
use crate::app::{Model, Seen};

pub struct Sheet {
    terminal: Terminal<TestBackend>,
    /// The last frame as it was painted: what a wide letter covers is not told to the terminal.
    frame: Buffer,
}

impl Sheet {
    pub fn new(columns: u16, rows: u16) -> Self {
        Self { terminal: Terminal::new(TestBackend::new(columns, rows)).unwrap(), frame: Buffer::default() }
    }

    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.terminal.backend_mut().resize(columns, rows);
    }

    pub fn draw(&mut self, model: &Model, look: &Look) -> Seen {
        let mut seen = None;
        let drawn = self.terminal.draw(|frame| seen = Some(view(model, look, frame))).unwrap();
        self.frame.clone_from(drawn.buffer);
        seen.unwrap()
    }

    /// What a person sees, without what trails.
    pub fn shown(&self) -> String {
        self.cells().iter().map(|row| row.concat().trim_end().to_owned() + "\n").collect()
    }

    /// The letter of each cell, row by row; one that is wide stands in its first, before blank ones.
    pub fn cells(&self) -> Vec<Vec<&str>> {
        let buffer = &self.frame;
        let row = |y| (0..buffer.area.width).map(|x| buffer[(x, y)].symbol()).collect();
        (0..buffer.area.height).map(row).collect()
    }

    /// Column and row of the cursor.
    pub fn cursor(&mut self) -> (u16, u16) {
        let at = self.terminal.get_cursor_position().unwrap();
        (at.x, at.y)
    }

    /// How the last place looks that says this.
    pub fn style_of(&self, text: &str) -> Style {
        let cells = self.cells();
        let spots = cells.iter().enumerate().flat_map(|(y, row)| (0..row.len()).map(move |x| (x, y)));
        let says = |(x, y): &(usize, usize)| cells[*y][*x..].concat().starts_with(text);
        let (x, y) = spots.rev().find(says).unwrap();
        self.frame[(u16::try_from(x).unwrap(), u16::try_from(y).unwrap())].style()
    }

    /// Says whether anything is painted otherwise than before.
    pub fn paint(&self) -> String {
        let mut hash = Sha256::new();
        for cell in self.frame.content() {
            hash.update(format!("{:?}", cell.style()));
        }
        hash.finalize().iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }
}
