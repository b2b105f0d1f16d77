use std::collections::BTreeMap;

use indexmap::{IndexMap, IndexSet};
use jiff::Timestamp;

use super::figures::between;
use super::gist;
use super::{AttemptStatus, EventKind, Name, NodeId, Plan, Produced, RunEvent, Status};

/// What the events of a run add up to so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// Absolute path of the run's directory, once it has started.
    pub path: String,
    pub started_at: Option<Timestamp>,
    /// In the plan's order.
    pub nodes: IndexMap<NodeId, NodeTally>,
    pub ended: Option<Ended>,
    /// What was said of the run or of a step that is no end of it, each once.
    pub warnings: IndexSet<(Option<NodeId>, String)>,
    /// Of the newest event.
    last: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    pub status: Status,
    pub at: Timestamp,
    pub reason: String,
}

/// One step or cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeTally {
    /// The number of the last attempt; 0 before the first.
    pub attempts: u32,
    /// Of all attempts together, each from the event of its start to that of its end: what a watcher saw pass, with a
    /// sensor's polls and the waits between them.
    pub seconds: f64,
    /// The most of any attempt.
    pub peak_memory_bytes: Option<u64>,
    pub underway: Option<Underway>,
    /// The attempt that has not ended began then.
    open: Option<Timestamp>,
    /// For a time since then nobody drove the run.
    left_alone: bool,
    /// Its last attempt was cancelled.
    cancelled: bool,
    /// Its last attempt failed, whatever became of the step since.
    failed: bool,
    /// None until it has ended.
    pub status: Option<Status>,
    pub reason: String,
    /// Why each attempt that has ended did so; those that went well have none.
    reasons: BTreeMap<u32, String>,
    pub outputs: IndexMap<Name, Produced>,
}

/// What a step that has not ended is doing.
#[derive(Clone, Debug, PartialEq)]
pub enum Underway {
    Running {
        since: Timestamp,
        polls: u32,
    },
    /// Between two attempts; the last one's reason.
    Waiting {
        until: Timestamp,
        reason: String,
    },
}

impl Tally {
    pub fn of_plan(plan: &Plan) -> Self {
        let nodes = plan.nodes.iter().map(|node| (node.id.clone(), NodeTally::default())).collect();
        Self { nodes, ..Self::default() }
    }

    pub fn add(&mut self, event: &RunEvent) {
        self.last = Some(event.ts);
        match &event.kind {
            EventKind::RunStarted { path, .. } => {
                self.path.clone_from(path);
                self.started_at.get_or_insert(event.ts);
                // As the engine has it: a run that had come to its end gives all that did not succeed another chance.
                let over = self.ended.take().is_some() || self.nodes.values().any(NodeTally::was_cancelled);
                self.nodes.values_mut().for_each(|node| node.live_again(over));
            }
            EventKind::RunFinished { status, reason, .. } => {
                self.ended = Some(Ended { status: *status, at: event.ts, reason: reason.clone() });
            }
            EventKind::Warned { message, .. } => {
                self.warnings.insert((event.kind.node(), message.clone()));
            }
            kind => {
                if let Some(id) = kind.node() {
                    self.nodes.entry(id).or_default().add(kind, event.ts);
                }
            }
        }
    }

    /// How a run that stands so is told of: one that was stopped counts as failed where a step had failed, and was stopped
    /// all the same.
    pub fn told(&self, run: Status) -> &'static str {
        let cancelled = || self.nodes.values().any(|node| node.status == Some(Status::Cancelled));
        if run == Status::Failed && cancelled() { "failed, cancelled" } else { run.as_str() }
    }

    /// How the steps that are under way stand in a run that stands so: their clocks go to `now` while it runs, and to
    /// the last that was heard of it where nobody drives it any more.
    pub fn stand(&mut self, run: Status, now: Timestamp) {
        let until = if run == Status::Running { now } else { self.last.unwrap_or(now) };
        for node in self.nodes.values_mut() {
            let Some(underway) = node.underway.take() else { continue };
            let since = node.open.take().map_or(0.0, |since| between(since, until).as_secs_f64());
            node.seconds += since;
            node.status = Some(if run == Status::Running { run } else { Status::Interrupted });
            if let Underway::Waiting { reason, .. } = underway {
                node.reason = format!("attempt {} failed: {}", node.attempts, gist(&reason));
            }
        }
    }
}

impl NodeTally {
    /// Why an attempt ended as it did, in one line; None: it has not ended, or went well.
    pub fn why(&self, attempt: u32) -> Option<String> {
        let whole = || Some(&self.reason).filter(|reason| attempt == self.attempts && !reason.is_empty());
        self.reasons.get(&attempt).or_else(whole).map(|reason| gist(reason))
    }

    /// Why it failed, or why the attempt did after which it waits for another; None: nothing has failed.
    pub fn failure(&self) -> Option<&str> {
        match &self.underway {
            Some(Underway::Waiting { reason, .. }) => Some(reason),
            _ => (self.status == Some(Status::Failed)).then_some(&self.reason),
        }
    }

    /// It failed, or the last that was tried of it did: it waits for another attempt, or none came.
    pub fn last_failed(&self) -> bool {
        self.status == Some(Status::Failed) || self.failed && self.status != Some(Status::Succeeded)
    }

    /// When the next attempt begins, where it waits for one.
    pub fn again_at(&self) -> Option<Timestamp> {
        match self.underway {
            Some(Underway::Waiting { until, .. }) => Some(until),
            _ => None,
        }
    }

    fn was_cancelled(&self) -> bool {
        self.cancelled || self.status == Some(Status::Cancelled)
    }

    /// The run goes on; it may have been over.
    fn live_again(&mut self, over: bool) {
        self.left_alone = true;
        if over && self.status != Some(Status::Succeeded) {
            self.forget_end();
        }
    }

    fn forget_end(&mut self) {
        (self.status, self.cancelled, self.failed) = (None, false, false);
        self.reason.clear();
        self.outputs.clear();
    }

    fn add(&mut self, kind: &EventKind, ts: Timestamp) {
        match kind {
            EventKind::AttemptStarted { attempt, .. } => {
                self.attempts = *attempt;
                self.forget_end();
                self.open = Some(ts);
                self.left_alone = false;
                self.underway = Some(Underway::Running { since: ts, polls: 0 });
            }
            EventKind::Polled { polls: seen, .. } => {
                if let Some(Underway::Running { polls, .. }) = &mut self.underway {
                    *polls = *seen;
                }
            }
            EventKind::AttemptFinished {
                attempt,
                status,
                seconds,
                peak_memory_bytes,
                reason,
                retry_in_seconds,
                ..
            } => {
                // Where nobody was there to see its end only the engine knows when it was.
                let unseen = self.left_alone || *status == AttemptStatus::Lost;
                let since = self.open.take().filter(|_| !unseen);
                self.seconds += since.map_or(*seconds, |since| between(since, ts).as_secs_f64());
                if !reason.is_empty() {
                    self.reasons.insert(*attempt, reason.clone());
                }
                self.cancelled = *status == AttemptStatus::Cancelled;
                self.failed = !matches!(
                    status,
                    AttemptStatus::Succeeded | AttemptStatus::Cancelled | AttemptStatus::Lost
                );
                self.peak_memory_bytes = self.peak_memory_bytes.max(*peak_memory_bytes);
                // Without a retry the step still goes on: what it left is being checked.
                if let Some(delay) = retry_in_seconds {
                    let delay = jiff::SignedDuration::try_from_secs_f64(*delay).unwrap_or_default();
                    let until = ts.checked_add(delay).unwrap_or(ts);
                    self.underway = Some(Underway::Waiting { until, reason: reason.clone() });
                }
            }
            EventKind::StepFinished { status, reason, outputs, .. } => {
                self.underway = None;
                self.status = Some(*status);
                self.reason.clone_from(reason);
                self.outputs.clone_from(outputs);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::scene;

    #[test]
    fn attempts_add_up() {
        let mut tally = Tally::of_plan(&scene::plan());
        for event in scene::failed_run() {
            tally.add(&event);
        }
        let report = &tally.nodes[&scene::id("report")];
        assert_eq!((report.attempts, report.status), (2, Some(Status::Failed)));
        assert_eq!((report.seconds, report.peak_memory_bytes), (2.5, Some(94_371_840)));
        assert_eq!(tally.ended.unwrap().status, Status::Failed);
    }

    #[test]
    fn a_step_that_goes_on_has_taken_until_now() {
        let mut tally = Tally::of_plan(&scene::plan());
        scene::good_run()[..6].iter().for_each(|event| tally.add(event));
        let standing = |run| {
            let mut tally = tally.clone();
            tally.stand(run, scene::at(10.0));
            let delays = &tally.nodes[&scene::id("delays")];
            (delays.status, delays.seconds)
        };
        assert_eq!(standing(Status::Running), (Some(Status::Running), 8.5));
        assert_eq!(standing(Status::Interrupted), (Some(Status::Interrupted), 0.0));
        tally.stand(Status::Running, scene::at(10.0));
        assert_eq!(tally.nodes[&scene::id("report")].status, None, "it has not started");
    }

    #[test]
    fn a_sensor_has_taken_as_long_as_it_waited() {
        let mut tally = Tally::of_plan(&scene::plan());
        let mut events = scene::good_run();
        let EventKind::AttemptFinished { seconds, .. } = &mut events[3].kind else { panic!() };
        *seconds = 0.1;
        events.iter().for_each(|event| tally.add(event));
        let sensor = &tally.nodes[&scene::id("flights_ready")];
        assert_eq!(sensor.seconds, 1.25);
    }

    #[test]
    fn a_time_in_which_nobody_drove_the_run_is_no_steps() {
        let mut tally = Tally::of_plan(&scene::plan());
        let mut events = scene::good_run();
        events[..6].iter().for_each(|event| tally.add(event));
        tally.add(&events[0]);
        events[6].ts = scene::at(9000.0);
        tally.add(&events[6]);
        assert_eq!(tally.nodes[&scene::id("delays")].seconds, 1.25);
    }

    #[test]
    fn ends_of_an_earlier_life_are_past_where_the_run_was_over() {
        let stand = |events: &[RunEvent]| {
            let mut tally = Tally::of_plan(&scene::plan());
            events.iter().for_each(|event| tally.add(event));
            tally.stand(Status::Running, scene::at(30.0));
            let told = |step: &str| {
                (tally.nodes[&scene::id(step)].status, tally.nodes[&scene::id(step)].reason.clone())
            };
            (tally.ended.is_some(), ["delays", "report", "publish"].map(told))
        };
        let (none, good) = ((None, String::new()), (Some(Status::Succeeded), String::new()));
        let mut events = scene::failed_run();
        events.push(events[0].clone());
        assert_eq!(stand(&events), (false, [good.clone(), none.clone(), none.clone()]));
        let mut begun = scene::failed_run();
        begun.retain(|event| matches!(event.kind, EventKind::AttemptStarted { attempt: 2, .. }));
        let again = RunEvent { ts: scene::at(20.0), ..begun.remove(0) };
        events.push(again);
        assert_eq!(stand(&events), (false, [good, (Some(Status::Running), String::new()), none]));
        // Whose supervisor was killed goes on as it was.
        let mut events = scene::failed_run();
        events.pop();
        events.push(events[0].clone());
        assert_eq!(stand(&events).1[1], (Some(Status::Failed), "exit code 1".to_owned()));
    }
}
