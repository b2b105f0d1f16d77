use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, Widget};

use super::{Highlight, Keymap, Role, Tell, Theme};
use crate::app::{Hit, Place, Seen};
use crate::domain::text::{safe, truncate, width, wrapped};

pub type CommandLine = Arc<dyn Fn(&[&str]) -> String>;

/// How the workbench looks and which keys it has.
#[derive(Clone)]
pub struct Look {
    pub theme: Theme,
    pub keymap: Keymap,
    /// The line that the person would type for these words, as the program was called; for commands that are shown, and
    /// copied as they are shown.
    pub command: CommandLine,
    pub highlight: Highlight,
    pub tell: Arc<dyn Tell>,
}

impl Look {
    /// Text of others, safe to show.
    pub(super) fn span(&self, role: Role, text: impl AsRef<str>) -> Span<'static> {
        Span::styled(safe(text.as_ref()).into_owned(), self.style(role))
    }

    /// The column in which what is marked has its sign.
    pub(super) fn mark(&self, marked: bool) -> Span<'static> {
        self.span(Role::Accent, if marked { "*" } else { " " })
    }

    pub(super) fn style(&self, role: Role) -> Style {
        self.theme.style(role)
    }
}

/// A frame that is being drawn.
pub(super) struct Paint<'a> {
    pub look: &'a Look,
    pub buffer: &'a mut Buffer,
    pub seen: Seen,
    /// Where text is typed.
    pub cursor: Option<Position>,
}

impl Paint<'_> {
    /// What does not fit is cut off.
    pub fn line(&mut self, area: Rect, line: Line<'_>) {
        if area.height > 0 {
            self.buffer.set_line(area.x, area.y, &line, area.width);
        }
    }

    /// The same; that something is cut off shows as `…`.
    pub fn line_cut(&mut self, area: Rect, line: Line<'_>) {
        let fits = line.width() <= area.width.into();
        self.line(area, line);
        if fits || area.is_empty() {
            return;
        }
        let last = Rect { x: area.right() - 1, width: 1, height: 1, ..area };
        self.free(last);
        self.buffer[last.as_position()].set_symbol("…");
    }

    pub fn lines<'l>(&mut self, area: Rect, lines: impl IntoIterator<Item = Line<'l>>) {
        for (row, line) in area.rows().zip(lines) {
            self.line(row, line);
        }
    }

    /// A text that is broken where there is no room.
    pub fn text(&mut self, area: Rect, role: Role, text: &str) {
        let lines = wrapped(text, usize::from(area.width).max(1));
        let lines: Vec<Line<'static>> =
            lines.into_iter().map(|line| Line::from(self.look.span(role, line))).collect();
        self.lines(area, lines);
    }

    /// Titles beside each other, each a place to click. Where there is little room they stand closer; where they do not fit
    /// even so, those around the chosen one are shown, and a `…` leads to the next on that side.
    pub fn tabs(&mut self, area: Rect, titles: &[(&str, bool)]) {
        if titles.is_empty() {
            return;
        }
        let room = usize::from(area.width);
        let columns = |titles: &[(&str, bool)], pad: usize| {
            let each = titles.iter().map(|(title, _)| width(title) + 2 * pad).sum::<usize>();
            each + titles.len().saturating_sub(1)
        };
        let pad = usize::from(columns(titles, 1) <= room);
        // With the signs, each of which takes two.
        let taken = |first: usize, end: usize| {
            let signs = usize::from(first > 0) + usize::from(end < titles.len());
            columns(&titles[first..end], pad) + 2 * signs
        };
        let chosen = titles.iter().position(|(_, chosen)| *chosen).unwrap_or(0);
        let first = (0..=chosen).find(|first| taken(*first, chosen + 1) <= room).unwrap_or(chosen);
        let end = (chosen + 1..=titles.len()).rev().find(|end| taken(first, *end) <= room);
        let end = end.unwrap_or(chosen + 1);
        let mut x = area.x + u16::from(pad == 0 && taken(first, end) < room);
        if first > 0 {
            x = self.tab((x, area), "…", Role::Dim, first - 1);
        }
        for (index, (title, chosen)) in titles.iter().enumerate().take(end).skip(first) {
            let role = if *chosen { Role::Selected } else { Role::Dim };
            x = self.tab((x, area), &format!("{0}{title}{0}", " ".repeat(pad)), role, index);
        }
        if end < titles.len() {
            self.tab((x, area), "…", Role::Dim, end);
        }
    }

    /// Where the next one begins.
    fn tab(&mut self, (x, area): (u16, Rect), label: &str, role: Role, index: usize) -> u16 {
        let columns = u16::try_from(width(label)).unwrap_or(u16::MAX);
        let place = Rect { x, width: columns.min(area.right().saturating_sub(x)), ..area };
        if !place.is_empty() {
            let line = Line::from(self.look.span(role, label));
            self.line(place, line);
            self.hit(place, Hit::Tab(index));
        }
        x.saturating_add(columns).saturating_add(1)
    }

    /// A row that keys act on, or would if they did not go elsewhere.
    pub fn select(&mut self, area: Rect, focused: bool) {
        let role = if focused { Role::Selected } else { Role::Marked };
        let style = self.look.style(role);
        if style.add_modifier.contains(Modifier::REVERSED) {
            // Else each colour in the row would be a patch of background of its own.
            let text = Style::new().fg(self.look.style(Role::Text).fg.unwrap_or_default());
            self.buffer.set_style(area, text.remove_modifier(Modifier::DIM));
        }
        self.buffer.set_style(area, style);
    }

    pub fn hit(&mut self, area: Rect, hit: Hit) {
        if !area.is_empty() {
            self.seen.hits.push((place(area), hit));
        }
    }

    /// What is painted from here on lies over what was before, which is out of reach.
    pub fn layer(&mut self) {
        self.seen.hits.clear();
        self.cursor = None;
        #[cfg(test)]
        self.seen.borders.push(Vec::new());
    }

    /// A border with a title; what is inside of it.
    pub fn block(&mut self, area: Rect, title: impl AsRef<str>, focused: bool) -> Rect {
        #[cfg(test)]
        self.seen.borders.last_mut().unwrap().push(place(area));
        let border = if focused { Role::Focus } else { Role::Border };
        let mut block =
            Block::bordered().border_type(BorderType::Rounded).border_style(self.look.style(border));
        if !title.as_ref().is_empty() {
            // Between the corners, with room on either side.
            let title = truncate(title.as_ref(), usize::from(area.width.saturating_sub(4)));
            block = block.title(self.look.span(Role::Title, format!(" {title} ")));
        }
        let inside = block.inner(area);
        block.render(area, self.buffer);
        inside
    }

    /// Wide letters whose second half is in it go whole.
    fn free(&mut self, area: Rect) {
        for row in area.rows() {
            let cut = row.x.checked_sub(1).and_then(|x| self.buffer.cell_mut((x, row.y)));
            if let Some(cell) = cut.filter(|cell| width(cell.symbol()) > 1) {
                cell.set_symbol(" ");
            }
        }
    }

    /// Room over what is there; a wide letter that it cuts through goes whole.
    pub fn blank(&mut self, area: Rect) {
        self.free(area);
        Clear.render(area, self.buffer);
        self.buffer.set_style(area, self.look.style(Role::Text));
    }

    /// A border over what is there, in the middle and at most so large.
    pub fn popup(&mut self, area: Rect, (width, height): (u16, u16), title: &str) -> Rect {
        let (width, height) = (width.min(area.width), height.min(area.height));
        let x = area.x + (area.width - width) / 2;
        let y = area.y + (area.height - height) / 2;
        let area = Rect { x, y, width, height };
        self.blank(area);
        // A click beside its rows means nothing below it.
        self.block(area, title, true)
    }
}

fn place(Rect { x, y, width, height }: Rect) -> Place {
    Place { x, y, width, height }
}
