use super::super::super::{Role, Told};
use crate::domain::lineage::{ColumnChange, ColumnDiff, DataChange, DataDiff, Reader};
use crate::domain::text::{safe, width, wrapped};

/// What became of what steps make, column by column, and who reads it.
pub fn lines(diffs: &[DataDiff], columns: usize) -> Told {
    let mut told = Lines { columns, told: Vec::new() };
    for diff in diffs {
        if !told.told.is_empty() {
            told.told.push(Vec::new());
        }
        told.data(diff);
    }
    told.told
}

struct Lines {
    columns: usize,
    told: Told,
}

impl Lines {
    fn data(&mut self, diff: &DataDiff) {
        let (role, sign, what) = match diff.state {
            DataChange::Added => (Role::Good, "+", "  is new"),
            DataChange::Removed => (Role::Bad, "−", "  is made no more"),
            DataChange::Changed => (Role::Warn, "~", ""),
        };
        self.told.push(vec![
            (role, format!("{sign} ")),
            (Role::Strong, safe(&diff.dataset.to_string()).into_owned()),
            (role, what.to_owned()),
        ]);
        if diff.state != DataChange::Changed {
            self.readers("  ", &diff.readers);
        }
        for column in &diff.columns {
            self.column(column);
        }
        if let Some(why) = &diff.unknown {
            self.text(Role::Dim, "  ", &format!("more columns may differ: {why}"));
        }
    }

    fn column(&mut self, diff: &ColumnDiff) {
        let (role, sign, what) = match &diff.change {
            ColumnChange::Dropped => (Role::Bad, "−", "dropped".to_owned()),
            ColumnChange::Added { kind } => {
                (Role::Good, "+", kind.map(|kind| kind.to_string()).unwrap_or_default())
            }
            ColumnChange::Retyped { from, to } => (Role::Bad, "~", format!("{from} → {to}")),
            ColumnChange::Remade => (Role::Warn, "~", "made of other columns than before".to_owned()),
        };
        self.told.push(vec![
            (role, format!("  {sign} ")),
            (Role::Text, safe(&diff.column).into_owned()),
            (role, format!("  {what}")),
        ]);
        self.readers("      ", &diff.readers);
    }

    fn readers(&mut self, lead: &str, readers: &[Reader]) {
        for reader in readers {
            let far = if reader.elsewhere { ", another workflow" } else { "" };
            let (role, told) = match reader.certain {
                true => (Role::Text, format!("read by {}{far}", reader.step)),
                false => (Role::Dim, format!("read by {}{far}, which may not need it", reader.step)),
            };
            let role = if reader.certain && reader.elsewhere { Role::Warn } else { role };
            self.text(role, lead, &told);
        }
    }

    fn text(&mut self, role: Role, lead: &str, text: &str) {
        let room = self.columns.saturating_sub(width(lead)).max(1);
        let lines = wrapped(&safe(text), room);
        self.told.extend(lines.into_iter().map(|line| vec![(Role::Dim, lead.to_owned()), (role, line)]));
    }
}
