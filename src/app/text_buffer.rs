use tui_textarea::{CursorMove, TextArea};

use super::filter::input;
use super::{Code, Key};

/// Edits that can be taken back.
const KEPT: usize = 1000;

/// A text of many lines that is typed.
#[derive(Clone, Debug, Default)]
pub struct TextBuffer {
    area: TextArea<'static>,
    /// How often it has become another text.
    edits: u64,
}

impl TextBuffer {
    /// Keeps every letter: a line feed at the end is an empty last line.
    pub fn of(text: &str) -> Self {
        let mut area = TextArea::new(text.split('\n').map(str::to_owned).collect());
        area.set_max_histories(KEPT);
        Self { area, edits: 0 }
    }

    /// Another number than before: the text may be another too.
    pub fn edits(&self) -> u64 {
        self.edits
    }

    pub fn lines(&self) -> &[String] {
        self.area.lines()
    }

    pub fn text(&self) -> String {
        self.lines().join("\n")
    }

    /// Whether it is this text, without making one.
    pub fn is(&self, text: &str) -> bool {
        self.lines().iter().map(String::as_str).eq(text.split('\n'))
    }

    /// Row and letter, from 0.
    pub fn cursor(&self) -> (usize, usize) {
        let cursor = self.area.cursor();
        (cursor.0, cursor.1)
    }

    /// Where the cursor is, in bytes.
    pub fn offset(&self) -> usize {
        let (row, letter) = self.cursor();
        let before: usize = self.lines().iter().take(row).map(|line| line.len() + 1).sum();
        let line = self.lines().get(row).map_or("", String::as_str);
        before + line.char_indices().nth(letter).map_or(line.len(), |(at, _)| at)
    }

    /// Another text in its place; undo brings the old one back.
    pub fn set(&mut self, text: &str) {
        self.edits += 1;
        self.area.select_all();
        self.area.insert_str(text);
    }

    /// The line with the cursor, and the letter in it.
    pub fn here(&self) -> (&str, usize) {
        let (row, letter) = self.cursor();
        (self.lines().get(row).map_or("", String::as_str), letter)
    }

    /// The nearest place there is; nothing is selected there.
    pub fn go_to(&mut self, row: usize, letter: usize) {
        self.area.cancel_selection();
        self.move_to(row, letter);
    }

    /// What is selected grows with it.
    fn move_to(&mut self, row: usize, letter: usize) {
        let row = row.min(self.lines().len() - 1);
        let narrow = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
        self.area.move_cursor(CursorMove::Jump(narrow(row), narrow(letter)));
        // No jump leads farther than 65,535.
        let rows = row - self.cursor().0;
        if rows > 0 {
            self.area.move_cursor(CursorMove::Head);
            (0..rows).for_each(|_| self.area.move_cursor(CursorMove::Down));
        }
        let (here, at) = self.here();
        if letter > at {
            self.go_right(letter.min(here.chars().count()) - at);
        }
    }

    /// So many letters of the line, which are there. Each step through a long line takes as long as all of them do at
    /// once, so that they are taken out and put back, at the cost of what could have been made again.
    fn go_right(&mut self, letters: usize) {
        const STEPS: usize = 256;
        if letters <= STEPS || self.area.is_selecting() {
            (0..letters).for_each(|_| self.area.move_cursor(CursorMove::Forward));
            return;
        }
        let yank = self.area.yank_text();
        self.area.delete_str(letters);
        self.area.undo();
        self.area.set_yank_text(yank);
    }

    /// Selects what lies between two places; the cursor stands at the second.
    pub fn select(&mut self, from: (usize, usize), to: (usize, usize)) {
        self.go_to(from.0, from.1);
        self.area.start_selection();
        self.move_to(to.0, to.1);
    }

    /// So many rows down, or up; what is selected grows if that is `held`.
    pub fn go_rows(&mut self, rows: i64, held: bool) {
        let (row, letter) = self.cursor();
        let to = super::picker::moved(row, rows, self.lines().len());
        if !held {
            return self.go_to(to, letter);
        }
        if !self.area.is_selecting() {
            self.area.start_selection();
        }
        match (u16::try_from(to), u16::try_from(letter)) {
            (Ok(to), Ok(letter)) => self.area.move_cursor(CursorMove::Jump(to, letter)),
            // Farther than it jumps.
            _ => {
                let by = if to < row { CursorMove::Up } else { CursorMove::Down };
                (0..row.abs_diff(to)).for_each(|_| self.area.move_cursor(by));
            }
        }
    }

    fn hold(&mut self, held: bool) {
        match (held, self.area.is_selecting()) {
            (true, false) => self.area.start_selection(),
            (false, true) => self.area.cancel_selection(),
            _ => {}
        }
    }

    /// True: the text is another now.
    pub fn press(&mut self, key: Key) -> bool {
        let end = match key.code {
            Code::Home if key.ctrl => [CursorMove::Top, CursorMove::Head],
            Code::End if key.ctrl => [CursorMove::Bottom, CursorMove::End],
            _ => {
                let typed = self.area.input(input(key));
                self.edits += u64::from(typed);
                return typed;
            }
        };
        self.hold(key.shift);
        end.into_iter().for_each(|end| self.area.move_cursor(end));
        false
    }

    pub fn paste(&mut self, text: &str) {
        self.edits += 1;
        let fits = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
        self.area.insert_str(text.replace("\r\n", "\n").chars().filter(fits).collect::<String>());
    }

    /// Puts a text in the place of so many letters before the cursor; what is selected goes.
    pub fn replace_before(&mut self, letters: usize, text: &str) {
        self.edits += 1;
        let (_, letter) = self.cursor();
        if letters > 0 {
            // From where it stands: no place is too far for that, and all of it is one edit.
            self.area.start_selection();
            (0..letters.min(letter)).for_each(|_| self.area.move_cursor(CursorMove::Back));
            self.area.delete_str(letters);
        }
        if !text.is_empty() {
            self.area.insert_str(text);
        }
    }

    /// The same as `set`; the cursor stays where it was, as far as it can.
    pub fn replace_all(&mut self, text: &str) {
        let (row, letter) = self.cursor();
        self.set(text);
        self.go_to(row, letter);
    }

    /// Takes the last edit back; letters of a word that were typed one after the other are one. False: there is none.
    pub fn undo(&mut self) -> bool {
        self.step(TextArea::undo, TextArea::redo)
    }

    /// Makes an edit again that was taken back.
    pub fn redo(&mut self) -> bool {
        self.step(TextArea::redo, TextArea::undo)
    }

    fn step(&mut self, act: Edit, back: Edit) -> bool {
        self.edits += 1;
        let mut one = || {
            let before = (self.cursor(), self.here().0.to_owned());
            act(&mut self.area).then(|| is_letter(&before, &(self.cursor(), self.here().0.to_owned())))
        };
        let (first, mut next) = (one(), Some(true));
        while first == Some(true) && next == Some(true) {
            next = one();
        }
        if next == Some(false) {
            back(&mut self.area);
        }
        first.is_some()
    }

    /// From and to: row and letter; None: nothing is selected.
    pub fn selection(&self) -> Option<((usize, usize), (usize, usize))> {
        self.area.selection_range().filter(|(from, to)| from != to)
    }

    pub fn selected_text(&self) -> Option<String> {
        let (from, to) = self.selection()?;
        let mut lines: Vec<String> = self.lines().get(from.0..=to.0)?.to_vec();
        let end = lines.last_mut()?;
        *end = end.chars().take(to.1).collect();
        let start = lines.first_mut()?;
        *start = start.chars().skip(from.1).collect();
        Some(lines.join("\n"))
    }

    /// What is selected goes; what it was.
    pub fn cut(&mut self) -> Option<String> {
        let text = self.selected_text()?;
        self.edits += 1;
        self.area.cut();
        Some(text)
    }
}

type Edit = fn(&mut TextArea<'static>) -> bool;

/// Where the cursor is, and its line.
type Moment = ((usize, usize), String);

/// What one was made of by the other is one letter of a word, at the cursor.
fn is_letter(one: &Moment, other: &Moment) -> bool {
    let (less, more) = if one.1.len() < other.1.len() { (one, other) } else { (other, one) };
    let ((row, letter), line) = less;
    let grown = more.0 == (*row, letter + 1) && more.1.chars().count() == line.chars().count() + 1;
    grown && more.1.chars().nth(*letter).is_some_and(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_letter_for_letter() {
        for text in ["", "\n", "a", "a\n", "a\n\nb\n", "ä\r\n\tb"] {
            let buffer = TextBuffer::of(text);
            assert!(buffer.is(text) && buffer.text() == text, "{text:?}");
        }
    }

    #[test]
    fn what_is_read_again_can_be_taken_back() {
        let mut buffer = TextBuffer::of("one\ntwo");
        buffer.go_to(1, 2);
        buffer.replace_all("another\ntext\nhere");
        assert_eq!(buffer.cursor(), (1, 2));
        while buffer.undo() {}
        assert_eq!(buffer.text(), "one\ntwo");
        assert!(buffer.redo());
    }

    #[test]
    fn a_word_is_taken_back_at_once() {
        let mut buffer = TextBuffer::of("x");
        buffer.go_to(0, 1);
        for c in "é_1 two(".chars() {
            assert!(buffer.press(Key::char(c)));
        }
        let mut texts = Vec::new();
        while buffer.undo() {
            texts.push(buffer.text());
        }
        assert_eq!(texts, ["xé_1 two", "xé_1 ", "xé_1", "x"]);
        texts.clear();
        while buffer.redo() {
            texts.push(buffer.text());
        }
        assert_eq!(texts, ["xé_1", "xé_1 ", "xé_1 two", "xé_1 two("]);
    }

    /// Farther than the text area jumps.
    #[test]
    fn every_place_of_a_long_text_can_be_gone_to() {
        let line = format!("{}the_end", "ä ".repeat(50_000));
        let text = format!("{}{line}\n{line}", "x\n".repeat(70_000));
        let mut buffer = TextBuffer::of(&text);
        for place in
            [(3, 1), (66_000, 1), (70_000, 65_600), (70_000, 100_003), (70_001, 65_535), (70_001, 100_007)]
        {
            buffer.go_to(place.0, place.1);
            assert_eq!(buffer.cursor(), place);
        }
        buffer.go_to(usize::MAX, usize::MAX);
        assert_eq!(buffer.cursor(), (70_001, 100_007));
        buffer.go_rows(-1, false);
        assert_eq!(buffer.cursor(), (70_000, 100_007));
        assert!(buffer.is(&text), "who goes about changes nothing");
        buffer.replace_before(3, "START");
        assert_eq!(buffer.text(), text.replacen("the_end\n", "the_START\n", 1));
        while buffer.undo() {}
        assert!(buffer.is(&text));
    }

    #[test]
    fn with_ctrl_home_and_end_are_those_of_the_text() {
        let mut buffer = TextBuffer::of("one\ntwo\nthree");
        buffer.go_to(1, 1);
        for (key, place) in [("ctrl-home", (0, 0)), ("ctrl-end", (2, 5)), ("ctrl-shift-home", (0, 0))] {
            assert!(!buffer.press(key.parse().unwrap()));
            assert_eq!(buffer.cursor(), place, "{key}");
        }
        assert_eq!(buffer.selected_text().as_deref(), Some("one\ntwo\nthree"));
    }

    #[test]
    fn what_is_selected_can_be_had() {
        let mut buffer = TextBuffer::of("one\ntwä\nthree");
        buffer.go_to(0, 1);
        buffer.go_rows(1, true);
        assert_eq!(buffer.selected_text().as_deref(), Some("ne\nt"));
        buffer.replace_before(0, "-");
        assert_eq!(buffer.text(), "o-wä\nthree");
        buffer.go_to(0, 4);
        buffer.replace_before(2, "x");
        assert_eq!(buffer.text(), "o-x\nthree");
        assert_eq!((buffer.selected_text(), buffer.cut()), (None, None));
    }
}
