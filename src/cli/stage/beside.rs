use std::collections::HashSet;

use crate::cli::args::Target;
use crate::domain::{Name, NodeId, Plan};

/// What a plan runs though it does not follow from the step that was to be the first: nobody asked for it, and it may take
/// long.
pub fn run_beside(plan: &Plan, target: &Target) -> Option<String> {
    let from = target.from.as_ref()?;
    let mut follows: HashSet<&NodeId> = HashSet::new();
    let mut more: Vec<&Name> = Vec::new();
    // Each comes after what it needs.
    for node in plan.nodes.iter().filter(|node| node.taken.is_none()) {
        if node.id.step == *from || node.needs.iter().any(|need| follows.contains(&need.node)) {
            follows.insert(&node.id);
        } else if !more.contains(&&node.id.step) {
            more.push(&node.id.step);
        }
    }
    let (last, others) = more.split_last()?;
    let others: Vec<&str> = others.iter().map(|step| step.as_str()).collect();
    let (named, are) = match others.as_slice() {
        [] => (last.to_string(), "it is run"),
        others => (format!("{} and {last}", others.join(", ")), "they are run"),
    };
    Some(match &target.inputs_from {
        Some(run) => format!("run {run} has not made {named}: {are} too"),
        None => format!("no earlier run with these parameters has made {named}: {are} too"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Taken;
    use crate::domain::scene::{self, name};

    #[test]
    fn what_was_not_asked_for_is_told() {
        let told = |from: &str, taken: &[&str]| {
            let mut plan = scene::plan();
            for node in plan.nodes.iter_mut().filter(|node| taken.contains(&node.id.step.as_str())) {
                node.taken =
                    Some(Taken { token: scene::token(), path: "/x".into(), why: String::new(), older: None });
            }
            let target = Target {
                name: "daily_delays".to_owned(),
                params: Vec::new(),
                use_case: None,
                from: Some(name(from)),
                only: None,
                inputs_from: None,
                env: "dev".to_owned(),
                base: None,
            };
            run_beside(&plan, &target)
        };
        let lacks = "no earlier run with these parameters has made";
        let two = format!("{lacks} flights_ready and delays: they are run too");
        assert_eq!(told("report", &[]), Some(two));
        assert_eq!(told("report", &["flights_ready"]), Some(format!("{lacks} delays: it is run too")));
        assert_eq!(told("report", &["flights_ready", "delays"]), None);
        assert_eq!(told("flights_ready", &[]), None);
    }
}
