use super::Subject;
use crate::domain::lineage::{Data, Dataset, StepLineage};
use crate::domain::track::{Check, CheckPlace, CheckStatus};

/// Every table that is read is made by a step or there already, and every query can be read and run.
pub(super) fn check(subject: &Subject<'_>, mut check: Check) -> Check {
    for step in subject.lineage.steps.iter().filter(|step| subject.is_asked(&step.id.workflow)) {
        for dataset in &step.reads {
            let Dataset::Table { name } = dataset else { continue };
            let is_there = |data: &Data| !data.columns.known.is_empty();
            if !subject.lineage.is_made(dataset) && !subject.lineage.data(dataset).is_some_and(is_there) {
                let what =
                    format!("{} reads {name}, which no step makes and the warehouse does not have", step.id);
                let help =
                    "a name that is misspelled, or a table that somebody else brings: then load it first";
                check.find(CheckStatus::Warned, what, place(subject, step), help.to_owned());
            }
        }
        for missing in &step.missing {
            let what = format!(
                "{} reads `{}` of {}, which has no such column",
                step.id, missing.column, missing.table
            );
            check.find(CheckStatus::Warned, what, place(subject, step), String::new());
        }
        for why in &step.refused {
            let what = format!("BigQuery will not run the query of {}: {why}", step.id);
            check.find(CheckStatus::Warned, what, place(subject, step), String::new());
        }
        for unknown in
            step.unknown.iter().filter(|_| step.columns.as_ref().is_some_and(|of| of.known.is_empty()))
        {
            let what = format!("not known of {}: {unknown}", step.id);
            check.find(CheckStatus::Warned, what, place(subject, step), String::new());
        }
    }
    check
}

fn place(subject: &Subject<'_>, step: &StepLineage) -> Option<CheckPlace> {
    if let Some(query) = &step.query {
        return Some(CheckPlace { file: query.file.to_string(), line: query.line, column: 1 });
    }
    let workflow = subject.workflows.get(&step.id.workflow)?;
    subject.place_of(workflow, &step.id.step, &[])
}
