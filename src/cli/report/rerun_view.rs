use super::table::{Cell, Table, left, right, wrapping};
use crate::cli::{Ink, Invocation, Look};
use crate::domain::figures::{count, seconds};
use crate::domain::text::safe;
use crate::domain::track::{CameTo, NextAction, OutputAgain, Rerun, StepAgain, TableAgain, Track};

/// What came of a package that was run again: step by step, and in a sentence.
pub fn rerun_view(rerun: &Rerun, track: &Track, invocation: &Invocation, look: &Look) -> String {
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
    text + &then(rerun, track, invocation, look)
}

/// What it speaks for. What is on its target is not judged any more.
fn then(rerun: &Rerun, track: &Track, invocation: &Invocation, look: &Look) -> String {
    let id = track.id.as_str();
    let package = track.package.as_ref().map(|package| &package.digest);
    let given = track.approval.as_ref().filter(|given| Some(&given.package) == package);
    let words: &[&str] = match (&track.promotion, rerun.holds()) {
        (Some(promotion), true) => {
            return format!(
                "It is on its target already, as {}: there is nothing to approve\n",
                promotion.commit.short()
            );
        }
        (Some(_), false) => &["track", "open", track.id.workflow()],
        (None, true) if given.is_some_and(|given| given.standing.stands()) => &["promote", id],
        // It would be refused: something else has to be packaged.
        (None, true) if matches!(track.next.action, NextAction::SealAgain | NextAction::BringAgain) => {
            return String::new();
        }
        (None, true) => &["approve", id],
        (None, false) => &["request-changes", id, "TEXT"],
    };
    format!("Then: {}\n", look.paint(Ink::Accent, invocation.command(words)))
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
        (true, true) if rerun.steps.iter().all(|step| step.came_to == CameTo::Same) => {
            "All came out the same, byte for byte, though the data are others here."
        }
        (true, true) => {
            "Nothing speaks against the package; the data are others here, so what differs tells nothing of it."
        }
        (false, _) => "The package does something else here.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::review_scene::{ID, commit, track};
    use crate::domain::Status;
    use crate::domain::scene::{at, name, token};
    use crate::domain::track::Promotion;

    #[test]
    fn what_came_out_the_same_of_other_data_is_told_as_that() {
        let step = |came_to| StepAgain {
            step: "late".to_owned(),
            came_to,
            tables: vec![TableAgain {
                table: "lake.flights".parse().unwrap(),
                sealed_rows: 9,
                rows: Some(5),
            }],
            outputs: Vec::new(),
            sealed_milliseconds: Some(9),
            milliseconds: Some(9),
        };
        let told = |came_to| {
            verdict(&Rerun {
                sealed: token(),
                run: token(),
                status: Status::Succeeded,
                steps: vec![step(CameTo::Same), step(came_to)],
            })
        };
        assert!(told(CameTo::Same).starts_with("All came out the same"));
        assert!(told(CameTo::OtherData).contains("what differs tells nothing of it"));
    }

    #[test]
    fn nobody_is_told_to_approve_what_is_on_its_target() {
        let rerun = Rerun { sealed: token(), run: token(), status: Status::Succeeded, steps: Vec::new() };
        let told = |track: &Track| rerun_view(&rerun, track, &Invocation::default(), &Look::PLAIN);
        // Changes were requested.
        let text = told(&track(ID, 3, NextAction::SealAgain, &["ana"]));
        assert!(!text.contains("Then: "), "{text}");
        let mut track = track(ID, 3, NextAction::Review, &["eli"]);
        let text = told(&track);
        assert!(text.contains(&format!("approve {ID}\n")), "{text}");
        track.promotion = Some(Promotion {
            entry: commit('7'),
            by: name("ana"),
            at: at(-60.0),
            commit: commit('8'),
            tree: "c".repeat(40).parse().unwrap(),
        });
        let text = told(&track);
        assert!(text.contains("on its target already, as 888888888888"), "{text}");
        assert!(!text.contains(&format!("approve {ID}")), "{text}");
    }
}
