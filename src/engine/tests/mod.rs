//! The real dispatcher and executors against a model, in virtual time: random graphs, attempts that fail, vanish, hang
//! and poll, cancels and kills at any call, and a clock that is set.

mod containers;
pub(super) mod graph;
mod records;
mod world;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use camino::Utf8PathBuf;
use indexmap::IndexMap;
use proptest::prelude::*;

use self::containers::Harbour;
use self::graph::{Act, Graph, StepPlan, by_id, graph, node_id};
use self::records::Office;
use self::world::{Blow, Fact, World};
use super::{Outcome, Past, Rooms, Setting, Stop, drive};
use crate::domain::{AttemptStatus, EventKind, NodeId, RunEvent, RunLayout, Status};

/// Of the world's time: more than any run here can need.
const FOR_EVER: Duration = Duration::from_secs(24 * 3600);

/// Between two lives of a run.
const GAP: Duration = Duration::from_millis(150);

fn setting(world: &World, scratch: &Utf8PathBuf) -> Setting {
    Setting {
        layout: RunLayout::of(scratch, &world.plan),
        jobs: world.graph.jobs,
        cpus: 2,
        user: "1000:1000".into(),
        passwd: String::new(),
        group: String::new(),
        network: "net".into(),
        projects: HashMap::new(),
        lake: None,
        store_root: scratch.clone(),
        caches: scratch.clone(),
        secrets: IndexMap::new(),
        secrets_dir: scratch.clone(),
        image_side: scratch.clone(),
        trust_host_certificates: false,
        place: String::new(),
        grace: Duration::from_secs(10),
        patience: Duration::from_secs(30),
    }
}

/// One process drives the run until its end, or until it is killed (None).
fn live(world: &Arc<World>, scratch: &Utf8PathBuf, blows: &[Blow]) -> Option<Outcome> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let stop = world.live(blows);
        let office = Arc::new(Office { world: Arc::clone(world), scratch: scratch.clone() });
        let rooms = Rooms {
            containers: Arc::new(Harbour(Arc::clone(world))),
            store: office.clone(),
            logs: office.clone(),
            journal: office.clone(),
            clock: office.clone(),
            templates: office,
        };
        let past = Past::fold(&world.state().events);
        let driven = drive(Arc::clone(&world.plan), past, setting(world, scratch), rooms, stop);
        let outcome = tokio::select! {
            biased;
            () = world.death() => None,
            outcome = driven => world.lives().then(|| outcome.unwrap()),
            () = tokio::time::sleep(FOR_EVER) => panic!("the run has no end"),
        };
        // Within the runtime, whose time it is.
        world.rest(GAP);
        outcome
    })
}

/// Kill after kill, then to the end.
fn lives(world: &Arc<World>, blows: &[Vec<Blow>]) -> Outcome {
    let scratch = tempfile::tempdir().unwrap();
    let dir = Utf8PathBuf::from_path_buf(scratch.path().to_owned()).unwrap();
    for blows in blows {
        if let Some(outcome) = live(world, &dir, blows) {
            return outcome;
        }
        // Killed with its last word said.
        if let Some(EventKind::RunFinished { status, .. }) = world.state().events.last().map(|it| &it.kind) {
            return Outcome { status: *status };
        }
    }
    live(world, &dir, &[]).unwrap()
}

/// What holds of every run, whatever happened to it.
fn check(world: &World) {
    // Shown where the test fails.
    for fact in &world.state().facts {
        println!("{fact:?}");
    }
    let state = world.state();
    let plan = &world.plan;
    let index = by_id(plan);
    let mut ended: HashMap<NodeId, Status> = HashMap::new();
    let mut begun: HashSet<(NodeId, u32)> = HashSet::new();
    let mut told: HashMap<NodeId, u32> = HashMap::new();
    let mut stopped = false;
    let mut recorded = 0;
    for fact in &state.facts {
        recorded += usize::from(matches!(fact, Fact::Told(_)));
        match fact {
            Fact::Cancelled => stopped = true,
            Fact::Killed => stopped = false,
            Fact::Told(EventKind::RunStarted { .. }) => {
                stopped = false;
                // What failed in a run that ended, or what a cancel ended, has another chance in the next life.
                let past = Past::fold(&state.events[..recorded]);
                ended.retain(|node, _| past.of(node).ended.is_some());
            }
            Fact::Began { node, attempt, beside, polled } => {
                assert!(!stopped, "{node} began after the cancel");
                assert!(*beside < world.graph.jobs, "{node} began beside {beside}");
                assert_eq!(told.get(node), Some(attempt), "{node}: its attempt is on record before it runs");
                assert_eq!(ended.get(node), None, "{node} runs after its end");
                let first = begun.insert((node.clone(), *attempt));
                assert!(first != *polled, "{node}: attempt {attempt} runs twice");
                for need in &plan.nodes[index[node]].needs {
                    assert!(ended.contains_key(&need.node), "{node} began before {} had ended", need.node);
                }
            }
            Fact::Told(EventKind::AttemptStarted { step, cell, attempt }) => {
                let node = NodeId::new(step.clone(), cell.clone());
                let before = told.insert(node.clone(), *attempt).unwrap_or_default();
                assert_eq!(before + 1, *attempt, "{node}: attempts are numbered without gaps");
            }
            Fact::Told(EventKind::StepFinished { step, cell, status, .. }) => {
                let node = NodeId::new(step.clone(), cell.clone());
                assert_eq!(ended.insert(node.clone(), *status), None, "{node} ends once");
            }
            Fact::Told(EventKind::RunFinished { .. }) => {
                assert_eq!(ended.len(), plan.nodes.len(), "every step has ended");
            }
            Fact::Told(_) => {}
        }
    }
    for (index, step) in world.graph.steps.iter().enumerate() {
        let succeeded = |index: usize| ended[&node_id(index)] == Status::Succeeded;
        let all = step.needs.iter().all(|(need, _)| succeeded(*need));
        let skipped = ended[&node_id(index)] == Status::Skipped;
        assert!(
            !(skipped && all && step.when.is_none()),
            "s{index} is skipped though nothing it needs failed"
        );
    }
    for (node, status) in &ended {
        let sealed = state.manifests.contains_key(node);
        assert_eq!(*status == Status::Succeeded, sealed, "{node} has a manifest if it succeeded");
    }
    for event in &state.events {
        if let EventKind::AttemptFinished { seconds, .. } | EventKind::RunFinished { seconds, .. } =
            event.kind
        {
            assert!(seconds >= 0.0, "{event:?}");
        }
    }
    let left: Vec<&str> = state.vessels.values().map(|vessel| vessel.name.as_str()).collect();
    assert_eq!(left, [] as [&str; 0], "nothing stays on the engine");
    statuses(&state.events, &ended);
}

/// `retry.limit` counts what failed, in this life or another; no more attempts than that.
fn charged_within_limits(world: &World) {
    let events = &world.state().events;
    let mut charged: HashMap<NodeId, u32> = HashMap::new();
    for event in events {
        if let EventKind::AttemptFinished { status, .. } = &event.kind {
            let free =
                matches!(status, AttemptStatus::Succeeded | AttemptStatus::Lost | AttemptStatus::Cancelled);
            *charged.entry(event.kind.node().unwrap()).or_default() += u32::from(!free);
        }
    }
    for (index, step) in world.graph.steps.iter().enumerate() {
        let count = charged.get(&node_id(index)).copied().unwrap_or_default();
        assert!(count <= step.retries + 1, "s{index} failed {count} times of {} allowed", step.retries + 1);
    }
}

/// At every prefix of the record, what is folded from it is what had been told until then.
fn statuses(events: &[RunEvent], ended: &HashMap<NodeId, Status>) {
    for length in 0..=events.len() {
        let past = Past::fold(&events[..length]);
        for node in ended.keys() {
            let of_node = |event: &&RunEvent| event.kind.node().as_ref() == Some(node);
            let so_far: Vec<&RunEvent> = events[..length].iter().filter(of_node).collect();
            let begun =
                so_far.iter().filter(|it| matches!(it.kind, EventKind::AttemptStarted { .. })).count();
            let over =
                so_far.iter().filter(|it| matches!(it.kind, EventKind::AttemptFinished { .. })).count();
            let folded = past.of(node);
            assert_eq!(folded.last_attempt as usize, begun, "{node} after {length} events");
            assert_eq!(folded.open, begun > over, "{node} after {length} events");
        }
    }
}

fn ends(world: &World) -> Vec<Status> {
    let state = world.state();
    let end = |index: usize| {
        state.events.iter().rev().find_map(|event| match &event.kind {
            EventKind::StepFinished { status, .. } if event.kind.node() == Some(node_id(index)) => {
                Some(*status)
            }
            _ => None,
        })
    };
    (0..world.graph.steps.len()).map(|index| end(index).unwrap()).collect()
}

fn of_run(ends: &[Status]) -> Status {
    match ends {
        ends if ends.contains(&Status::Failed) => Status::Failed,
        ends if ends.contains(&Status::Cancelled) => Status::Cancelled,
        _ => Status::Succeeded,
    }
}

fn kill() -> impl Strategy<Value = Blow> {
    (1..160_usize, any::<bool>()).prop_map(|(at, after)| Blow::Kill { at, after })
}

proptest! {
    #[test]
    fn a_run_ends_as_its_graph_says_however_often_its_process_is_killed(
        graph in graph(),
        kills in proptest::collection::vec(kill(), 0..4),
    ) {
        let world = World::new(&graph);
        let blows: Vec<Vec<Blow>> = kills.iter().map(|kill| vec![*kill]).collect();
        let outcome = lives(&world, &blows);
        check(&world);
        charged_within_limits(&world);
        prop_assert_eq!(ends(&world), graph.expected());
        prop_assert_eq!(outcome.status, of_run(&graph.expected()));
    }

    #[test]
    fn what_failed_has_another_chance_however_often_the_resume_is_killed(
        graph in graph(),
        kills in proptest::collection::vec(kill(), 0..4),
        cancel in proptest::option::of(1..200_usize),
    ) {
        let world = World::new(&graph);
        let cancel = cancel.map(|at| Blow::Cancel { at, stop: Stop::Gently });
        lives(&world, &[cancel.into_iter().collect()]);
        let blows: Vec<Vec<Blow>> = kills.iter().map(|kill| vec![*kill]).collect();
        let outcome = lives(&world, &blows);
        check(&world);
        prop_assert_eq!(outcome.status, of_run(&ends(&world)));
    }

    #[test]
    fn a_clock_that_is_set_changes_nothing_of_a_run(
        graph in graph(),
        jumps in proptest::collection::vec((1..160_usize, -10_000_000..10_000_000_i64), 1..4),
    ) {
        let world = World::new(&graph);
        let jumps = jumps.into_iter().map(|(at, by)| Blow::Jump { at, by }).collect();
        lives(&world, &[jumps]);
        check(&world);
        prop_assert_eq!(ends(&world), graph.expected());
    }

    #[test]
    fn a_cancelled_run_ends_at_once_and_starts_nothing_more(
        graph in graph(),
        at in 1..200_usize,
        at_once in any::<bool>(),
        then in proptest::option::of(kill()),
    ) {
        let world = World::new(&graph);
        let stop = if at_once { Stop::AtOnce } else { Stop::Gently };
        let blows: Vec<Blow> = [Blow::Cancel { at, stop }].into_iter().chain(then).collect();
        let outcome = lives(&world, &[blows]);
        check(&world);
        prop_assert_eq!(outcome.status, of_run(&ends(&world)));
    }
}

/// A chain with a sensor, a retry and a step beside it: all that a run does, at every call it makes.
fn everything() -> Graph {
    let step = |needs: &[usize], retries, acts: &[Act]| StepPlan {
        needs: needs.iter().map(|need| (*need, true)).collect(),
        when: None,
        retries,
        acts: acts.to_vec(),
    };
    Graph {
        jobs: 2,
        steps: vec![
            step(&[], 0, &[Act::NotYet(2)]),
            step(&[0], 1, &[Act::Exit(50, 1), Act::Exit(50, 1)]),
            step(&[0], 1, &[Act::BadOutput(50), Act::Vanish(20)]),
            step(&[2], 0, &[Act::Hang]),
            step(&[2], 0, &[]),
            step(&[], 0, &[]),
        ],
    }
}

#[test]
fn what_is_odd_about_what_a_step_left_is_told_once_it_has_succeeded() {
    let graph = everything();
    let world = World::new(&graph);
    lives(&world, &[]);
    let ends = ends(&world);
    let state = world.state();
    let warned = state.events.iter().filter_map(|event| match &event.kind {
        EventKind::Warned { message, .. } => Some((event.kind.node().unwrap(), message.clone())),
        _ => None,
    });
    let mut warned: Vec<_> = warned.collect();
    warned.sort();
    let succeeded = ends.into_iter().enumerate().filter(|(_, status)| *status == Status::Succeeded);
    let expected = succeeded.map(|(at, _)| (node_id(at), format!("what s{at} left is odd")));
    assert_eq!(warned, expected.collect::<Vec<_>>());
}

#[test]
fn a_process_that_is_killed_at_any_call_leaves_a_run_that_goes_on() {
    let graph = everything();
    let calls = {
        let world = World::new(&graph);
        lives(&world, &[]);
        check(&world);
        world.state().calls()
    };
    for at in 1..=calls {
        for after in [false, true] {
            let world = World::new(&graph);
            lives(&world, &[vec![Blow::Kill { at, after }]]);
            check(&world);
            assert_eq!(ends(&world), graph.expected(), "killed at call {at}, {after}");
        }
    }
}

#[test]
fn steps_that_wait_for_a_place_hold_no_namespace() {
    let step = || StepPlan { needs: vec![], when: None, retries: 0, acts: vec![] };
    let mut steps: Vec<StepPlan> = (0..40).map(|_| step()).collect();
    // Each has one behind it, which is prepared while it runs.
    steps.extend((0..40).map(|need| StepPlan { needs: vec![(need, false)], ..step() }));
    let world = World::new(&Graph { steps, jobs: 4 });
    lives(&world, &[]);
    check(&world);
    assert_eq!(world.state().lanes, 4);
}

#[test]
fn a_sensor_does_not_pay_for_the_time_in_which_others_have_the_place() {
    let step = |acts: &[Act]| StepPlan { needs: vec![], when: None, retries: 0, acts: acts.to_vec() };
    // Each of the others takes as long as the sensor may.
    let others = (0..2).map(|_| StepPlan { retries: 1, ..step(&[Act::Hang]) });
    let sensor = step(&[Act::NotYet(2), Act::Hang]);
    let graph = Graph { steps: [sensor].into_iter().chain(others).collect(), jobs: 1 };
    let world = World::new(&graph);
    lives(&world, &[]);
    check(&world);
    assert_eq!(ends(&world), graph.expected());
}
