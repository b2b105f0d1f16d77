use super::Subject;
use crate::domain::lineage::{Column, Columns, Dataset, StepLineage};
use crate::domain::track::{Check, CheckStatus};

/// No other workflow makes the same from the same.
pub(super) fn check(subject: &Subject<'_>, mut check: Check) -> Check {
    let steps = &subject.lineage.steps;
    for step in steps.iter().filter(|step| subject.is_asked(&step.id.workflow)) {
        let place = || {
            let workflow = subject.workflows.get(&step.id.workflow)?;
            subject.place_of(workflow, &step.id.step, &[])
        };
        for other in steps.iter().filter(|other| other.id.workflow != step.id.workflow) {
            let tables = step.makes.intersection(&other.makes);
            let tables: Vec<String> = tables
                .filter(|dataset| matches!(dataset, Dataset::Table { .. }))
                .map(ToString::to_string)
                .collect();
            if !tables.is_empty() {
                let what = format!("{} and {} both make {}", step.id, other.id, tables.join(", "));
                let help = "one of them overwrites the other: let one make the table, and the other read it";
                check.find(CheckStatus::Failed, what, place(), help.to_owned());
            } else if let Some(same) = same(step, other) {
                let what = format!("{} {same} as {}", step.id, other.id);
                let help = "let one of them make it, and the other read what that made";
                check.find(CheckStatus::Warned, what, place(), help.to_owned());
            }
        }
    }
    check
}

/// What two steps have in common, if they make the same from the same.
fn same(step: &StepLineage, other: &StepLineage) -> Option<&'static str> {
    let (query, others) = (step.query.as_ref()?, other.query.as_ref()?);
    if !query.normal.is_empty() && query.normal == others.normal {
        return Some("runs the same query");
    }
    let (columns, others) = (step.columns.as_ref()?, other.columns.as_ref()?);
    let all_the_same = step.reads == other.reads && !step.reads.is_empty() && alike(columns, others);
    all_the_same.then_some("makes the same columns from the same tables")
}

/// Known through and through, and the same in any order.
fn alike(one: &Columns, two: &Columns) -> bool {
    let known =
        |columns: &Columns| columns.is_complete() && columns.known.iter().all(|c| c.unknown.is_none());
    let has = |columns: &Columns, column: &Column| {
        columns.get(&column.name).is_some_and(|other| other.from == column.from && other.kind == column.kind)
    };
    known(one)
        && known(two)
        && one.known.len() == two.known.len()
        && one.known.iter().any(|column| !column.from.is_empty())
        && one.known.iter().all(|column| has(two, column))
}
