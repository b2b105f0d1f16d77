use std::collections::HashSet;

use super::foreign::why_foreign;
use crate::domain::{AttemptStatus, Doubts, EventKind, NodeId, RunEvent, RunLayout, Token};
use crate::logs::is_whole;
use crate::store::{self, Origin, OwnRuns, Reach, Recorded, Runs};

/// What of its steps cannot be believed as the events tell it.
pub fn doubts_of_steps(layout: &RunLayout, token: Token, events: &[RunEvent], reach: &Reach<'_>) -> Doubts {
    Doubts {
        damage: store::damage(layout),
        altered: store::altered_within(layout, token, events, reach),
        unrecorded: store::unrecorded(layout, token, events),
        cut_logs: cut_logs(layout, events),
        is_short: reach.is_short(),
        ..Doubts::default()
    }
}

/// Why it is foreign, if it is. Without the environment's runs nobody can tell whether it lies where they do.
pub fn doubt_of_origin(runs: Option<&Runs>, recorded: &Recorded) -> Option<&'static str> {
    let (own, layout) = (OwnRuns::of_user(), RunLayout::at(&recorded.path));
    let origin = match runs {
        Some(runs) => runs.plan(&own, recorded),
        None => own.plan(&layout),
    };
    let origin = origin.map_or(Origin::Imported, |(_, origin)| origin);
    (origin != Origin::Here).then(|| why_foreign(&layout, origin))
}

/// The logs of attempts that have ended, but for those that the run itself had trouble with.
fn cut_logs(layout: &RunLayout, events: &[RunEvent]) -> Vec<(NodeId, u32)> {
    let warned: HashSet<NodeId> = events
        .iter()
        // What else is warned of, the step's own warnings among it, says nothing of its log.
        .filter(|event| event.kind.is_of_log())
        .filter_map(|event| event.kind.node())
        .collect();
    let ended = events.iter().filter_map(|event| match &event.kind {
        // Nobody brought the log of a lost one to its end.
        EventKind::AttemptFinished { status: AttemptStatus::Lost, .. } => None,
        EventKind::AttemptFinished { attempt, .. } => Some((event.kind.node()?, *attempt)),
        _ => None,
    });
    let is_cut = |(node, attempt): &(NodeId, u32)| {
        !warned.contains(node) && matches!(is_whole(&layout.log(node, *attempt)), Ok(false))
    };
    ended.filter(is_cut).collect()
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::*;
    use crate::domain::scene::{self, id};

    fn told(kind: EventKind) -> RunEvent {
        RunEvent { kind, seq: 0, ts: scene::at(0.0), token: scene::token() }
    }

    /// The words of a step are its own: only what says that it is of the log keeps a log from being told of as cut.
    #[test]
    fn a_log_that_was_cut_is_told_whatever_the_step_warns_of() {
        let dir = tempfile::tempdir().unwrap();
        let layout = RunLayout::at(Utf8Path::from_path(dir.path()).unwrap());
        let node = id("report");
        fs_err::create_dir_all(layout.record().join("logs")).unwrap();
        // Without its index: that knows of none of it.
        fs_err::write(layout.log(&node, 1), "said").unwrap();
        let ended = told(EventKind::AttemptFinished {
            step: node.step.clone(),
            cell: None,
            attempt: 1,
            status: AttemptStatus::Succeeded,
            exit_code: Some(0),
            seconds: 1.0,
            peak_memory_bytes: None,
            reason: String::new(),
            retry_in_seconds: None,
        });
        let message = || "the log of yesterday is empty".to_owned();
        let cut = |warned: RunEvent| cut_logs(&layout, &[warned, ended.clone()]).len();
        assert_eq!(cut(told(EventKind::warned(&node, message(), false))), 1);
        assert_eq!(cut(told(EventKind::warned(&node, "its spool broke".to_owned(), true))), 0);
        // What was recorded before that was told apart has no such key.
        let mut old = serde_json::to_value(told(EventKind::warned(&node, message(), true))).unwrap();
        old.as_object_mut().unwrap().remove("of_log").unwrap();
        assert_eq!(cut(serde_json::from_value(old.clone()).unwrap()), 0);
        old["message"] = "cpu capped to 2".into();
        assert_eq!(cut(serde_json::from_value(old).unwrap()), 1);
    }
}
