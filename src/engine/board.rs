use std::collections::HashMap;

use crate::domain::{Name, Node, NodeId, Plan, RunLayout, RunScope, Scope, Status, StepScope};

/// How each node stands: the rules of `needs` and `when`, without any I/O.
pub(super) struct Board<'a> {
    plan: &'a Plan,
    layout: &'a RunLayout,
    ended: HashMap<NodeId, End>,
    /// Nodes that wait, by what they wait for.
    dependents: HashMap<&'a NodeId, Vec<usize>>,
    waiting_for: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct End {
    status: Status,
    /// Skipped or cancelled because of something else that failed, not because its own `when` was false.
    by_failure: bool,
}

/// What to do with a node whose needs have all ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Run,
    Skip { reason: String, by_failure: bool },
}

impl<'a> Board<'a> {
    pub fn new(plan: &'a Plan, layout: &'a RunLayout) -> Self {
        let known: HashMap<&NodeId, ()> = plan.nodes.iter().map(|node| (&node.id, ())).collect();
        let mut dependents: HashMap<&NodeId, Vec<usize>> = HashMap::new();
        let mut waiting_for = vec![0; plan.nodes.len()];
        for (index, node) in plan.nodes.iter().enumerate() {
            for need in node.needs.iter().filter(|need| known.contains_key(&need.node)) {
                dependents.entry(&need.node).or_default().push(index);
                waiting_for[index] += 1;
            }
        }
        Self { plan, layout, ended: HashMap::new(), dependents, waiting_for }
    }

    /// Nodes that wait for nothing, in the plan's order.
    pub fn ready(&self) -> Vec<usize> {
        (0..self.plan.nodes.len()).filter(|index| self.waiting_for[*index] == 0).collect()
    }

    /// Records an end; answers the nodes that wait for nothing any more.
    pub fn end(&mut self, id: &NodeId, status: Status, by_failure: bool) -> Vec<usize> {
        if self.ended.insert(id.clone(), End { status, by_failure }).is_some() {
            return vec![];
        }
        let mut ready = vec![];
        for index in self.dependents.get(id).map(Vec::as_slice).unwrap_or_default() {
            self.waiting_for[*index] -= 1;
            if self.waiting_for[*index] == 0 {
                ready.push(*index);
            }
        }
        ready
    }

    pub fn has_ended(&self, id: &NodeId) -> bool {
        self.ended.contains_key(id)
    }

    pub fn all_ended(&self) -> bool {
        self.ended.len() == self.plan.nodes.len()
    }

    pub fn dependents(&self, id: &NodeId) -> impl Iterator<Item = &'a Node> {
        let plan = self.plan;
        self.dependents.get(id).into_iter().flatten().map(move |index| &plan.nodes[*index])
    }

    /// A failed step skips what depends on it; a skipped one only what reads its output. A `when` that names the
    /// status of a step is asked also where that step failed.
    pub fn verdict(&self, node: &Node) -> Verdict {
        for need in &node.needs {
            let Some(end) = self.ended.get(&need.node) else { continue };
            let asked = node.when_status_of.contains(&need.node.step);
            let failed = end.status == Status::Failed || end.status == Status::Cancelled || end.by_failure;
            if failed && !asked {
                let how = if end.status == Status::Skipped { "was skipped" } else { end.status.as_str() };
                return Verdict::Skip { reason: format!("{} {how}", need.node), by_failure: true };
            }
            if end.status == Status::Skipped && need.by_input && !asked {
                let reason = format!("{}, whose output it reads, was skipped", need.node);
                return Verdict::Skip { reason, by_failure: false };
            }
        }
        Verdict::Run
    }

    /// What a `when` may name.
    pub fn scope(&self, node: &Node) -> Scope {
        let plan = self.plan;
        Scope {
            params: plan.params.clone(),
            run: Some(RunScope {
                project: plan.project.clone(),
                env: plan.env.clone(),
                name: plan.name.clone(),
                version: plan.version,
                token: plan.token,
            }),
            steps: plan.nodes.iter().map(|node| (node.id.step.clone(), self.step(&node.id.step))).collect(),
            matrix: node.matrix.clone(),
            schedule: None,
        }
    }

    fn step(&self, step: &Name) -> StepScope {
        let nodes = || self.plan.nodes.iter().filter(|node| node.id.step == *step);
        let ends: Vec<Status> =
            nodes().filter_map(|node| self.ended.get(&node.id)).map(|e| e.status).collect();
        let worst = [Status::Failed, Status::Cancelled, Status::Succeeded, Status::Skipped];
        let dir = self.layout.artifacts_inside(&NodeId::new(step.clone(), None));
        let outputs = nodes().next().into_iter().flat_map(|node| {
            node.outputs.iter().map(|(name, output)| {
                let path = if node.id.cell.is_some() { dir.clone() } else { dir.join(&output.path) };
                (name.clone(), path.to_string())
            })
        });
        StepScope {
            outputs: outputs.collect(),
            status: worst.into_iter().find(|status| ends.contains(status)),
        }
    }

    /// Of the whole run, once all have ended.
    pub fn status(&self) -> Status {
        let any = |status| self.ended.values().any(|end| end.status == status);
        match () {
            () if any(Status::Failed) => Status::Failed,
            () if any(Status::Cancelled) => Status::Cancelled,
            () => Status::Succeeded,
        }
    }
}
