use jiff::Timestamp;
use serde::Serialize;

use super::table::{Cell, Table, left, yielding};
use crate::cli::{Ink, Invocation, Look};
use crate::domain::figures::ago;
use crate::domain::text::safe;
use crate::domain::{Name, Token};

/// One run that has, or has had, an alias.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AliasRow {
    pub name: Name,
    pub alias: Name,
    pub token: Token,
    pub at: Timestamp,
    pub user: String,
    /// It was taken from the run then.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub removed: bool,
    /// `gc` or somebody removed the run since.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
    /// The run had it already when it was given.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unchanged: bool,
    /// Why whoever relies on it gets nothing, or something else; told of what is called so now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doubt: Option<String>,
}

impl AliasRow {
    fn said(&self) -> String {
        let removed = self.removed.then(|| "taken away".to_owned());
        // What is called so now and is gone says that as its doubt.
        let gone = (self.gone && self.doubt.is_none()).then(|| "its run is gone".to_owned());
        removed.into_iter().chain(gone).chain(self.doubt.clone()).collect::<Vec<_>>().join(", ")
    }
}

/// Which run is called what, since when and by whom.
/// `asked`: the end of the token of the run that was asked about, if one was.
pub fn aliases_table(
    rows: &[AliasRow],
    asked: Option<&str>,
    now: Timestamp,
    invocation: &Invocation,
    look: &Look,
) -> String {
    if rows.is_empty() {
        let command = invocation.command(&["alias", asked.unwrap_or("RUN"), "champion"]);
        let which =
            asked.map_or_else(|| "no run has an alias".to_owned(), |run| format!("run {run} has no alias"));
        return format!("{which}; give one: {}\n", look.paint(Ink::Accent, command));
    }
    let doubted = rows.iter().any(|row| !row.said().is_empty());
    let mut columns = vec![left("alias"), left("run"), left("since"), yielding("by")];
    columns.extend(doubted.then(|| left("")));
    let mut table = Table::new(columns);
    for row in rows {
        let mut cells: Vec<Cell> = vec![
            format!("{}@{}", row.name, row.alias).into(),
            Cell::inked(row.token.short(), Ink::Accent),
            ago(row.at, now).into(),
            safe(row.user.split(" <").next().unwrap_or_default()).into_owned().into(),
        ];
        cells.extend(doubted.then(|| Cell::inked(row.said(), Ink::Warn)));
        table.row(cells);
    }
    table.render(look)
}
