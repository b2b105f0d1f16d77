use std::collections::HashMap;

use indexmap::IndexMap;

use crate::domain::{Mentions, Name, Node, NodeId, Plan, Run, RunLayout, Taken, Token, Value, typed};
use crate::plan::{Request, UseCase, untouched};
use crate::store::{read_plan, read_run};

/// The values of those parameters that nothing which is run asks for, as the runs had them from which the rest is taken:
/// a figure is of what it was made with, and a model that was trained with `noise=3` has no other noise because it is
/// looked at again. Where two of these runs differ, neither is right, and the run keeps its own.
pub fn made_with(request: &Request<'_>, plan: &Plan) -> IndexMap<Name, Value> {
    let sources = sources(plan);
    if sources.is_empty() {
        return IndexMap::new();
    }
    let known = untouched(request, plan).into_iter().filter_map(|name| {
        let mut values = sources.iter().filter_map(|run| run.params.get(&name)).map(typed);
        let first = values.next()?;
        if values.any(|other| other != first) {
            return None;
        }
        let value = request.workflow.params.get(&name)?.kind.parse(&first).ok()?;
        (plan.params.get(&name) != Some(&value)).then_some((name, value))
    });
    known.collect()
}

/// What is taken over was made with other parameters than this run records, some of which it asks for itself: told, for
/// its figures are of both. Of what went through several runs, the first and the last say with what it was made: where it
/// does not depend on a parameter, one of them has this run's. `reaching`: the parameters that each step depends on.
pub fn of_other_params(plan: &Plan, reaching: &HashMap<NodeId, Mentions>) -> Vec<String> {
    let mut told: IndexMap<(Token, String), Vec<String>> = IndexMap::new();
    for node in &plan.nodes {
        let Some(taken) = &node.taken else { continue };
        let (Ok(had), Some(maker)) = (read_run(&RunLayout::at(&taken.path)), maker(taken, &node.id)) else {
            continue;
        };
        let own = |name: &Name| plan.params.get(name).map(ToString::to_string);
        let differs = |run: &Run, name: &Name| {
            run.params.get(name).map(typed).zip(own(name)).is_some_and(|(value, own)| value != own)
        };
        let reaches =
            |name: &Name| reaching.get(&node.id).is_none_or(|named| named.any_of(std::slice::from_ref(name)));
        let made = maker.typed_params();
        let made = made.filter(|(name, _)| reaches(name) && differs(&had, name) && differs(&maker, name));
        let made: Vec<String> = made.map(|(name, value)| format!("{name}={value}")).collect();
        if !made.is_empty() {
            told.entry((maker.token, made.join(" "))).or_default().push(node.title());
        }
    }
    let told = told.into_iter().map(|((token, params), steps)| {
        let (steps, verb) = (steps.join(", "), if steps.len() == 1 { "was" } else { "were" });
        let short = token.short();
        format!("{steps} {verb} made by run {short} with {params}: what comes of that tells of those, whatever this run's parameters are")
    });
    told.collect()
}

/// The run that made a node's outputs, by the plans of those that took them over.
fn maker(taken: &Taken, node: &NodeId) -> Option<Run> {
    let mut layout = RunLayout::at(&taken.path);
    // Records may name one another.
    for _ in 0..100 {
        match read_plan(&layout).ok()?.node(node).and_then(|node| node.taken.as_ref()) {
            Some(before) => layout = RunLayout::at(&before.path),
            None => return read_run(&layout).ok(),
        }
    }
    None
}

/// Steps of the same use case come each from the newest run that has them, with the same parameters but perhaps of other
/// data: told where these are several, for nobody asked for that.
pub fn of_several_runs(plan: &Plan, use_case: Option<&UseCase>) -> Option<String> {
    let mut by_run: IndexMap<Token, Vec<String>> = IndexMap::new();
    for node in plan.nodes.iter().filter(|node| is_inside(node, use_case)) {
        if let Some(taken) = &node.taken {
            by_run.entry(taken.token).or_default().push(node.title());
        }
    }
    let told: Vec<String> =
        by_run.iter().map(|(token, steps)| format!("{} of {}", steps.join(", "), token.short())).collect();
    (told.len() > 1).then(|| {
        let told = told.join(", ");
        format!("what is taken over is of several runs ({told}); to take it from one: --inputs-from RUN")
    })
}

/// Steps of the same use case that are taken over though they would do something else by now: told, for a person looks at
/// what the project's files make. What sees the whole project has changed with whatever was written, and says nothing.
pub fn of_other_code(plan: &Plan, use_case: Option<&UseCase>) -> Option<String> {
    let was = |node: &Node| read_plan(&RunLayout::at(&node.taken.as_ref()?.path)).ok();
    let is_other = |node: &&Node| {
        let before = was(node).and_then(|plan| plan.node(&node.id).map(|node| node.closure.clone()));
        node.files.is_some()
            && is_inside(node, use_case)
            && before.is_some_and(|before| before != node.closure)
    };
    let steps: Vec<String> = plan.nodes.iter().filter(is_other).map(Node::title).collect();
    (!steps.is_empty()).then(|| {
        let (was, its) = if steps.len() == 1 { ("is", "its") } else { ("are", "their") };
        let steps = steps.join(", ");
        format!("{steps} {was} taken over though {its} files, spec or image have changed since: run from there to have them count")
    })
}

fn is_inside(node: &Node, use_case: Option<&UseCase>) -> bool {
    use_case.is_none_or(|case| case.components.contains(&node.id.step))
}

/// Each run that something is taken from. One that cannot be read tells nothing.
fn sources(plan: &Plan) -> Vec<Run> {
    let taken = plan.nodes.iter().filter_map(|node| node.taken.as_ref());
    let found: IndexMap<Token, &Taken> = taken.map(|taken| (taken.token, taken)).collect();
    found.values().filter_map(|taken| read_run(&RunLayout::at(&taken.path)).ok()).collect()
}
