use super::table::{Cell, Table, left, right, wrapping};
use crate::cli::{Ink, Invocation, Look};
use crate::domain::figures::{count, seconds};
use crate::domain::text::safe;
use crate::domain::track::{CameTo, OutputAgain, Rerun, StepAgain, TableAgain, TrackId};

/// What came of a package that was run again: step by step, and in a sentence.
pub fn rerun_view(rerun: &Rerun, id: &TrackId, invocation: &Invocation, look: &Look) -> String {
    let (sealed, run) = (rerun.sealed.short(), rerun.run.short());
    let title = format!("Run {sealed} of the package, again as run {run}");
    let mut text = format!("\n{}\n", look.paint(Ink::Strong, title));
    let mut table = Table::new([left(""), left(""), right(""), wrapping("")]);
    for step in &rerun.steps {
        let (sign, ink) = sign(step.came_to);
        table.row([
            Cell::inked(sign, ink),
            Cell::inked(safe(&step.step), Ink::Strong),
            Cell::inked(took(step), Ink::Dim),
            told(step).into(),
        ]);
    }
    text += &table.render(look);
    text += &format!("\n{}\n", look.paint(if rerun.holds() { Ink::Good } else { Ink::Bad }, verdict(rerun)));
    let show = invocation.command(&["show", &run]);
    text += &format!("See it: {}\n", look.paint(Ink::Accent, show));
    let next = match rerun.holds() {
        true => invocation.command(&["approve", id.as_str()]),
        false => invocation.command(&["request-changes", id.as_str(), "TEXT"]),
    };
    text + &format!("Then: {}\n", look.paint(Ink::Accent, next))
}

fn sign(came_to: CameTo) -> (&'static str, Ink) {
    match came_to {
        CameTo::Same => ("✓", Ink::Good),
        CameTo::SameRows => ("≈", Ink::Good),
        CameTo::OtherData => ("·", Ink::Dim),
        CameTo::Another | CameTo::Missing => ("✗", Ink::Bad),
    }
}

/// `1.2 s → 3.4 s`
fn took(step: &StepAgain) -> String {
    let shown = |milliseconds: Option<u64>| milliseconds.map(|it| seconds(it as f64 / 1000.0));
    match (shown(step.sealed_milliseconds), shown(step.milliseconds)) {
        (Some(sealed), Some(here)) => format!("{sealed} → {here}"),
        (sealed, here) => sealed.or(here).unwrap_or_default(),
    }
}

fn told(step: &StepAgain) -> String {
    let mut parts = match step.came_to {
        CameTo::Same => vec!["left the same, byte for byte".to_owned()],
        CameTo::SameRows => vec!["left as many rows, in other bytes".to_owned()],
        CameTo::OtherData => vec!["left something else, of other data".to_owned()],
        CameTo::Another => vec!["left something else of the same".to_owned()],
        CameTo::Missing if step.milliseconds.is_some() => vec!["is not in the package".to_owned()],
        CameTo::Missing => vec!["did not come to an end here".to_owned()],
    };
    parts.extend(step.tables.iter().map(table));
    if !matches!(step.came_to, CameTo::Same | CameTo::SameRows) {
        parts.extend(step.outputs.iter().map(output));
    }
    parts.join("; ")
}

fn table(table: &TableAgain) -> String {
    let sealed = count(table.sealed_rows);
    match table.rows {
        Some(rows) if rows == table.sealed_rows => {
            format!("{} has {sealed} rows here, too, but not known to be the same", table.table)
        }
        Some(rows) => format!("{} has {} rows here, and had {sealed}", table.table, count(rows)),
        None => format!("there is no {} here; it had {sealed} rows", table.table),
    }
}

fn output(output: &OutputAgain) -> String {
    let name = &output.name;
    match (&output.sealed, &output.here) {
        (Some(sealed), Some(here)) => match (sealed.rows, here.rows) {
            (Some(was), Some(is)) if was != is => format!("{name} {} → {} rows", count(was), count(is)),
            (Some(rows), Some(_)) => format!("{name} {} rows, other bytes", count(rows)),
            _ => format!("{name} in other bytes"),
        },
        (Some(_), None) => format!("{name} is not there"),
        (None, _) => format!("{name} is new"),
    }
}

fn verdict(rerun: &Rerun) -> &'static str {
    match (rerun.holds(), rerun.on_other_data()) {
        (true, false) => "The package does here what it did where it was sealed.",
        (true, true) => {
            "Nothing speaks against the package; the data are others here, so what differs tells nothing of it."
        }
        (false, _) => "The package does something else here.",
    }
}
