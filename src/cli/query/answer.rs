use std::io::{self, Read};

use camino::Utf8Path;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Question;
use crate::cli::{Exit, UserError};
use crate::disk::{Access, open_plain};
use crate::domain::{Diagnostic, Rows, Severity, Span};

/// More than any first rows are.
const MOST: u64 = 64 * 1024 * 1024;

/// What the container says went wrong.
#[derive(Deserialize)]
struct Report {
    error: Option<Wrong>,
}

#[derive(Deserialize)]
struct Wrong {
    message: String,
    file: Option<String>,
    #[serde(default)]
    line: usize,
    #[serde(default)]
    column: usize,
    #[serde(default = "one")]
    length: usize,
    #[serde(default)]
    help: String,
}

impl Wrong {
    fn of(self, file: &str) -> Diagnostic {
        Diagnostic {
            file: file.into(),
            span: Span { line: self.line, column: self.column, length: self.length },
            severity: Severity::Error,
            code: "sql".to_owned(),
            message: self.message,
            help: self.help,
        }
    }
}

fn one() -> usize {
    1
}

/// What was left of a query that has ended, in the folders of what was asked: its rows in `out`, or in `tmp` why there are
/// none.
pub(super) fn answer(dir: &Utf8Path, id: u64, code: i64, question: &Question<'_>) -> Result<Rows, UserError> {
    if code == 0 {
        return left(dir, &format!("out/{id}/rows.json")).map_err(|error| {
            UserError::from_error(Exit::NotReady, "the query's answer cannot be read", &error)
        });
    }
    match left::<Report>(dir, &format!("tmp/{id}/greenroom-report.json")).ok().and_then(|report| report.error)
    {
        Some(wrong) => Err(told(wrong, question)),
        None => Err(died(code, "")),
    }
}

/// What a check has left: what is wrong, of a file of this name.
pub(super) fn found(dir: &Utf8Path, id: u64, code: i64, file: &str) -> Result<Vec<Diagnostic>, UserError> {
    if code != 0 {
        return Err(died(code, ""));
    }
    let wrong: Vec<Wrong> = left(dir, &format!("out/{id}/problems.json"))
        .map_err(|error| UserError::from_error(Exit::NotReady, "what was found cannot be read", &error))?;
    Ok(wrong.into_iter().map(|wrong| wrong.of(file)).collect())
}

pub(super) fn died(code: i64, complaints: &str) -> UserError {
    let last = complaints.trim_end().lines().last().unwrap_or_default();
    // As the `env` of every image says it, in its own quotes.
    if last.starts_with("env:") && last.contains("python3") && last.ends_with("No such file or directory") {
        return UserError::not_ready("the image `default`, in which queries run, has no python3").to_do(
            "give it `apt: [python3, python3-pip]`, and by `pip:` a file that names duckdb and sqlglot",
        );
    }
    UserError::not_ready(match code {
        // By a signal: nobody but the kernel sends one here.
        -9 => "the query was ended, most likely for want of memory".to_owned(),
        code => format!("the query ended with exit code {code}"),
    })
    .because(last)
}

/// A document that the container left, which may have put anything in its place and in that of its folder.
fn left<T: DeserializeOwned>(dir: &Utf8Path, path: &str) -> io::Result<T> {
    let file = open_plain(dir.as_std_path(), path.as_ref(), Access::Read)?;
    let mut text = Vec::new();
    file.take(MOST + 1).read_to_end(&mut text)?;
    if text.len() as u64 > MOST {
        return Err(io::Error::other(format!(
            "its first rows are over {} MiB; ask for fewer columns, or export the rows with sql_export",
            MOST >> 20
        )));
    }
    Ok(serde_json::from_slice(&text)?)
}

/// At its place in the query; what has none is about the image.
fn told(wrong: Wrong, question: &Question<'_>) -> UserError {
    if wrong.file.is_none() {
        let error = UserError::not_ready(wrong.message);
        return if wrong.help.is_empty() { error } else { error.to_do(wrong.help) };
    }
    let problem = wrong.of(question.file);
    UserError::wrong("the query was not run").at(problem, Some(question.query.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn nothing_is_read_behind_a_link_that_the_container_made() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        fs_err::create_dir_all(root.join("out/0")).unwrap();
        fs_err::write(root.join("out/0/problems.json"), "[]").unwrap();
        symlink("0", root.join("out/1")).unwrap();
        assert!(found(root, 0, 0, "query").unwrap().is_empty());
        assert!(found(root, 1, 0, "query").is_err());
    }
}
