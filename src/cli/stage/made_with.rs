use indexmap::IndexMap;

use crate::domain::{Name, Node, Plan, Run, RunLayout, Taken, Token, Value, typed};
use crate::plan::{Request, UseCase, untouched};
use crate::store::read_run;

/// The values of those parameters that nothing which is run asks for, as the runs had them from which the rest is taken:
/// a figure is of what it was made with, and a model that was trained with `noise=3` has no other noise because it is
/// looked at again. Where two of these runs differ, neither is right, and the run keeps its own.
pub fn made_with(request: &Request<'_>, plan: &Plan) -> IndexMap<Name, Value> {
    let sources: Vec<Run> = sources(plan).into_iter().map(|(run, _, _)| run).collect();
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
/// its figures are of both.
pub fn of_other_params(plan: &Plan) -> Vec<String> {
    let told = sources(plan).into_iter().filter_map(|(run, token, steps)| {
        let differs = run.typed_params().filter(|(name, value)| {
            plan.params.get(*name).is_some_and(|own| own.to_string() != *value)
        });
        let differs: Vec<String> = differs.map(|(name, value)| format!("{name}={value}")).collect();
        (!differs.is_empty()).then(|| {
            let (steps, verb) = (steps.join(", "), if steps.len() == 1 { "was" } else { "were" });
            let (short, differs) = (token.short(), differs.join(" "));
            format!("{steps} {verb} made by run {short} with {differs}: what comes of that tells of those, whatever this run's parameters are")
        })
    });
    told.collect()
}

/// Steps of the same use case come each from the newest run that has them, with the same parameters but perhaps of other
/// data: told where these are several, for nobody asked for that.
pub fn of_several_runs(plan: &Plan, use_case: Option<&UseCase>) -> Option<String> {
    let inside = |node: &Node| use_case.is_none_or(|case| case.components.contains(&node.id.step));
    let mut by_run: IndexMap<Token, Vec<String>> = IndexMap::new();
    for node in plan.nodes.iter().filter(|node| inside(node)) {
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

/// Each run that something is taken from, with the titles of the nodes. One that cannot be read tells nothing.
fn sources(plan: &Plan) -> Vec<(Run, Token, Vec<String>)> {
    let mut found: IndexMap<Token, (&Taken, Vec<String>)> = IndexMap::new();
    for node in &plan.nodes {
        if let Some(taken) = &node.taken {
            found.entry(taken.token).or_insert((taken, Vec::new())).1.push(node.title());
        }
    }
    let read = |(token, (taken, steps)): (Token, (&Taken, Vec<String>))| {
        Some((read_run(&RunLayout::at(&taken.path)).ok()?, token, steps))
    };
    found.into_iter().filter_map(read).collect()
}
