use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::{StreamExt, stream};
use jiff::Timestamp;

use super::graph::by_id;
use super::world::{Dead, State, Vessel, World};
use crate::domain::{NodeId, Token};
use crate::engine::{ContainerId, ContainerSpec, ContainerState, Containers, ContainersError, Found, Frames};

/// An engine that does what it is asked, in the world's own time.
pub struct Harbour(pub Arc<World>);

/// What an asynchronous call of a killed process comes to.
async fn answer<T>(result: Result<T, Dead>) -> T {
    match result {
        Ok(answer) => answer,
        Err(Dead) => std::future::pending().await,
    }
}

fn attempt_of(spec: &ContainerSpec) -> Option<(NodeId, u32)> {
    let node = spec.labels.get("greenroom.step")?.parse().unwrap();
    Some((node, spec.labels["greenroom.attempt"].parse().unwrap()))
}

impl Harbour {
    async fn call<T>(&self, effect: impl FnOnce(&mut State) -> T) -> T {
        // Other tasks have their turn, as they would during a real call.
        tokio::task::yield_now().await;
        answer(self.0.call(effect)).await
    }

    fn look(&self, id: &ContainerId) -> ContainerState {
        let mut state = self.0.state();
        state.vessel(id);
        match state.vessels.get(&id.0) {
            None => ContainerState::Gone,
            Some(vessel) if vessel.began.is_none() => ContainerState::Created,
            Some(vessel) if vessel.runs(state.now()) => {
                ContainerState::Running { started_at: vessel.began_at }
            }
            Some(vessel) => ContainerState::Exited(state.exit(vessel)),
        }
    }

    /// Until it has ended, or is gone.
    async fn end(world: Arc<World>, id: ContainerId) -> ContainerState {
        let harbour = Self(world);
        loop {
            let changed = harbour.0.changed.notified();
            let left = match harbour.look(&id) {
                ended @ (ContainerState::Exited(_) | ContainerState::Gone) => return ended,
                _ => {
                    let mut state = harbour.0.state();
                    let now = state.now();
                    state.vessel(&id).and_then(|vessel| vessel.ends).map(|end| end.saturating_sub(now))
                }
            };
            match left {
                Some(left) => {
                    tokio::select! {
                        () = changed => {}
                        () = tokio::time::sleep(Duration::from_millis(left.max(1))) => {}
                    }
                }
                None => changed.await,
            }
        }
    }
}

#[async_trait]
impl Containers for Harbour {
    async fn create(&self, spec: &ContainerSpec) -> Result<ContainerId, ContainersError> {
        let id = self.call(|state| {
            let known = state.vessels.iter().find(|(_, vessel)| vessel.name == spec.name);
            if let Some((id, _)) = known {
                return ContainerId(id.clone());
            }
            state.made += 1;
            let id = format!("c{}", state.made);
            let vessel = Vessel {
                name: spec.name.clone(),
                of: attempt_of(spec),
                network: spec.network.clone(),
                starts: 0,
                began: None,
                began_at: Timestamp::UNIX_EPOCH,
                ends: None,
                code: 0,
                vanishes: false,
            };
            state.vessels.insert(id.clone(), vessel);
            let lanes = state.vessels.values().filter(|vessel| vessel.of.is_none()).count();
            state.lanes = state.lanes.max(lanes);
            ContainerId(id)
        });
        Ok(id.await)
    }

    async fn attach(&self, id: &ContainerId) -> Result<Frames, ContainersError> {
        self.call(|_| ()).await;
        let ended = Self::end(Arc::clone(&self.0), id.clone());
        Ok(stream::once(ended).filter_map(|_| async { None }).boxed())
    }

    async fn follow(&self, id: &ContainerId) -> Result<Frames, ContainersError> {
        self.attach(id).await
    }

    async fn replay(&self, _id: &ContainerId) -> Result<Frames, ContainersError> {
        self.call(|_| ()).await;
        Ok(stream::empty().boxed())
    }

    async fn start(&self, id: &ContainerId) -> Result<(), ContainersError> {
        let index = by_id(&self.0.plan);
        let graph = &self.0.graph;
        // At once: a cancel that comes while it is on its way is too late.
        match answer(self.0.call(|state| state.begin(id, graph, |node| index[node]))).await {
            true => Ok(()),
            false => Err(ContainersError::Gone),
        }
    }

    async fn wait(&self, id: &ContainerId) -> Result<ContainerState, ContainersError> {
        self.call(|_| ()).await;
        Ok(Self::end(Arc::clone(&self.0), id.clone()).await)
    }

    fn absences(&self) -> u64 {
        0
    }

    async fn state(&self, id: &ContainerId) -> Result<ContainerState, ContainersError> {
        self.call(|_| ()).await;
        Ok(self.look(id))
    }

    async fn stop(&self, id: &ContainerId, grace: Duration) -> Result<(), ContainersError> {
        self.call(|state| {
            let now = state.now();
            let Some(vessel) = state.vessel(id).filter(|vessel| vessel.runs(now)) else { return };
            let polite = grace > Duration::ZERO;
            let end = now + if polite { 90 } else { 0 };
            if vessel.ends.is_none_or(|own| own > end) {
                (vessel.ends, vessel.code) = (Some(end), if polite { 143 } else { 137 });
            }
        })
        .await;
        Ok(())
    }

    async fn remove(&self, id: &ContainerId) -> Result<(), ContainersError> {
        self.call(|state| state.vessels.remove(&id.0)).await;
        Ok(())
    }

    async fn memory(&self, _id: &ContainerId) -> Option<u64> {
        None
    }

    async fn of_run(&self, _token: Token) -> Result<Vec<Found>, ContainersError> {
        let found = self.call(|state| {
            let ids: Vec<ContainerId> = state.vessels.keys().cloned().map(ContainerId).collect();
            ids.into_iter()
                .filter_map(|id| Some(Found { name: state.vessel(&id)?.name.clone(), id, place: None }))
                .collect::<Vec<_>>()
        });
        Ok(found.await)
    }
}
