use std::cell::RefCell;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use crate::domain::{Name, NodeId, Plan, RunLayout, Taken, Token};
use crate::plan::{Earlier, NoSource, Source};
use crate::store::{self, Recorded, RunRef, Runs, has_all, taken};

/// The run that another one is forked from: where it gets all that it does not make itself.
pub struct ForkedRun {
    recorded: Recorded,
    /// What it took over from others, it says here. None of a foreign one: its plan may name any run.
    plan: Option<Plan>,
    runs: Runs,
    /// What these made is not what there is now, and why.
    altered: HashMap<NodeId, String>,
    /// A step is asked for more than once, and the answer must not change in between.
    known: RefCell<HashMap<NodeId, Option<Taken>>>,
    /// The same of the runs it took from: whose files its own are links to, and so changed as those are.
    altered_there: RefCell<HashMap<Token, HashSet<NodeId>>>,
}

impl ForkedRun {
    pub fn new(recorded: Recorded, plan: Option<Plan>, runs: Runs, altered: HashMap<NodeId, String>) -> Self {
        Self { recorded, plan, runs, altered, known: RefCell::default(), altered_there: RefCell::default() }
    }

    fn own(&self, nodes: &[NodeId]) -> Option<Taken> {
        let (token, layout) = (self.recorded.run.token, RunLayout::at(&self.recorded.path));
        let whole =
            nodes.iter().all(|node| !self.altered.contains_key(node)) && has_all(&layout, token, nodes);
        whole.then(|| taken(layout, token, "the run it is forked from"))
    }

    /// It has links of its own to what it took over; where somebody removed them, or it never came so far, what they are
    /// links to may still be there.
    fn of_its_source(&self, nodes: &[NodeId]) -> Option<Taken> {
        let plan = self.plan.as_ref()?;
        let source = |node: &NodeId| plan.node(node)?.taken.as_ref().map(|taken| taken.token);
        let token: Token = source(nodes.first()?)?;
        if nodes.iter().any(|node| source(node) != Some(token)) {
            return None;
        }
        let found = self.runs.find(&RunRef::Token(token)).ok()?;
        let layout = RunLayout::at(&found.path);
        let chosen = format!("run {} had it from there", self.recorded.run.token.short());
        let whole = has_all(&layout, token, nodes) && self.is_unaltered(&layout, token, nodes);
        whole.then(|| taken(layout, token, &chosen))
    }

    /// What cannot be told is no.
    fn is_unaltered(&self, layout: &RunLayout, token: Token, nodes: &[NodeId]) -> bool {
        let mut known = self.altered_there.borrow_mut();
        if let Entry::Vacant(unknown) = known.entry(token) {
            let Ok(events) = store::read_events(layout, token) else { return false };
            unknown
                .insert(store::altered(layout, token, &events).into_iter().map(|(node, _)| node).collect());
        }
        known.get(&token).is_some_and(|altered| nodes.iter().all(|node| !altered.contains(node)))
    }
}

impl Earlier for ForkedRun {
    fn with(&self, node: &NodeId) -> Option<Taken> {
        let mut known = self.known.borrow_mut();
        let one = std::slice::from_ref(node);
        known.entry(node.clone()).or_insert_with(|| self.own(one).or_else(|| self.of_its_source(one))).clone()
    }

    fn named(&self) -> Option<String> {
        Some(self.recorded.run.token.short())
    }

    fn lacks(&self, node: &NodeId) -> String {
        let short = self.recorded.run.token.short();
        match self.altered.get(node) {
            Some(why) => format!("what run {short} made there is not what there is now: {why}"),
            None => format!("run {short} does not have it as it was made"),
        }
    }

    /// A fork begins nowhere else, and takes from no other run.
    fn instead(&self, step: &Name) -> Option<String> {
        let run = &self.recorded.run;
        let case = run.use_case.as_ref().map(|case| format!(" --use-case {case}")).unwrap_or_default();
        let alone = format!("greenroom run {}{case} --only {step}", run.name);
        Some(format!("fork a run that has it, or run the step with what the newest that fits has: {alone}"))
    }
}

impl Source for ForkedRun {
    /// What was good enough for the old run is so for the new one: `accept` was asked when that was planned.
    fn with(&self, nodes: &[NodeId]) -> Result<Taken, NoSource> {
        let found = self.own(nodes).or_else(|| self.of_its_source(nodes));
        found.ok_or_else(|| {
            let run = &self.recorded.run;
            let short = run.token.short();
            let case = run.use_case.as_ref().map(|case| format!(" --use-case {case}")).unwrap_or_default();
            NoSource {
                why: match nodes.iter().find_map(|node| Some((node, self.altered.get(node)?))) {
                    Some((node, why)) => {
                        format!("what {node} made in run {short} is not what there is now: {why}")
                    }
                    None => {
                        format!("run {short} does not have it as it was made, nor has the run it came from")
                    }
                },
                help: Some(format!(
                    "run it anew, with the newest that has it: greenroom run {}{case}",
                    run.name
                )),
            }
        })
    }
}
