use futures_util::StreamExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::broken::Broken;
use super::follow::{Followed, follow};
use super::launch::secrets_are_known;
use super::prepare::Prepared;
use super::pump::{Pump, Pumped, STALLED};
use super::setting::Context;
use super::steady::steady;
use super::stopping::Stopping;
use super::{ContainerId, ContainerState, ContainersError, Exit, LogSink, Stop};
use crate::domain::Node;

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

/// A container that has ended is started by a second call once more, and its step would run twice; so it would in
/// another container. So where an answer was lost or is an error, the container is looked at first.
async fn start_once(
    context: &Context,
    id: &ContainerId,
    last: Option<Timestamp>,
) -> Result<(), ContainersError> {
    let containers = &context.rooms.containers;
    let asked = AtomicBool::new(false);
    steady(context.setting.patience, || async {
        if asked.swap(true, Ordering::Relaxed) && has_started(context, id, last).await? {
            return Ok(());
        }
        match containers.start(id).await {
            Err(ContainersError::Refused(_) | ContainersError::Gone)
                if has_started(context, id, last).await? =>
            {
                Ok(())
            }
            answer => answer,
        }
    })
    .await
}

async fn has_started(
    context: &Context,
    id: &ContainerId,
    last: Option<Timestamp>,
) -> Result<bool, ContainersError> {
    Ok(match context.rooms.containers.state(id).await? {
        ContainerState::Running { started_at } | ContainerState::Exited(Exit { started_at, .. }) => {
            last != Some(started_at)
        }
        ContainerState::Created | ContainerState::Gone => false,
    })
}

/// One start of the container, to its end. Answers its log too, for the next poll goes on in it; None: it may lack
/// something.
pub(super) async fn once(
    context: &Arc<Context>,
    node: &Node,
    prepared: &Prepared,
    start: Start,
    sink: Box<dyn LogSink>,
) -> Result<(Followed, Option<Box<dyn LogSink>>), Broken> {
    let containers = &context.rooms.containers;
    let patience = context.setting.patience;
    let id = &prepared.container;
    let Start { take, last, limit } = start;
    let unmasked = take == Take::Up && !secrets_are_known(context, node, prepared.attempt);
    let frames = match take {
        Take::Up if unmasked => futures_util::stream::empty().boxed(),
        Take::Start => steady(patience, || containers.attach(id)).await?,
        Take::Up => match steady(patience, || containers.follow(id)).await {
            Err(ContainersError::Gone) => return Ok((Followed::default(), Some(sink))),
            frames => frames?,
        },
    };
    // A cancel is heard first: what it finds not started does not start.
    if take == Take::Start && context.stop() != Stop::No {
        return Ok((Followed { stopping: Some(Stopping::Cancelled), ..Followed::default() }, Some(sink)));
    }
    let pump = Pump::start(frames, sink, Arc::clone(&context.rooms.clock));
    let asked = Instant::now();
    if take == Take::Start {
        start_once(context, id, last).await?;
    }
    let asked = (take == Take::Start).then_some(asked);
    let followed = Followed { unmasked, ..follow(context, node, prepared, limit, asked).await? };
    // What was followed is for those who watch; only the replay after the end is whole.
    let patience = if take == Take::Up { Duration::ZERO } else { STALLED };
    let whole = |pumped: &Pumped| take == Take::Start && pumped.is_whole(followed.exit.as_ref());
    let whole = pump.drain(patience).await.filter(whole);
    Ok((followed, whole.map(|pumped| pumped.sink)))
}
