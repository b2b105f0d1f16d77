use super::Entered;
use super::entered::RUNS;
use crate::cli::invocation::near;
use crate::cli::report::table::{Cell, Table, left, wrapping};
use crate::cli::{Ink, Look};
use crate::domain::InputSource;
use crate::domain::text::{safe, shell_word};

/// Where one is, and what is where. `stay`: what it is and how it is left.
pub fn greeting(entered: &Entered, stay: &str, look: &Look) -> String {
    let (run, node) = (&entered.chosen.run, &entered.chosen.node);
    let mut table = Table::new([left(""), left(""), wrapping("")]);
    let mut row = |place: &str, holds: &str| {
        table.row(["".into(), Cell::inked(place, Ink::Accent), holds.into()]);
    };
    let narrowed = node.files.as_ref().map(|files| match files.as_slice() {
        [] => "read-only; of the project the step sees nothing: its `files:` name none".to_owned(),
        files => format!("what the step sees of the run's files, read-only: {}", files.join(" ")),
    });
    row("/project", narrowed.as_deref().unwrap_or("the files that the run was started with, read-only"));
    for (name, input) in &node.inputs {
        let variable = format!("$GREENROOM_INPUT_{}", name.as_env());
        match &input.source {
            InputSource::Step { step, .. } => row(
                &variable,
                &format!("what {step} made, read-only: {}", of_step(&input.value, step.as_str())),
            ),
            InputSource::Value => row(&variable, &input.value),
        }
    }
    let kept = near(entered.scratch.kept());
    row("$GREENROOM_OUTPUT_DIR", &format!("yours to write, not the run's; stays in {kept}"));
    for attempt in &entered.left {
        row(&format!("/greenroom/attempts/{attempt}"), &format!("what attempt {attempt} left, read-only"));
    }
    row(RUNS, &format!("all runs of {}, read-only", run.env));
    let again: Vec<_> = entered.again().iter().map(|word| shell_word(word).into_owned()).collect();
    row("to run it", &again.join(" "));
    format!(
        "{} of run {} ({}): {stay}\n{}",
        look.paint(Ink::Strong, safe(&node.title())),
        look.paint(Ink::Accent, run.token.short()),
        safe(&run.title()),
        table.render(look)
    )
}

/// `features.parquet` of `/store/…/preprocess/features.parquet`
fn of_step<'a>(path: &'a str, step: &str) -> &'a str {
    path.split_once(&format!("/{step}/")).map_or(path, |(_, below)| below)
}
