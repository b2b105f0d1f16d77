use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;

use super::broken::Broken;
use super::follow::{Followed, follow};
use super::prepare::Prepared;
use super::pump::{Pump, Pumped, STALLED};
use super::setting::Context;
use super::steady::steady;
use super::{ContainerId, ContainerState, ContainersError, Exit, LogSink};

/// How the container is taken up.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Take {
    /// It has not started.
    Start,
    /// An earlier life of the run started it; its log goes on where it ended.
    Up,
}

/// How a container is started.
pub(super) struct Start {
    pub take: Take,
    /// When it was started before, as a sensor's is for each poll.
    pub last: Option<Timestamp>,
    /// Until its timeout.
    pub limit: Option<Duration>,
}

/// A container that has ended is started by a second call once more, and its step would run twice. So where an answer
/// was lost, the container is looked at before it is asked again.
async fn start_once(
    context: &Context,
    id: &ContainerId,
    last: Option<Timestamp>,
) -> Result<(), ContainersError> {
    let containers = &context.rooms.containers;
    let asked = AtomicBool::new(false);
    steady(context.setting.patience, || async {
        if asked.swap(true, Ordering::Relaxed) {
            match containers.state(id).await? {
                ContainerState::Running { started_at } | ContainerState::Exited(Exit { started_at, .. })
                    if last != Some(started_at) =>
                {
                    return Ok(());
                }
                _ => {}
            }
        }
        containers.start(id).await
    })
    .await
}

/// One start of the container, to its end. Answers its log too, for the next poll goes on in it; None: it may lack
/// something.
pub(super) async fn once(
    context: &Arc<Context>,
    prepared: &Prepared,
    start: Start,
    sink: Box<dyn LogSink>,
) -> Result<(Followed, Option<Box<dyn LogSink>>), Broken> {
    let containers = &context.rooms.containers;
    let patience = context.setting.patience;
    let id = &prepared.container;
    let Start { take, last, limit } = start;
    let frames = match take {
        Take::Start => steady(patience, || containers.attach(id)).await?,
        Take::Up => match steady(patience, || containers.follow(id)).await {
            Err(ContainersError::Gone) => return Ok((Followed::default(), Some(sink))),
            frames => frames?,
        },
    };
    let pump = Pump::start(frames, sink, Arc::clone(&context.rooms.clock));
    if take == Take::Start {
        start_once(context, id, last).await?;
    }
    let followed = follow(context, id, limit).await?;
    // What was followed is for those who watch; only the replay after the end is whole.
    let patience = if take == Take::Up { Duration::ZERO } else { STALLED };
    let whole = |pumped: &Pumped| take == Take::Start && pumped.is_whole(followed.exit.as_ref());
    let whole = pump.drain(patience).await.filter(whole);
    Ok((followed, whole.map(|pumped| pumped.sink)))
}
