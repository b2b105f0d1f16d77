//! What keys that mean something everywhere do on each screen, one screen a file: moving, going in and out, finding,
//! copying, typing.

mod artifacts;
mod board;
mod editor;
mod lake;
mod local;
mod metrics;
mod review;
mod runs;
mod workflow;

use super::{Effect, Key, LineInput, Model, Screen, TextBuffer};

/// How one screen takes them; what it says nothing of does nothing.
pub(super) struct Manners {
    /// Down is positive.
    pub rows: fn(&mut Model, i64) -> Vec<Effect>,
    /// To the right is positive.
    pub columns: fn(&mut Model, i64) -> Vec<Effect>,
    /// To the beginning, or to the bottom.
    pub end: fn(&mut Model, bool) -> Vec<Effect>,
    pub enter: fn(&mut Model) -> Vec<Effect>,
    /// None: there is nothing on it to come out of.
    pub out: fn(&mut Model) -> Option<Vec<Effect>>,
    pub find: fn(&mut Model) -> Vec<Effect>,
    /// Marks what is selected, or takes its mark away.
    pub mark: fn(&mut Model) -> Vec<Effect>,
    /// What would be copied.
    pub text: fn(&Model) -> Option<String>,
    /// A row of its list was clicked.
    pub click: fn(&mut Model, usize) -> Vec<Effect>,
    /// The next pane, or the one before.
    pub pane: fn(&mut Model, i64) -> Vec<Effect>,
    /// The pane of this position was pointed at.
    pub pane_at: fn(&mut Model, usize),
    /// The next tab, or the one before.
    pub tab: fn(&mut Model, i64) -> Vec<Effect>,
    /// The tab of this position was clicked.
    pub tab_at: fn(&mut Model, usize) -> Vec<Effect>,
    /// What is looked at alone, or everything again.
    pub full: fn(&mut Model) -> Vec<Effect>,
    /// A key that has no action, where it does more than it would in any text; None: it does not.
    pub press: fn(&mut Model, Key) -> Option<Vec<Effect>>,
    /// Where letters go, if they go into a text.
    pub typed: fn(&mut Model) -> Option<Typed<'_>>,
    pub typing: fn(&Model) -> Option<Typing>,
    /// The text has become another.
    pub retyped: fn(&mut Model) -> Vec<Effect>,
    /// A frame was drawn; it may show what has to be asked for.
    pub drawn: fn(&mut Model) -> Vec<Effect>,
    /// The actions that matter here, those first that matter most; the last is shown however many there are.
    pub footer: fn(&Model) -> &'static [&'static str],
}

/// A text that is being typed.
pub(super) enum Typed<'a> {
    Line(&'a mut LineInput),
    Text(&'a mut TextBuffer),
}

/// What kind of text is being typed: on one line, keys that move to another row are none of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typing {
    Line,
    Text,
}

const PLAIN: Manners = Manners {
    rows: |_, _| Vec::new(),
    columns: |_, _| Vec::new(),
    end: |model, bottom| {
        // A list stops at its ends by itself.
        let far = if bottom { i64::MAX } else { i64::MIN };
        (model.screen.manners().rows)(model, far)
    },
    enter: |_| Vec::new(),
    out: |_| None,
    find: |_| Vec::new(),
    mark: |_| Vec::new(),
    text: |_| None,
    click: |_, _| Vec::new(),
    pane: |_, _| Vec::new(),
    pane_at: |_, _| {},
    tab: |_, _| Vec::new(),
    tab_at: |_, _| Vec::new(),
    full: |_| Vec::new(),
    press: |_, _| None,
    typed: |_| None,
    typing: |_| None,
    retyped: |_| Vec::new(),
    drawn: |_| Vec::new(),
    footer: |_| &["board", "palette", "commands", "themes", "help"],
};

impl Screen {
    pub(super) fn manners(self) -> &'static Manners {
        match self {
            Self::Board => &board::MANNERS,
            Self::Workflow => &workflow::MANNERS,
            Self::Runs => &runs::MANNERS,
            Self::Artifacts => &artifacts::MANNERS,
            Self::Lake => &lake::MANNERS,
            Self::Local => &local::MANNERS,
            Self::Editor => &editor::MANNERS,
            Self::Metrics => &metrics::MANNERS,
            Self::Review => &review::MANNERS,
        }
    }
}
