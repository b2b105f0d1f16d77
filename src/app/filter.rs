use nucleo_matcher::pattern::{Atom, AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str, Utf32String};
use tui_textarea::{CursorMove, Input, Key as InputKey, TextArea};

use super::{Code, Key};

/// One line that is typed.
#[derive(Clone, Debug, Default)]
pub struct LineInput(TextArea<'static>);

impl LineInput {
    pub fn of(text: &str) -> Self {
        let mut area = TextArea::new(vec![text.lines().next().unwrap_or_default().to_owned()]);
        area.move_cursor(CursorMove::End);
        Self(area)
    }

    pub fn text(&self) -> &str {
        self.0.lines().first().map_or("", String::as_str)
    }

    /// Letters before the cursor.
    pub fn cursor(&self) -> usize {
        self.0.cursor().1
    }

    /// True: the text is another now.
    pub fn press(&mut self, key: Key) -> bool {
        // As in a shell; to undo is not worth a key on one line.
        if key == Key::ctrl('u') {
            return self.0.delete_line_by_head();
        }
        // What would make a second line is not for here.
        let breaks = key.code == Code::Enter || key.code == Code::Char('m') && key.ctrl;
        !breaks && self.0.input(input(key))
    }

    pub fn paste(&mut self, text: &str) {
        let line = text.lines().next().unwrap_or_default();
        self.0.insert_str(line.chars().filter(|c| !c.is_control()).collect::<String>());
    }
}

/// A key as the text area takes it.
pub(super) fn input(key: Key) -> Input {
    let code = match key.code {
        Code::Char(c) => InputKey::Char(c),
        Code::Enter => InputKey::Enter,
        Code::Esc => InputKey::Esc,
        Code::Tab => InputKey::Tab,
        Code::Backspace => InputKey::Backspace,
        Code::Delete => InputKey::Delete,
        Code::Up => InputKey::Up,
        Code::Down => InputKey::Down,
        Code::Left => InputKey::Left,
        Code::Right => InputKey::Right,
        Code::Home => InputKey::Home,
        Code::End => InputKey::End,
        Code::PageUp => InputKey::PageUp,
        Code::PageDown => InputKey::PageDown,
        Code::F(number) => InputKey::F(number),
        Code::Insert => InputKey::Null,
    };
    Input { key: code, ctrl: key.ctrl, alt: key.alt, shift: key.shift }
}

/// What a list is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub input: LineInput,
    /// It is being typed.
    pub editing: bool,
}

impl Filter {
    pub fn text(&self) -> &str {
        self.input.text()
    }

    /// It narrows, or is about to.
    pub fn is_set(&self) -> bool {
        self.editing || !self.text().is_empty()
    }

    /// It is typed anew: who looks for another thing has done with what was looked for before. True: the text was another.
    pub fn begin(&mut self) -> bool {
        let before = std::mem::replace(self, Self { editing: true, ..Self::default() });
        !before.text().is_empty()
    }

    /// Where letters go while it is typed.
    pub fn typed(&mut self) -> Option<&mut LineInput> {
        self.editing.then_some(&mut self.input)
    }

    /// The positions of those items that fit, best first; all in their order where nothing is typed.
    pub fn fitting<T: AsRef<str>, I>(&self, items: I) -> Vec<usize>
    where
        I: IntoIterator<Item = T, IntoIter: ExactSizeIterator>,
    {
        let items = items.into_iter();
        // Without a look at them: they may be made only to be looked at.
        match self.text().trim().is_empty() {
            true => (0..items.len()).collect(),
            false => fitting(self.text(), items),
        }
    }
}

/// Those that fit a text that is not blank.
pub(super) fn fitting<T: AsRef<str>>(text: &str, items: impl IntoIterator<Item = T>) -> Vec<usize> {
    // Of two that hold the word, the one that begins with it is meant.
    let mut config = Config::DEFAULT;
    config.prefer_prefix = true;
    let mut matcher = Matcher::new(config);
    let pattern = Pattern::parse(text, CaseMatching::Smart, Normalization::Smart);
    let mut letters = Vec::new();
    let mut fits: Vec<(u32, usize)> = items
        .into_iter()
        .enumerate()
        .filter_map(|(index, item)| {
            let score = pattern.score(Utf32Str::new(item.as_ref(), &mut letters), &mut matcher)?;
            Some((score, index))
        })
        .collect();
    fits.sort_by_key(|(score, index)| (std::cmp::Reverse(*score), *index));
    fits.into_iter().map(|(_, index)| index).collect()
}

/// What a row of a table says, put together once.
#[derive(Clone, Debug)]
pub(super) struct Row {
    name: Utf32String,
    all: Utf32String,
}

impl Row {
    pub fn new(name: &str, all: &str) -> Self {
        // In texts beyond ASCII nucleo does not find a word at the very end.
        Self { name: name.into(), all: format!("{all} ").into() }
    }
}

/// The positions of those rows in which each word stands as it is typed, or its letters in order in the name: where rows
/// are not in the order of the best, letters that are scattered over all of a row would only be noise.
pub(super) fn holding<'a>(text: &str, rows: impl IntoIterator<Item = &'a Row>) -> Vec<usize> {
    let mut matcher = Matcher::new(Config::DEFAULT);
    let words = Pattern::parse(text, CaseMatching::Smart, Normalization::Smart).atoms;
    let words = words.into_iter().map(|mut word| {
        let loose = (word.kind == AtomKind::Fuzzy).then(|| word.clone());
        if loose.is_some() {
            word.kind = AtomKind::Substring;
        }
        (word, loose)
    });
    let words: Vec<(Atom, Option<Atom>)> = words.collect();
    let mut stands = |word: &Atom, text: &Utf32String| word.score(text.slice(..), &mut matcher).is_some();
    let mut holds = |row: &Row| {
        words.iter().all(|(word, loose)| {
            stands(word, &row.all) || loose.as_ref().is_some_and(|loose| stands(loose, &row.name))
        })
    };
    rows.into_iter().enumerate().filter(|(_, row)| holds(row)).map(|(index, _)| index).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Filter {
        let mut filter = Filter::default();
        text.chars().for_each(|c| {
            filter.input.press(Key::char(c));
        });
        filter
    }

    #[test]
    fn letters_in_order_fit_and_the_best_comes_first() {
        let items = ["daily_delays", "delays", "airports"];
        assert_eq!(typed("").fitting(items), [0, 1, 2]);
        assert_eq!(typed("delays").fitting(items), [1, 0]);
        assert_eq!(typed("dldl").fitting(items), [0]);
        assert!(typed("x").fitting(items).is_empty());
        let actions = ["up: start the services", "theme: other colours"];
        assert_eq!(typed("the").fitting(actions), [1, 0]);
    }

    #[test]
    fn a_word_stands_in_a_row_as_it_is_typed() {
        let rows = [
            ("flights_daily", "flights_daily 3f2a succeeded"),
            ("airports", "airports 3f29 failed carrier=Aé"),
            ("daily_delays", "daily_delays 3f28 running"),
        ];
        let rows = rows.map(|(name, all)| Row::new(name, all));
        let held = |text: &str| holding(text, &rows);
        // Its letters stand in the first too, one here and one there.
        assert_eq!(held("failed"), [1]);
        assert_eq!((held("dldl"), held("daily succ"), held("!failed")), (vec![2], vec![0], vec![0, 2]));
        assert_eq!((held("carrier=a"), held("Carrier=a"), held("")), (vec![1], vec![], vec![0, 1, 2]));
        assert_eq!((held("=aé"), held("r=ae")), (vec![1], vec![1]));
    }

    #[test]
    fn a_line_stays_one_line() {
        let mut line = LineInput::of("ab");
        line.press(Key::of(Code::Enter));
        line.press(Key::ctrl('m'));
        line.paste("c\u{1b}[2J\nd");
        assert_eq!((line.text(), line.cursor()), ("abc[2J", 6));
    }
}
