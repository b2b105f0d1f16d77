//! Two runs side by side, as far as their directories can be read.

mod artifacts;
mod cell;
mod columns;
mod flat;
mod gathered;
mod maker;
mod measure;
mod nested;
mod parquet_column;
mod parquet_kind;
mod rows;
mod shift;
mod side;
mod source;
mod steps;
mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;

pub use self::columns::columns_of;
pub use self::maker::{MakerRun, Makers};

use self::artifacts::Asked;
use self::side::Side;
use self::source::Source;
use super::expect::DataFile;
use super::figures::JUDGE;
use super::recorded::Recorded;
use crate::domain::RunFigures;
use crate::domain::compare::{Change, CodeChanges, Comparison, Parted, StepDifference, TableDifference};
use crate::domain::counters::only_counts;

/// Compares two runs. `key`: columns by whose values the rows of tables that have them are told apart, in place of what
/// their outputs' `expect.unique` names. `code`: what the caller knows of how their code differs.
///
/// What cannot be read is told of in the comparison, and keeps nothing else from being compared.
pub fn compare_runs(
    old: &Recorded,
    new: &Recorded,
    key: &[String],
    code: CodeChanges,
    given_up: &AtomicBool,
) -> Comparison {
    let (mut old, mut new) = (Side::read(old), Side::read(new));
    if let (Some(was), Some(is)) = (&mut old.figures, &mut new.figures)
        && old.run.name == new.run.name
    {
        RunFigures::align(&mut [was, is]);
    }
    let steps = Asked { old: &old, new: &new, key, given_up }.steps(&code);
    let mut doubts = code.doubts;
    doubts.extend(unused(key, &steps));
    doubts.extend(old.doubts.iter().chain(&new.doubts).cloned());
    doubts.dedup();
    Comparison {
        first: if old.is_planned() || new.is_planned() { Parted::of(&steps) } else { None },
        planned: old.is_planned() && new.is_planned(),
        params: steps::changes(&old.params(), &new.params()),
        images: steps::changes(
            &old.images().into_iter().collect::<Vec<_>>(),
            &new.images().into_iter().collect::<Vec<_>>(),
        ),
        other_tree: old.tree().zip(new.tree()).is_some_and(|(was, is)| was != is),
        leading: vec![judging(&old, &new)],
        // Of figures that are not known nobody can say that they are gone.
        metrics: match (&old.figures, &new.figures) {
            (Some(old), Some(new)) => Change::all(named(&old.values), named(&new.values)),
            _ => Vec::new(),
        },
        damaged: old.doubts.iter().chain(&new.doubts).cloned().collect(),
        old: old.compared(),
        new: new.compared(),
        code: code.files,
        steps,
        doubts,
    }
}

/// What the evaluation of either says, but for what only counts.
fn judging(old: &Side, new: &Side) -> Vec<String> {
    let outputs = [old, new].into_iter().flat_map(|side| &side.figures).flat_map(|figures| &figures.outputs);
    let judges = outputs.filter(|(_, of)| of.split('.').next() == Some(JUDGE));
    judges.map(|(name, _)| name.clone()).filter(|name| !only_counts(name)).collect()
}

/// A key that was asked for and that no table has.
fn unused(key: &[String], steps: &[StepDifference]) -> Option<String> {
    let mut tables =
        steps.iter().flat_map(|step| &step.artifacts).filter_map(|artifact| artifact.table.as_ref());
    let has = |table: &TableDifference| {
        let both = |name: &String| {
            table
                .columns
                .iter()
                .any(|column| column.name == *name && column.old.is_some() && column.new.is_some())
        };
        key.iter().all(both)
    };
    (!key.is_empty() && !tables.any(has)).then(|| {
        format!("no table that differs has the key {}: its rows are not told apart by that", key.join(", "))
    })
}

fn named(figures: &BTreeMap<String, f64>) -> Vec<(&str, f64)> {
    figures.iter().map(|(name, figure)| (name.as_str(), *figure)).collect()
}

/// Compares two files that hold rows: parquet, csv or json.
///
/// # Errors
/// One of them is no such file, or cannot be read.
pub fn compare_tables(old: &Path, new: &Path, key: &[String]) -> Result<TableDifference, String> {
    let given_up = AtomicBool::new(false);
    let open = |path: &Path| {
        let file = DataFile::at(path).ok_or_else(|| format!("{} holds no rows", path.display()))?;
        Source::open(vec![file], &given_up)
    };
    table::compare(open(old)?, open(new)?, key, &given_up)
}
