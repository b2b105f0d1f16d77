//! A graph as lines beside a list: each node has a line of its own, and what comes of it goes down to it.

/// What stands left of each node: rows that join what it comes from, then its own, in which `*` is its place.
pub fn lanes(next: &[Vec<usize>]) -> Vec<Rows> {
    let mut lanes: Vec<Vec<usize>> = Vec::new();
    let mut ended = None;
    (0..next.len())
        .map(|node| {
            let (own, rows) = place(&mut lanes, node, &next[node], ended);
            ended = next[node].is_empty().then_some(own);
            rows
        })
        .collect()
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    pub join: Option<String>,
    /// Before, and behind, the node's own sign.
    pub before: String,
    pub behind: String,
}

/// A lane goes down to these nodes; one without any is free.
type Lane = Vec<usize>;

/// `ended`: the place of the node above, if nothing comes of that.
fn place(lanes: &mut Vec<Lane>, node: usize, next: &[usize], ended: Option<usize>) -> (usize, Rows) {
    let from: Vec<usize> = (0..lanes.len()).filter(|lane| lanes[*lane].contains(&node)).collect();
    let above: Vec<bool> = lanes.iter().map(|lane| !lane.is_empty()).collect();
    lanes.iter_mut().for_each(|lane| lane.retain(|other| *other != node));
    let ends = from.iter().copied().find(|lane| lanes[*lane].is_empty());
    let free = |lanes: &[Lane]| {
        let free = |lane: &usize| lanes[*lane].is_empty() && !from.contains(lane);
        (0..lanes.len()).find(free).unwrap_or(lanes.len())
    };
    let own = ends.unwrap_or_else(|| free(lanes));
    if own == lanes.len() {
        lanes.push(Lane::new());
    }
    let joins = from.iter().any(|lane| *lane != own);
    // What stands right below another would seem to come of it.
    let parts = from.is_empty() && ended == Some(own);
    let join = (joins || parts).then(|| join(lanes, &above, &from, own));
    lanes[own] = next.to_vec();
    let goes = |lane: usize| if lane != own && !lanes[lane].is_empty() { "│ " } else { "  " };
    let before = (0..own).map(goes).collect();
    let behind: String =
        (own + 1..lanes.len()).map(|lane| format!(" {}", &goes(lane)[..goes(lane).len() - 1])).collect();
    while lanes.last().is_some_and(Vec::is_empty) {
        lanes.pop();
    }
    (own, Rows { join, before, behind: behind.trim_end().to_owned() })
}

/// The row in which all lanes that lead to a node turn to its own.
fn join(lanes: &[Lane], above: &[bool], from: &[usize], own: usize) -> String {
    let first = from.iter().copied().chain([own]).min().unwrap_or(own);
    let last = from.iter().copied().chain([own]).max().unwrap_or(own);
    let mut row = String::new();
    for (lane, below) in lanes.iter().enumerate() {
        let was = above.get(lane).copied().unwrap_or(false);
        let (west, east) = (lane > first && lane <= last, lane >= first && lane < last);
        let joins = lane == own || from.contains(&lane);
        let down = lane == own || was && !below.is_empty();
        row.push(match (joins, was, down) {
            (true, false, _) if from.is_empty() => ' ',
            (true, up, down) => glyph(up, down, west, east),
            // A line that only crosses goes on: the other passes behind it.
            (false, true, _) => '│',
            (false, false, _) if west && east => '─',
            _ => ' ',
        });
        row.push(if east { '─' } else { ' ' });
    }
    row.trim_end().to_owned()
}

fn glyph(up: bool, down: bool, west: bool, east: bool) -> char {
    match (up, down, west, east) {
        (true, true, true, true) => '┼',
        (true, true, true, false) => '┤',
        (true, true, false, true) => '├',
        (true, false, true, true) => '┴',
        (true, false, true, false) => '╯',
        (true, false, false, true) => '╰',
        (false, true, true, true) => '┬',
        (false, true, true, false) => '╮',
        (false, true, false, true) => '╭',
        _ => '│',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(next: &[&[usize]]) -> String {
        let next: Vec<Vec<usize>> = next.iter().map(|next| next.to_vec()).collect();
        let mut text = String::new();
        for (node, rows) in lanes(&next).into_iter().enumerate() {
            text += &rows.join.map(|join| format!("{join}\n")).unwrap_or_default();
            text += &format!("{}{node}{}\n", rows.before, rows.behind);
        }
        text
    }

    #[test]
    fn lines_lead_to_all_that_comes_of_a_node() {
        insta::assert_snapshot!(drawn(&[&[2], &[2, 4], &[3], &[], &[]]), @r"
        0
        │ 1
        ├─┤
        2 │
        3 │
          4
        ");
        // What crosses goes on; what comes of many is joined.
        insta::assert_snapshot!(drawn(&[&[3, 5], &[4], &[3], &[5], &[5], &[]]), @r"
        0
        │ 1
        │ │ 2
        ├─│─┤
        │ │ 3
        │ 4 │
        ├─┴─╯
        5
        ");
        assert_eq!(drawn(&[]), "");
    }
}
