use std::collections::HashMap;

use super::{Data, Dataset, Lineage, StepLineage};

/// A thing or a step of a lineage, as it is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Node<'l> {
    Data(&'l Data),
    Step(&'l StepLineage),
}

/// A lineage as one graph: each node stands behind all that it comes from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Flow<'l> {
    pub nodes: Vec<Node<'l>>,
    /// For each node, those that come of it. What closes a circle is left out.
    pub next: Vec<Vec<usize>>,
}

impl Lineage {
    /// Tables, and the steps that make or read them.
    pub fn of_tables(&self) -> Self {
        let is_table = |dataset: &Dataset| matches!(dataset, Dataset::Table { .. });
        let steps = self.steps.iter().filter_map(|step| {
            let mut step = step.clone();
            step.reads.retain(is_table);
            step.makes.retain(is_table);
            (!step.reads.is_empty() || !step.makes.is_empty()).then_some(step)
        });
        let data = self.data.iter().filter(|data| is_table(&data.dataset)).cloned();
        Self { steps: steps.collect(), data: data.collect() }
    }

    pub fn flow(&self) -> Flow<'_> {
        let data = self.data.len();
        let at: HashMap<&Dataset, usize> =
            self.data.iter().enumerate().map(|(at, data)| (&data.dataset, at)).collect();
        let mut next: Vec<Vec<usize>> = vec![Vec::new(); data + self.steps.len()];
        for (step, lineage) in self.steps.iter().enumerate() {
            for read in lineage.reads.iter().filter_map(|dataset| at.get(dataset)) {
                next[*read].push(data + step);
            }
            next[data + step].extend(lineage.makes.iter().filter_map(|dataset| at.get(dataset)));
        }
        let order = ordered(&next);
        let mut place = vec![0; next.len()];
        order.iter().enumerate().for_each(|(new, old)| place[*old] = new);
        let nodes = order.iter().map(|old| match old.checked_sub(data) {
            None => Node::Data(&self.data[*old]),
            Some(step) => Node::Step(&self.steps[step]),
        });
        let forward = |old: &usize| {
            let mut all: Vec<usize> = next[*old].iter().map(|other| place[*other]).collect();
            all.retain(|other| *other > place[*old]);
            all.sort_unstable();
            all
        };
        Flow { nodes: nodes.collect(), next: order.iter().map(forward).collect() }
    }
}

/// Each behind those that it comes from, and as near to them as can be. In a circle, whoever waits for the fewest goes first.
pub(super) fn ordered(next: &[Vec<usize>]) -> Vec<usize> {
    let mut waits = vec![0_usize; next.len()];
    next.iter().flatten().for_each(|other| waits[*other] += 1);
    let mut done = vec![false; next.len()];
    let mut order = Vec::new();
    let mut ready: Vec<usize> = (0..next.len()).rev().filter(|node| waits[*node] == 0).collect();
    while order.len() < next.len() {
        let node = ready.pop().filter(|node| !done[*node]).or_else(|| {
            let left = (0..next.len()).filter(|node| !done[*node]);
            left.min_by_key(|node| waits[*node])
        });
        let Some(node) = node else { break };
        done[node] = true;
        order.push(node);
        for other in next[node].iter().rev() {
            waits[*other] = waits[*other].saturating_sub(1);
            if waits[*other] == 0 && !done[*other] {
                ready.push(*other);
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stands_behind_what_it_comes_from_and_a_circle_ends() {
        assert_eq!(ordered(&[vec![2], vec![2], vec![3], vec![]]), [0, 1, 2, 3]);
        assert_eq!(ordered(&[vec![1, 3], vec![2], vec![], vec![]]), [0, 1, 2, 3], "a chain stays together");
        assert_eq!(ordered(&[vec![1], vec![0], vec![1]]), [2, 0, 1]);
        assert_eq!(ordered(&[]), [0; 0]);
    }
}
