use indexmap::IndexMap;
use jiff::Timestamp;

use crate::domain::{EventKind, Name, NodeId, Plan, Produced, RunEvent, Status};

/// What the events of a run add up to so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// Absolute path of the run's directory, once it has started.
    pub path: String,
    pub started_at: Option<Timestamp>,
    /// In the plan's order.
    pub nodes: IndexMap<NodeId, NodeTally>,
    pub ended: Option<Ended>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    pub status: Status,
    pub seconds: f64,
    pub reason: String,
}

/// One step or cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeTally {
    /// The number of the last attempt; 0 before the first.
    pub attempts: u32,
    /// Of all attempts together.
    pub seconds: f64,
    /// The most of any attempt.
    pub peak_memory_bytes: Option<u64>,
    pub underway: Option<Underway>,
    /// None until it has ended.
    pub status: Option<Status>,
    pub reason: String,
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
        match &event.kind {
            EventKind::RunStarted { path, .. } => {
                self.path.clone_from(path);
                self.started_at.get_or_insert(event.ts);
                self.ended = None;
            }
            EventKind::RunFinished { status, seconds, reason } => {
                self.ended = Some(Ended { status: *status, seconds: *seconds, reason: reason.clone() });
            }
            kind => {
                if let Some(id) = kind.node() {
                    self.nodes.entry(id).or_default().add(kind, event.ts);
                }
            }
        }
    }
}

impl NodeTally {
    fn add(&mut self, kind: &EventKind, ts: Timestamp) {
        match kind {
            EventKind::AttemptStarted { attempt, .. } => {
                self.attempts = *attempt;
                self.underway = Some(Underway::Running { since: ts, polls: 0 });
            }
            EventKind::Polled { polls: seen, .. } => {
                if let Some(Underway::Running { polls, .. }) = &mut self.underway {
                    *polls = *seen;
                }
            }
            EventKind::AttemptFinished { seconds, peak_memory_bytes, reason, retry_in_seconds, .. } => {
                self.seconds += seconds;
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
    use crate::cli::report::scene;

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
    fn a_resumed_run_has_not_ended() {
        let mut tally = Tally::of_plan(&scene::plan());
        let events = scene::failed_run();
        events.iter().for_each(|event| tally.add(event));
        tally.add(&events[0]);
        assert_eq!(tally.ended, None);
    }
}
