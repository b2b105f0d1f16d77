use super::rows::{code_rows, spec_rows};
use super::{CodeRow, ReviewDeed, ReviewLook, SpecRow};
use crate::app::picker::moved;
use crate::app::{Fetched, Trouble};
use crate::domain::text::width;
use crate::domain::track::{Track, TrackId, threads};

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

/// Columns that a key goes aside by.
const STEP: usize = 16;

/// From so many columns on list and detail stay beside each other when the person is in the detail.
const BESIDE: u16 = 110;

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
    /// Columns of the code and the specs that are passed by on the left.
    pub aside: usize,
    /// Columns of the longest line of either.
    widest: usize,
    /// What was typed and not said yet, each with what of.
    pub(in crate::app) unsaid: Vec<(ReviewDeed, String)>,
    /// The row that each tab is at; of the comments, which of them.
    at: [usize; ReviewTab::ALL.len()],
    /// The track that is looked at, as it was listed then.
    pub of: Option<Track>,
    pub look: Fetched<Box<ReviewLook>>,
    code: Vec<CodeRow>,
    specs: Vec<SpecRow>,
}

impl ReviewScreen {
    /// The pane in which the person is stands alone, on a screen of so many columns.
    pub fn is_alone(&self, columns: u16) -> bool {
        self.pane == ReviewPane::Detail && (self.full || columns < BESIDE)
    }

    /// The detail alone, or the list beside it again, where there is room for both.
    pub(in crate::app) fn turn_full(&mut self, columns: u16) {
        self.full = columns >= BESIDE && !self.full;
        self.pane = ReviewPane::Detail;
    }

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
            ReviewTab::Comments => self.look.get().map_or(0, |look| comments(look)),
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
            self.aside = 0;
        }
        self.of = Some(track);
    }

    pub(super) fn take(&mut self, answer: Result<Box<ReviewLook>, Trouble>) {
        if let Ok(look) = &answer {
            (self.code, self.specs) = (code_rows(look), spec_rows(look));
            let last = self.code.len().saturating_sub(1);
            self.at[ReviewTab::Code as usize] = self.at[ReviewTab::Code as usize].min(last);
            let last = comments(look).saturating_sub(1);
            self.at[ReviewTab::Comments as usize] = self.at[ReviewTab::Comments as usize].min(last);
            self.widest = widest(look);
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

    /// The position of the remark that the keys act on.
    pub fn remark(&self) -> Option<usize> {
        match (self.pane, self.tab) {
            (ReviewPane::Detail, ReviewTab::Code) => match self.code_row()? {
                CodeRow::Remark { remark, .. } | CodeRow::Was(remark) | CodeRow::At(remark) => Some(remark),
                _ => None,
            },
            (ReviewPane::Detail, ReviewTab::Comments) => {
                let all = threads(&self.look.get()?.card.remarks);
                all.into_iter().flatten().nth(self.at())
            }
            _ => None,
        }
    }

    /// Looks at more of long lines; false: nothing of this tab goes on there.
    pub(in crate::app) fn go_aside(&mut self, columns: i64) -> bool {
        let is_code = matches!(self.tab, ReviewTab::Code | ReviewTab::Specs);
        if self.pane != ReviewPane::Detail || !is_code || columns < 0 && self.aside == 0 {
            return false;
        }
        let step = STEP.saturating_mul(usize::try_from(columns.unsigned_abs()).unwrap_or(usize::MAX));
        self.aside = match columns < 0 {
            true => self.aside.saturating_sub(step),
            false => self.aside.saturating_add(step).min(self.widest.saturating_sub(STEP)),
        };
        true
    }

    /// To the next change, or to the one before; false: there is none.
    pub(in crate::app) fn go_to_change(&mut self, back: bool) -> bool {
        let begins: Vec<usize> = match self.tab {
            ReviewTab::Code => begins(&self.code, |row| self.changes(*row), |_| false),
            ReviewTab::Specs => {
                begins(&self.specs, |row| self.differs(*row), |row| matches!(row, SpecRow::Flow(_)))
            }
            _ => return false,
        };
        let at = self.at();
        let found = match back {
            false => begins.into_iter().find(|row| *row > at),
            true => begins.into_iter().rev().find(|row| *row < at),
        };
        found.inspect(|row| self.set_at(*row)).is_some()
    }

    fn changes(&self, row: CodeRow) -> bool {
        let CodeRow::Line { file, hunk, row } = row else { return false };
        let of = self.look.get().and_then(|look| look.files.get(file)?.hunks.get(hunk)?.rows.get(row));
        of.is_some_and(|row| !row.same)
    }

    fn differs(&self, row: SpecRow) -> bool {
        let SpecRow::Pair { file, row } = row else { return false };
        let of = self.look.get().and_then(|look| look.specs.get(file)?.hunks.first()?.rows.get(row));
        of.is_some_and(|row| !row.same)
    }
}

/// What was said, and entries that do not count as one more.
fn comments(look: &ReviewLook) -> usize {
    look.card.remarks.len() + usize::from(!look.card.invalid.is_empty())
}

fn widest(look: &ReviewLook) -> usize {
    let hunks = look.files.iter().chain(&look.specs).flat_map(|file| &file.hunks);
    let code = hunks.flat_map(|hunk| hunk.old.iter().chain(&hunk.new)).map(|line| width(line));
    let said = look.card.remarks.iter().flat_map(|remark| remark.text.lines()).map(width);
    code.chain(said).max().unwrap_or(0)
}

/// The rows at which a stretch of such ones begins, and those that always begin one.
fn begins<T>(rows: &[T], is: impl Fn(&T) -> bool, always: impl Fn(&T) -> bool) -> Vec<usize> {
    let begins = |at: &usize| always(&rows[*at]) || is(&rows[*at]) && (*at == 0 || !is(&rows[at - 1]));
    (0..rows.len()).filter(begins).collect()
}
