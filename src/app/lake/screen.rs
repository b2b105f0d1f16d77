use super::{Asked, Grid, LakeLook, TableLook};
use crate::app::{Completion, Fetched, Filter, LineInput, TextBuffer, Trouble};
use crate::domain::{Diagnostic, TableName};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LakePane {
    #[default]
    Tables,
    /// What there is of the table, or the rows of the query.
    Detail,
    Query,
    /// The parameters of the query.
    Params,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LakeTab {
    #[default]
    Rows,
    Columns,
    Partitions,
    /// Who writes and who reads it.
    Uses,
    Query,
}

impl LakeTab {
    pub const ALL: [Self; 5] = [Self::Rows, Self::Columns, Self::Partitions, Self::Uses, Self::Query];

    pub fn title(self) -> &'static str {
        match self {
            Self::Rows => "Rows",
            Self::Columns => "Columns",
            Self::Partitions => "Partitions",
            Self::Uses => "Uses",
            Self::Query => "Query",
        }
    }
}

/// The lake, and a query on it.
#[derive(Clone, Debug, Default)]
pub struct LakeScreen {
    pub look: Fetched<LakeLook>,
    /// Among those that are shown.
    pub selected: usize,
    pub filter: Filter,
    pub pane: LakePane,
    pub tab: LakeTab,
    pub scroll: usize,
    /// The detail, or the rows of the query, alone.
    pub full: bool,
    /// The first rows of a table, once they have come.
    pub first: Option<(TableName, Result<Grid, Trouble>)>,
    /// The table whose first rows were asked for.
    pub reading: Option<TableName>,
    pub query: TextBuffer,
    /// The statement that was last put into it for a table.
    pub(super) begun: String,
    /// The table that was selected when one last turned to it.
    pub(super) written_for: Option<TableName>,
    /// `day=2013-01-01 carrier=UA`
    pub params: LineInput,
    /// What was asked last.
    pub asked: Option<Asked>,
    /// What could be typed in the query.
    pub completion: Option<Completion>,
    /// What is wrong in the query as it is typed.
    pub problems: Vec<Diagnostic>,
    /// Why nobody knows of any.
    pub unchecked: Option<&'static str>,
    /// What was last asked to be checked is not what is typed now.
    pub(super) stale: bool,
    /// The query is another than the one that was asked last.
    pub retyped: bool,
    /// What is done before it can be answered.
    pub doing: Option<String>,
}

impl LakeScreen {
    /// Those that the filter leaves.
    pub fn shown(&self) -> Vec<&TableLook> {
        let tables = self.look.get().map_or(&[][..], |look| &look.tables);
        let names = tables.iter().map(|table| table.record.table.to_string());
        self.filter.fitting(names).into_iter().map(|index| &tables[index]).collect()
    }

    pub fn table(&self) -> Option<&TableLook> {
        let shown = self.shown();
        shown.get(self.selected.min(shown.len().checked_sub(1)?)).copied()
    }

    /// The rows of the query that was asked last.
    pub fn answer(&mut self) -> Option<&mut Grid> {
        self.asked.as_mut()?.grid.as_mut()?.as_mut().ok()
    }

    /// The rows that are shown, if any are.
    pub fn grid(&mut self) -> Option<&mut Grid> {
        match self.tab {
            LakeTab::Rows => self.first.as_mut()?.1.as_mut().ok(),
            LakeTab::Query => self.answer(),
            _ => None,
        }
    }
}
