use std::ops::Range;

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;
use jiff::Timestamp;

use super::params::Unbound;
use super::{Grid, LakeAsk, LakePane, LakeSlot, LakeTab};
use crate::app::{Ask, Command, Effect, LineInput, Model, OpenFile, Overlay, Slot, Trouble};
use crate::domain::{Name, Rows, Value, sql};

/// Rows that a query shows.
const LIMIT: usize = 50;

/// A query that was asked, and what came of it.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The statement, at the lines at which it stands in the text that it is of.
    pub text: String,
    pub params: IndexMap<Name, Value>,
    /// The file that it is of; None: the query pane.
    pub file: Option<Utf8PathBuf>,
    pub since: Timestamp,
    /// None: it is being asked.
    pub grid: Option<Result<Grid, Trouble>>,
    pub seconds: f64,
}

impl Model {
    /// Asks the statement at the cursor of the query pane.
    pub(in crate::app) fn ask_query(&mut self) -> Vec<Effect> {
        let text = self.lake.query.text();
        let statement = sql::statement_at(&text, self.lake.query.offset());
        self.lake.tab = LakeTab::Query;
        match self.ask_statement(&text, statement, None) {
            Ok(effects) => effects,
            Err(unbound) => {
                self.lake.pane = LakePane::Params;
                // Ready for the value that is missing.
                if let Unbound::Missing(name) = &unbound {
                    let typed = without_empty(self.lake.params.text(), name);
                    let gap = if typed.is_empty() { "" } else { " " };
                    self.lake.params = LineInput::of(&format!("{typed}{gap}{name}="));
                }
                self.notices.tell(unbound.to_string());
                Vec::new()
            }
        }
    }

    /// Asks the query at the cursor of the editor; its rows lie over the text.
    pub(in crate::app) fn ask_in_editor(&mut self) -> Vec<Effect> {
        let Some((text, statement)) = self.editor.file().and_then(query_at_cursor) else {
            self.notices.tell("the cursor stands in no query");
            return Vec::new();
        };
        let file = self.editor.file().map(|file| file.path.clone());
        match self.ask_statement(&text, statement, file) {
            Ok(effects) => {
                self.overlays.retain(|overlay| !matches!(overlay, Overlay::Rows));
                self.overlays.push(Overlay::Rows);
                effects
            }
            Err(unbound) => {
                let place = match unbound {
                    Unbound::Unread(_) => "",
                    _ => ", as the default of a workflow or in the lake's query pane",
                };
                self.notices.tell(format!("{unbound}{place}"));
                Vec::new()
            }
        }
    }

    /// Asks a part of a text; what is wrong in it is then told at the lines of the whole text.
    fn ask_statement(
        &mut self,
        text: &str,
        statement: Range<usize>,
        file: Option<Utf8PathBuf>,
    ) -> Result<Vec<Effect>, Unbound> {
        let params = self.query_params(file.as_deref(), &text[statement.clone()])?;
        let text = sql::in_place(text, statement);
        if let Some(open) = self.editor.files.iter_mut().find(|open| Some(&open.path) == file.as_ref()) {
            open.unanswered = None;
        }
        self.lake.completion = None;
        if file.is_none() {
            self.lake.retyped = false;
        }
        let named = file.as_ref().map_or_else(|| "query".to_owned(), ToString::to_string);
        self.commands.add(equivalent(file.as_deref().filter(|_| self.is_whole(&text)), &text, &params));
        self.lake.asked = Some(Asked {
            text: text.clone(),
            params: params.clone(),
            file,
            since: self.now,
            grid: None,
            seconds: 0.0,
        });
        let ask = LakeAsk::Query { file: named, text, params };
        let asked = self.tasks.ask(Slot::Lake(LakeSlot::Query), Ask::Lake(ask));
        self.forget_verdict();
        Ok(vec![asked])
    }

    /// The file that is shown is this query and nothing else, as it is on disk.
    fn is_whole(&self, query: &str) -> bool {
        let file = self.editor.file().filter(|file| !file.unsaved && file.extension() == "sql");
        file.is_some_and(|file| file.buffer.text().trim() == query.trim())
    }

    /// Gives up a query that is being asked; None: none is.
    pub(in crate::app) fn stop_query(&mut self) -> Option<Vec<Effect>> {
        let slot = Slot::Lake(LakeSlot::Query);
        if !self.tasks.waits(slot) {
            return None;
        }
        self.lake.asked = None;
        self.notices.tell("the query was stopped");
        Some(vec![self.tasks.forget(slot)])
    }

    pub(super) fn query_answered(&mut self, answer: Result<(Rows, f64), Trouble>) {
        let Some(asked) = &mut self.lake.asked else { return };
        match answer {
            Ok((rows, seconds)) => {
                asked.seconds = seconds;
                asked.grid = Some(Ok(Grid::new(rows)));
            }
            Err(trouble) => {
                // It stays in the text when what lies over it is put away.
                let file = self.editor.files.iter_mut().find(|file| Some(&file.path) == asked.file.as_ref());
                if let Some(file) = file {
                    file.unanswered = trouble.problems.first().cloned();
                }
                asked.grid = Some(Err(trouble));
            }
        }
    }

    /// Turns to the query, as it was left. For a table that was selected since, and that the query does not name, it gets a
    /// statement: in the place of what was put there for another table, and behind what the person has typed, unless that
    /// is wrong as it stands.
    pub(in crate::app) fn write_query(&mut self) -> Vec<Effect> {
        self.lake.tab = LakeTab::Query;
        (self.lake.pane, self.lake.full) = (LakePane::Query, false);
        let text = self.lake.query.text();
        let typed = text.strip_suffix(self.lake.begun.as_str()).unwrap_or(&text).trim_end();
        let table = self.lake.table().map(|table| table.record.table.clone());
        // Who comes to the lake has selected none: the first one is.
        let chosen = match &self.lake.written_for {
            Some(before) => table.as_ref() != Some(before),
            None => self.lake.selected > 0,
        };
        let wanted = typed.is_empty() || chosen;
        let missing = table.clone().filter(|table| wanted && !sql::tables(&text).contains(table));
        let wrong = !typed.is_empty() && !self.lake.problems.is_empty();
        if let (Some(table), true) = (&missing, wrong) {
            self.notices.tell(format!("one for {table} is put behind the query once nothing is wrong in it"));
        } else {
            self.lake.written_for = table;
        }
        if let Some(table) = missing.filter(|_| !wrong) {
            let begun = format!("SELECT *\nFROM {table}\nLIMIT {LIMIT}");
            let gap = match typed {
                "" => "",
                typed if typed.ends_with(';') => "\n\n",
                _ => "\n;\n\n",
            };
            self.lake.query.set(&format!("{typed}{gap}{begun}"));
            self.lake.begun = begun;
            self.lake.retyped = true;
        }
        let mut effects = Vec::new();
        if !self.tasks.waits(Slot::Lake(LakeSlot::Query)) {
            effects.push(self.tasks.ask(Slot::Lake(LakeSlot::Warm), Ask::Lake(LakeAsk::Warm)));
        }
        // Also what could be typed.
        effects.extend(self.check_files());
        effects.extend(self.check_text());
        effects
    }
}

/// The parameters as they are typed, without one at their end that has no value yet.
fn without_empty<'a>(typed: &'a str, name: &str) -> &'a str {
    let rest = typed.trim_end().strip_suffix('=').and_then(|rest| rest.strip_suffix(name));
    let rest = rest.filter(|rest| rest.is_empty() || rest.ends_with(char::is_whitespace));
    rest.unwrap_or(typed).trim_end()
}

/// The command that asks the same.
fn equivalent(file: Option<&Utf8Path>, query: &str, params: &IndexMap<Name, Value>) -> Command {
    let mut words = vec!["sql".to_owned()];
    words.extend(file.map(ToString::to_string));
    words.extend(params.iter().flat_map(|(name, value)| ["--param".to_owned(), format!("{name}={value}")]));
    match file {
        Some(_) => Command::Words(words),
        None => Command::Reads(query.trim().to_owned(), words),
    }
}

/// The text of a file, with the statement in which the cursor stands: of a file in SQL, or of a query in a spec.
fn query_at_cursor(file: &OpenFile) -> Option<(String, Range<usize>)> {
    let (text, at) = (file.buffer.text(), file.buffer.offset());
    if file.extension() == "sql" {
        let statement = sql::statement_at(&text, at);
        return Some((text, statement));
    }
    let block = sql::block_at(&text, at)?;
    let within = sql::statement_at(&text[block.clone()], at - block.start);
    Some((text, block.start + within.start..block.start + within.end))
}
