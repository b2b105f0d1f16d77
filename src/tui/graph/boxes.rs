use ratatui::layout::Rect;
use ratatui::text::Line;

use super::super::Role;
use super::super::paint::Paint;
use super::super::screens::role_of;
use super::canvas::{Canvas, NORTH, SOUTH};
use super::label;
use crate::app::{Graph, Hit, Spot, StepState};
use crate::domain::figures::seconds;
use crate::domain::text::width;

/// More layers or nodes nobody follows with the eye.
const MOST: usize = 120;
/// The longest label that is not cut.
const LONGEST: usize = 24;
/// Columns between two boxes.
const GAP: usize = 2;
/// Rows of a box with its border, and of one without.
const TALL: usize = 3;
const FLAT: usize = 1;
/// Times that all layers are moved towards their neighbours.
const ROUNDS: usize = 6;

/// Where all is drawn, from its own left upper corner.
#[derive(Debug)]
pub struct Drawing {
    /// Of each layer, the left column and the width of each spot.
    spots: Vec<Vec<(usize, usize)>>,
    /// The first row of each layer.
    tops: Vec<usize>,
    /// Of each layer's links to the next, by the spot they come from: the row below the boxes on which they run across.
    tracks: Vec<Vec<usize>>,
    width: usize,
    height: usize,
    /// Rows of a box.
    tall: usize,
    /// How long each took has room.
    times: bool,
}

/// As large as there is room for. None: not even without borders and times.
pub fn lay_out(graph: &Graph, states: &[StepState], area: Rect) -> Option<Drawing> {
    if graph.nodes.is_empty() || graph.nodes.len() > MOST {
        return None;
    }
    let (columns, rows) = (usize::from(area.width), usize::from(area.height));
    // The times are what can best be done without, then the borders.
    [(TALL, true), (TALL, false), (FLAT, true), (FLAT, false)].into_iter().find_map(|(tall, times)| {
        let drawing = place(graph, states, tall, times);
        (drawing.width <= columns && drawing.height <= rows).then_some(drawing)
    })
}

fn place(graph: &Graph, states: &[StepState], tall: usize, times: bool) -> Drawing {
    let widths = |spot: &Spot| match spot {
        Spot::Node(node) => width(&shown(graph, states, *node, times)) + if tall == TALL { 4 } else { 2 },
        Spot::Pass(_) => 1,
    };
    let mut spots: Vec<Vec<(usize, usize)>> = Vec::new();
    for layer in &graph.layers {
        let mut x = 0;
        let place = |spot: &Spot| {
            let (at, width) = (x, widths(spot));
            x += width + GAP;
            (at, width)
        };
        spots.push(layer.iter().map(place).collect());
    }
    straighten(graph, &mut spots);
    let left = spots.iter().flatten().map(|(x, _)| *x).min().unwrap_or(0);
    spots.iter_mut().flatten().for_each(|(x, _)| *x -= left);
    let total = spots.iter().flatten().map(|(x, width)| x + width).max().unwrap_or(0);
    let tracks: Vec<Vec<usize>> = (0..graph.links.len()).map(|layer| tracks(graph, &spots, layer)).collect();
    let mut tops = Vec::new();
    let mut y = 0;
    for layer in 0..graph.layers.len() {
        tops.push(y);
        let between =
            tracks.get(layer).map_or(0, |tracks| tracks.iter().map(|track| track + 1).max().unwrap_or(1));
        y += tall + between.max(1);
    }
    let height = tops.last().map_or(0, |top| top + tall);
    Drawing { spots, tops, tracks, width: total, height, tall, times }
}

/// Each spot is moved towards the middle of what it is linked to, as far as its neighbours let it.
fn straighten(graph: &Graph, spots: &mut [Vec<(usize, usize)>]) {
    let middle = |(x, width): (usize, usize)| x + width / 2;
    for round in 0..ROUNDS {
        let downwards = round % 2 == 0;
        let count = spots.len();
        for step in 1..count {
            let layer = if downwards { step } else { count - 1 - step };
            let links = &graph.links[if downwards { layer - 1 } else { layer }];
            let wish = |at: usize| {
                let linked: Vec<usize> = links
                    .iter()
                    .filter_map(|(up, down, _)| match downwards {
                        true => (*down == at).then(|| middle(spots[layer - 1][*up])),
                        false => (*up == at).then(|| middle(spots[layer + 1][*down])),
                    })
                    .collect();
                (!linked.is_empty()).then(|| linked.iter().sum::<usize>() / linked.len())
            };
            let wishes: Vec<Option<usize>> = (0..spots[layer].len()).map(wish).collect();
            let mut free = 0;
            for (at, wish) in wishes.into_iter().enumerate() {
                let (x, width) = spots[layer][at];
                let wanted = wish.map_or(x, |middle| middle.saturating_sub(width / 2));
                spots[layer][at].0 = wanted.max(free);
                free = spots[layer][at].0 + width + GAP;
            }
        }
    }
}

/// On which row the links of each spot run across to the next layer: two that would lie on each other get two.
fn tracks(graph: &Graph, spots: &[Vec<(usize, usize)>], layer: usize) -> Vec<usize> {
    let middle = |(x, width): (usize, usize)| x + width / 2;
    let mut taken: Vec<Vec<(usize, usize)>> = Vec::new();
    let mut tracks = vec![0; spots[layer].len()];
    for (from, track) in tracks.iter_mut().enumerate() {
        let start = middle(spots[layer][from]);
        let ends = graph.links[layer].iter().filter(|(up, ..)| *up == from);
        let ends: Vec<usize> = ends.map(|(_, down, _)| middle(spots[layer + 1][*down])).collect();
        let (Some(low), Some(high)) = (ends.iter().min(), ends.iter().max()) else { continue };
        let span = ((*low).min(start), (*high).max(start));
        // What goes straight down runs across nowhere.
        if span.0 == span.1 {
            continue;
        }
        let free = |row: &Vec<(usize, usize)>| row.iter().all(|(low, high)| span.1 < *low || span.0 > *high);
        *track = taken.iter().position(free).unwrap_or(taken.len());
        if *track == taken.len() {
            taken.push(Vec::new());
        }
        taken[*track].push(span);
    }
    tracks
}

fn shown(graph: &Graph, states: &[StepState], node: usize, times: bool) -> String {
    let label = label(graph, states, node, LONGEST);
    let time = states[node].seconds;
    if times && time > 0.0 { format!("{label} {}", seconds(time)) } else { label }
}

pub fn draw(
    graph: &Graph,
    states: &[StepState],
    drawing: &Drawing,
    selected: usize,
    focused: bool,
    paint: &mut Paint<'_>,
    area: Rect,
) {
    let canvas = canvas(graph, drawing, selected);
    let left = (usize::from(area.width) - drawing.width) / 2;
    for (row, y) in area.rows().zip(0..drawing.height) {
        for x in 0..drawing.width {
            let (glyph, lit) = canvas.at(x, y);
            if glyph != ' ' {
                let style = paint.look.style(if lit { Role::Focus } else { Role::Border });
                let column = row.x + u16::try_from(left + x).unwrap_or(0);
                paint.buffer[(column, row.y)].set_char(glyph).set_style(style);
            }
        }
    }
    for (layer, spots) in graph.layers.iter().enumerate() {
        let y = drawing.tops[layer] + drawing.tall / 2;
        for (spot, (x, width)) in spots.iter().zip(&drawing.spots[layer]) {
            let Spot::Node(node) = spot else { continue };
            let border = usize::from(drawing.tall == TALL);
            let place = Rect {
                x: area.x + u16::try_from(left + x + border).unwrap_or(0),
                y: area.y + u16::try_from(y).unwrap_or(0),
                width: u16::try_from(width - 2 * border).unwrap_or(0),
                height: 1,
            };
            let text = format!(" {} ", shown(graph, states, *node, drawing.times));
            let line = Line::from(paint.look.span(role_of(states[*node].status), text));
            paint.line(place, line);
            paint.hit(place, Hit::Node(*node));
            if *node == selected {
                paint.select(place, focused);
            }
        }
    }
}

/// All lines: the borders of the boxes, and the links between them. Those of the selected one stand out.
fn canvas(graph: &Graph, drawing: &Drawing, selected: usize) -> Canvas {
    let mut canvas = Canvas::new(drawing.width, drawing.height);
    let middle = |(x, width): (usize, usize)| x + width / 2;
    for (layer, spots) in graph.layers.iter().enumerate() {
        let top = drawing.tops[layer];
        for (spot, (x, width)) in spots.iter().zip(&drawing.spots[layer]) {
            match spot {
                Spot::Node(node) if drawing.tall == TALL => {
                    frame(&mut canvas, (*x, top, *width), *node == selected);
                }
                Spot::Node(_) => {}
                Spot::Pass((from, to)) => {
                    canvas.down(*x, top, top + drawing.tall - 1, *from == selected || *to == selected);
                }
            }
        }
    }
    for (layer, links) in graph.links.iter().enumerate() {
        let (bottom, next) = (drawing.tops[layer] + drawing.tall - 1, drawing.tops[layer + 1]);
        for (up, down, (from, to)) in links {
            let lit = *from == selected || *to == selected;
            let (start, end) = (middle(drawing.spots[layer][*up]), middle(drawing.spots[layer + 1][*down]));
            let across = bottom + 1 + drawing.tracks[layer][*up];
            // Joined to the borders: a line begins below one box and ends above another.
            canvas.add(start, bottom, SOUTH, lit);
            canvas.add(start, bottom + 1, NORTH, lit);
            canvas.down(start, bottom + 1, across, lit);
            canvas.across(across, start.min(end), start.max(end), lit);
            canvas.down(end, across, next - 1, lit);
            canvas.add(end, next - 1, SOUTH, lit);
            canvas.add(end, next, NORTH, lit);
        }
    }
    canvas
}

fn frame(canvas: &mut Canvas, (x, y, width): (usize, usize, usize), lit: bool) {
    let (right, bottom) = (x + width - 1, y + TALL - 1);
    for (row, arm) in [(y, SOUTH), (bottom, NORTH)] {
        canvas.across(row, x, right, lit);
        canvas.add(x, row, arm, lit);
        canvas.add(right, row, arm, lit);
    }
    for row in y + 1..bottom {
        canvas.add(x, row, NORTH | SOUTH, lit);
        canvas.add(right, row, NORTH | SOUTH, lit);
    }
}
