use super::rows::{code_rows, spec_rows};
use super::{CodeRow, ReviewLook, SpecRow};
use crate::app::picker::moved;
use crate::app::{Fetched, Trouble};
use crate::domain::track::{Track, TrackId};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReviewPane {
    #[default]
    List,
    Detail,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReviewTab {
    #[default]
    Card,
    /// Specs and graphs, before and after.
    Specs,
    Code,
    /// Columns that went, came or became others, and who reads them.
    Lineage,
    /// Rows, bytes, time and memory, against today.
    Data,
    Checks,
    Comments,
}

impl ReviewTab {
    pub const ALL: [Self; 7] =
        [Self::Card, Self::Specs, Self::Code, Self::Lineage, Self::Data, Self::Checks, Self::Comments];

    pub fn title(self) -> &'static str {
        match self {
            Self::Card => "Card",
            Self::Specs => "Specs",
            Self::Code => "Code",
            Self::Lineage => "Lineage",
            Self::Data => "Data",
            Self::Checks => "Checks",
            Self::Comments => "Comments",
        }
    }
}

/// What there is to review, and what is looked at of it.
#[derive(Clone, Debug, Default)]
pub struct ReviewScreen {
    /// Among those that are listed.
    pub selected: usize,
    /// The person has been at it: what comes takes them nowhere.
    pub(in crate::app) chosen: bool,
    pub pane: ReviewPane,
    pub tab: ReviewTab,
    /// The detail alone.
    pub full: bool,
    /// The row that each tab is at.
    at: [usize; ReviewTab::ALL.len()],
    /// The track that is looked at, as it was listed then.
    pub of: Option<Track>,
    pub look: Fetched<Box<ReviewLook>>,
    code: Vec<CodeRow>,
    specs: Vec<SpecRow>,
}

impl ReviewScreen {
    pub fn code(&self) -> &[CodeRow] {
        &self.code
    }

    pub fn specs(&self) -> &[SpecRow] {
        &self.specs
    }

    /// The row that the tab is at; of one that only scrolls, how many are above.
    pub fn at(&self) -> usize {
        self.at[self.tab as usize]
    }

    pub(in crate::app) fn set_at(&mut self, at: usize) {
        self.at[self.tab as usize] = at;
    }

    pub(in crate::app) fn go(&mut self, rows: i64) {
        let count = match self.tab {
            ReviewTab::Code => self.code.len(),
            // Only who draws it knows where it ends.
            _ => usize::MAX,
        };
        self.set_at(moved(self.at(), rows, count));
    }

    /// Another track is looked at, from its beginning; the same stays where it is until it has been read anew.
    pub(super) fn turn_to(&mut self, track: Track) {
        if self.of.as_ref().is_none_or(|of| of.id != track.id) {
            self.look = Fetched::default();
            self.at = [0; ReviewTab::ALL.len()];
            (self.code, self.specs) = (Vec::new(), Vec::new());
        }
        self.of = Some(track);
    }

    pub(super) fn take(&mut self, answer: Result<Box<ReviewLook>, Trouble>) {
        if let Ok(look) = &answer {
            (self.code, self.specs) = (code_rows(look), spec_rows(look));
            let last = self.code.len().saturating_sub(1);
            self.at[ReviewTab::Code as usize] = self.at[ReviewTab::Code as usize].min(last);
        }
        self.look.set(answer);
    }

    pub fn id(&self) -> Option<&TrackId> {
        self.of.as_ref().map(|track| &track.id)
    }

    /// The row of the code that the keys act on.
    pub fn code_row(&self) -> Option<CodeRow> {
        self.code.get(self.at[ReviewTab::Code as usize]).copied()
    }

    /// To the next file or hunk, or to the one before; false: there is none.
    pub(in crate::app) fn go_to_change(&mut self, back: bool) -> bool {
        let begins: Vec<usize> = match self.tab {
            ReviewTab::Code => begins(&self.code, |row| matches!(row, CodeRow::Hunk { .. })),
            ReviewTab::Specs => self.spec_begins(),
            _ => return false,
        };
        let at = self.at();
        let found = match back {
            false => begins.into_iter().find(|row| *row > at),
            true => begins.into_iter().rev().find(|row| *row < at),
        };
        found.inspect(|row| self.set_at(*row)).is_some()
    }

    /// Graphs, and rows at which a change of a spec begins.
    fn spec_begins(&self) -> Vec<usize> {
        let Some(look) = self.look.get() else { return Vec::new() };
        let changes = |at: usize| match self.specs.get(at) {
            Some(SpecRow::Pair { file, row }) => {
                let hunk = look.specs.get(*file).and_then(|of| of.hunks.first());
                hunk.and_then(|hunk| hunk.rows.get(*row)).is_some_and(|row| !row.same)
            }
            _ => false,
        };
        let starts = |at: &usize| {
            matches!(self.specs[*at], SpecRow::Flow(_)) || changes(*at) && (*at == 0 || !changes(at - 1))
        };
        (0..self.specs.len()).filter(starts).collect()
    }
}

fn begins<T>(rows: &[T], is: impl Fn(&T) -> bool) -> Vec<usize> {
    rows.iter().enumerate().filter(|(_, row)| is(row)).map(|(at, _)| at).collect()
}
