use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cli::{Exit, UserError};
use crate::domain::COMPONENTS;
use crate::domain::nearest::nearest;
use crate::domain::text::safe;

/// Larger ones hold pictures and tables that were shown, not code.
const LARGEST: u64 = 256 << 20;
const OLDEST: u64 = 4;
const PARAMETERS: &str = "parameters";
const COMMON: &str = "common";
/// What people call the cells that all components need.
const SHARED: [&str; 4] = [COMMON, "imports", "setup", "functions"];
/// Papermill's: the values of one execution.
const INJECTED: &str = "injected-parameters";

/// A cell, and what it is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// From 1, in the whole notebook.
    pub number: usize,
    /// `code` or `markdown`.
    pub kind: &'static str,
    /// A component, `parameters`, `common`, or none.
    pub part: Option<&'static str>,
    pub source: String,
}

#[derive(Deserialize)]
struct Raw {
    cell_type: String,
    #[serde(default)]
    metadata: Value,
    source: Source,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Source {
    Whole(String),
    Lines(Vec<String>),
}

/// The cells of a notebook of Python, of which some are tagged as each of the five components.
///
/// # Errors
/// It cannot be read, is no such notebook, or its tags do not say what belongs where; all that is wrong at once.
pub fn read_notebook(path: &Path) -> Result<Vec<Cell>, UserError> {
    let shown = safe(&path.to_string_lossy()).into_owned();
    let unread =
        |error: &std::io::Error| UserError::from_error(Exit::Wrong, format!("{shown} cannot be read"), error);
    let size = std::fs::metadata(path).map_err(|error| unread(&error))?.len();
    if size > LARGEST {
        return Err(UserError::wrong(format!("{shown} is too large to be read"))
            .to_do("clear its outputs in Jupyter, and save it"));
    }
    let text = std::fs::read(path).map_err(|error| unread(&error))?;
    cells(&text).map_err(|error| UserError { what: format!("{shown} {}", error.what), ..error })
}

/// Errors go on after the file's name.
fn cells(text: &[u8]) -> Result<Vec<Cell>, UserError> {
    let found: Value = serde_json::from_slice(text)
        .map_err(|error| UserError::wrong("is no notebook").because(format!("it is no JSON: {error}")))?;
    match found.get("nbformat").and_then(Value::as_u64) {
        None => return Err(UserError::wrong("is no notebook").because("it does not say its `nbformat`")),
        Some(format) if format < OLDEST => {
            return Err(UserError::wrong(format!("is a notebook of format {format}"))
                .to_do("open it in Jupyter and save it: that makes it one of format 4"));
        }
        Some(_) => {}
    }
    let metadata = &found["metadata"];
    let language = [&metadata["language_info"]["name"], &metadata["kernelspec"]["language"]];
    if let Some(other) = language.iter().find_map(|name| name.as_str()).filter(|name| *name != "python") {
        return Err(UserError::wrong(format!("is a notebook of {other}: only those of Python can be split")));
    }
    let raw: Vec<Raw> = Vec::deserialize(&found["cells"])
        .map_err(|error| UserError::wrong("is no notebook").because(format!("its cells: {error}")))?;
    let (mut cells, mut wrong) = (Vec::new(), Vec::new());
    for (number, raw) in (1..).zip(raw) {
        let kind = match raw.cell_type.as_str() {
            "code" => "code",
            "markdown" => "markdown",
            _ => continue,
        };
        let tags = raw.metadata["tags"].as_array().cloned().unwrap_or_default();
        let tags: Vec<&str> = tags.iter().filter_map(Value::as_str).collect();
        if tags.contains(&INJECTED) {
            continue;
        }
        match part(&tags) {
            Ok(part) => {
                let source = match raw.source {
                    Source::Whole(text) => text,
                    Source::Lines(lines) => lines.concat(),
                };
                cells.push(Cell { number, kind, part, source });
            }
            Err(why) => wrong.push(format!("cell {number}: {why}")),
        }
    }
    lacking(&cells, wrong)?;
    Ok(cells)
}

/// What a cell is for. Tags that mean something to others are none of ours.
fn part(tags: &[&str]) -> Result<Option<&'static str>, String> {
    let mut parts: Vec<&'static str> = Vec::new();
    for tag in tags {
        let component = COMPONENTS.iter().find(|name| *name == tag).copied();
        let known = component
            .or((*tag == PARAMETERS).then_some(PARAMETERS))
            .or(SHARED.contains(tag).then_some(COMMON));
        match known {
            Some(part) if !parts.contains(&part) => parts.push(part),
            Some(_) => {}
            None => {
                let meant = nearest(tag, COMPONENTS.into_iter().chain([PARAMETERS]).chain(SHARED));
                if let Some(meant) = meant {
                    return Err(format!("it is tagged `{}`: did you mean `{meant}`?", safe(tag)));
                }
            }
        }
    }
    match parts.as_slice() {
        [] => Ok(None),
        [part] => Ok(Some(part)),
        [one, other, ..] => {
            Err(format!("it is tagged `{one}` and `{other}`: split it in two, for it belongs to one"))
        }
    }
}

fn lacking(cells: &[Cell], mut wrong: Vec<String>) -> Result<(), UserError> {
    let has = |name: &str| {
        cells.iter().any(|cell| cell.kind == "code" && cell.part.is_some_and(|part| part == name))
    };
    let missing: Vec<&str> = COMPONENTS.into_iter().filter(|name| !has(name)).collect();
    // A tag that was mistyped is the one that is missing.
    if !missing.is_empty() && wrong.is_empty() {
        wrong.push(format!("no cell is tagged {}", missing.join(", ")));
    }
    if wrong.is_empty() {
        return Ok(());
    }
    let error = UserError::wrong("cannot be split into components");
    Err(wrong
        .into_iter()
        .fold(error, UserError::because)
        .to_do(format!(
            "tag its cells in Jupyter (Property Inspector, Common Tools): {}",
            COMPONENTS.join(", ")
        ))
        .to_do("and `parameters` for values that a run may change, `common` for what all of them need"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(cells: &[(&str, &str, &[&str])]) -> Result<Vec<Cell>, UserError> {
        let cells: Vec<Value> = cells
            .iter()
            .map(|(kind, source, tags)| json!({"cell_type": kind, "source": source, "metadata": {"tags": tags}}))
            .collect();
        super::cells(json!({"nbformat": 4, "metadata": {}, "cells": cells}).to_string().as_bytes())
    }

    #[test]
    fn cells_are_told_apart_by_their_tags() {
        let mut cells: Vec<(&str, &str, &[&str])> = vec![
            ("markdown", "# Hello", &[]),
            ("raw", "x", &[]),
            ("code", "y = 1", &["injected-parameters"]),
        ];
        let tags: Vec<[&str; 2]> = COMPONENTS.iter().map(|name| [*name, "hide-input"]).collect();
        cells.extend(tags.iter().map(|tags| ("code", "pass", tags.as_slice())));
        cells.extend([("code", "import os", ["imports"].as_slice()), ("code", "x = 1", &["parameters"])]);
        let found: Vec<_> = told(&cells).unwrap().into_iter().map(|cell| (cell.number, cell.part)).collect();
        let some = |number, part| (number, Some(part));
        let expected = [
            (1, None),
            some(4, "extract"),
            some(5, "preprocess"),
            some(6, "train"),
            some(7, "predict"),
            some(8, "evaluate"),
            some(9, "common"),
            some(10, "parameters"),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_wrong_is_told_by_its_cell_and_all_at_once() {
        let error = told(&[("code", "", &["trian"]), ("code", "", &["extract", "train"])]).unwrap_err();
        assert_eq!(
            error.why,
            [
                "cell 1: it is tagged `trian`: did you mean `train`?",
                "cell 2: it is tagged `extract` and `train`: split it in two, for it belongs to one",
            ]
        );
        let error = told(&[("code", "x = 1", &[])]).unwrap_err();
        assert_eq!(error.why, ["no cell is tagged extract, preprocess, train, predict, evaluate"]);
    }

    #[test]
    fn what_is_no_notebook_of_python_is_refused() {
        let old = json!({"nbformat": 3, "worksheets": []}).to_string();
        let julia =
            json!({"nbformat": 4, "cells": [], "metadata": {"language_info": {"name": "julia"}}}).to_string();
        let odd = json!({"nbformat": 4, "cells": [{"source": 1}]}).to_string();
        for (text, why) in [
            ("{", "it is no JSON: EOF while parsing an object at line 1 column 1"),
            ("[]", "nbformat"),
            (&old, "format 3"),
            (&julia, "julia"),
            (&odd, "its cells"),
            ("\u{feff}{}", "no JSON"),
        ] {
            let error = super::cells(text.as_bytes()).unwrap_err();
            assert!(error.exit == Exit::Wrong, "{error:?}");
            assert!(format!("{} {:?}", error.what, error.why).contains(why), "{error:?}");
        }
    }
}
