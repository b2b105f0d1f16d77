use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::filter::{Row, holding};
use super::picker::moved;
use super::{Ask, Effect, Filter, Model, PastRun, RunMarks, RunsLook, Slot};
use crate::domain::{DifferingParams, Op, Run, RunQuery, RunWords, Status, Token};

/// What the runs are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Newest first.
    #[default]
    Started,
    Name,
    Status,
    /// Longest first.
    Took,
}

impl Order {
    const ALL: [Self; 4] = [Self::Started, Self::Name, Self::Status, Self::Took];

    pub fn next(self) -> Self {
        let at = Self::ALL.iter().position(|order| *order == self).unwrap_or_default();
        Self::ALL[(at + 1) % Self::ALL.len()]
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Started => "newest first",
            Self::Name => "by name",
            Self::Status => "by status",
            Self::Took => "longest first",
        }
    }
}

/// What is typed, taken apart.
#[derive(Clone, Debug, Default)]
pub struct Sought {
    query: Option<RunQuery>,
    /// What is looked for in what a run says.
    words: String,
    /// None: not known yet, or nothing is asked.
    found: Option<Arc<HashSet<Token>>>,
    /// Why nothing can be asked so.
    pub wrong: Option<String>,
    /// What is asked for and no run has, and what was meant perhaps.
    pub unheard: Option<String>,
}

impl Sought {
    /// Each criterion is one of `name=value`, as a row says it too.
    fn is_of_equals(&self) -> bool {
        let all = |query: &RunQuery| {
            let rest = RunQuery { criteria: Vec::new(), name: None, ..query.clone() };
            rest == RunQuery::default() && query.criteria.iter().all(|criterion| criterion.op == Op::Equal)
        };
        self.query.as_ref().is_some_and(all)
    }
}

/// The history of the environment's runs.
#[derive(Clone, Debug, Default)]
pub struct RunsScreen {
    /// Among those that are shown.
    pub selected: usize,
    pub filter: Filter,
    pub order: Order,
    /// What of the filter is asked of the runs themselves.
    pub sought: Sought,
    /// What some actions are meant for, in place of the selected one.
    pub marked: BTreeSet<Token>,
    /// What tells the runs of a name apart.
    pub differing: DifferingParams,
    /// What is searched when something is typed, and the status and marks it says.
    rows: HashMap<Token, (Status, RunMarks, Row)>,
    /// Positions of those that are shown: ten thousand are not sorted for every frame.
    shown: Vec<usize>,
}

impl RunsScreen {
    pub fn shown(&self) -> &[usize] {
        &self.shown
    }

    pub(super) fn turn_mark(&mut self, run: Token) {
        if !self.marked.remove(&run) {
            self.marked.insert(run);
        }
    }

    /// Of ten thousand runs it is not asked for every frame.
    pub(super) fn tell_apart(&mut self, runs: &RunsLook) {
        self.differing = DifferingParams::of(runs.runs.iter().map(|past| &*past.run));
    }

    /// Those of runs that are gone go with them.
    pub(super) fn keep_marks(&mut self, runs: &RunsLook) {
        if !self.marked.is_empty() {
            let marked = |past: &PastRun| Some(past.run.token).filter(|run| self.marked.contains(run));
            self.marked = runs.runs.iter().filter_map(marked).collect();
        }
    }

    /// What each run says is put together once, and again when its status is another, or something is said of it.
    fn put_together(&mut self, runs: &RunsLook) {
        let mut before = std::mem::take(&mut self.rows);
        let row = |past: &PastRun| {
            let (run, marks) = (&past.run, runs.marks(past.run.token));
            let is_same =
                |(status, before, _): &(Status, RunMarks, Row)| *status == run.status && before == marks;
            let kept = before.remove(&run.token).filter(is_same);
            (run.token, kept.unwrap_or_else(|| (run.status, marks.clone(), row(run, marks))))
        };
        self.rows = runs.runs.iter().map(row).collect();
    }

    pub fn arrange(&mut self, runs: &RunsLook) {
        let found = self.sought.found.clone();
        let words = match &found {
            // As long as it is typed no value need be whole yet: `day=2013` is one of those words.
            Some(found) if found.is_empty() && self.sought.is_of_equals() => self.filter.text(),
            _ => &self.sought.words,
        };
        if words.trim().is_empty() {
            self.shown = (0..runs.runs.len()).collect();
        } else {
            let words = words.to_owned();
            self.put_together(runs);
            let rows = runs.runs.iter().filter_map(|past| self.rows.get(&past.run.token));
            self.shown = holding(&words, rows.map(|(.., row)| row));
        }
        if let Some(found) = found.filter(|found| !found.is_empty() || !self.sought.is_of_equals()) {
            self.shown.retain(|index| found.contains(&runs.runs[*index].run.token));
        }
        let run = |index: &usize| &runs.runs[*index].run;
        let took = |index: &usize| run(index).finished_at.map(|end| run(index).took_until(end));
        match self.order {
            Order::Started => self.shown.sort_unstable(),
            Order::Name => self.shown.sort_by(|a, b| run(a).name.cmp(&run(b).name).then(a.cmp(b))),
            Order::Status => {
                self.shown.sort_by_key(|index| (run(index).status.as_str(), *index));
            }
            Order::Took => self.shown.sort_by_key(|index| std::cmp::Reverse(took(index))),
        }
        self.selected = moved(self.selected, 0, self.shown.len());
    }
}

fn row(run: &Run, marks: &RunMarks) -> Row {
    let params = run.typed_params().map(|(name, value)| format!("{name}={value}"));
    let params = params.collect::<Vec<_>>().join(" ");
    let branch = run.branch.as_deref().unwrap_or_default();
    let (short, status) = (run.token.short(), run.status.as_str());
    let pinned = if marks.pinned { "pinned" } else { "" };
    let called = marks.aliases.iter().map(|alias| alias.as_str()).collect::<Vec<_>>().join(" ");
    let said = format!("{pinned} {called} {}", marks.notes.join(" "));
    let named = format!("{} name={} {}", run.title(), run.name, run.version);
    let all = format!("{named} {short} {status} {params} {} {branch} {said}", run.user);
    Row::new(run.name.as_str(), &all)
}

impl Model {
    pub fn selected_run(&self) -> Option<&PastRun> {
        let runs = self.runs.get()?;
        runs.runs.get(*self.history.shown().get(self.history.selected)?)
    }

    /// The one that stays selected when others come: who stands with the newest has moved to none.
    pub(super) fn kept_run(&self) -> Option<Token> {
        let newest = self.history.order == Order::Started && self.history.selected == 0;
        self.selected_run().filter(|_| !newest).map(|past| past.run.token)
    }

    /// All that are marked, newest first; else the selected one.
    pub(super) fn wanted_runs(&self) -> Vec<&PastRun> {
        if self.history.marked.is_empty() {
            return self.selected_run().into_iter().collect();
        }
        let runs = self.runs.get().into_iter().flat_map(|runs| &runs.runs);
        runs.filter(|past| self.history.marked.contains(&past.run.token)).collect()
    }

    /// What is typed is taken apart; criteria are asked where `greenroom runs` asks them.
    pub(super) fn seek_runs(&mut self) -> Vec<Effect> {
        let sought = &mut self.history.sought;
        let before = sought.query.take();
        let effect = match RunWords::parse(self.history.filter.text()) {
            Err(why) => {
                // What is wrong with it is told beside it, and all runs are shown.
                *sought = Sought { wrong: Some(why), ..Sought::default() };
                before.map(|_| self.tasks.forget(Slot::Sought))
            }
            Ok(RunWords { query, words }) if query != RunQuery::default() => {
                let same = before.as_ref() == Some(&query);
                let found = sought.found.take().filter(|_| same);
                *sought = Sought { query: Some(query.clone()), words, found, ..Sought::default() };
                (!same).then(|| self.tasks.ask(Slot::Sought, Ask::Sought(Box::new(query))))
            }
            Ok(RunWords { words, .. }) => {
                *sought = Sought { words, ..Sought::default() };
                before.map(|_| self.tasks.forget(Slot::Sought))
            }
        };
        self.arrange_runs();
        effect.into_iter().collect()
    }

    /// There are other runs now.
    pub(super) fn seek_again(&mut self) -> Option<Effect> {
        let query = self.history.sought.query.clone()?;
        Some(self.tasks.ask(Slot::Sought, Ask::Sought(Box::new(query))))
    }

    pub(super) fn runs_found(&mut self, query: &RunQuery, found: HashSet<Token>, unheard: Option<String>) {
        if self.history.sought.query.as_ref() == Some(query) {
            let selected = self.kept_run();
            self.history.sought.found = Some(Arc::new(found));
            self.history.sought.unheard = unheard;
            self.arrange_runs();
            self.select_run(selected);
        }
    }

    pub(super) fn arrange_runs(&mut self) {
        if let Some(runs) = self.runs.get() {
            self.history.arrange(runs);
        }
    }
}
