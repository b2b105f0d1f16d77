use std::collections::HashMap;

use crate::domain::{Name, Need, Node, NodeId, Plan, RunLayout, RunScope, Scope, Status, StepScope};

/// How each node stands: the rules of `needs` and `when`, without any I/O.
pub(super) struct Board<'a> {
    plan: &'a Plan,
    layout: &'a RunLayout,
    ended: HashMap<NodeId, End>,
    /// Nodes that wait, by what they wait for.
    dependents: HashMap<&'a NodeId, Vec<usize>>,
    waiting_for: Vec<usize>,
    of_step: HashMap<&'a Name, Vec<usize>>,
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
        let mut of_step: HashMap<&Name, Vec<usize>> = HashMap::new();
        for (index, node) in plan.nodes.iter().enumerate() {
            of_step.entry(&node.id.step).or_default().push(index);
            for need in node.needs.iter().filter(|need| known.contains_key(&need.node)) {
                dependents.entry(&need.node).or_default().push(index);
                waiting_for[index] += 1;
            }
        }
        Self { plan, layout, ended: HashMap::new(), dependents, waiting_for, of_step }
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
        let unasked = |need: &&Need| !node.when_status_of.contains(&need.node.step);
        let ended = || {
            let needs = node.needs.iter().filter(unasked);
            needs.filter_map(|need| Some((need, self.ended.get(&need.node)?)))
        };
        // A failure goes before a skip, whatever their order: what depends on this node must hear of it.
        for (need, end) in ended() {
            if end.status == Status::Failed || end.status == Status::Cancelled || end.by_failure {
                let how = if end.status == Status::Skipped { "was skipped" } else { end.status.as_str() };
                return Verdict::Skip { reason: format!("{} {how}", need.node), by_failure: true };
            }
        }
        for (need, end) in ended() {
            if end.status == Status::Skipped && need.by_input {
                let reason = format!("{}, whose output it reads, was skipped", need.node);
                return Verdict::Skip { reason, by_failure: false };
            }
        }
        Verdict::Run
    }

    /// What a `when` that names these steps needs to know: with all steps, a run's cost would grow with their square.
    pub fn scope(&self, node: &Node, named: &[Name]) -> Scope {
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
            steps: named.iter().map(|step| (step.clone(), self.step(step))).collect(),
            matrix: node.matrix.clone(),
            schedule: None,
        }
    }

    fn step(&self, step: &Name) -> StepScope {
        let nodes = || self.of_step.get(step).into_iter().flatten().map(|index| &self.plan.nodes[*index]);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::tests::graph::{node, plan_of};

    fn id(text: &str) -> NodeId {
        text.parse().unwrap()
    }

    /// `b: a` needs a; `b: a!` reads its output; `b: a?` asks for its status.
    fn plan(nodes: &[(&str, &[&str])]) -> Plan {
        plan_of(nodes.iter().map(|(of, needs)| {
            let plain = |need: &str| id(need.trim_end_matches(['!', '?']));
            Node {
                needs: needs.iter().map(|n| Need { node: plain(n), by_input: n.ends_with('!') }).collect(),
                when_status_of: needs.iter().filter(|n| n.ends_with('?')).map(|n| plain(n).step).collect(),
                ..node(id(of))
            }
        }))
    }

    /// The verdict on the last node after the others ended so.
    fn judge(nodes: &[(&str, &[&str])], ends: &[(&str, Status, bool)]) -> Verdict {
        let plan = plan(nodes);
        let layout = RunLayout::of("/r".into(), &plan);
        let mut board = Board::new(&plan, &layout);
        for (of, status, by_failure) in ends {
            board.end(&id(of), *status, *by_failure);
        }
        board.verdict(plan.nodes.last().unwrap())
    }

    fn skipped(verdict: &Verdict) -> Option<&str> {
        match verdict {
            Verdict::Run => None,
            Verdict::Skip { reason, .. } => Some(reason),
        }
    }

    #[test]
    fn a_failure_skips_what_depends_on_it_and_nothing_else() {
        let verdict = judge(&[("a", &[]), ("b", &["a"])], &[("a", Status::Failed, false)]);
        assert_eq!(skipped(&verdict), Some("a failed"));
        let verdict = judge(
            &[("a", &[]), ("c", &[]), ("b", &["c"])],
            &[("a", Status::Failed, false), ("c", Status::Succeeded, false)],
        );
        assert_eq!(verdict, Verdict::Run);
    }

    #[test]
    fn a_skip_by_failure_goes_on_down_the_chain() {
        let chain: &[(&str, &[&str])] = &[("a", &[]), ("b", &["a"]), ("c", &["b"])];
        let verdict = judge(chain, &[("a", Status::Failed, false), ("b", Status::Skipped, true)]);
        assert_eq!(skipped(&verdict), Some("b was skipped"));
    }

    #[test]
    fn a_skip_by_when_skips_readers_and_lets_others_run() {
        let ends = [("a", Status::Skipped, false)];
        assert_eq!(judge(&[("a", &[]), ("b", &["a"])], &ends), Verdict::Run);
        let verdict = judge(&[("a", &[]), ("b", &["a!"])], &ends);
        assert_eq!(skipped(&verdict), Some("a, whose output it reads, was skipped"));
    }

    #[test]
    fn a_failure_is_heard_of_beside_a_skip_in_whatever_order() {
        let ends = [("a", Status::Skipped, false), ("b", Status::Failed, false)];
        let nodes: &[(&str, &[&str])] = &[("a", &[]), ("b", &[]), ("c", &["a!", "b"])];
        assert!(matches!(judge(nodes, &ends), Verdict::Skip { by_failure: true, .. }));
    }

    #[test]
    fn a_when_that_asks_for_a_status_is_evaluated_after_a_failure() {
        let verdict = judge(&[("a", &[]), ("b", &["a?"])], &[("a", Status::Failed, false)]);
        assert_eq!(verdict, Verdict::Run);
    }

    #[test]
    fn a_node_is_ready_when_its_last_need_has_ended() {
        let plan = plan(&[("a", &[]), ("m.x", &["a"]), ("m.y", &["a"]), ("z", &["m.x", "m.y"])]);
        let layout = RunLayout::of("/r".into(), &plan);
        let mut board = Board::new(&plan, &layout);
        assert_eq!(board.ready(), [0]);
        assert_eq!(board.end(&id("a"), Status::Succeeded, false), [1, 2]);
        assert_eq!(board.end(&id("m.x"), Status::Succeeded, false), [] as [usize; 0]);
        assert_eq!(board.end(&id("m.x"), Status::Succeeded, false), [] as [usize; 0], "an end counts once");
        assert_eq!(board.end(&id("m.y"), Status::Failed, false), [3]);
        board.end(&id("z"), Status::Skipped, true);
        assert!(board.all_ended());
        assert_eq!(board.status(), Status::Failed);
    }
}
