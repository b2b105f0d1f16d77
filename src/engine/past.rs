use std::collections::HashMap;

use jiff::Timestamp;

use crate::domain::{AttemptStatus, EventKind, NodeId, RunEvent, Status};

/// What an earlier life of the run left behind, folded from its events.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Past {
    nodes: HashMap<NodeId, NodePast>,
    /// It had come to its end; a resume then gives what failed, or was never reached, another chance.
    pub finished: bool,
    pub lives: u32,
    /// This life only ends what is left: nothing gets another chance.
    pub only_stops: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodePast {
    /// The number of the last attempt; 0: none.
    pub last_attempt: u32,
    /// Attempts that count against `retry.limit`.
    pub charged: u32,
    /// An attempt was started and nothing was heard of its end.
    pub open: bool,
    /// When the last attempt was started.
    pub since: Option<Timestamp>,
    /// How often it asked in vain, as a sensor.
    pub polls: u32,
    /// How its last attempt left it, where that was to be the last: no further one, though its end is not on record.
    pub settled: Option<(Status, String)>,
    pub ended: Option<Status>,
}

impl NodePast {
    fn was_cancelled(&self) -> bool {
        let cancelled = Some(Status::Cancelled);
        self.ended == cancelled || self.settled.as_ref().map(|(status, _)| *status) == cancelled
    }
}

impl Past {
    /// For a life that goes on with the run.
    pub fn fold<'a>(events: impl IntoIterator<Item = &'a RunEvent>) -> Self {
        let mut past = Self::as_it_stands(events);
        past.give_another_chance();
        past
    }

    /// For a life that only stops what still runs: how a step has ended stays as it is, also where an earlier cancel was
    /// cut short.
    pub fn to_stop<'a>(events: impl IntoIterator<Item = &'a RunEvent>) -> Self {
        Self { only_stops: true, ..Self::as_it_stands(events) }
    }

    fn as_it_stands<'a>(events: impl IntoIterator<Item = &'a RunEvent>) -> Self {
        let mut past = Self::default();
        events.into_iter().for_each(|event| past.add(event));
        past
    }

    /// Where the run had come to its end; who was killed while it cancelled the run had brought it there.
    fn give_another_chance(&mut self) {
        if self.finished || self.nodes.values().any(NodePast::was_cancelled) {
            for node in self.nodes.values_mut() {
                (node.charged, node.settled) = (0, None);
                node.ended = node.ended.filter(|status| *status == Status::Succeeded);
            }
        }
    }

    fn add(&mut self, event: &RunEvent) {
        let (event, ts) = (&event.kind, event.ts);
        match event {
            EventKind::RunStarted { .. } => {
                self.give_another_chance();
                self.lives += 1;
                self.finished = false;
            }
            EventKind::RunFinished { .. } => self.finished = true,
            _ => {}
        }
        let Some(id) = event.node() else { return };
        match event {
            EventKind::AttemptStarted { attempt, .. } => {
                let node = self.nodes.entry(id).or_default();
                node.last_attempt = *attempt;
                node.open = true;
                (node.since, node.polls) = (Some(ts), 0);
                (node.settled, node.ended) = (None, None);
            }
            EventKind::AttemptFinished { status, reason, retry_in_seconds, .. } => {
                let node = self.nodes.entry(id).or_default();
                node.open = false;
                let charge = !matches!(
                    status,
                    AttemptStatus::Succeeded | AttemptStatus::Lost | AttemptStatus::Cancelled
                );
                node.charged += u32::from(charge);
                // One that succeeded has a manifest, or has to run again.
                let end = match status {
                    AttemptStatus::Succeeded => None,
                    AttemptStatus::Cancelled => Some(Status::Cancelled),
                    _ => Some(Status::Failed),
                };
                let last = end.filter(|_| retry_in_seconds.is_none());
                node.settled = last.map(|status| (status, reason.clone()));
            }
            EventKind::Polled { polls, .. } => self.nodes.entry(id).or_default().polls = *polls,
            EventKind::StepFinished { status, .. } => {
                let node = self.nodes.entry(id).or_default();
                node.ended = Some(*status);
            }
            _ => {}
        }
    }

    pub fn of(&self, id: &NodeId) -> NodePast {
        self.nodes.get(id).cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Name;
    use indexmap::IndexMap;

    fn name() -> Name {
        Name::new("a").unwrap()
    }
    /// One a second.
    fn told(kinds: impl IntoIterator<Item = EventKind>) -> Vec<RunEvent> {
        let token = crate::domain::Token::generate();
        let at = |seq: u64| Timestamp::from_second(i64::try_from(seq).unwrap()).unwrap();
        (0..).zip(kinds).map(|(seq, kind)| RunEvent { kind, seq, ts: at(seq), token }).collect()
    }
    fn started(attempt: u32) -> EventKind {
        EventKind::AttemptStarted { step: name(), cell: None, attempt }
    }
    fn finished(attempt: u32, status: AttemptStatus) -> EventKind {
        finished_and(attempt, status, None)
    }
    fn finished_and(attempt: u32, status: AttemptStatus, retry_in_seconds: Option<f64>) -> EventKind {
        EventKind::AttemptFinished {
            step: name(),
            cell: None,
            attempt,
            status,
            exit_code: None,
            seconds: 0.0,
            peak_memory_bytes: None,
            reason: String::new(),
            retry_in_seconds,
        }
    }
    fn ended(status: Status) -> EventKind {
        EventKind::StepFinished {
            step: name(),
            cell: None,
            status,
            reason: String::new(),
            outputs: IndexMap::new(),
        }
    }
    fn again() -> EventKind {
        EventKind::RunStarted { name: name(), path: String::new(), resumed: true }
    }
    fn end() -> EventKind {
        EventKind::RunFinished { status: Status::Failed, seconds: 0.0, reason: String::new() }
    }

    #[test]
    fn a_lost_attempt_is_not_charged() {
        let events = told([started(1), finished(1, AttemptStatus::Lost), started(2)]);
        let node = Past::fold(&events).of(&NodeId::new(name(), None));
        let since = Some(events[2].ts);
        assert_eq!(
            node,
            NodePast { last_attempt: 2, charged: 0, open: true, since, polls: 0, settled: None, ended: None }
        );
    }

    #[test]
    fn a_last_attempt_that_failed_is_not_followed_by_another() {
        let id = NodeId::new(name(), None);
        let node = Past::fold(&told([started(1), finished(1, AttemptStatus::Failed)])).of(&id);
        assert_eq!(node.settled, Some((Status::Failed, String::new())));
        let retried = told([started(1), finished_and(1, AttemptStatus::Failed, Some(1.0))]);
        assert_eq!(Past::fold(&retried).of(&id).settled, None);
    }

    #[test]
    fn what_a_cancel_ended_gets_another_chance_also_where_the_run_did_not_come_to_its_end() {
        let id = NodeId::new(name(), None);
        let cancelled = vec![started(1), finished(1, AttemptStatus::Cancelled)];
        assert_eq!(Past::fold(&told(cancelled.clone())).of(&id).settled, None);
        let ended = told(cancelled.into_iter().chain([ended(Status::Cancelled)]));
        assert_eq!(Past::fold(&ended).of(&id).ended, None);
    }

    #[test]
    fn who_only_stops_the_run_leaves_what_has_ended() {
        let id = NodeId::new(name(), None);
        let other = NodeId::new(Name::new("b").unwrap(), None);
        let of_other = EventKind::StepFinished {
            step: other.step.clone(),
            cell: None,
            status: Status::Cancelled,
            reason: String::new(),
            outputs: IndexMap::new(),
        };
        let events = [started(1), finished(1, AttemptStatus::Failed), ended(Status::Failed), of_other];
        let past = Past::to_stop(&told(events));
        assert_eq!(past.of(&id).ended, Some(Status::Failed));
        assert_eq!(past.of(&other).ended, Some(Status::Cancelled));
    }

    #[test]
    fn a_sensor_goes_on_with_the_patience_that_is_left() {
        let polled = |polls| EventKind::Polled { step: name(), cell: None, attempt: 2, polls };
        let events = told([started(1), finished(1, AttemptStatus::Lost), started(2), polled(1), polled(2)]);
        let node = Past::fold(&events).of(&NodeId::new(name(), None));
        assert_eq!((node.since, node.polls), (Some(events[2].ts), 2));
    }

    #[test]
    fn what_failed_stays_failed_unless_the_run_had_ended() {
        let failed = vec![started(1), finished(1, AttemptStatus::Failed), ended(Status::Failed)];
        let id = NodeId::new(name(), None);
        assert_eq!(Past::fold(&told(failed.clone())).of(&id).ended, Some(Status::Failed));
        let events = told(failed.into_iter().chain([end()]));
        assert_eq!(Past::fold(&events).of(&id).ended, None);
        assert_eq!(Past::fold(&events).of(&id).charged, 0);
    }

    #[test]
    fn a_life_that_was_killed_does_not_bring_back_the_ends_of_the_run_before_it() {
        let id = NodeId::new(name(), None);
        let failed = [started(1), finished(1, AttemptStatus::Failed), ended(Status::Failed), end()];
        let resumed = failed.into_iter().chain([again()]);
        assert_eq!(Past::fold(&told(resumed)).of(&id).ended, None);
        let cancelled = [started(1), finished(1, AttemptStatus::Cancelled), again()];
        assert_eq!(Past::fold(&told(cancelled)).of(&id).settled, None);
    }
}
