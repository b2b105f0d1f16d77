use super::{Action, Compared, Deed, Discard, FileChoice, Form, LineInput, Picker, Trouble};
use crate::domain::FileDiff;

/// What lies over a screen; the last one gets the keys.
#[derive(Clone, Debug)]
pub enum Overlay {
    Help {
        scroll: usize,
    },
    Palette(Picker<Choice>),
    Themes {
        picker: Picker<String>,
        before: String,
    },
    Form(Form),
    Diff {
        title: String,
        files: Vec<FileDiff>,
        scroll: usize,
    },
    /// How two runs differ.
    Compared(Box<Compared>),
    /// What came of the query that was asked last.
    Rows,
    Confirm(Confirm),
    /// The same of text that would be lost.
    Discard(Discard),
    /// Files of the project, one of which is to be edited.
    Files(Picker<FileChoice>),
    Commands {
        selected: usize,
    },
    /// An error, whole. It stays before the person though others come.
    Notice {
        trouble: Trouble,
        scroll: usize,
    },
}

/// What the palette offers.
#[derive(Clone, Copy, Debug)]
pub enum Choice {
    Action(&'static Action),
    /// One that other screens have: it is told where.
    Elsewhere(&'static Action),
    /// A command of the person's own, by its position.
    Own(usize),
}

/// Something that cannot be taken back waits for a yes.
#[derive(Clone, Debug)]
pub struct Confirm {
    pub question: String,
    pub deeds: Vec<Deed>,
    /// What has to be typed for it; None: `y` is enough.
    pub name: Option<TypedName>,
}

/// A name that must be typed, because `y` is pressed too easily for what it would do.
#[derive(Clone, Debug)]
pub struct TypedName {
    pub name: String,
    pub input: LineInput,
}

impl TypedName {
    /// Why enter does nothing.
    pub(super) fn refused(&self) -> String {
        match self.input.text().trim() {
            "" => format!("type {} to do it; esc is no", self.name),
            typed => format!("{typed} is not {}: nothing is done", self.name),
        }
    }
}

impl Confirm {
    pub fn new(question: impl Into<String>, deed: Deed) -> Self {
        Self { question: question.into(), deeds: vec![deed], name: None }
    }

    /// The name that was wanted is typed.
    pub fn is_named(&self) -> bool {
        self.name.as_ref().is_some_and(|typed| typed.input.text().trim() == typed.name)
    }
}

impl Overlay {
    /// It waits for a yes or a no.
    pub(super) fn is_question(&self) -> bool {
        matches!(self, Self::Confirm(_) | Self::Discard(_))
    }

    /// The actions that mean something on it, each with what its key does there.
    pub(super) fn footer(&self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Help { .. } | Self::Diff { .. } => {
                &[("down", "down"), ("page_down", "page down"), ("bottom", "to the end"), ("back", "close")]
            }
            Self::Compared(_) => &[
                ("open", "fold"),
                ("down", "down"),
                ("page_down", "page down"),
                ("compare", "also what is the same"),
                ("copy", "copy"),
                ("back", "close"),
            ],
            Self::Palette(_) => &[("open", "do it"), ("down", "down"), ("up", "up"), ("back", "close")],
            Self::Themes { .. } => {
                &[("open", "take it"), ("down", "down"), ("up", "up"), ("back", "as it was")]
            }
            Self::Files(_) => &[("open", "edit"), ("down", "down"), ("up", "up"), ("back", "close")],
            Self::Form(_) => &[("open", "do it"), ("next_pane", "next field"), ("back", "leave")],
            Self::Rows => &[("down", "down"), ("page_down", "page down"), ("back", "put away")],
            Self::Confirm(Confirm { name: Some(_), .. }) => {
                &[("open", "do it, once the name is typed"), ("back", "no")]
            }
            Self::Confirm(_) | Self::Discard(_) => &[("copy", "yes"), ("back", "no")],
            Self::Commands { .. } => &[("copy", "copy"), ("down", "down"), ("up", "up"), ("back", "close")],
            Self::Notice { .. } => &[
                ("copy", "copy"),
                ("down", "down"),
                ("right", "older"),
                ("left", "newer"),
                ("back", "put away"),
            ],
        }
    }
}
