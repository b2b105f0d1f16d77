use serde_json::{Value, json};

use super::Entered;
use crate::domain::InputSource;
use crate::domain::text::shell_word;

/// Names of inputs that mean something else to Python, or in the notebook.
const TAKEN: [&str; 36] = [
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else",
    "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not",
    "or", "pass", "raise", "return", "this", "try", "while", "with", "os", "read", "run", "runs",
];

const THE_RUN: &str = "import os

from greenroom_runs import read, run, runs

this = run(os.environ[\"GREENROOM_TOKEN\"])
print(this)
this.params";
const WHAT_IT_IS: &str = "This is the step's image, code, inputs and environment; its modules are imported from `/project`. \
                          What you write here, notebooks too, stays beside this file and is no part of the run.";
const INPUTS: &str =
    "What the step was given: tables as DataFrames, and of what would have to be run to be read, the path.";
const AGAIN: &str = "The step once more, as it was run; what it makes comes here.";

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
    let (token, title, version) = (run.token.short(), run.title(), run.version);
    let mut cells = vec![
        markdown(&format!("# {} of run {token}\n\n{title} {version}. {WHAT_IT_IS}", node.id)),
        code(THE_RUN),
    ];
    if !loads.is_empty() {
        cells.extend([markdown(INPUTS), code(loads.trim_end())]);
    }
    let again = again.join(" ");
    // A comment ends with its line.
    if !again.contains('\n') {
        cells.extend([markdown(AGAIN), code(&format!("# !cd /project && {again}"))]);
    }
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
