use std::collections::HashMap;

use indexmap::IndexMap;

use crate::domain::{Name, Step};

/// Each step after what it needs, otherwise as written. The spec has refused cycles; should one be there all the
/// same, its steps are left out.
pub(super) fn order<'a>(
    steps: &'a IndexMap<Name, Step>,
    needs: &IndexMap<Name, IndexMap<Name, bool>>,
) -> Vec<&'a Step> {
    let mut waiting: HashMap<&Name, usize> = HashMap::new();
    let mut dependents: HashMap<&Name, Vec<&Name>> = HashMap::new();
    for (step, needs) in needs {
        let known = needs.keys().filter(|need| steps.contains_key(*need));
        for need in known {
            *waiting.entry(step).or_default() += 1;
            dependents.entry(need).or_default().push(step);
        }
    }
    // A heap of positions keeps the written order among those that are ready.
    let position: HashMap<&Name, usize> = steps.keys().enumerate().map(|(i, name)| (name, i)).collect();
    let mut ready: std::collections::BTreeSet<usize> =
        steps.keys().filter(|name| !waiting.contains_key(name)).map(|name| position[name]).collect();
    let mut ordered = Vec::with_capacity(steps.len());
    while let Some(index) = ready.pop_first() {
        let Some((name, step)) = steps.get_index(index) else { continue };
        ordered.push(step);
        for next in dependents.get(name).into_iter().flatten() {
            let left = waiting.entry(*next).or_default();
            *left = left.saturating_sub(1);
            if *left == 0 {
                ready.insert(position[*next]);
            }
        }
    }
    ordered
}
