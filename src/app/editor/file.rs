use std::sync::Arc;

use camino::Utf8PathBuf;

use super::Places;
use crate::app::TextBuffer;
use crate::domain::{Diagnostic, Digest, Severity};

/// A file of the project, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileText {
    /// Relative to the project.
    pub path: Utf8PathBuf,
    pub text: String,
    /// None: there is no such file yet.
    pub digest: Option<Digest>,
}

/// Rows above and below the cursor that are shown as well.
const AROUND: usize = 2;

/// What somebody else has done to a file whose text here is unsaved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outside {
    Changed,
    Gone,
}

/// A file that is being edited.
#[derive(Clone, Debug)]
pub struct OpenFile {
    /// Relative to the project.
    pub path: Utf8PathBuf,
    pub buffer: TextBuffer,
    /// Its lines end as Windows ends them.
    crlf: bool,
    /// What is on disk, as far as is known here; None: nothing.
    pub(super) read: Option<Digest>,
    /// The same as text.
    saved: String,
    pub unsaved: bool,
    /// It is to be saved again once what is being written is there.
    pub(super) save_again: bool,
    pub outside: Option<Outside>,
    /// What is wrong in it as a spec, in the order of their places.
    pub problems: Vec<Diagnostic>,
    /// The same of a query or a program.
    pub mistakes: Vec<Diagnostic>,
    /// Why nobody knows of any.
    pub unchecked: Option<&'static str>,
    /// Why the query in it that was asked last was not answered, until it is another.
    pub unanswered: Option<Diagnostic>,
    /// Where a run failed in it, until it is saved.
    pub failure: Option<Diagnostic>,
    /// Of what is searched for.
    pub places: Places,
    /// First row that is shown.
    pub top: usize,
}

impl OpenFile {
    pub fn new(read: FileText) -> Self {
        let mut file = Self {
            path: read.path.clone(),
            buffer: TextBuffer::default(),
            crlf: false,
            read: None,
            saved: String::new(),
            unsaved: false,
            save_again: false,
            outside: None,
            problems: Vec::new(),
            mistakes: Vec::new(),
            unchecked: None,
            unanswered: None,
            failure: None,
            places: Places::default(),
            top: 0,
        };
        file.take_in(&read);
        file.buffer = TextBuffer::of(&file.saved);
        // What a new one begins with is nowhere else.
        file.typed();
        file
    }

    /// What is on disk is this now.
    fn take_in(&mut self, read: &FileText) {
        // Mixed endings stay as they are: each that is not the file's own is a letter of its line.
        self.crlf = read.text.contains("\r\n") && !read.text.replace("\r\n", "").contains('\n');
        self.saved = if self.crlf { read.text.replace("\r\n", "\n") } else { read.text.clone() };
        self.read.clone_from(&read.digest);
        self.outside = None;
    }

    /// The text becomes that of the disk. Its edits begin anew, or undoing would throw away what somebody else has done;
    /// only what was typed and is nowhere else can be had back, in one step.
    pub fn read_again(&mut self, read: &FileText) {
        let typed = !self.buffer.is(&self.saved);
        let before = std::mem::take(&mut self.saved);
        self.take_in(read);
        // It was told of the text as it was then.
        if self.saved != before {
            self.failure = None;
        }
        if !self.buffer.is(&self.saved) {
            self.unanswered = None;
            if typed {
                self.buffer.forget_edits();
                self.buffer.replace_all(&self.saved);
            } else {
                self.buffer.begin_anew(&self.saved);
            }
        }
        self.typed();
    }

    /// What it would be on disk.
    pub fn text(&self) -> Arc<str> {
        let text = self.buffer.text();
        if self.crlf { text.replace('\n', "\r\n").into() } else { text.into() }
    }

    /// The text may have become another.
    pub fn typed(&mut self) {
        self.unsaved = !self.buffer.is(&self.saved) || self.read.is_none() && self.buffer.lines() != [""];
    }

    /// This text is on disk now.
    pub fn written(&mut self, text: &str) {
        let digest = Some(Digest::of(text.as_bytes()));
        self.take_in(&FileText { path: self.path.clone(), text: text.to_owned(), digest });
        self.failure = None;
        self.typed();
    }

    /// Somebody has removed it: what is here may be the last of it.
    pub(super) fn removed(&mut self) {
        self.outside = Some(Outside::Gone);
        self.read = None;
        self.typed();
    }

    /// It is there, as far as is known here.
    pub fn is_on_disk(&self) -> bool {
        self.read.is_some()
    }

    /// There has been no such file.
    pub fn is_new(&self) -> bool {
        self.read.is_none() && self.outside.is_none()
    }

    /// Nothing is lost that a person has typed if it becomes what is on disk.
    pub(super) fn may_become(&self, read: &FileText) -> bool {
        let untouched = self.outside == Some(Outside::Gone) && self.buffer.is(&self.saved);
        !self.unsaved || untouched || *self.text() == *read.text
    }

    /// What somebody else has done to it, and what can be done now.
    pub(in crate::app) fn outside_told(&self) -> Option<String> {
        let path = &self.path;
        Some(match self.outside? {
            Outside::Changed => {
                format!("{path} was changed by somebody else: alt-r reads it again, alt-w writes over it")
            }
            Outside::Gone => format!("{path} was removed by somebody else: ctrl-s writes it anew"),
        })
    }

    /// Why it cannot be saved: two have changed it.
    pub(in crate::app) fn contested(&self) -> Option<String> {
        self.outside_told().filter(|_| self.outside == Some(Outside::Changed))
    }

    pub fn extension(&self) -> &str {
        self.path.extension().unwrap_or_default()
    }

    /// What is wrong in a row, from 0: the worst first.
    pub fn problem(&self, row: usize) -> Option<&Diagnostic> {
        let here = self.all_problems().filter(|problem| problem.span.line == row + 1);
        here.min_by_key(|problem| problem.severity)
    }

    pub fn all_problems(&self) -> impl Iterator<Item = &Diagnostic> {
        let same = |one: &Diagnostic, other: &Diagnostic| {
            (one.span.line, &one.message) == (other.span.line, &other.message)
        };
        // Whoever looks into the text as it is now tells it better than a run that is past.
        let told_now = |failure: &&Diagnostic| {
            let mut now = self.problems.iter().chain(&self.mistakes);
            !now.any(|told| told.severity == Severity::Error && told.span.line == failure.span.line)
        };
        let failure = self.failure.as_ref().filter(told_now);
        let again = move |told: &&Diagnostic| !failure.is_some_and(|failure| same(failure, told));
        let unanswered = self.unanswered.as_ref().filter(again);
        let new = move |mistake: &&Diagnostic| {
            !failure.into_iter().chain(unanswered).any(|told| same(told, mistake))
        };
        failure.into_iter().chain(unanswered).chain(&self.problems).chain(self.mistakes.iter().filter(new))
    }

    pub fn count(&self, severity: Severity) -> usize {
        self.all_problems().filter(|problem| problem.severity == severity).count()
    }

    /// The first row of so many of which one has the cursor, moved no more than it must; what is around it is seen too.
    pub fn first_row(&self, page: usize) -> usize {
        let (row, _) = self.buffer.cursor();
        let around = AROUND.min(page.saturating_sub(1) / 2);
        let rows = self.buffer.lines().len();
        let lowest = (row + around + 1).min(rows);
        let top = self.top.min(rows.saturating_sub(page)).min(row.saturating_sub(around));
        top.max(lowest.saturating_sub(page.max(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Span;

    fn file(text: &str) -> OpenFile {
        let digest = Some(Digest::of(text.as_bytes()));
        OpenFile::new(FileText { path: "a.sql".into(), text: text.to_owned(), digest })
    }

    #[test]
    fn line_ends_are_kept() {
        for text in ["a\r\nb\r\n", "a\nb", "a\r\nb\n", "\r"] {
            let mut file = file(text);
            assert_eq!(&*file.text(), text);
            assert!(!file.unsaved);
            file.buffer.paste("x");
            file.typed();
            assert!(file.unsaved);
            assert_eq!(&*file.text(), format!("x{text}"));
            file.buffer.undo();
            file.typed();
            assert!(!file.unsaved, "it is again what is on disk");
        }
    }

    fn told(line: usize, message: &str) -> Diagnostic {
        Diagnostic {
            file: "a.sql".into(),
            span: Span { line, ..Span::START },
            severity: Severity::Error,
            code: "sql".into(),
            message: message.into(),
            help: String::new(),
        }
    }

    #[test]
    fn what_went_wrong_in_a_text_is_past_once_somebody_mends_it() {
        let mut file = file("SELECT x");
        (file.failure, file.unanswered) = (Some(told(1, "no x")), Some(told(1, "no x")));
        let mut read =
            FileText { path: "a.sql".into(), text: "SELECT x".into(), digest: Some(Digest::of(b"SELECT x")) };
        file.read_again(&read);
        assert!(file.failure.is_some() && file.unanswered.is_some(), "it is the same text");
        // What was typed goes; what has failed is still there.
        file.buffer.paste("-- ");
        file.read_again(&read);
        assert!(file.failure.is_some());
        read.text = "SELECT 1".into();
        file.read_again(&read);
        assert_eq!(file.all_problems().count(), 0);
    }

    #[test]
    fn one_mistake_is_told_once_whoever_tells_it() {
        let mut file = file("SELECT x");
        file.failure = Some(told(1, "no x"));
        file.unanswered = Some(told(1, "no x"));
        file.mistakes = vec![told(1, "no x"), told(1, "no y")];
        assert_eq!(file.count(Severity::Error), 2);
        file.unanswered = Some(told(1, "no z"));
        assert_eq!(file.count(Severity::Error), 3);
    }

    #[test]
    fn what_a_run_and_a_check_tell_of_a_line_is_told_once() {
        let mut file = file("SELECT x\nFROM y");
        file.failure = Some(told(1, "SyntaxError: x"));
        file.mistakes = vec![told(1, "no x")];
        assert_eq!(file.all_problems().map(|told| told.message.as_str()).collect::<Vec<_>>(), ["no x"]);
        file.mistakes = vec![told(2, "no y")];
        assert_eq!(file.count(Severity::Error), 2);
        file.mistakes = vec![Diagnostic { severity: Severity::Warning, ..told(1, "x is not read") }];
        assert_eq!(file.all_problems().count(), 2);
    }

    #[test]
    fn a_new_file_is_unsaved_as_soon_as_something_is_in_it() {
        let mut file = OpenFile::new(FileText { path: "a".into(), text: String::new(), digest: None });
        file.typed();
        assert!(!file.unsaved);
        file.buffer.paste("x");
        file.typed();
        assert!(file.unsaved);
    }
}
