use super::step_line::StepLine;
use super::{RunFacts, failure, summary};
use crate::cli::{Ink, Invocation, Look};
use crate::domain::figures::{between, seconds};
use crate::domain::text::{pad_left, safe, truncate, width, wrapped};
use crate::domain::{AttemptStatus, EventKind, NodeId, RunEvent, Status, Tally, gist, show_duration};

/// What is told of a step gets at least so many columns.
const NARROWEST: usize = 20;

/// How much is told as lines that stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Also what begins and what waits, each line with the time since the start.
    Everything,
    /// What ended; what goes on is drawn otherwise.
    Ends,
}

/// Turns events into the lines that stay on the screen.
pub struct Narrator<'a> {
    facts: &'a dyn RunFacts,
    invocation: Invocation,
    pub look: Look,
    pub tally: Tally,
    detail: Detail,
}

impl<'a> Narrator<'a> {
    pub fn new(facts: &'a dyn RunFacts, invocation: Invocation, look: Look, detail: Detail) -> Self {
        Self { facts, invocation, look, tally: Tally::of_plan(facts.plan()), detail }
    }

    pub fn facts(&self) -> &'a dyn RunFacts {
        self.facts
    }

    /// Columns the longest step name takes, within reason.
    pub fn name_width(&self) -> usize {
        self.tally.nodes.keys().map(|id| width(&id.to_string())).max().unwrap_or_default().min(28)
    }

    /// What is to be shown of an event; empty, or whole lines.
    pub fn tell(&mut self, event: &RunEvent) -> String {
        self.tally.add(event);
        match &event.kind {
            EventKind::RunStarted { resumed, .. } => self.title(*resumed),
            EventKind::AttemptStarted { attempt, .. } if self.detail == Detail::Everything => {
                let text =
                    if *attempt > 1 { format!("attempt {attempt} started") } else { "started".to_owned() };
                self.step_line(event, "›", Ink::Dim, None, &text)
            }
            // Often at first, ever more seldom later: a sensor may poll for hours.
            EventKind::Polled { polls, .. }
                if self.detail == Detail::Everything && polls.is_power_of_two() =>
            {
                self.step_line(event, "·", Ink::Dim, None, &format!("not yet (poll {polls})"))
            }
            EventKind::AttemptFinished { attempt, status, reason, retry_in_seconds, .. } => {
                let Some(delay) = retry_in_seconds else { return String::new() };
                let (why, again) = (gist(reason), seconds(*delay));
                let text = format!("attempt {attempt} {}: {why}; again in {again}", word(*status));
                let node = event.kind.node();
                let took = node.and_then(|id| self.tally.nodes.get(&id)).map(|node| node.seconds);
                self.step_line(event, "↻", Ink::Warn, took, &text)
            }
            EventKind::Warned { message, .. } => {
                let text = message.lines().next().unwrap_or_default();
                self.step_line(event, "!", Ink::Warn, None, text)
            }
            EventKind::StepFinished { .. } => self.step_ended(event),
            EventKind::RunFinished { status, .. } => {
                // An attempt whose end is not on record stands as a later look at the run will show it.
                let mut tally = self.tally.clone();
                tally.stand(*status, event.ts);
                let summary = summary::summary(self.facts, &tally, &self.invocation, &self.look);
                format!("\n{summary}")
            }
            _ => String::new(),
        }
    }

    fn title(&self, resumed: bool) -> String {
        let plan = self.facts.plan();
        let params: Vec<_> =
            plan.params.iter().map(|(name, value)| format!("{name}={}", safe(&value.to_string()))).collect();
        let title = self.look.paint(Ink::Strong, format!("{} {}", plan.title(), plan.version));
        let run = self.look.paint(Ink::Accent, plan.token.short());
        let goes_on = if resumed { " goes on" } else { "" };
        format!("{title}  run {run}{goes_on} in {}  {}", plan.env, params.join("  ")).trim_end().to_owned()
            + "\n"
    }

    fn step_ended(&self, event: &RunEvent) -> String {
        let Some(id) = event.kind.node() else { return String::new() };
        let Some(node) = self.tally.nodes.get(&id) else { return String::new() };
        let line = StepLine::of(&id, node);
        let took = (node.attempts > 0).then_some(node.seconds);
        let mut text = self.step_line(event, line.symbol, line.ink, took, &line.text);
        if node.status == Some(Status::Failed) {
            text += &failure::failure(&id, node, self.facts, &self.invocation, &self.look);
        }
        text
    }

    fn step_line(&self, event: &RunEvent, symbol: &str, ink: Ink, took: Option<f64>, text: &str) -> String {
        let mut line = String::new();
        if let (Detail::Everything, Some(start)) = (self.detail, self.tally.started_at) {
            line = format!("{}  ", pad_left(&show_duration(between(start, event.ts)), 7));
        }
        let name = event.kind.node().as_ref().map(NodeId::to_string).unwrap_or_default();
        let name_width = self.name_width();
        let name = format!("{:name_width$}", truncate(&name, name_width));
        let took = pad_left(&took.map(seconds).unwrap_or_default(), 7);
        let used = width(&line) + 2 + name_width + 2 + 7 + 2;
        // What does not fit goes on below its beginning: nowhere else is the whole of it told.
        let mut text = wrapped(&safe(text), self.look.width.saturating_sub(used).max(NARROWEST)).into_iter();
        let first = text.next().unwrap_or_default();
        line += &format!("{} {name}  {took}  {first}", self.look.paint(ink, symbol));
        let further: String = text.map(|further| format!("{:used$}{further}\n", "")).collect();
        format!("{}\n{further}", line.trim_end())
    }
}

fn word(status: AttemptStatus) -> &'static str {
    match status {
        AttemptStatus::TimedOut => "timed out",
        AttemptStatus::OutOfMemory => "ran out of memory",
        AttemptStatus::BadOutput => "left a bad output",
        AttemptStatus::Lost => "was lost",
        other => other.as_str(),
    }
}
