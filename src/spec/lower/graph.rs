use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use super::context::Lower;
use crate::domain::{Name, Span, Step};
use crate::spec::yaml::{Node, Tree};

/// Step → what it waits for, each with where it says so.
pub(super) type Edges<'s> = HashMap<&'s str, Vec<(&'s str, Span)>>;

impl<'a> Lower<'a> {
    /// Needs that do not exist, and cycles. `named`: what templates name.
    pub(super) fn check_needs(
        &mut self,
        node: Option<&'a Node>,
        steps: &IndexMap<Name, Step>,
        named: Vec<(&'a str, String, Span)>,
    ) {
        let written: HashSet<&str> =
            node.and_then(Node::as_map).into_iter().flatten().map(|entry| entry.key.as_str()).collect();
        let mut edges: Edges<'_> = HashMap::new();
        for entry in node.and_then(Node::as_map).into_iter().flatten() {
            let Some((step, _)) = steps.get_key_value(entry.key.as_str()) else { continue };
            let needs = entry.value.as_map().and_then(|map| map.iter().find(|entry| entry.key == "needs"));
            let needs = match needs.map(|needs| &needs.value.tree) {
                Some(Tree::List(items)) => items.as_slice(),
                Some(Tree::Scalar(_)) => {
                    needs.map(|needs| std::slice::from_ref(&needs.value)).unwrap_or_default()
                }
                _ => &[],
            };
            for need in needs {
                let Some(scalar) = need.as_scalar() else { continue };
                match steps.get_key_value(scalar.text.as_str()) {
                    Some((other, _)) => {
                        edges.entry(step.as_str()).or_default().push((other.as_str(), need.span))
                    }
                    None if written.contains(scalar.text.as_str()) || Name::new(&scalar.text).is_err() => {}
                    None => {
                        let names = steps.keys().map(Name::as_str);
                        let help = self.suggest.did_you_mean(&scalar.text, "steps", names);
                        let message = format!("there is no step `{}` to need", scalar.text);
                        self.problems.error("unknown-step", need.span, message).help = help;
                    }
                }
            }
        }
        for (step, other, span) in &named {
            let both = steps.get_key_value(*step).zip(steps.get_key_value(other.as_str()));
            if let Some(((step, _), (other, _))) = both {
                edges.entry(step.as_str()).or_default().push((other.as_str(), *span));
            }
        }
        let cycles = cycles(steps, &edges);
        if cycles.is_empty() {
            let entries = node.and_then(Node::as_map).into_iter().flatten();
            let spans = entries.map(|entry| (entry.key.as_str(), entry.span)).collect();
            self.check_writes(steps, &edges, &spans);
        }
        for (path, span) in cycles {
            let message = format!("these steps wait for each other: {}", path.join(" → "));
            self.problems.error("cycle", span, message).help =
                "one of them must start without the others".into();
        }
    }
}

/// One cycle for each knot of steps, with the place of the need that closes it.
fn cycles<'s>(steps: &'s IndexMap<Name, Step>, edges: &Edges<'s>) -> Vec<(Vec<&'s str>, Span)> {
    let mut found = Vec::new();
    let mut done: HashSet<&str> = HashSet::new();
    for start in steps.keys().map(Name::as_str) {
        if done.contains(start) {
            continue;
        }
        // Depth first without recursion: a chain may be thousands of steps long.
        let mut path: Vec<(&str, usize)> = vec![(start, 0)];
        let mut on_path: HashMap<&str, usize> = HashMap::from([(start, 0)]);
        while let Some((step, next)) = path.last_mut() {
            let needs = edges.get(step).map(Vec::as_slice).unwrap_or_default();
            let Some((need, span)) = needs.get(*next) else {
                done.insert(step);
                on_path.remove(step);
                path.pop();
                continue;
            };
            *next += 1;
            if let Some(at) = on_path.get(need) {
                let mut names: Vec<&str> = path[*at..].iter().map(|(step, _)| *step).collect();
                names.push(need);
                found.push((names, *span));
            } else if !done.contains(need) {
                on_path.insert(need, path.len());
                path.push((need, 0));
            }
        }
    }
    found
}
