use std::ops::Range;

use camino::Utf8PathBuf;
use indexmap::IndexSet;

use super::{CheckText, Checked, LakeSlot};
use crate::app::{Ask, Effect, Model, OpenFile, Screen, Slot};
use crate::domain::{Diagnostic, Language, Passage, TableName, passages, sql};

/// Letters; more than that nobody types.
const LONGEST: usize = 256 * 1024;
/// Queries of a text: those around the cursor, as each takes its time.
const MOST: usize = 64;

/// Of what is checked in a file: in a spec, the queries that stand in it.
fn language(file: &OpenFile) -> Option<Language> {
    match file.extension() {
        "yaml" => Some(Language::Sql),
        _ => Language::of(&file.path),
    }
}

/// The text that is shown: of the query pane, or of a file.
enum Shown<'a> {
    Query,
    File(&'a OpenFile),
}

impl Model {
    /// Has the text checked that is being typed; one question at a time, or fast typing would never be answered.
    pub(in crate::app) fn check_text(&mut self) -> Vec<Effect> {
        let slot = Slot::Lake(LakeSlot::Check);
        if self.tasks.waits(slot) {
            self.lake.stale = true;
            return Vec::new();
        }
        self.lake.stale = false;
        match self.text_to_check() {
            Some(check) => vec![self.tasks.ask(slot, Ask::Check(check))],
            None => {
                // Nobody tells any more what is wrong in it.
                let shown = self.shown_text().map(|shown| shown.file());
                if let Some(file) = shown {
                    self.tell_mistakes(file, Vec::new());
                }
                Vec::new()
            }
        }
    }

    /// While a query is asked, a text waits for its verdict; that on another text does not stand there meanwhile.
    pub(in crate::app) fn forget_verdict(&mut self) {
        let waits = |slot| self.tasks.waits(Slot::Lake(slot));
        if waits(LakeSlot::Query) && waits(LakeSlot::Check) {
            self.lake.problems.clear();
        }
    }

    /// Nobody looked into a text while a query was asked: now somebody can.
    pub(super) fn check_now(&mut self) -> Vec<Effect> {
        if self.is_unchecked() { self.check_text() } else { Vec::new() }
    }

    /// Nobody could look into the text that is shown.
    pub(in crate::app) fn is_unchecked(&self) -> bool {
        match self.shown_text() {
            Some(Shown::Query) => self.lake.unchecked.is_some(),
            Some(Shown::File(file)) => file.unchecked.is_some(),
            None => false,
        }
    }

    fn shown_text(&self) -> Option<Shown<'_>> {
        match self.screen {
            Screen::Lake => Some(Shown::Query),
            Screen::Editor => self.editor.file().map(Shown::File),
            _ => None,
        }
    }

    fn text_to_check(&self) -> Option<CheckText> {
        let shown = self.shown_text()?;
        let (file, language, buffer) = match &shown {
            Shown::Query => (None, Language::Sql, &self.lake.query),
            Shown::File(file) => (Some(&file.path), language(file)?, &file.buffer),
        };
        let text = buffer.text();
        if text.len() > LONGEST {
            return None;
        }
        let spec = file.is_some_and(|file| file.extension() == Some("yaml"));
        let kept = spec || file.is_some_and(|file| self.is_run(file));
        let says = |range: &Range<usize>| !sql::statements(&text[range.clone()]).is_empty();
        let whole = 0..text.len();
        let parts = match language {
            Language::Python => vec![whole],
            // What a template stands for is not known; as a spec it is told of already.
            Language::Sql if spec => {
                let blocks = sql::blocks(&text).into_iter();
                blocks.filter(|range| !text[range.clone()].contains("${{") && says(range)).collect()
            }
            // A step runs one query, which a second one would make wrong.
            Language::Sql if kept && says(&whole) => vec![whole],
            Language::Sql => sql::statements(&text),
        };
        let texts = passages(&text, around(&parts, buffer.offset()));
        let queries = if language == Language::Sql { &texts[..] } else { &[] };
        let names: IndexSet<&str> = queries.iter().flat_map(|query| sql::params(&query.text)).collect();
        let params = self.known_params(file.map(|file| file.as_path()), names);
        // What is asked here and now finds only what is there.
        let written = if file.is_some() { self.tables_written(queries) } else { Vec::new() };
        let undeclared = file.map(|file| self.undeclared(file, queries)).unwrap_or_default();
        Some(CheckText { file: file.cloned(), language, texts, params, kept, written, undeclared })
    }

    fn tables_written(&self, queries: &[Passage]) -> Vec<TableName> {
        let known = &self.editor.known.tables;
        let writes =
            |table: &TableName| known.get(&table.to_string()).is_some_and(|table| table.written_by.is_some());
        let tables: IndexSet<TableName> = queries.iter().flat_map(|query| sql::tables(&query.text)).collect();
        tables.into_iter().filter(writes).collect()
    }

    pub(super) fn text_checked(&mut self, checked: Checked) -> Vec<Effect> {
        let Checked { file: of, problems, unchecked } = checked;
        match &of {
            None => self.lake.unchecked = unchecked,
            Some(path) => {
                let file = self.editor.files.iter_mut().find(|file| file.path == *path);
                file.into_iter().for_each(|file| file.unchecked = unchecked);
            }
        }
        // Of a text that is another by now, and is not looked at again before somebody goes back to it.
        let left = self.shown_text().is_none_or(|shown| shown.file() != of);
        let left = left || of.is_none() && self.tasks.waits(Slot::Lake(LakeSlot::Query));
        let problems = if self.lake.stale && left { Vec::new() } else { problems };
        self.tell_mistakes(of, problems);
        if self.lake.stale { self.check_text() } else { Vec::new() }
    }

    fn tell_mistakes(&mut self, of: Option<Utf8PathBuf>, problems: Vec<Diagnostic>) {
        match of {
            None => self.lake.problems = problems,
            Some(path) => {
                if let Some(file) = self.editor.files.iter_mut().find(|file| file.path == path) {
                    file.mistakes = problems;
                }
            }
        }
    }
}

impl Shown<'_> {
    /// As answers call it.
    fn file(&self) -> Option<Utf8PathBuf> {
        match self {
            Self::Query => None,
            Self::File(file) => Some(file.path.clone()),
        }
    }
}

/// Those parts of a text that are nearest to a place in it.
fn around(parts: &[Range<usize>], place: usize) -> &[Range<usize>] {
    let here = parts.partition_point(|part| part.end < place);
    let first = here.saturating_sub(MOST / 2).min(parts.len().saturating_sub(MOST));
    &parts[first..parts.len().min(first + MOST)]
}
