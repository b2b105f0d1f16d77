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
        .filter(|event| matches!(&event.kind, EventKind::Warned { message, .. } if message.starts_with("the log ")))
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
