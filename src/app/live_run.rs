use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::PastRun;
use crate::domain::{Node, NodeId, NodeTally, Plan, RunEvent, Status, Tally};

/// A run that is looked at: its plan, and what its events add up to.
#[derive(Clone, Debug)]
pub struct LiveRun {
    pub past: PastRun,
    pub plan: Arc<Plan>,
    /// As the events tell it, and nothing more: how steps stand now, `tally` tells.
    told: Tally,
    /// All was read, and nobody drives it any more.
    over: bool,
}

/// How a step stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StepState {
    /// None: it has not started, or not all of its cells have.
    pub status: Option<Status>,
    /// Of the cell that took longest.
    pub seconds: f64,
    /// Its outputs are those of another run.
    pub taken: bool,
    pub cells: Vec<Option<Status>>,
    /// Nothing of it runs: an attempt failed, and it waits for the next.
    pub waits: bool,
}

impl LiveRun {
    pub fn new(past: PastRun, plan: Arc<Plan>) -> Self {
        let told = Tally::of_plan(&plan);
        Self { past, plan, told, over: false }
    }

    pub fn add(&mut self, events: &[RunEvent]) {
        events.iter().for_each(|event| self.told.add(event));
    }

    /// Nothing more comes.
    pub fn end(&mut self) {
        self.over = true;
    }

    pub fn status(&self) -> Status {
        match (&self.told.ended, self.over) {
            (Some(ended), _) => ended.status,
            (None, true) => Status::Interrupted,
            (None, false) => Status::Running,
        }
    }

    /// As its record tells it, though its end is known from its events first.
    pub fn took(&self, now: Timestamp) -> Option<Duration> {
        let going = (self.status() == Status::Running).then_some(now);
        self.told.ended.as_ref().map(|ended| ended.at).or(going).map(|end| self.past.run.took_until(end))
    }

    /// How all stands at a moment.
    pub fn tally(&self, now: Timestamp) -> Tally {
        let mut tally = self.told.clone();
        tally.stand(self.status(), now);
        tally
    }

    /// How the cells of a step stand together.
    pub fn step(&self, tally: &Tally, cells: &[NodeId]) -> StepState {
        let nodes: Vec<&NodeTally> = cells.iter().filter_map(|id| tally.nodes.get(id)).collect();
        let has = |status| nodes.iter().any(|node| node.status == Some(status));
        let worst = [
            Status::Failed,
            Status::Running,
            Status::Interrupted,
            Status::Cancelled,
            Status::Succeeded,
            Status::Skipped,
        ];
        let all_ended = nodes.iter().all(|node| node.status.is_some());
        // What has succeeded as far as it went has not succeeded.
        let status = worst.into_iter().find(|status| has(*status));
        let status = status.filter(|status| all_ended || matches!(status, Status::Failed | Status::Running));
        let taken = cells.iter().all(|id| self.plan.node(id).is_some_and(|node| node.taken.is_some()));
        let seconds = nodes.iter().map(|node| node.seconds).fold(0.0, f64::max);
        let underway = |id: &&NodeId| self.told.nodes.get(*id).is_some_and(|node| node.underway.is_some());
        let waits = status == Some(Status::Running)
            && cells.iter().filter(underway).all(|id| self.again_at(id).is_some());
        let cells = nodes.iter().map(|node| node.status).collect();
        StepState { status, seconds, taken, cells, waits }
    }

    /// When a step that failed is tried again.
    pub fn again_at(&self, id: &NodeId) -> Option<Timestamp> {
        let goes_on = self.status() == Status::Running;
        self.told.nodes.get(id)?.again_at().filter(|_| goes_on)
    }

    pub fn node(&self, id: &NodeId) -> Option<(&Node, &NodeTally)> {
        Some((self.plan.node(id)?, self.told.nodes.get(id)?))
    }

    /// The first step whose last attempt failed, in the plan's order. It may wait for another, or have been stopped before
    /// that: what is to be mended is the same.
    pub fn first_failed(&self) -> Option<&NodeId> {
        self.told.nodes.iter().find(|(_, node)| node.last_failed()).map(|(id, _)| id)
    }

    /// The step that a person would look at first: what failed, else what runs, else what was stopped while it ran, else the
    /// last that ended. What never ran has nothing to tell.
    pub fn of_interest(&self) -> Option<&NodeId> {
        let running = || self.told.nodes.iter().find(|(_, node)| node.underway.is_some());
        let ended = || self.told.nodes.iter().rfind(|(_, node)| node.attempts > 0);
        let is_stopped = |node: &NodeTally| node.status == Some(Status::Cancelled);
        let cut = || self.told.nodes.iter().rfind(|(_, node)| is_stopped(node) && node.attempts > 0);
        let stopped = || self.told.nodes.iter().rfind(|(_, node)| is_stopped(node));
        let found = running().or_else(cut).or_else(ended).or_else(stopped);
        let failed = self.told.nodes.iter().find(|(_, node)| node.status == Some(Status::Failed));
        failed.map(|(id, _)| id).or(found.map(|(id, _)| id))
    }
}
