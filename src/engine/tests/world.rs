use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::ThreadId;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use super::graph::{Act, Graph};
use crate::domain::{EventKind, Manifest, NodeId, Plan, RunEvent};
use crate::engine::{ContainerId, Exit, Network, Stop};

/// What happens to the run from outside, by the number of the call that it comes at: its calls to the engine, to the
/// store and to the journal are counted together.
#[derive(Clone, Copy, Debug)]
pub enum Blow {
    /// The process is gone before the call has an effect, or after it, unanswered.
    Kill {
        at: usize,
        after: bool,
    },
    Cancel {
        at: usize,
        stop: Stop,
    },
    /// The machine's clock is set, by so many milliseconds.
    Jump {
        at: usize,
        by: i64,
    },
}

/// What was seen of the run, in order.
#[derive(Clone, Debug)]
pub enum Fact {
    Told(EventKind),
    /// A container of a step began to run, beside so many others; as its attempt's first, or for another poll.
    Began {
        node: NodeId,
        attempt: u32,
        beside: usize,
        polled: bool,
    },
    Cancelled,
    Killed,
}

pub struct Vessel {
    pub name: String,
    /// None: it holds a namespace open.
    pub of: Option<(NodeId, u32)>,
    pub network: Network,
    pub starts: u32,
    /// Milliseconds of the world's time.
    pub began: Option<u64>,
    /// What the clock showed then.
    pub began_at: Timestamp,
    pub ends: Option<u64>,
    pub code: i64,
    pub vanishes: bool,
}

impl Vessel {
    pub fn runs(&self, now: u64) -> bool {
        self.began.is_some() && self.ends.is_none_or(|end| end > now)
    }
}

/// Outlives the processes that drive the run: what the engine, the disk and the clock would be.
pub struct World {
    pub graph: Graph,
    pub plan: Arc<Plan>,
    pub changed: Notify,
    state: Mutex<State>,
}

pub struct State {
    pub vessels: BTreeMap<String, Vessel>,
    pub made: usize,
    pub manifests: HashMap<NodeId, Manifest>,
    pub events: Vec<RunEvent>,
    pub facts: Vec<Fact>,
    /// What each attempt that began does: of a step's acts the next one.
    pub acts: HashMap<(NodeId, u32), Act>,
    /// The most namespaces that were held open at once.
    pub lanes: usize,
    blows: Vec<Blow>,
    calls: usize,
    dead: bool,
    stop: watch::Sender<Stop>,
    /// The world's time when this life began.
    before: u64,
    life: Option<Instant>,
    /// The thread that drives this life; what works at files has others.
    thread: Option<ThreadId>,
    /// Which of the blows were cancels that have come.
    cancelled: Vec<usize>,
    /// Milliseconds that the clock is ahead of the world's time.
    skew: i64,
}

/// The process was killed: nothing it does has an effect any more.
pub struct Dead;

impl World {
    pub fn new(graph: &Graph) -> Arc<Self> {
        let state = State {
            vessels: BTreeMap::new(),
            made: 0,
            manifests: HashMap::new(),
            events: vec![],
            facts: vec![],
            acts: HashMap::new(),
            lanes: 0,
            blows: vec![],
            calls: 0,
            dead: false,
            stop: watch::channel(Stop::No).0,
            before: 0,
            life: None,
            thread: None,
            cancelled: vec![],
            skew: 0,
        };
        Arc::new(Self {
            graph: graph.clone(),
            plan: Arc::new(graph.plan()),
            changed: Notify::new(),
            state: Mutex::new(state),
        })
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// A process begins to drive the run.
    pub fn live(&self, blows: &[Blow]) -> watch::Receiver<Stop> {
        let mut state = self.state();
        (state.calls, state.dead) = (0, false);
        state.blows = blows.to_vec();
        state.life = Some(Instant::now());
        state.thread = Some(std::thread::current().id());
        state.cancelled.clear();
        state.stop = watch::channel(Stop::No).0;
        state.stop.subscribe()
    }

    /// It is gone, and so much time goes by.
    pub fn rest(&self, gap: Duration) {
        let mut state = self.state();
        state.before = state.now() + u64::try_from(gap.as_millis()).unwrap();
        state.life = None;
    }

    /// Until the process is killed.
    pub async fn death(&self) {
        loop {
            let changed = self.changed.notified();
            if self.state().dead {
                return;
            }
            changed.await;
        }
    }

    pub fn lives(&self) -> bool {
        !self.state().dead
    }

    /// One call with an effect.
    pub fn call<T>(&self, effect: impl FnOnce(&mut State) -> T) -> Result<T, Dead> {
        let mut state = self.state();
        if state.dead {
            return Err(Dead);
        }
        state.calls += 1;
        let here = state.calls;
        let blows = state.blows.clone();
        let kill = |wanted: bool| {
            blows.iter().any(|it| matches!(it, Blow::Kill { at, after } if *at == here && *after == wanted))
        };
        if kill(false) {
            return Err(self.die(&mut state));
        }
        let answer = effect(&mut state);
        for (number, blow) in blows.iter().enumerate() {
            match blow {
                // From another thread it could come between a look whether there is one and the start of a container,
                // which nothing else does.
                Blow::Cancel { at, stop }
                    if *at <= here
                        && !state.cancelled.contains(&number)
                        && state.thread == Some(std::thread::current().id()) =>
                {
                    state.cancelled.push(number);
                    state.facts.push(Fact::Cancelled);
                    state.stop.send_replace(*stop);
                }
                Blow::Jump { at, by } if *at == here => state.skew += by,
                _ => {}
            }
        }
        self.changed.notify_waiters();
        if kill(true) { Err(self.die(&mut state)) } else { Ok(answer) }
    }

    fn die(&self, state: &mut State) -> Dead {
        state.dead = true;
        state.facts.push(Fact::Killed);
        self.changed.notify_waiters();
        Dead
    }
}

impl State {
    pub fn now(&self) -> u64 {
        let lived = self.life.map(|life| life.elapsed()).unwrap_or_default();
        self.before + u64::try_from(lived.as_millis()).unwrap()
    }

    /// What the clock shows when the world's time is this.
    pub fn clock(&self, time: u64) -> Timestamp {
        Timestamp::from_millisecond(i64::try_from(time).unwrap() + self.skew).unwrap()
    }

    pub fn calls(&self) -> usize {
        self.calls
    }

    /// Containers that were taken away by now are gone.
    pub fn vessel(&mut self, id: &ContainerId) -> Option<&mut Vessel> {
        let now = self.now();
        let gone =
            self.vessels.get(&id.0).is_some_and(|it| it.vanishes && it.began.is_some() && !it.runs(now));
        if gone {
            self.vessels.remove(&id.0);
        }
        self.vessels.get_mut(&id.0)
    }

    pub fn begin(&mut self, id: &ContainerId, graph: &Graph, index: impl Fn(&NodeId) -> usize) -> bool {
        let now = self.now();
        let running: Vec<(&String, &Vessel)> =
            self.vessels.iter().filter(|(_, it)| it.of.is_some() && it.runs(now)).collect();
        let beside = running.len();
        let Some(vessel) = self.vessels.get(&id.0) else { return false };
        if vessel.runs(now) {
            return true;
        }
        if let Network::Shared(lane) = &vessel.network {
            let pause = self.vessels.get(&lane.0).expect("the namespace is still there");
            assert!(pause.runs(now), "its namespace is open");
            let shared = running.iter().find(|(_, it)| it.network == vessel.network);
            assert!(shared.is_none(), "two in one namespace: {} and {}", vessel.name, shared.unwrap().1.name);
        }
        let clock = self.clock(now);
        let vessel = self.vessels.get_mut(&id.0).unwrap();
        vessel.starts += 1;
        (vessel.began, vessel.began_at) = (Some(now), clock);
        if let Some((node, attempt)) = vessel.of.clone() {
            let of_node = self.acts.keys().filter(|(it, _)| *it == node).count();
            let next = graph.steps[index(&node)].act(u32::try_from(of_node + 1).unwrap());
            let act = *self.acts.entry((node.clone(), attempt)).or_insert(next);
            let (after, code) = match act {
                Act::Exit(after, code) => (Some(after), code),
                Act::BadOutput(after) | Act::Vanish(after) => (Some(after), 0),
                Act::Hang => (None, 0),
                Act::NotYet(times) => (Some(30), if vessel.starts <= times { 75 } else { 0 }),
            };
            (vessel.ends, vessel.code) = (after.map(|after| now + after), code);
            vessel.vanishes = matches!(act, Act::Vanish(_));
            let polled = vessel.starts > 1;
            self.facts.push(Fact::Began { node, attempt, beside, polled });
        }
        true
    }

    pub fn exit(&self, vessel: &Vessel) -> Exit {
        let started_at = vessel.began_at;
        Exit {
            code: vessel.code,
            oom_killed: false,
            started_at,
            // As the adapter tells it.
            finished_at: self.clock(vessel.ends.unwrap_or_default()).max(started_at),
        }
    }
}
