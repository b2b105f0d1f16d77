use std::collections::{HashMap, HashSet};

use camino::Utf8PathBuf;
use indexmap::IndexMap;

use crate::domain::{Name, Operator, Project, Span};
use crate::spec::files::Files;
use crate::spec::problems::Problems;
use crate::spec::suggest::Suggest;
use crate::spec::yaml::{Node, Scalar};

/// What a file may refer to.
pub(in crate::spec) struct Around<'a> {
    pub files: &'a Files,
    /// None where it could not be read; then nothing is said about what it lacks.
    pub project: Option<&'a Project>,
    pub operators: &'a IndexMap<Name, Operator>,
    /// Operators whose file has errors, with that file.
    pub broken_operators: &'a HashMap<String, Utf8PathBuf>,
}

/// One file being lowered.
pub(in crate::spec) struct Lower<'a> {
    pub text: &'a str,
    pub around: &'a Around<'a>,
    pub problems: Problems,
    /// Templates, to be checked once all steps are known.
    pub templates: Vec<Used<'a>>,
    /// Steps whose operator is not known, and so neither is what it would make.
    pub unclear: HashSet<&'a str>,
    pub suggest: Suggest,
}

/// A template and what it may name.
#[derive(Clone, Copy)]
pub(in crate::spec) struct Used<'a> {
    pub scalar: &'a Scalar,
    pub span: Span,
    pub place: Place<'a>,
}

#[derive(Clone, Copy)]
pub(in crate::spec) enum Place<'a> {
    /// A value of a step.
    Value { step: &'a str },
    /// A step's `when`.
    When { step: &'a str },
    /// `schedule.params`.
    Schedule,
}

impl<'a> Lower<'a> {
    pub fn new(text: &'a str, around: &'a Around<'a>, problems: Problems) -> Self {
        let (templates, unclear, suggest) = (Vec::new(), HashSet::new(), Suggest::default());
        Self { text, around, problems, templates, unclear, suggest }
    }

    pub fn wrong_type(&mut self, node: &Node, what: &str, expected: &str) {
        let message = format!("{what} is {expected}, not {}", node.kind());
        self.problems.error("wrong-type", node.span, message);
    }

    /// The span of `length` bytes from a byte of a scalar's source.
    pub fn place(&self, scalar: &Scalar, span: Span, byte: usize, length: usize) -> Span {
        let source = self.text.get(scalar.source.clone()).unwrap_or_default();
        let byte = floor(source, byte.min(source.len()));
        let before = &source[..byte];
        let marked = &source[byte..floor(source, (byte + length).min(source.len()))];
        let marked = marked.lines().next().unwrap_or_default();
        let lines = before.matches('\n').count();
        let column = match before.rfind('\n') {
            Some(last) => before[last + 1..].chars().count() + 1,
            None => span.column + before.chars().count(),
        };
        Span { line: span.line + lines, column, length: marked.chars().count().max(1) }
    }

    /// The place of a text that stands in a scalar; the scalar itself if it was written with escapes.
    pub fn place_of(&self, scalar: &Scalar, span: Span, text: &str) -> Span {
        let source = self.text.get(scalar.source.clone()).unwrap_or_default();
        match source.find(text) {
            Some(byte) => self.place(scalar, span, byte, text.len()),
            None => span,
        }
    }
}

fn floor(text: &str, mut byte: usize) -> usize {
    while !text.is_char_boundary(byte) {
        byte -= 1;
    }
    byte
}
