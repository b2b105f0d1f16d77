use std::collections::HashMap;
use std::time::Duration;

use indexmap::IndexMap;
use proptest::prelude::*;

use crate::domain::{
    Digest, Io, Kind, Launch, Name, Need, Node, NodeId, Plan, Poll, Resources, Retry, Span, Status, Template,
    Token, Version,
};

/// What one attempt of a step does.
#[derive(Clone, Copy, Debug)]
pub enum Act {
    /// Ends after so many milliseconds.
    Exit(u64, i64),
    /// Ends well, and leaves what may not be left.
    BadOutput(u64),
    /// Its container is taken away.
    Vanish(u64),
    /// Does not end, and hears a SIGTERM.
    Hang,
    /// A sensor: "not yet" so many times, then yes.
    NotYet(u32),
}

#[derive(Clone, Debug)]
pub struct StepPlan {
    /// Earlier steps, and whether an input is read from them.
    pub needs: Vec<(usize, bool)>,
    /// Its `when`, and whether that asks for the status of what it needs.
    pub when: Option<(bool, bool)>,
    pub retries: u32,
    /// Of its attempts that came to run, in turn; those after the last succeed.
    pub acts: Vec<Act>,
}

impl StepPlan {
    /// From 1.
    pub fn act(&self, attempt: u32) -> Act {
        self.acts.get(attempt as usize - 1).copied().unwrap_or(Act::Exit(40, 0))
    }
}

#[derive(Clone, Debug)]
pub struct Graph {
    pub steps: Vec<StepPlan>,
    pub jobs: usize,
}

const PATIENCE: Duration = Duration::from_secs(3600);

impl Graph {
    pub fn plan(&self) -> Plan {
        plan_of(self.steps.iter().enumerate().map(|(index, step)| {
            Node {
                needs: step
                    .needs
                    .iter()
                    .map(|(need, by_input)| Need { node: node_id(*need), by_input: *by_input })
                    .collect(),
                when: step.when.map(|(holds, _)| Template {
                    text: if holds { "true" } else { "false" }.to_owned(),
                    span: Span { line: 1, column: 1, length: 1 },
                }),
                when_status_of: match step.when {
                    Some((_, true)) => step.needs.iter().map(|(need, _)| node_id(*need).step).collect(),
                    _ => vec![],
                },
                retry: Retry { limit: step.retries, delay: Duration::from_millis(70), backoff: 2 },
                timeout: step
                    .acts
                    .iter()
                    .any(|act| matches!(act, Act::Hang))
                    .then(|| Duration::from_secs(20)),
                poll: Some(Poll { every: Duration::from_millis(300), limit: PATIENCE }),
                ..node(node_id(index))
            }
        }))
    }

    /// How each step ends if nobody cancels the run: the rules of `needs`, `when` and `retry`, told once more. Kills
    /// change nothing of it.
    pub fn expected(&self) -> Vec<Status> {
        let mut ends: Vec<(Status, bool)> = vec![];
        for step in &self.steps {
            let asks = matches!(step.when, Some((_, true)));
            let failed = step.needs.iter().any(|(need, _)| {
                let (status, by_failure) = ends[*need];
                status == Status::Failed || by_failure
            });
            let unread = step.needs.iter().any(|(need, read)| *read && ends[*need].0 == Status::Skipped);
            let end = match step.when {
                _ if failed && !asks => (Status::Skipped, true),
                _ if unread && !asks => (Status::Skipped, false),
                Some((false, _)) => (Status::Skipped, false),
                _ => (step.end(), false),
            };
            ends.push(end);
        }
        ends.into_iter().map(|(status, _)| status).collect()
    }
}

impl StepPlan {
    fn end(&self) -> Status {
        let mut charged = 0;
        for attempt in 1.. {
            match self.act(attempt) {
                Act::Exit(_, 0) | Act::NotYet(_) => break,
                Act::Vanish(_) => {}
                _ if charged == self.retries => return Status::Failed,
                _ => charged += 1,
            }
        }
        Status::Succeeded
    }
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (1..500_u64).prop_map(|after| Act::Exit(after, 0)),
        3 => (1..500_u64).prop_map(|after| Act::Exit(after, 1)),
        1 => (1..500_u64).prop_map(Act::BadOutput),
        1 => (1..500_u64).prop_map(Act::Vanish),
        1 => Just(Act::Hang),
        1 => (1..4_u32).prop_map(Act::NotYet),
    ]
}

fn step(index: usize) -> impl Strategy<Value = StepPlan> {
    let needs = proptest::collection::vec((0..index.max(1), any::<bool>()), 0..=index.min(3));
    let when = proptest::option::weighted(0.2, any::<(bool, bool)>());
    let acts = proptest::collection::vec(act(), 0..4);
    (needs, when, 0..3_u32, acts).prop_map(|(mut needs, when, retries, acts)| {
        needs.sort_unstable();
        needs.dedup_by_key(|(need, _)| *need);
        StepPlan { needs, when, retries, acts }
    })
}

/// Of one to eight steps, on one to four places.
pub fn graph() -> impl Strategy<Value = Graph> {
    (1..=8_usize).prop_flat_map(|count| {
        let steps: Vec<_> = (0..count).map(step).collect();
        (steps, 1..5_usize).prop_map(|(steps, jobs)| Graph { steps, jobs })
    })
}

pub fn node_id(index: usize) -> NodeId {
    NodeId::new(Name::new(&format!("s{index}")).unwrap(), None)
}

pub fn node(id: NodeId) -> Node {
    Node {
        id,
        needs: vec![],
        when: None,
        when_status_of: vec![],
        matrix: IndexMap::new(),
        operator: None,
        launch: Launch::Argv(vec![]),
        image: Name::new("default").unwrap(),
        env: IndexMap::new(),
        with: IndexMap::new(),
        sql: None,
        inputs: IndexMap::new(),
        outputs: IndexMap::new(),
        tables: vec![],
        storage: false,
        files: None,
        resources: Resources::default(),
        retry: Retry { limit: 0, delay: Duration::ZERO, backoff: 1 },
        timeout: None,
        poll: None,
        secrets: vec![],
        cache: vec![],
        io: Io::Path,
        taken: None,
        closure: Digest::of(b""),
    }
}

pub fn plan_of(nodes: impl IntoIterator<Item = Node>) -> Plan {
    let name = |text: &str| Name::new(text).unwrap();
    Plan {
        greenroom: 1,
        token: Token::generate(),
        project: name("p"),
        env: name("dev"),
        name: name("w"),
        version: Version::INITIAL,
        kind: Kind::Workflow,
        use_case: None,
        file: "workflows/w.yaml".into(),
        params: IndexMap::new(),
        tree: Digest::of(b""),
        warehouse: None,
        images: IndexMap::new(),
        services: IndexMap::new(),
        taken_params: Vec::new(),
        nodes: nodes.into_iter().collect(),
    }
}

/// By the ids of its nodes.
pub fn by_id(plan: &Plan) -> HashMap<NodeId, usize> {
    plan.nodes.iter().enumerate().map(|(index, node)| (node.id.clone(), index)).collect()
}
