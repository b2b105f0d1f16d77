use crate::cli::args::Lineage;
use crate::cli::lineage::lineage;
use crate::cli::nearest::nearest;
use crate::cli::report::{lineage_json, lineage_of, lineage_view};
use crate::cli::{Exit, Invocation, Output, UserError, Workspace};
use crate::domain::{Severity, lineage, text};

/// Who makes and who reads what: all tables, or one of them with its columns.
pub fn run(asked: &Lineage, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let workspace = Workspace::open(invocation.project())?;
    workspace.environment(&asked.env)?;
    let all = lineage(&workspace.place, &workspace.specs, &asked.env);
    let wrong = workspace.specs.diagnostics.iter().filter(|problem| problem.severity == Severity::Error);
    for file in wrong.map(|problem| &problem.file).collect::<std::collections::BTreeSet<_>>() {
        output.warn(&format!("{file} has errors, so its steps are not among these: greenroom check"));
    }
    match &asked.of {
        None => output.either(&lineage_json(&all, &all), |look| lineage_view(&all, look))?,
        Some(name) => {
            let data = all.named(name).ok_or_else(|| unknown(name, &all))?;
            let part = || lineage_json(&all, &all.around(&data.dataset));
            match output.json {
                true => output.document(&part())?,
                false => output.text(&lineage_of(&all, data, &output.look))?,
            }
        }
    }
    Ok(Exit::Done)
}

fn unknown(name: &str, all: &lineage::Lineage) -> UserError {
    let error = UserError::wrong(format!("no step makes or reads `{}`", text::safe(name)));
    let known: Vec<String> = all.data.iter().map(|data| data.dataset.to_string()).collect();
    match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => error.to_do(format!("did you mean `{}`?", text::safe(near))),
        None => error.to_do("greenroom lineage shows all there are"),
    }
}
