use serde_json::{Value, json};

use super::Entered;
use crate::domain::InputSource;
use crate::domain::text::shell_word;

/// Names of inputs that mean something else to Python, or in the notebook.
const TAKEN: [&str; 35] = [
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else",
    "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not",
    "or", "pass", "raise", "return", "this", "try", "while", "with", "os", "read", "run",
];

/// The first notebook of a step: its run, parameters and inputs at hand.
pub fn first_notebook(entered: &Entered) -> Value {
    let (run, node) = (&entered.chosen.run, &entered.chosen.node);
    let again: Vec<_> = entered.again().iter().map(|word| shell_word(word).into_owned()).collect();
    let mut loads = String::new();
    for (name, input) in &node.inputs {
        let variable = format!("os.environ[\"GREENROOM_INPUT_{}\"]", name.as_env());
        let taken = TAKEN.contains(&name.as_str());
        let called = if taken { format!("{name}_") } else { name.to_string() };
        loads += &match input.source {
            InputSource::Step { .. } => format!("{called} = read({variable})\n"),
            InputSource::Value => format!("{called} = {variable}\n"),
        };
    }
    let mut cells = vec![
        markdown(&format!(
            "# {} of run {}\n\n{} {}. This is the step's image, code, inputs and environment; `/project` is what its \
             modules are imported from. What you write here, notebooks too, stays beside this file and is no part of the \
             run.",
            node.title(),
            run.token.short(),
            run.title(),
            run.version,
        )),
        code(
            "import os\n\nfrom greenroom_runs import read, run, runs\n\nthis = run(os.environ[\"GREENROOM_TOKEN\"])\nprint(this)\nthis.params",
        ),
    ];
    if !loads.is_empty() {
        cells.push(markdown("What the step was given: tables as DataFrames, what cannot be read without running it as its path."));
        cells.push(code(loads.trim_end()));
    }
    cells.push(markdown("The step once more, as it was run; what it makes comes here."));
    cells.push(code(&format!("# !cd /project && {}", again.join(" "))));
    for (index, cell) in cells.iter_mut().enumerate() {
        cell["id"] = json!(format!("start-{index}"));
    }
    json!({
        "cells": cells,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python", "language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    })
}

fn markdown(text: &str) -> Value {
    json!({"cell_type": "markdown", "metadata": {}, "source": text})
}

fn code(text: &str) -> Value {
    json!({"cell_type": "code", "metadata": {}, "execution_count": null, "outputs": [], "source": text})
}
