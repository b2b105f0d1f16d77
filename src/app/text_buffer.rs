use tui_textarea::{CursorMove, TextArea};

use super::filter::input;
use super::undo::{KEPT, Undo};
use super::{Code, Key};

/// Bytes that an edit takes besides its text.
const LEAST: usize = 64;

/// A text of many lines that is typed.
#[derive(Clone, Debug)]
pub struct TextBuffer {
    area: TextArea<'static>,
    /// How often it has become another text.
    edits: u64,
    undo: Undo,
    /// What is being done is a part of an edit.
    within: bool,
}

impl Default for TextBuffer {
    fn default() -> Self {
        Self::of("")
    }
}

impl TextBuffer {
    /// Keeps every letter: a line feed at the end is an empty last line.
    pub fn of(text: &str) -> Self {
        let mut area = TextArea::new(text.split('\n').map(str::to_owned).collect());
        area.set_max_histories(KEPT as usize);
        Self { area, edits: 0, undo: Undo::default(), within: false }
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
        self.area.select_all();
        self.replace_before(0, text);
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
        self.undo.cut_off();
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
            Code::Char('u') if key.ctrl && !key.alt => return self.undo(),
            Code::Char('r') if key.ctrl && !key.alt => return self.redo(),
            Code::Char('y') if key.ctrl && !key.alt => {
                let text = self.area.yank_text();
                self.replace_before(0, &text);
                return true;
            }
            // What is selected goes by an edit of its own.
            _ if inserts(key) && self.selection().is_some() => {
                self.as_one(|buffer| {
                    buffer.replace_before(0, "");
                    buffer.press(key);
                });
                return true;
            }
            _ => {
                if inserts(key) {
                    self.make_room();
                }
                let bytes = LEAST + self.selected_bytes();
                let typed = self.area.input(input(key));
                self.count(typed, bytes);
                return typed;
            }
        };
        self.hold(key.shift);
        end.into_iter().for_each(|end| self.area.move_cursor(end));
        false
    }

    pub fn paste(&mut self, text: &str) {
        let fits = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
        self.replace_before(0, &text.replace("\r\n", "\n").chars().filter(fits).collect::<String>());
    }

    /// Puts a text in the place of so many letters before the cursor; what is selected goes.
    pub fn replace_before(&mut self, letters: usize, text: &str) {
        let (_, letter) = self.cursor();
        if letters > 0 {
            // From where it stands: no place is too far for that, and all of it goes at once.
            self.area.start_selection();
            (0..letters.min(letter)).for_each(|_| self.area.move_cursor(CursorMove::Back));
        }
        // What goes was not cut out to be put elsewhere.
        let yank = self.area.yank_text();
        self.as_one(|buffer| {
            // No letter but what is selected.
            let bytes = LEAST + buffer.selected_bytes();
            let deleted = buffer.area.delete_str(0);
            buffer.count(deleted, bytes);
            let inserted = !text.is_empty() && buffer.area.insert_str(text);
            buffer.count(inserted, LEAST + text.len());
        });
        self.area.set_yank_text(yank);
    }

    /// All that is done to the text is taken back in one step.
    pub fn as_one(&mut self, act: impl FnOnce(&mut Self)) {
        self.make_room();
        let made = self.undo.made();
        let outer = std::mem::replace(&mut self.within, true);
        act(self);
        self.within = outer;
        self.undo.join_after(made);
    }

    fn count(&mut self, edited: bool, bytes: usize) {
        if edited {
            self.edits += 1;
            self.undo.edited(bytes);
        }
    }

    /// Before an edit: what is held of those before it has its bounds. The area knows only how to forget all of them, and
    /// never a part of one.
    fn make_room(&mut self) {
        if !self.within && self.undo.is_too_large() {
            self.forget_edits();
        }
    }

    /// Nothing that was done so far can be taken back any more.
    pub fn forget_edits(&mut self) {
        self.area.set_max_histories(KEPT as usize);
        self.undo.forgotten();
    }

    fn selected_bytes(&self) -> usize {
        let Some((from, to)) = self.selection() else { return 0 };
        self.lines().iter().skip(from.0).take(to.0 - from.0 + 1).map(|line| line.len() + 1).sum()
    }

    /// It is another text from now on, with which its edits begin; the cursor stays where it was, as far as it can.
    pub fn begin_anew(&mut self, text: &str) {
        let (row, letter) = self.cursor();
        let (yank, edits) = (self.area.yank_text(), self.edits + 1);
        *self = Self { edits, ..Self::of(text) };
        self.area.set_yank_text(yank);
        self.go_to(row, letter);
    }

    /// The same as `set`; the cursor stays where it was, as far as it can.
    pub fn replace_all(&mut self, text: &str) {
        let (row, letter) = self.cursor();
        self.set(text);
        self.go_to(row, letter);
    }

    /// Takes the last edit back; letters of a word that were typed one after the other are one. False: there is none.
    pub fn undo(&mut self) -> bool {
        self.step(Self::back, Self::again)
    }

    /// Makes an edit again that was taken back.
    pub fn redo(&mut self) -> bool {
        self.step(Self::again, Self::back)
    }

    fn back(&mut self) -> usize {
        self.undo.back(|| self.area.undo())
    }

    fn again(&mut self) -> usize {
        self.undo.again(|| self.area.redo())
    }

    /// `act` answers how many edits of the area it was; none where there is none.
    fn step(&mut self, act: fn(&mut Self) -> usize, back: fn(&mut Self) -> usize) -> bool {
        self.edits += 1;
        // To where the edit left the cursor, which may have been moved since.
        if act(self) == 0 {
            return false;
        }
        back(self);
        let mut one = || {
            let before = (self.cursor(), self.here().0.to_owned());
            match act(self) {
                0 => None,
                edits => Some(edits == 1 && is_letter(&before, &(self.cursor(), self.here().0.to_owned()))),
            }
        };
        let (first, mut next) = (one(), Some(true));
        while first == Some(true) && next == Some(true) {
            next = one();
        }
        // One too many was looked at. To where the last that belongs to them left the cursor, too.
        if next == Some(false) {
            back(self);
            back(self);
            act(self);
        }
        true
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
        self.make_room();
        let cut = self.area.cut();
        self.count(cut, LEAST + text.len());
        Some(text)
    }
}

fn inserts(key: Key) -> bool {
    let breaks = key.code == Code::Char('m') && key.ctrl && !key.alt;
    breaks || key.writes().is_some() || matches!(key.code, Code::Enter | Code::Tab)
}

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
    use proptest::prelude::*;

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
        // Wherever the cursor is by then.
        assert!(buffer.undo());
        buffer.go_to(0, 0);
        assert!(buffer.undo());
        assert_eq!(buffer.text(), "xé_1 ");
    }

    #[test]
    fn what_takes_the_place_of_something_is_one_edit() {
        let acts: [fn(&mut TextBuffer); 6] = [
            |buffer| buffer.replace_before(2, "one more"),
            |buffer| buffer.replace_before(1, "ex"),
            |buffer| buffer.paste("two\nlines"),
            |buffer| assert!(buffer.press(Key::char('x'))),
            |buffer| assert!(buffer.press(Key::ctrl('y'))),
            |buffer| buffer.set("all\nelse"),
        ];
        for (index, act) in acts.into_iter().enumerate() {
            let mut buffer = TextBuffer::of("a b\nc ");
            buffer.select((0, 0), (0, 1));
            buffer.press(Key::ctrl('x'));
            buffer.go_to(1, usize::MAX);
            "wor".chars().for_each(|c| assert!(buffer.press(Key::char(c))));
            if index > 1 {
                buffer.select((0, 1), (1, 1));
            }
            let before = buffer.text();
            act(&mut buffer);
            let after = buffer.text();
            assert!(after != before && buffer.press(Key::ctrl('u')));
            assert_eq!(buffer.text(), before, "{index}");
            assert!(buffer.press(Key::ctrl('r')) && !buffer.redo());
            assert_eq!(buffer.text(), after, "{index}");
            assert!(buffer.undo() && buffer.undo());
            assert_eq!(buffer.text(), " b\nc ", "{index}: and then the word");
        }
    }

    const KEYS: [&str; 20] = [
        "a",
        "é",
        "space",
        "enter",
        "tab",
        "backspace",
        "delete",
        "ctrl-k",
        "ctrl-j",
        "ctrl-w",
        "alt-d",
        "ctrl-x",
        "ctrl-y",
        "ctrl-h",
        "ctrl-m",
        "left",
        "shift-right",
        "shift-up",
        "shift-end",
        "ctrl-c",
    ];

    /// Edit by edit one comes to the same text with the cursor at the same place.
    fn comes_to(mut buffer: TextBuffer, act: fn(&mut TextBuffer) -> usize, to: &TextBuffer) -> bool {
        while act(&mut buffer) > 0 {
            if (buffer.text(), buffer.cursor()) == (to.text(), to.cursor()) {
                return true;
            }
        }
        false
    }

    #[test]
    fn the_cursor_stays_at_what_is_taken_back() {
        let mut buffer = TextBuffer::of(&"x\n".repeat(90));
        for row in [3, 80] {
            buffer.go_to(row, 0);
            "word".chars().for_each(|c| assert!(buffer.press(Key::char(c))));
        }
        for (act, place) in [
            (TextBuffer::undo as fn(&mut TextBuffer) -> bool, (80, 0)),
            (TextBuffer::undo, (3, 0)),
            (TextBuffer::redo, (3, 4)),
            (TextBuffer::redo, (80, 4)),
        ] {
            assert!(act(&mut buffer));
            assert_eq!(buffer.cursor(), place);
        }
    }

    /// Each of these edits is two of the area's, which knows no more than so many.
    #[test]
    fn an_edit_of_which_a_part_is_not_known_any_more_is_not_taken_back() {
        for before in 0..2 {
            let mut buffer = TextBuffer::of("0");
            let whole: Vec<String> = (0..=2 * KEPT).map(|number| number.to_string()).collect();
            for text in &whole[1..] {
                buffer.set(text);
            }
            buffer.go_to(0, usize::MAX);
            (0..before).for_each(|_| assert!(buffer.press("enter".parse().unwrap())));
            let mut taken = 0;
            while buffer.undo() {
                taken += 1;
                assert!(whole.contains(&buffer.text()), "{:?}", buffer.text());
            }
            assert_eq!(taken, KEPT / 2, "{before}");
            while buffer.redo() {}
            assert_eq!(buffer.text().trim_end(), whole.last().unwrap());
        }
    }

    proptest! {
        /// Whatever was done: each step back leads to a text that was there, all of them to the first, and on to the last.
        #[test]
        fn every_edit_is_taken_back_as_it_was_made(acts in proptest::collection::vec((0..26usize, 0..9usize), 0..60)) {
            let mut buffer = TextBuffer::of("one two\n  three\n\nfour");
            let mut texts = vec![buffer.text()];
            for (act, number) in acts {
                match act {
                    20 => buffer.go_to(number / 2, number),
                    21 => buffer.select((0, number), (number / 2, 1)),
                    22 => buffer.paste("x\ny"),
                    23 => buffer.replace_before(number, "zz"),
                    24 => buffer.indent(2),
                    25 => buffer.outdent(2),
                    key => {
                        buffer.press(KEYS[key].parse().unwrap());
                    }
                }
                texts.push(buffer.text());
            }
            let mut before = buffer.clone();
            while buffer.undo() {
                prop_assert!(texts.contains(&buffer.text()), "{:?} of {texts:?}", buffer.text());
                prop_assert!(comes_to(before, TextBuffer::back, &buffer), "{:?} in {:?}", buffer.cursor(), buffer.text());
                before = buffer.clone();
            }
            prop_assert_eq!(&buffer.text(), &texts[0]);
            while buffer.redo() {
                prop_assert!(texts.contains(&buffer.text()));
                prop_assert!(comes_to(before, TextBuffer::again, &buffer), "{:?} in {:?}", buffer.cursor(), buffer.text());
                before = buffer.clone();
            }
            prop_assert_eq!(&buffer.text(), texts.last().unwrap());
        }
    }

    #[test]
    fn what_was_only_gone_over_is_not_made_again() {
        let text = format!("{}the_end", "ä ".repeat(50_000));
        let mut buffer = TextBuffer::of(&text);
        assert!(buffer.press(Key::char('x')) && buffer.undo());
        buffer.go_to(0, 70_000);
        assert!(!buffer.redo() && buffer.is(&text));
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
