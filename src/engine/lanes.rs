use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use indexmap::IndexMap;
use tokio::sync::OnceCell;

use super::{ContainerId, ContainerSpec, Containers, ContainersError, Network};

/// A network namespace that steps use one after the other, held open by a container that only sleeps. Joining one
/// costs half of what a bridge of its own does; no two steps are ever in one at the same time.
pub(super) struct Lane {
    index: usize,
    pause: OnceCell<ContainerId>,
    opened: OnceCell<()>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Held {
    ByOne,
    /// Promised to the step that is prepared while the holder runs.
    AndPromised,
}

#[derive(Default)]
struct State {
    free: Vec<Arc<Lane>>,
    held: HashMap<usize, Held>,
    next: usize,
}

pub(super) struct Lanes {
    state: Mutex<State>,
    /// What a pause container is made of; its name lacks the lane's number.
    pattern: ContainerSpec,
}

impl Lanes {
    /// `first` is the number of the first lane: above those of an earlier life of the run.
    pub fn new(pattern: ContainerSpec, first: usize) -> Self {
        Self { state: Mutex::new(State { next: first, ..State::default() }), pattern }
    }

    pub fn take(&self) -> Arc<Lane> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let lane = state.free.pop().unwrap_or_else(|| {
            let index = state.next;
            state.next += 1;
            Arc::new(Lane { index, pause: OnceCell::new(), opened: OnceCell::new() })
        });
        state.held.insert(lane.index, Held::ByOne);
        lane
    }

    /// Gives the lane to a second step, to be used once the holder has given it back. False: it is too late, or
    /// another step has the promise.
    pub fn promise(&self, lane: &Lane) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match state.held.get_mut(&lane.index) {
            Some(held @ Held::ByOne) => {
                *held = Held::AndPromised;
                true
            }
            _ => false,
        }
    }

    /// Said once by each step that took the lane or was promised it. True: the step that was promised it has it now.
    pub fn give_back(&self, lane: &Arc<Lane>) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match state.held.get_mut(&lane.index) {
            Some(held @ Held::AndPromised) => {
                *held = Held::ByOne;
                return true;
            }
            Some(Held::ByOne) => {
                state.held.remove(&lane.index);
                state.free.push(Arc::clone(lane));
            }
            None => {}
        }
        false
    }

    /// A step could not join the lane: it is never used again.
    pub fn abandon(&self, lane: &Lane) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.held.remove(&lane.index);
    }

    /// The lane's pause container, made when the first step needs it. Who is to run in it can be made at once; before it
    /// starts, the lane must be open.
    pub async fn network(
        &self,
        lane: &Lane,
        containers: &dyn Containers,
    ) -> Result<Network, ContainersError> {
        let pause = lane.pause.get_or_try_init(|| async {
            let name = format!("{}{}", self.pattern.name, lane.index);
            let labels: IndexMap<String, String> = self.pattern.labels.clone();
            let spec = ContainerSpec { name, labels, ..self.pattern.clone() };
            containers.create(&spec).await
        });
        Ok(Network::Shared(pause.await?.clone()))
    }

    /// Starts its pause container, the first time.
    pub async fn open(&self, lane: &Lane, containers: &dyn Containers) -> Result<(), ContainersError> {
        let Some(pause) = lane.pause.get() else { return Ok(()) };
        lane.opened.get_or_try_init(|| containers.start(pause)).await.copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use camino::Utf8PathBuf;

    fn lanes() -> Lanes {
        let pattern = ContainerSpec {
            name: "pause".into(),
            image: String::new(),
            argv: vec![],
            env: vec![],
            working_dir: Utf8PathBuf::new(),
            user: String::new(),
            mounts: vec![],
            labels: IndexMap::new(),
            network: Network::Project(String::new()),
            cpu_limit: None,
            memory_limit: None,
            trust_host_certificates: false,
        };
        Lanes::new(pattern, 0)
    }

    #[test]
    fn a_promised_lane_goes_to_the_next_step_and_to_nobody_else() {
        let lanes = lanes();
        let first = lanes.take();
        assert!(lanes.promise(&first));
        assert!(!lanes.promise(&first), "one promise at a time");
        assert!(lanes.give_back(&first));
        assert_ne!(lanes.take().index, first.index, "the promised step holds it");
        assert!(!lanes.give_back(&first));
        assert_eq!(lanes.take().index, first.index);
    }

    #[test]
    fn a_withdrawn_promise_leaves_the_lane_with_its_holder() {
        let lanes = lanes();
        let lane = lanes.take();
        assert!(lanes.promise(&lane));
        lanes.give_back(&lane);
        assert!(lanes.promise(&lane), "held by one again");
    }

    #[test]
    fn a_lane_that_was_given_back_cannot_be_promised() {
        let lanes = lanes();
        let lane = lanes.take();
        lanes.give_back(&lane);
        assert!(!lanes.promise(&lane));
    }
}
