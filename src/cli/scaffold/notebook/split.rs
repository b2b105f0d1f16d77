use std::io;

use camino::Utf8PathBuf;
use indexmap::IndexMap;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Cell;
use crate::cli::{Exit, HeldFolder, Machine, UserError, Workspace};
use crate::disk::read_record;
use crate::docker::{Mount, OnceSpec};
use crate::domain::Name;
use crate::operators;

/// What a container has to tell of a notebook.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Split {
    problems: Vec<Problem>,
    /// Relative to the project's root.
    pub files: IndexMap<Utf8PathBuf, String>,
    pub components: IndexMap<String, Component>,
    pub params: Vec<Param>,
    pub notes: Vec<Note>,
    /// Imported, and none of Python's own.
    pub modules: Vec<String>,
    /// Why the blueprint cannot be called so.
    pub taken: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct Problem {
    cell: usize,
    line: usize,
    message: String,
    help: String,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Component {
    /// Name → the component and its output.
    pub inputs: IndexMap<String, (String, String)>,
    pub outputs: Vec<String>,
    /// What may be the names of files that it reads.
    pub texts: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Param {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub default: Value,
    pub description: String,
}

/// Something that is not as it was in the notebook.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Note {
    pub cell: usize,
    pub message: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Lacks {
    lacks: Vec<String>,
}

/// Asks Python in a container of the project's own: this machine need have none.
pub struct Splitter<'a> {
    pub workspace: &'a Workspace,
    pub machine: &'a Machine,
}

impl Splitter<'_> {
    /// `file`: the notebook as it is called in what is written.
    ///
    /// # Errors
    /// What cannot be a component's, at its cell and line; or there is no Python.
    pub async fn split(
        &self,
        image: &str,
        name: &Name,
        file: &str,
        cells: &[Cell],
    ) -> Result<Split, UserError> {
        let split: Split = self.ask(image, &json!({"name": name, "file": file, "cells": cells})).await?;
        let Some(first) = split.problems.first() else { return Ok(split) };
        let mut error = UserError::wrong(format!("{file} cannot be split into components"));
        for problem in &split.problems {
            error =
                error.because(format!("cell {}, line {}: {}", problem.cell, problem.line, problem.message));
        }
        Err(if first.help.is_empty() { error } else { error.to_do(&first.help) })
    }

    /// Which of these modules an image does not have.
    pub async fn lacks(&self, image: &str, modules: &[String]) -> Result<Vec<String>, UserError> {
        Ok(self.ask::<Lacks>(image, &json!({"modules": modules})).await?.lacks)
    }

    async fn ask<T: DeserializeOwned>(&self, image: &str, asked: &Value) -> Result<T, UserError> {
        let failed = |error: &(dyn std::error::Error + 'static)| {
            UserError::from_error(Exit::NotReady, "the notebook cannot be looked at", error)
        };
        let scratch = self.workspace.place.scratch()?;
        let folder = HeldFolder::make(&scratch, ".split-").map_err(|error| failed(&error))?;
        let dir = folder.path().map_err(|error| failed(&error))?;
        let lay_out = || -> io::Result<()> {
            for part in ["in", "out"] {
                fs_err::create_dir(dir.join(part))?;
            }
            operators::write_files(&dir.join("lib"))?;
            fs_err::write(dir.join("in/asked.json"), asked.to_string())
        };
        lay_out().map_err(|error| failed(&error))?;
        let mount = |from: &str, target: &str, writable| Mount {
            source: dir.join(from),
            target: target.into(),
            writable,
        };
        let words = ["env", "PYTHONPATH=/lib-of-greenroom", "PYTHONDONTWRITEBYTECODE=1", "python3", "-m"];
        let argv = [&words, ["greenroom.split", "/in/asked.json", "/out/answer.json"].as_slice()].concat();
        let spec = OnceSpec {
            image: image.to_owned(),
            argv: argv.into_iter().map(str::to_owned).collect(),
            user: self.machine.identity.pair(),
            mounts: vec![
                mount("lib", "/lib-of-greenroom", false),
                mount("in", "/in", false),
                mount("out", "/out", true),
            ],
            memory_limit: None,
            network: None,
        };
        let ended = self.machine.engine.once(&spec).await.map_err(|error| failed(&error))?;
        if ended.code != 0 {
            let last = ended.output.trim_end().lines().last().unwrap_or_default();
            return Err(UserError::not_ready("the notebook cannot be looked at")
                .because(format!("Python ended with exit code {}", ended.code))
                .because(last)
                .to_do("the image `default` needs python3: name it in its `apt:` in greenroom.yaml"));
        }
        let answer = read_record(&dir.join("out/answer.json")).map_err(|error| failed(&error))?;
        serde_json::from_slice(&answer).map_err(|error| failed(&error))
    }
}
