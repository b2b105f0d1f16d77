use serde::{Deserialize, Serialize};

use super::still::Still;
use super::{Column, Columns, Data, Dataset, Lineage, StepId, StepLineage};
use crate::domain::ColumnType;

/// What became of a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "lowercase")]
pub enum ColumnChange {
    Dropped,
    Added {
        #[serde(rename = "type")]
        kind: Option<ColumnType>,
    },
    Retyped {
        from: ColumnType,
        to: ColumnType,
    },
    /// Made of other columns than before.
    Remade,
}

/// A step that reads what has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reader {
    #[serde(flatten)]
    pub step: StepId,
    /// False: it reads the table, and whether it needs the column cannot be known.
    pub certain: bool,
    /// It is of another workflow than those that make it.
    pub elsewhere: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnDiff {
    pub column: String,
    #[serde(flatten)]
    pub change: ColumnChange,
    pub readers: Vec<Reader>,
}

/// What became of a table or artifact as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DataChange {
    Added,
    Removed,
    Changed,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataDiff {
    #[serde(flatten)]
    pub dataset: Dataset,
    pub state: DataChange,
    pub columns: Vec<ColumnDiff>,
    /// Who reads it now.
    pub readers: Vec<Reader>,
    /// Why more columns may differ than are told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown: Option<String>,
}

/// What has changed between two states of a project in what its steps make, in order of name.
pub fn diff(base: &Lineage, head: &Lineage) -> Vec<DataDiff> {
    let made = |lineage: &'_ Lineage, data: &Data| {
        lineage.data(&data.dataset).is_some_and(|data| !data.made_by.is_empty())
    };
    let mut all: Vec<&Data> = base.data.iter().filter(|data| made(base, data)).collect();
    let new = head.data.iter().filter(|data| made(head, data) && !made(base, data));
    all.extend(new);
    all.sort_by(|a, b| a.dataset.cmp(&b.dataset));
    let still = Still::of(base, head);
    all.into_iter().filter_map(|data| of(base, head, &still, &data.dataset)).collect()
}

fn of(base: &Lineage, head: &Lineage, still: &Still<'_>, dataset: &Dataset) -> Option<DataDiff> {
    let made = |lineage: &Lineage| lineage.data(dataset).filter(|data| !data.made_by.is_empty()).cloned();
    let (before, after) = (made(base), made(head));
    let makers = before.iter().chain(&after).flat_map(|data| &data.made_by);
    let makers: Vec<StepId> = makers.cloned().collect();
    let mut found = DataDiff {
        dataset: dataset.clone(),
        state: DataChange::Changed,
        columns: Vec::new(),
        readers: readers(head, dataset, &makers, |_| Some(true)),
        unknown: None,
    };
    match (before, after) {
        (Some(_), None) => found.state = DataChange::Removed,
        (None, Some(after)) => {
            found.state = DataChange::Added;
            found.unknown = after.columns.rest;
        }
        (Some(before), Some(after)) => {
            let changes = changes(&before.columns, &after.columns);
            found.columns = changes
                .into_iter()
                .map(|(column, change)| {
                    // A query that names what is gone says so whether it is new, changed or as it was.
                    let readers = readers(head, dataset, &makers, |step| match change {
                        ColumnChange::Dropped => {
                            either(step.needs(dataset, &column), still.needs(step, dataset, &column))
                        }
                        _ => step.needs(dataset, &column),
                    });
                    ColumnDiff { column, change, readers }
                })
                .collect();
            // What was unknown and is so still has not changed, as far as one can see.
            found.unknown = match (before.columns.rest, after.columns.rest) {
                (before, Some(after)) if before.as_ref() != Some(&after) => Some(after),
                (Some(before), None) => Some(format!("before: {before}")),
                _ => None,
            };
            if found.columns.is_empty() && found.unknown.is_none() {
                return None;
            }
        }
        (None, None) => return None,
    }
    Some(found)
}

/// What is not there on a side that is not wholly known may be there all the same: it is not told.
fn changes(before: &Columns, after: &Columns) -> Vec<(String, ColumnChange)> {
    let mut found = Vec::new();
    for column in &before.known {
        match after.get(&column.name) {
            None if after.is_complete() => found.push((column.name.clone(), ColumnChange::Dropped)),
            None => {}
            Some(now) => {
                found.extend(changed(column, now).map(|change| (column.name.clone(), change)));
                let gone =
                    column.fields.iter().filter(|field| !now.fields.is_empty() && !now.has_field(field));
                found.extend(gone.map(|field| (format!("{}.{field}", column.name), ColumnChange::Dropped)));
            }
        }
    }
    if before.is_complete() {
        let new = after.known.iter().filter(|column| before.get(&column.name).is_none());
        found.extend(new.map(|column| (column.name.clone(), ColumnChange::Added { kind: column.kind })));
    }
    found
}

fn changed(before: &Column, after: &Column) -> Option<ColumnChange> {
    match (before.kind, after.kind) {
        (Some(from), Some(to)) if from != to => Some(ColumnChange::Retyped { from, to }),
        _ if before.from != after.from => Some(ColumnChange::Remade),
        _ => None,
    }
}

/// Who reads a thing as the project stands now, or a column of it.
fn readers(
    head: &Lineage,
    dataset: &Dataset,
    makers: &[StepId],
    needs: impl Fn(&StepLineage) -> Option<bool>,
) -> Vec<Reader> {
    let reading = head.steps.iter().filter(|step| step.reads.contains(dataset));
    let reader = |step: &StepLineage| {
        let needs = needs(step);
        (needs != Some(false)).then(|| Reader {
            step: step.id.clone(),
            certain: needs == Some(true),
            elsewhere: makers.iter().all(|maker| maker.workflow != step.id.workflow),
        })
    };
    reading.filter_map(reader).collect()
}

fn either(one: Option<bool>, two: Option<bool>) -> Option<bool> {
    match (one, two) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (None, _) | (_, None) => None,
        _ => Some(false),
    }
}
