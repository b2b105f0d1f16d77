use crate::app::editor::{Completion, Spelling};
use crate::app::{Code, Effect, Key, LakePane, Model};

/// Columns of one level.
const STEP: usize = 2;

impl Model {
    /// Offers what can be typed where the cursor stands in the query pane.
    pub(in crate::app) fn offer_in_query(&mut self) {
        let query = &self.lake.query;
        let known = &self.editor.known;
        let spelling =
            Spelling { path: "query.sql".into(), lines: query.lines(), cursor: query.cursor(), known };
        self.lake.completion = Completion::offered(spelling, true);
    }

    /// A key that does more than it would in any text; None: it is for the text alone.
    pub(in crate::app) fn press_in_query(&mut self, key: Key) -> Option<Vec<Effect>> {
        if let Some(effects) = self.press_in_offered(key) {
            return Some(effects);
        }
        let query = &mut self.lake.query;
        let plain = !key.ctrl && !key.alt;
        let last = query.cursor().0 + 1 == query.lines().len();
        match key.code {
            Code::Tab if plain && key.shift => query.outdent(STEP),
            Code::Tab if plain => query.indent(STEP),
            Code::Down if plain && !key.shift && last => {
                self.lake.pane = LakePane::Params;
                return Some(Vec::new());
            }
            _ => return None,
        }
        Some((self.screen.manners().retyped)(self))
    }

    /// The list that is shown takes a key, or is narrowed by it; None: the key is none of its own.
    fn press_in_offered(&mut self, key: Key) -> Option<Vec<Effect>> {
        let mut completion = self.lake.completion.take()?;
        match completion.press(key) {
            Some(false) => {
                self.lake.completion = Some(completion);
                return Some(Vec::new());
            }
            Some(true) => completion.put_into(&mut self.lake.query),
            None if key.writes().is_none() && key.code != Code::Backspace => return None,
            None => {
                self.lake.query.press(key);
                self.offer_in_query();
            }
        }
        Some((self.screen.manners().retyped)(self))
    }
}
