use std::sync::Arc;

use super::broken::Broken;
use super::follow::Followed;
use super::prepare::Prepared;
use super::pump::{Pump, Pumped, STALLED};
use super::setting::Context;
use super::steady::steady;
use super::{ContainersError, LogSink};
use crate::domain::Node;

const AWAY: &str =
    "the container engine was away while the step ran, and may have kept nothing of what it wrote then";

const FORGOTTEN: &str = "the secrets that the step was given are gone from memory, so what it wrote cannot be masked and is not kept";

/// The rest is taken from what the engine kept. `absences`: how often it had been away when the attempt began.
pub(super) async fn retake(
    context: &Arc<Context>,
    node: &Node,
    prepared: &Prepared,
    followed: &Followed,
    absences: u64,
) -> Result<Retaken, Broken> {
    let rooms = &context.rooms;
    let was_away = || (rooms.containers.absences() > absences).then(|| AWAY.to_owned());
    let open = || rooms.logs.open(&node.id, prepared.attempt, true);
    let lost = |why: String| format!("the log may not be whole: {why}");
    if followed.unmasked {
        return Ok(Retaken { sink: open()?, lost: Some(lost(FORGOTTEN.to_owned())) });
    }
    let replayed = steady(context.setting.patience, || async {
        let sink = match open() {
            Ok(sink) => sink,
            Err(error) => return Ok(Err(error)),
        };
        let frames = rooms.containers.replay(&prepared.container).await?;
        match Pump::start(frames, sink, Arc::clone(&rooms.clock)).drain(STALLED).await {
            Some(Pumped { broke: Some(error @ ContainersError::Unreachable(_)), .. }) => Err(error),
            Some(Pumped { sink, broke, .. }) => Ok(Ok(Retaken {
                sink,
                lost: broke.map(|error| error.to_string()).or_else(was_away).map(lost),
            })),
            None => Err(ContainersError::Unreachable("its stream has no end".into())),
        }
    });
    Ok(match replayed.await {
        Ok(retaken) => retaken?,
        Err(error) => Retaken { sink: open()?, lost: Some(lost(error.to_string())) },
    })
}

pub(super) struct Retaken {
    pub sink: Box<dyn LogSink>,
    /// Why the log may lack something.
    pub lost: Option<String>,
}
