use super::Editor;
use super::complete::{Item, Spelling, complete};
use crate::app::picker::moved;
use crate::app::{Code, Effect, Key, Model, Screen, TextBuffer};

/// What is offered to be typed.
#[derive(Clone, Debug)]
pub struct Completion {
    pub items: Vec<Item>,
    pub selected: usize,
    /// Letters before the cursor that are typed of it.
    pub typed: usize,
    /// The person has asked for it, or moved in it: enter takes what is selected.
    pub wanted: bool,
}

impl Completion {
    /// What fits where the cursor stands; unasked only where it is sure.
    pub(in crate::app) fn offered(spelling: Spelling<'_>, wanted: bool) -> Option<Self> {
        let offer = complete(spelling)?;
        let fits = wanted || offer.sure;
        fits.then_some(Self { items: offer.items, selected: 0, typed: offer.typed, wanted })
    }

    /// True: the key takes what is selected; false: it moves in the list; None: it is for the text.
    pub(in crate::app) fn press(&mut self, key: Key) -> Option<bool> {
        if key.ctrl || key.alt {
            return None;
        }
        let rows = match key.code {
            Code::Up => -1,
            Code::Down => 1,
            Code::Tab if !key.shift => return Some(true),
            // Whoever only types gets the new line that enter is.
            Code::Enter if self.wanted => return Some(true),
            _ => return None,
        };
        self.selected = moved(self.selected, rows, self.items.len());
        self.wanted = true;
        Some(false)
    }

    /// Puts what is selected in the place of what is typed of it.
    pub(in crate::app) fn put_into(&self, buffer: &mut TextBuffer) {
        let Some(item) = self.items.get(self.selected) else { return };
        let (line, letter) = buffer.here();
        let follows: String = line.chars().skip(letter).collect();
        // A key that is there already keeps what stands behind it.
        let insert = if follows.trim_start().starts_with(':') { &item.label } else { &item.insert };
        buffer.replace_before(self.typed, insert);
        if insert == &item.insert && item.behind > 0 {
            let before = insert.chars().count() - item.behind;
            let behind: String = insert.chars().skip(before).collect();
            let rows = behind.matches('\n').count();
            let (row, letter) = buffer.cursor();
            let letter = match rows {
                0 => letter - item.behind,
                // The line on which it stops ends there.
                _ => buffer.lines()[row - rows].chars().count(),
            };
            buffer.go_to(row - rows, letter);
        }
    }
}

impl Editor {
    /// Offers what fits where the cursor stands; unasked only where it is sure.
    pub(in crate::app) fn offer(&mut self, wanted: bool) {
        let known = self.known.clone();
        self.completion = self.file().and_then(|file| {
            let (lines, cursor) = (file.buffer.lines(), file.buffer.cursor());
            Completion::offered(Spelling { path: &file.path, lines, cursor, known: &known }, wanted)
        });
    }
}

impl Model {
    /// The list that is shown takes a key; None: the key is for the text.
    pub(super) fn press_in_completion(&mut self, key: Key) -> Option<Vec<Effect>> {
        match self.editor.completion.as_mut()?.press(key)? {
            true => Some(self.take_completion()),
            false => Some(Vec::new()),
        }
    }

    /// Takes one of what is offered, as the key does that takes what is selected.
    pub(in crate::app) fn take_offered(&mut self, at: usize) -> Vec<Effect> {
        let offered = match self.screen {
            Screen::Lake => &mut self.lake.completion,
            _ => &mut self.editor.completion,
        };
        if let Some(completion) = offered {
            completion.selected = at;
        }
        (self.screen.manners().press)(self, Key::of(Code::Tab)).unwrap_or_default()
    }

    pub(in crate::app) fn take_completion(&mut self) -> Vec<Effect> {
        let (Some(completion), Some(file)) = (self.editor.completion.take(), self.editor.file_mut()) else {
            return Vec::new();
        };
        completion.put_into(&mut file.buffer);
        let effects = self.editor_typed();
        // What follows a key or a group is known too; what has just been taken is no news, nor what is like it.
        self.editor.offer(false);
        let taken = completion.items.get(completion.selected).map(|item| item.label.as_str());
        self.editor.completion.take_if(|offered| {
            let same = taken.filter(|taken| taken.chars().count() == offered.typed);
            offered.items.iter().any(|item| Some(item.label.as_str()) == same)
        });
        effects
    }
}
