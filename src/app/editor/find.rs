use std::ops::Range;

use super::{Editor, OpenFile};
use crate::app::LineInput;

/// What is searched for in the text.
#[derive(Clone, Debug, Default)]
pub struct Find {
    pub input: LineInput,
    /// It is being typed.
    pub editing: bool,
    /// Where the cursor was before.
    from: (usize, usize),
}

impl Find {
    pub fn start(&mut self, from: (usize, usize)) {
        *self = Self { input: LineInput::default(), editing: true, from };
    }

    pub fn is_set(&self) -> bool {
        self.editing || !self.input.text().is_empty()
    }

    /// While it is typed: the first place from where one was.
    pub fn show_first(&self, file: &mut OpenFile) {
        file.buffer.go_to(self.from.0, self.from.1);
        if !self.is_at(file) {
            self.go(file, false);
        }
    }

    fn is_at(&self, file: &OpenFile) -> bool {
        let (line, letter) = file.buffer.here();
        found(line, self.input.text()).any(|range| range.start == letter)
    }

    /// To the next place, or the one before, around the ends. False: there is none.
    pub fn go(&self, file: &mut OpenFile, back: bool) -> bool {
        let wanted = self.input.text();
        let (row, letter) = file.buffer.cursor();
        let lines = file.buffer.lines();
        let place = |row: usize, fits: &dyn Fn(usize) -> bool| {
            let mut starts = found(&lines[row], wanted).map(|range| range.start).filter(|start| fits(*start));
            let start = if back { starts.last() } else { starts.next() };
            start.map(|start| (row, start))
        };
        let beside = |start: usize| if back { start < letter } else { start > letter };
        let rows = lines.len();
        let others =
            (1..=rows).map(|step| if back { (row + rows - step) % rows } else { (row + step) % rows });
        let to = place(row, &beside).or_else(|| others.filter_map(|row| place(row, &|_| true)).next());
        if let Some((row, letter)) = to {
            file.buffer.go_to(row, letter);
        }
        to.is_some()
    }
}

/// How many places of a text are what is wanted, so that they are counted once for each text.
#[derive(Clone, Debug, Default)]
pub struct Places {
    pub count: usize,
    wanted: String,
    /// Those of the text.
    edits: u64,
}

impl Editor {
    /// After whatever has happened: what is searched for, or where, may be another.
    pub(in crate::app) fn count_places(&mut self) {
        let Some(file) = self.files.get_mut(self.current).filter(|_| self.find.is_set()) else { return };
        let (wanted, edits) = (self.find.input.text(), file.buffer.edits());
        if (file.places.wanted.as_str(), file.places.edits) != (wanted, edits) {
            let count = file.buffer.lines().iter().map(|line| found(line, wanted).count()).sum();
            file.places = Places { count, wanted: wanted.to_owned(), edits };
        }
    }
}

/// The letters of a line that are what is wanted; capitals count if one is wanted.
pub fn found<'a>(line: &'a str, wanted: &str) -> impl Iterator<Item = Range<usize>> + 'a {
    // Nothing is looked for with each frame, also in a line of megabytes.
    let line = if wanted.is_empty() { "" } else { line };
    let exact = wanted.chars().any(char::is_uppercase);
    // Only letters of one byte change their case without changing their length.
    let fold = |text: &str| if exact { text.to_owned() } else { text.to_ascii_lowercase() };
    let (hay, needle) = (fold(line), fold(wanted));
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + hay.get(at..)?.find(&needle).filter(|_| !needle.is_empty())?;
        at = start + needle.len();
        let from = hay[..start].chars().count();
        Some(from..from + needle.chars().count())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::FileText;

    #[test]
    fn a_search_goes_around_the_ends() {
        let text = "Select x\nfrom sélect\nSELECT select";
        let mut file = OpenFile::new(FileText { path: "a".into(), text: text.to_owned(), digest: None });
        file.buffer.go_to(1, 0);
        let mut find = Find::default();
        find.start(file.buffer.cursor());
        find.input = LineInput::of("select");
        find.show_first(&mut file);
        assert_eq!(file.buffer.cursor(), (2, 0));
        let mut places = Vec::new();
        for back in [false, false, false, true, true] {
            assert!(find.go(&mut file, back));
            places.push(file.buffer.cursor());
        }
        assert_eq!(places, [(2, 7), (0, 0), (2, 0), (0, 0), (2, 7)]);
        find.input = LineInput::of("none");
        assert!(!find.go(&mut file, false) && file.buffer.cursor() == (2, 7));
    }

    #[test]
    fn places_are_counted_again_only_when_the_text_or_what_is_wanted_is_another() {
        let text = "Select x\nfrom sélect\nSELECT select";
        let file = OpenFile::new(FileText { path: "a".into(), text: text.to_owned(), digest: None });
        let mut editor = Editor { files: vec![file], ..Editor::default() };
        let count = |editor: &mut Editor| {
            editor.count_places();
            editor.files[0].places.count
        };
        assert_eq!(count(&mut editor), 0);
        editor.find.input = LineInput::of("select");
        assert_eq!(count(&mut editor), 3);
        editor.files[0].places.count = 7;
        assert_eq!(count(&mut editor), 7, "nothing is another");
        editor.find.input = LineInput::of("Select");
        assert_eq!(count(&mut editor), 1);
        for (act, left) in [
            ((|buffer| buffer.replace_before(0, "Select")) as fn(&mut crate::app::TextBuffer), 2),
            (|buffer| assert!(buffer.undo()), 1),
            (|buffer| assert!(buffer.redo()), 2),
            (|buffer| buffer.paste("Select "), 3),
            (|buffer| buffer.replace_all("none"), 0),
        ] {
            act(&mut editor.files[0].buffer);
            assert_eq!(count(&mut editor), left);
        }
    }
}
