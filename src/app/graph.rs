use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::WorkflowLook;
use crate::domain::{Action, Name, NodeId, Plan, Step};

/// The steps of a workflow and what they wait for, in layers: each step stands below all that it needs. A matrix is one
/// node with its cells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graph {
    pub nodes: Vec<GraphNode>,
    /// From top to bottom, each from left to right.
    pub layers: Vec<Vec<Spot>>,
    /// From each spot of a layer to spots of the next: (position in the layer, position in the next, edge).
    pub links: Vec<Vec<(usize, usize, Edge)>>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct GraphNode {
    pub step: Name,
    pub operator: Option<Name>,
    /// Positions of the nodes it waits for.
    pub needs: Vec<usize>,
    /// One for a step without a matrix.
    pub cells: Vec<NodeId>,
    pub layer: usize,
}

impl GraphNode {
    /// As written, of no run: it waits for nothing yet.
    fn of(step: &Step) -> Self {
        let operator = match &step.action {
            Action::Uses { operator, .. } => Some(operator.clone()),
            _ => None,
        };
        let cells = vec![NodeId::new(step.name.clone(), None)];
        Self { step: step.name.clone(), operator, needs: Vec::new(), cells, layer: 0 }
    }
}

/// Positions of nodes: what is needed, and who needs it.
pub type Edge = (usize, usize);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Spot {
    Node(usize),
    /// An edge goes through this layer.
    Pass(Edge),
}

/// Rounds in which each layer is put into the order of its neighbours.
const ROUNDS: usize = 8;
/// Of more nodes nobody sees the whole picture, and untangling it takes long.
const MOST: usize = 200;

impl Graph {
    /// As its spec says; without one there is nothing.
    pub fn of_workflow(workflow: &WorkflowLook) -> Self {
        let Some(spec) = &workflow.spec else { return Self::default() };
        let at = |name: &Name| spec.steps.get_index_of(name);
        let nodes = spec.steps.values().map(|step| GraphNode {
            needs: workflow.needs.get(&step.name).into_iter().flatten().filter_map(at).collect(),
            ..GraphNode::of(step)
        });
        Self::layered(nodes.collect())
    }

    /// `spec`: as it is now. What was taken over waits for nothing in the plan; where it stands, only the spec says, as far
    /// as it has not been turned round since. `rest`: the spec's steps that the plan has not are shown too,
    /// and all wait for what the spec says.
    pub fn of_plan(plan: &Plan, spec: Option<&WorkflowLook>, rest: bool) -> Self {
        let mut at: HashMap<&Name, usize> = HashMap::new();
        let mut nodes: Vec<GraphNode> = Vec::new();
        for node in &plan.nodes {
            let place = *at.entry(&node.id.step).or_insert(nodes.len());
            if place == nodes.len() {
                let (step, operator) = (node.id.step.clone(), node.operator.clone());
                nodes.push(GraphNode { step, operator, needs: Vec::new(), cells: Vec::new(), layer: 0 });
            }
            nodes[place].cells.push(node.id.clone());
        }
        for node in &plan.nodes {
            let place = at[&node.id.step];
            for need in node.needs.iter().filter_map(|need| at.get(&need.node.step)) {
                if !nodes[place].needs.contains(need) {
                    nodes[place].needs.push(*need);
                }
            }
        }
        let steps = spec.and_then(|spec| spec.spec.as_ref()).filter(|_| rest);
        for step in steps.into_iter().flat_map(|spec| spec.steps.values()) {
            if let Entry::Vacant(free) = at.entry(&step.name) {
                free.insert(nodes.len());
                nodes.push(GraphNode::of(step));
            }
        }
        let taken = |step: &Name| plan.nodes.iter().any(|node| node.id.step == *step && node.taken.is_some());
        for place in 0..nodes.len() {
            // A run of one step alone was planned without what that needs.
            let by_spec = rest || taken(&nodes[place].step);
            let needs = spec.and_then(|spec| spec.needs.get(&nodes[place].step)).map(Vec::as_slice);
            for need in needs.unwrap_or_default().iter().filter_map(|need| at.get(need).copied()) {
                let known = nodes[place].needs.contains(&need);
                if by_spec && !known && !waits(&nodes, need, place) {
                    nodes[place].needs.push(need);
                }
            }
        }
        Self::layered(nodes)
    }

    /// Those who wait for a node.
    pub fn dependents(&self, node: usize) -> impl Iterator<Item = usize> {
        (0..self.nodes.len()).filter(move |other| self.nodes[*other].needs.contains(&node))
    }

    pub fn position(&self, step: &Name) -> Option<usize> {
        self.nodes.iter().position(|node| node.step == *step)
    }

    /// The nodes of one layer, from left to right.
    pub fn row(&self, layer: usize) -> impl Iterator<Item = usize> {
        let spots = self.layers.get(layer).map(Vec::as_slice).unwrap_or_default();
        spots.iter().filter_map(|spot| match spot {
            Spot::Node(node) => Some(*node),
            Spot::Pass(_) => None,
        })
    }

    /// All nodes, layer by layer.
    pub fn in_order(&self) -> Vec<usize> {
        (0..self.layers.len()).flat_map(|layer| self.row(layer)).collect()
    }

    fn layered(mut nodes: Vec<GraphNode>) -> Self {
        set_layers(&mut nodes);
        let depth = nodes.iter().map(|node| node.layer + 1).max().unwrap_or(0);
        let mut layers: Vec<Vec<Spot>> = vec![Vec::new(); depth];
        for (index, node) in nodes.iter().enumerate() {
            layers[node.layer].push(Spot::Node(index));
            let needs = if nodes.len() > MOST { &[] } else { node.needs.as_slice() };
            for need in needs {
                for layer in layers.iter_mut().take(node.layer).skip(nodes[*need].layer + 1) {
                    layer.push(Spot::Pass((*need, index)));
                }
            }
        }
        let mut graph = Self { nodes, layers, links: Vec::new() };
        if graph.nodes.len() <= MOST {
            graph.links = graph.link();
            (0..ROUNDS).for_each(|round| graph.untangle(round % 2 == 0));
        }
        graph
    }

    fn link(&self) -> Vec<Vec<(usize, usize, Edge)>> {
        let spots = |layer: usize| -> HashMap<Spot, usize> {
            self.layers[layer].iter().enumerate().map(|(at, spot)| (*spot, at)).collect()
        };
        let mut links = vec![Vec::new(); self.layers.len().saturating_sub(1)];
        for (upper, links) in links.iter_mut().enumerate() {
            let (above, below) = (spots(upper), spots(upper + 1));
            for spot in &self.layers[upper + 1] {
                let edges: Vec<Edge> = match spot {
                    Spot::Pass(edge) => vec![*edge],
                    Spot::Node(node) => self.nodes[*node].needs.iter().map(|need| (*need, *node)).collect(),
                };
                for edge in edges {
                    let from = above.get(&Spot::Pass(edge)).or_else(|| above.get(&Spot::Node(edge.0)));
                    if let (Some(from), Some(to)) = (from, below.get(spot)) {
                        links.push((*from, *to, edge));
                    }
                }
            }
        }
        links
    }

    /// Puts the spots of each layer into the order of what they are linked to in the one above, or below.
    fn untangle(&mut self, downwards: bool) {
        let count = self.layers.len();
        let order: Vec<usize> =
            if downwards { (1..count).collect() } else { (0..count.saturating_sub(1)).rev().collect() };
        for layer in order {
            let links = &self.links[if downwards { layer - 1 } else { layer }];
            let weight = |at: usize| {
                let linked = links.iter().filter_map(|(up, down, _)| match downwards {
                    true => (*down == at).then_some(*up),
                    false => (*up == at).then_some(*down),
                });
                let (sum, number) = linked.fold((0, 0), |(sum, number), other| (sum + other, number + 1));
                // What is linked to nothing stays about where it is.
                if number == 0 { at as f64 } else { sum as f64 / number as f64 }
            };
            let mut weighed: Vec<(f64, Spot)> =
                self.layers[layer].iter().enumerate().map(|(at, spot)| (weight(at), *spot)).collect();
            weighed.sort_by(|(a, _), (b, _)| a.total_cmp(b));
            self.layers[layer] = weighed.into_iter().map(|(_, spot)| spot).collect();
            self.links = self.link();
        }
    }
}

/// A node is another, or waits for it, be it through others.
fn waits(nodes: &[GraphNode], node: usize, other: usize) -> bool {
    let (mut seen, mut open) = (vec![false; nodes.len()], vec![node]);
    while let Some(node) = open.pop() {
        if node == other {
            return true;
        }
        if !std::mem::replace(&mut seen[node], true) {
            open.extend(&nodes[node].needs);
        }
    }
    false
}

/// One below the lowest that it needs. A circle, which no right spec has, ends at the number of nodes.
fn set_layers(nodes: &mut [GraphNode]) {
    for _ in 0..nodes.len() {
        let mut moved = false;
        for index in 0..nodes.len() {
            let layer = nodes[index].needs.iter().map(|need| nodes[*need].layer + 1).max().unwrap_or(0);
            let layer = layer.min(nodes.len() - 1);
            moved |= nodes[index].layer != layer;
            nodes[index].layer = layer;
        }
        if !moved {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(needs: &[&[usize]]) -> Graph {
        let node = |(index, needs): (usize, &&[usize])| {
            let step = Name::new(&format!("s{index}")).unwrap();
            let cells = vec![NodeId::new(step.clone(), None)];
            GraphNode { step, operator: None, needs: needs.to_vec(), cells, layer: 0 }
        };
        Graph::layered(needs.iter().enumerate().map(node).collect())
    }

    #[test]
    fn a_step_stands_below_all_that_it_needs_and_long_edges_go_through_what_is_between() {
        let graph = graph(&[&[], &[0], &[1], &[0, 2]]);
        let layers: Vec<usize> = graph.nodes.iter().map(|node| node.layer).collect();
        assert_eq!(layers, [0, 1, 2, 3]);
        assert_eq!(graph.layers[1].len(), 2);
        assert!(graph.layers[2].contains(&Spot::Pass((0, 3))));
        assert_eq!(graph.links[0].len(), 2);
        assert_eq!(graph.links[2].len(), 2);
    }

    #[test]
    fn edges_that_need_not_cross_do_not() {
        // 0 → 3, 1 → 2: their order in the spec would cross them.
        let graph = graph(&[&[], &[], &[1], &[0]]);
        let crossings = graph.links[0]
            .iter()
            .flat_map(|a| graph.links[0].iter().map(move |b| (a, b)))
            .filter(|((up, down, _), (up2, down2, _))| up < up2 && down > down2)
            .count();
        assert_eq!(crossings, 0);
    }

    #[test]
    fn a_circle_and_nothing_at_all_end_too() {
        assert_eq!(graph(&[&[1], &[0]]).nodes.len(), 2);
        assert!(graph(&[]).layers.is_empty());
    }
}
