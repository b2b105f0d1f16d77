use std::error::Error;
use std::fmt::Write as _;

use serde_json::json;

use super::report::diagnostic;
use super::{Exit, Ink, Look};
use crate::domain::Diagnostic;

/// The one kind of error a person meets: what happened, why, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserError {
    pub what: String,
    /// From the nearest cause to the deepest.
    pub why: Vec<String>,
    /// Commands and advice, one a line.
    pub todo: Vec<String>,
    /// Problems of the person's own files, each with the file's text where it is known.
    pub problems: Vec<(Diagnostic, Option<String>)>,
    pub exit: Exit,
}

impl UserError {
    pub fn new(exit: Exit, what: impl Into<String>) -> Self {
        Self { what: what.into(), why: Vec::new(), todo: Vec::new(), problems: Vec::new(), exit }
    }

    /// The spec or the call is wrong.
    pub fn wrong(what: impl Into<String>) -> Self {
        Self::new(Exit::Wrong, what)
    }

    /// The environment is not ready.
    pub fn not_ready(what: impl Into<String>) -> Self {
        Self::new(Exit::NotReady, what)
    }

    /// Takes a room's error and all that caused it as the reasons.
    pub fn from_error(exit: Exit, what: impl Into<String>, error: &(dyn Error + 'static)) -> Self {
        let mut told = Self::new(exit, what);
        let mut cause = Some(error);
        while let Some(error) = cause {
            told = told.because(error.to_string());
            cause = error.source();
        }
        told
    }

    /// A cause that the one before already tells is not repeated, and none is told of which nothing is known.
    pub fn because(mut self, why: impl Into<String>) -> Self {
        let why = without_code(why.into());
        let told = self.why.last().is_some_and(|last| last.contains(&why)) || self.what.contains(&why);
        if !told && !why.trim().is_empty() {
            self.why.push(why);
        }
        self
    }

    pub fn to_do(mut self, todo: impl Into<String>) -> Self {
        self.todo.push(todo.into());
        self
    }

    /// A problem is shown at its place.
    pub fn at(mut self, problem: Diagnostic, source: Option<String>) -> Self {
        self.problems.push((problem, source));
        self
    }

    /// Another one beside it, so that nobody mends one only to hear of the next.
    pub fn and(mut self, other: Self) -> Self {
        self.what = format!("{}\n{}", self.what, other.what);
        self.why.extend(other.why);
        self.todo.extend(other.todo);
        self.problems.extend(other.problems);
        self
    }

    /// For people; ends with a newline.
    pub fn render(&self, look: &Look) -> String {
        let mut text = String::new();
        for (problem, source) in &self.problems {
            text += &format!("{}\n", diagnostic(problem, source.as_deref(), look));
        }
        for (index, line) in self.what.lines().enumerate() {
            let lead = if index == 0 { look.paint(Ink::Bad, "error:") } else { "      ".to_owned() };
            let _ = writeln!(text, "{lead} {}", look.hanging(7, line));
        }
        let sections = [("why:", Ink::Dim, &self.why), ("do:", Ink::Accent, &self.todo)];
        for (title, ink, entries) in sections {
            let lines = entries.iter().flat_map(|entry| entry.lines());
            for (index, line) in lines.enumerate() {
                let lead = if index == 0 { title } else { "" };
                let _ = writeln!(text, "{} {}", look.paint(ink, format!("{lead:>6}")), look.hanging(7, line));
            }
        }
        text
    }

    /// One object, for `--json`; it goes to stderr too, on one line.
    pub fn to_json(&self) -> serde_json::Value {
        let mut told =
            json!({"error": self.what, "why": self.why, "todo": self.todo, "exit_code": self.exit.code()});
        if !self.problems.is_empty() {
            told["diagnostics"] = self.problems.iter().map(|(problem, _)| json!(problem)).collect();
        }
        told
    }
}

/// The system's number of an error says nothing that its words do not.
fn without_code(text: String) -> String {
    match text.strip_suffix(')').and_then(|text| text.rsplit_once(" (os error ")) {
        Some((words, number)) if number.chars().all(|c| c.is_ascii_digit()) => words.to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn engine_is_gone() -> UserError {
        let source = std::io::Error::other("permission denied");
        UserError::from_error(Exit::NotReady, "the container engine does not answer", &source)
            .because("tried /var/run/docker.sock")
            .to_do("greenroom doctor --fix")
            .to_do("or add yourself to the group docker")
    }

    #[test]
    fn it_says_what_why_and_what_to_do() {
        insta::assert_snapshot!(engine_is_gone().render(&Look::PLAIN), @r#"
        error: the container engine does not answer
          why: permission denied
               tried /var/run/docker.sock
           do: greenroom doctor --fix
               or add yourself to the group docker
        "#);
    }

    #[test]
    fn machines_get_the_same_facts() {
        assert_eq!(
            engine_is_gone().to_json().to_string(),
            r#"{"error":"the container engine does not answer","why":["permission denied","tried /var/run/docker.sock"],"todo":["greenroom doctor --fix","or add yourself to the group docker"],"exit_code":3}"#
        );
    }

    #[test]
    fn the_system_is_quoted_without_its_numbers() {
        let source = std::io::Error::from_raw_os_error(2);
        let error = UserError::from_error(Exit::Wrong, "cannot read a.sql", &source);
        assert_eq!(error.why, ["No such file or directory"]);
    }

    #[test]
    fn a_cause_is_told_once_and_never_raw() {
        let source = std::io::Error::other("no \x1b]52;c;x\x07 file");
        let error = UserError::from_error(Exit::Wrong, "no \x1b]52;c;x\x07 file", &source);
        assert!(error.why.is_empty());
        assert!(error.clone().because(" ").why.is_empty());
        assert!(!error.render(&Look::PLAIN).contains('\x1b'));
    }
}
