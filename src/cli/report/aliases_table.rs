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
}

/// Which run is called what, since when and by whom.
pub fn aliases_table(rows: &[AliasRow], now: Timestamp, invocation: &Invocation, look: &Look) -> String {
    if rows.is_empty() {
        let command = look.paint(Ink::Accent, invocation.command(&["alias", "RUN", "champion"]));
        return format!("no run has an alias: {command}\n");
    }
    let mut table = Table::new([left("alias"), left("run"), left("since"), yielding("by")]);
    for row in rows {
        table.row([
            format!("{}@{}", row.name, row.alias).into(),
            Cell::inked(row.token.short(), Ink::Accent),
            ago(row.at, now).into(),
            safe(row.user.split(" <").next().unwrap_or_default()).into_owned().into(),
        ]);
    }
    table.render(look)
}
