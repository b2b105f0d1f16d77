use super::picker::moved;
use super::{
    Action, Ask, Effect, Graph, LiveRun, LogView, Model, Outline, PastRun, RunsLook, Screen, Slot,
    WorkflowLook,
};
use crate::domain::{Node, NodeId, Status, Token};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pane {
    #[default]
    Graph,
    Detail,
}

/// What is shown beside the graph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    #[default]
    Log,
    /// What the step reads and makes.
    Data,
    Attempts,
    /// Cores and memory of its container, while it runs.
    Machine,
    /// The file that it is written in.
    Spec,
}

impl Tab {
    pub const ALL: [Self; 5] = [Self::Log, Self::Data, Self::Attempts, Self::Machine, Self::Spec];

    pub fn title(self) -> &'static str {
        match self {
            Self::Log => "Log",
            Self::Data => "Data",
            Self::Attempts => "Attempts",
            Self::Machine => "Machine",
            Self::Spec => "Spec",
        }
    }

    pub fn position(self) -> usize {
        Self::ALL.iter().position(|tab| *tab == self).unwrap_or_default()
    }
}

/// One workflow as a graph, or one run of it.
#[derive(Clone, Debug, Default)]
pub struct WorkflowScreen {
    pub name: Option<String>,
    /// The run that is shown; None: it has never run.
    pub run: Option<Token>,
    /// The same, once it has been read.
    pub live: Option<LiveRun>,
    pub graph: Graph,
    /// Node of the graph.
    pub selected: usize,
    /// Of the selected node's cells.
    pub cell: usize,
    /// The attempt whose log is shown; None: the last.
    pub attempt: Option<u32>,
    /// Nobody has moved the selection: it stays with what happens.
    pub auto: bool,
    pub pane: Pane,
    pub tab: Tab,
    /// The detail alone.
    pub full: bool,
    pub log: LogView,
    pub scroll: usize,
    /// What is to be done once it is known where the run failed; any key is another wish.
    pub(super) then: Option<&'static Action>,
    /// The first row of the spec that is shown; None: that of the selected step.
    pub spec_top: Option<usize>,
}

impl WorkflowScreen {
    /// The step or cell that is selected.
    pub fn node(&self) -> Option<&NodeId> {
        let node = self.graph.nodes.get(self.selected)?;
        node.cells.get(self.cell.min(node.cells.len().checked_sub(1)?))
    }

    /// The run that is shown has come to no end, and nobody drives it.
    pub(super) fn is_interrupted(&self) -> bool {
        self.live.as_ref().is_some_and(|live| live.status() == Status::Interrupted)
    }

    /// What people call it.
    pub fn title(&self) -> Option<String> {
        let id = self.node()?;
        let planned = self.live.as_ref().and_then(|live| live.plan.node(id));
        Some(planned.map_or_else(|| id.to_string(), Node::title))
    }

    pub fn select(&mut self, node: usize) {
        if self.selected != node {
            self.cell = 0;
            self.attempt = None;
            self.scroll = 0;
            self.spec_top = None;
        }
        self.selected = node;
    }

    fn select_id(&mut self, id: &NodeId) {
        if let Some(node) = self.graph.position(&id.step) {
            self.select(node);
            self.cell = self.graph.nodes[node].cells.iter().position(|cell| cell == id).unwrap_or(0);
        }
    }

    /// The selection goes where something happens, until somebody moves it.
    pub fn stay_with_events(&mut self) {
        if self.auto
            && let Some(id) = self.live.as_ref().and_then(LiveRun::of_interest).cloned()
        {
            self.select_id(&id);
        }
    }

    /// Up and down where the steps stand one below the other.
    pub fn go_in_list(&mut self, down: i64) {
        self.auto = false;
        let order = self.graph.in_order();
        let at = order.iter().position(|node| *node == self.selected).unwrap_or(0);
        if let Some(node) = order.get(moved(at, down, order.len())) {
            self.select(*node);
        }
    }

    /// To another cell of the selected step, as far as there is one.
    pub fn go_among_cells(&mut self, right: i64) {
        let cells = self.graph.nodes.get(self.selected).map_or(0, |node| node.cells.len());
        let cell = moved(self.cell, right, cells);
        if cell != self.cell {
            (self.auto, self.attempt, self.cell) = (false, None, cell);
        }
    }

    /// Up and down along the edges, left and right within a layer.
    pub fn go(&mut self, right: i64, down: i64) {
        self.auto = false;
        let Some(layer) = self.graph.nodes.get(self.selected).map(|node| node.layer) else { return };
        let row: Vec<usize> = self.graph.row(layer).collect();
        let at = row.iter().position(|node| *node == self.selected).unwrap_or(0);
        if right != 0 {
            self.select(row[moved(at, right, row.len())]);
        }
        if down == 0 {
            return;
        }
        let layers = self.graph.layers.len();
        let to = moved(layer, down, layers);
        let next: Vec<usize> = self.graph.row(to).collect();
        let linked = |node: &usize| match down > 0 {
            true => self.graph.nodes[*node].needs.contains(&self.selected),
            false => self.graph.nodes[self.selected].needs.contains(node),
        };
        let target = next.iter().copied().find(linked).or(next.get(at).or(next.last()).copied());
        if let Some(target) = target.filter(|_| to != layer) {
            self.select(target);
        }
    }
}

impl Model {
    /// The workflow that is shown, as its file is now, and the first of its rows that is to be seen.
    pub fn shown_spec(&self) -> Option<(&WorkflowLook, usize)> {
        let flow = self.project.get()?.workflow(self.workflow.name.as_deref()?)?;
        let step = || Some(Outline::of(&flow.lines).step(self.workflow.node()?.step.as_str())?.row);
        let top = self.workflow.spec_top.or_else(step).unwrap_or(0);
        Some((flow, top.min(flow.lines.len().saturating_sub(1))))
    }

    pub(super) fn scroll_spec(&mut self, rows: i64) {
        let Some((flow, top)) = self.shown_spec() else { return };
        self.workflow.spec_top = Some(moved(top, rows, flow.lines.len()));
    }

    /// Shows a workflow with its newest run.
    pub(super) fn open_workflow(&mut self, name: &str) -> Vec<Effect> {
        let newest = self.runs.get().and_then(|runs| runs.of(name).next().cloned());
        self.go_into(Screen::Workflow);
        self.show_workflow(name, newest.as_ref())
    }

    /// Shows one run as it looked, or looks, live.
    pub(super) fn open_run(&mut self, past: &PastRun) -> Vec<Effect> {
        self.go_into(Screen::Workflow);
        self.show_workflow(past.run.name.as_str(), Some(past))
    }

    fn show_workflow(&mut self, name: &str, past: Option<&PastRun>) -> Vec<Effect> {
        let token = past.map(|past| past.run.token);
        let same = self.workflow.name.as_deref() == Some(name) && self.workflow.run == token;
        if same && self.workflow.live.is_some() {
            return Vec::new();
        }
        self.turn_to(name, token, Graph::default())
    }

    /// Follows a run that has just been started here; until it has been read, the graph stays.
    pub(super) fn follow_new(&mut self, name: &str, token: Token) -> Vec<Effect> {
        let graph = std::mem::take(&mut self.workflow.graph);
        self.turn_to(name, Some(token), graph)
    }

    fn turn_to(&mut self, name: &str, run: Option<Token>, graph: Graph) -> Vec<Effect> {
        let LogView { wrap, times, .. } = self.workflow.log;
        let log = LogView { wrap, times, ..LogView::default() };
        let name = Some(name.to_owned());
        self.workflow = WorkflowScreen { name, run, graph, auto: true, log, ..WorkflowScreen::default() };
        if self.workflow.graph.nodes.is_empty() {
            self.draw_graph();
        }
        let run = match run {
            Some(token) => self.tasks.ask(Slot::Run, Ask::Run(token)),
            None => self.tasks.forget(Slot::Run),
        };
        [vec![run], self.forget_log()].concat()
    }

    /// What is read of a log that is not looked at any more, and what is searched for in it.
    fn forget_log(&mut self) -> Vec<Effect> {
        [Slot::Log, Slot::LogLength, Slot::LogSearch].map(|slot| self.tasks.forget(slot)).to_vec()
    }

    /// The run that is shown as ended, if it goes on again by what has been read now.
    pub(super) fn shown_is_resumed(&self, read: &RunsLook) -> Option<Token> {
        let shown = self.workflow.live.as_ref().filter(|live| live.status() != Status::Running)?;
        let shown = shown.past.run.token;
        let goes_on = |runs: &RunsLook| runs.running().any(|past| past.run.token == shown);
        // What was known to go on has ended since: its end is read a little before its supervisor is gone.
        (goes_on(read) && !self.runs.get().is_some_and(goes_on)).then_some(shown)
    }

    /// The graph of what is shown: of its run with what its spec has besides, or of the spec alone. An older run is shown as
    /// it was.
    pub(super) fn draw_graph(&mut self) {
        let Some(name) = &self.workflow.name else { return };
        let look = self.project.get().and_then(|project| project.workflow(name));
        let newest = |token: Token| {
            let runs = self.runs.get();
            runs.and_then(|runs| runs.of(name).next()).is_none_or(|newest| newest.run.token <= token)
        };
        let graph = match (&self.workflow.live, look) {
            (Some(live), look) => Graph::of_plan(&live.plan, look, newest(live.past.run.token)),
            (None, Some(look)) if look.spec.is_some() => Graph::of_workflow(look),
            (None, _) => return,
        };
        let before = std::mem::replace(&mut self.workflow.graph, graph);
        let selected = before.nodes.get(self.workflow.selected).map(|node| &node.step);
        let at = selected.and_then(|step| self.workflow.graph.position(step));
        match at {
            Some(at) => self.workflow.selected = at,
            None => self.workflow.select(0),
        }
    }

    /// The log that is shown is that of the selected step's last attempt.
    pub(super) fn sync_log(&mut self) -> Vec<Effect> {
        let screen = &mut self.workflow;
        let wanted = screen.live.as_ref().and_then(|live| {
            let id = screen.node()?;
            let (_, node) = live.node(id)?;
            let attempt = screen.attempt.unwrap_or(node.attempts).min(node.attempts);
            (node.attempts > 0).then(|| (live.past.path.clone(), id.clone(), attempt))
        });
        if screen.log.of == wanted {
            return Vec::new();
        }
        screen.log.open(wanted.clone());
        let mut effects = self.forget_log();
        let Some((run, node, attempt)) = wanted else { return effects };
        effects.extend(self.ask_log());
        effects.push(self.tasks.ask(Slot::LogLength, Ask::LogLength { run, node, attempt }));
        effects
    }

    /// Asks for the lines that are to be seen; one question at a time, or a fast log would never be answered.
    pub(super) fn ask_log(&mut self) -> Vec<Effect> {
        if self.screen == Screen::Local {
            return Vec::new();
        }
        if self.tasks.waits(Slot::Log) {
            self.workflow.log.stale = true;
            return Vec::new();
        }
        self.workflow.log.stale = false;
        let ask = self.workflow.log.ask(self.size.rows.into());
        ask.map(|ask| self.tasks.ask(Slot::Log, Ask::Log(ask))).into_iter().collect()
    }
}
