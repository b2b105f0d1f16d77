use std::collections::BTreeMap;

use super::draft::Draft;
use super::flow::ordered;
use super::gathered::gathered;
use super::{Columns, Dataset};

/// A circle has settled before that, or never does.
const ROUNDS: usize = 16;

/// The columns of all that steps make: each query is looked into once what it reads is known.
pub(super) fn solve(
    drafts: &mut [Draft],
    warehouse: &dyn Fn(&str) -> Option<Columns>,
) -> BTreeMap<Dataset, Columns> {
    // Which tables a query reads and writes, it says whatever their columns are.
    drafts.iter_mut().for_each(|draft| draft.read(&|_| None));
    let mut made: BTreeMap<Dataset, Made> = BTreeMap::new();
    for (step, draft) in drafts.iter().enumerate() {
        for dataset in &draft.lineage.makes {
            made.entry(dataset.clone()).or_default().by.push(step);
        }
    }
    spread(drafts, &made);
    let (order, has_circles) = flow(drafts, &made);
    for _ in 0..ROUNDS {
        made.values_mut().for_each(|made| made.is_changing = false);
        for node in &order {
            match node {
                Node::Step(step) => {
                    let draft = &mut drafts[*step];
                    let of = |dataset: &Dataset| made.get(dataset).map_or(0, |made| made.changes);
                    let now: Vec<usize> = draft.lineage.reads.iter().map(of).collect();
                    // The same inputs give the same.
                    if draft.seen.as_ref() != Some(&now) {
                        draft.read(&|name| {
                            let made = made.get(&Dataset::table(name)).and_then(|made| made.columns.clone());
                            made.or_else(|| warehouse(name))
                        });
                        draft.seen = Some(now);
                    }
                }
                Node::Data(dataset) => {
                    if let Some(made) = made.get_mut(dataset) {
                        let by = made.by.iter().map(|step| &drafts[*step]);
                        let columns = gathered(dataset, by, warehouse);
                        made.put(columns);
                    }
                }
            }
        }
        if !has_circles || made.values().all(|made| !made.is_changing) {
            break;
        }
    }
    let columns = made.into_iter().map(|(dataset, made)| match made.columns {
        Some(columns) if !(has_circles && made.is_changing) => (dataset, columns),
        _ => (dataset, Columns::unknown("it is made of itself, and comes out otherwise each time")),
    });
    columns.collect()
}

/// `lake.events_*` reads every table whose name begins so.
fn spread(drafts: &mut [Draft], made: &BTreeMap<Dataset, Made>) {
    for draft in drafts {
        let reads = &draft.lineage.reads;
        let many: Vec<&Dataset> = reads.iter().filter(|read| read.is_pattern()).collect();
        let begins = |dataset: &&Dataset| many.iter().any(|pattern| pattern.matches(dataset));
        let more: Vec<Dataset> = made.keys().filter(|_| !many.is_empty()).filter(begins).cloned().collect();
        draft.lineage.reads.extend(more);
    }
}

/// What is known of something that steps make.
#[derive(Default)]
struct Made {
    /// Their places among the drafts.
    by: Vec<usize>,
    columns: Option<Columns>,
    changes: usize,
    /// In this round.
    is_changing: bool,
}

impl Made {
    fn put(&mut self, columns: Columns) {
        if self.columns.as_ref() != Some(&columns) {
            self.columns = Some(columns);
            self.changes += 1;
            self.is_changing = true;
        }
    }
}

enum Node {
    Data(Dataset),
    Step(usize),
}

/// Each behind what it comes from, and whether something comes from itself.
fn flow(drafts: &[Draft], made: &BTreeMap<Dataset, Made>) -> (Vec<Node>, bool) {
    let at: BTreeMap<&Dataset, usize> = made.keys().enumerate().map(|(at, dataset)| (dataset, at)).collect();
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); made.len()];
    for (step, draft) in drafts.iter().enumerate() {
        for read in draft.lineage.reads.iter().filter_map(|dataset| at.get(dataset)) {
            next[*read].push(made.len() + step);
        }
        next.push(draft.lineage.makes.iter().filter_map(|dataset| at.get(dataset).copied()).collect());
    }
    let order = ordered(&next);
    let mut place = vec![0; next.len()];
    order.iter().enumerate().for_each(|(new, old)| place[*old] = new);
    let is_back = |(from, next): (usize, &Vec<usize>)| next.iter().any(|to| place[*to] <= place[from]);
    let has_circles = next.iter().enumerate().any(is_back);
    let datasets: Vec<&Dataset> = made.keys().collect();
    let node = |at: usize| match datasets.get(at) {
        Some(dataset) => Node::Data((*dataset).clone()),
        None => Node::Step(at - datasets.len()),
    };
    (order.into_iter().map(node).collect(), has_circles)
}
