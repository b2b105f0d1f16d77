use camino::{Utf8Path, Utf8PathBuf};

use crate::domain::{Diagnostic, Severity, Span};

/// More than anybody reads; a file that is something else entirely has one for each of its lines.
const MOST: usize = 200;

/// What is wrong with one file, all of it.
#[derive(Debug)]
pub(super) struct Problems {
    file: Utf8PathBuf,
    found: Vec<Diagnostic>,
}

impl Problems {
    pub fn of(file: &Utf8Path) -> Self {
        Self { file: file.to_owned(), found: Vec::new() }
    }

    /// Answers what was told, so that its help can be set.
    pub fn error(&mut self, code: &str, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.told(Severity::Error, code, span, message.into())
    }

    pub fn warn(&mut self, code: &str, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.told(Severity::Warning, code, span, message.into())
    }

    fn told(&mut self, severity: Severity, code: &str, span: Span, message: String) -> &mut Diagnostic {
        let at = self.found.len();
        let (file, code) = (self.file.clone(), code.to_owned());
        self.found.push(Diagnostic { file, span, severity, code, message, help: String::new() });
        &mut self.found[at]
    }

    pub fn too_deep(&mut self, span: Span, most: usize) {
        self.error("too-deep", span, format!("this is nested more than {most} levels deep"));
    }

    /// What was told last, so that its help can be set.
    pub fn last(&mut self) -> Option<&mut Diagnostic> {
        self.found.last_mut()
    }

    pub fn any_errors(&self) -> bool {
        self.errors() > 0
    }

    pub fn errors(&self) -> usize {
        self.found.iter().filter(|problem| problem.severity == Severity::Error).count()
    }

    /// In the order of their places.
    pub fn finish(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|problem| (problem.span.line, problem.span.column));
        self.found.dedup();
        if self.found.len() > MOST {
            let more = self.found.len() - MOST;
            let span = self.found[MOST].span;
            self.found.truncate(MOST);
            self.error("too-many", span, format!("and {more} more problems from here on"));
        }
        self.found
    }
}
