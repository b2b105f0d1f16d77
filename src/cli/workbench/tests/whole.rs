//! What holds of every frame, whatever it shows.

use super::stage::Stage;
use crate::app::{Hit, Place};
use crate::domain::text::width;

/// Rows of the header, and of the footer.
const EDGE: u16 = 2;

/// # Panics
/// Where letters are cut through or obeyed, or one thing is painted over another.
pub fn is_whole(stage: &Stage) {
    letters(stage);
    borders(stage);
    places(stage);
}

fn letters(stage: &Stage) {
    for (y, row) in stage.cells().iter().enumerate() {
        for (x, letter) in row.iter().enumerate() {
            let obeyed = letter.chars().any(|c| {
                c.is_control()
                    || matches!(c, '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
            });
            assert!(!obeyed, "{letter:?} at {x}, {y}");
            let rest = row.get(x + 1..x + width(letter).max(1));
            let rest = rest.unwrap_or_else(|| panic!("{letter:?} at {x}, {y} leaves the screen"));
            assert!(
                rest.iter().all(|cell| *cell == " "),
                "{letter:?} at {x}, {y} is cut:\n{}",
                stage.shown()
            );
        }
    }
}

/// Boxes of one layer stand beside each other, and are closed where no other layer covers them.
fn borders(stage: &Stage) {
    let (seen, cells) = (&stage.model.seen, stage.cells());
    for (layer, boxes) in seen.borders.iter().enumerate() {
        are_apart(stage, boxes);
        let above: Vec<&Place> = seen.borders[layer + 1..].iter().flatten().collect();
        for one in boxes.iter().filter(|one| one.width > 1 && one.height > 1) {
            let (right, bottom) = (one.x + one.width - 1, one.y + one.height - 1);
            let sides = (one.y + 1..bottom).flat_map(|y| [(one.x, y, "│"), (right, y, "│")]);
            let foot = (one.x + 1..right).map(|x| (x, bottom, "─"));
            let corners =
                [(one.x, one.y, "╭"), (right, one.y, "╮"), (one.x, bottom, "╰"), (right, bottom, "╯")];
            for (x, y, border) in sides.chain(foot).chain(corners) {
                // What is cut through at the edge of what lies over it leaves a blank.
                let found = cells[usize::from(y)][usize::from(x)];
                let covered = above.iter().any(|other| other.holds(x, y));
                assert!(covered || found == border, "{found:?} at {x}, {y} of {one:?}:\n{}", stage.shown());
            }
        }
    }
}

/// What can be clicked is on the screen, each kind apart; keys stay in the footer and screens in the header.
fn places(stage: &Stage) {
    let size = stage.model.size;
    let hits = &stage.model.seen.hits;
    let of = |kind: fn(&Hit) -> bool| {
        hits.iter().filter(|(_, hit)| kind(hit)).map(|(place, _)| *place).collect::<Vec<_>>()
    };
    let (head, keys) = (of(|hit| matches!(hit, Hit::Screen(_))), of(|hit| matches!(hit, Hit::Action(_))));
    let panes = of(|hit| matches!(hit, Hit::Pane(_)));
    let inner = of(|hit| {
        matches!(hit, Hit::Row(_) | Hit::GridRow(_) | Hit::Node(_) | Hit::Tab(_) | Hit::Text { .. })
    });
    for places in [&head, &keys, &panes, &inner] {
        are_apart(stage, places);
    }
    let body = EDGE..size.rows.saturating_sub(EDGE);
    let within = |place: &Place| place.y >= body.start && place.y + place.height <= body.end;
    assert!(head.iter().all(|place| place.y + place.height <= body.start), "{head:?}");
    assert!(keys.iter().all(|place| place.y >= body.end), "{keys:?}");
    for place in panes.iter().chain(&inner) {
        assert!(within(place), "{place:?} of {size:?}:\n{}", stage.shown());
    }
}

fn are_apart(stage: &Stage, places: &[Place]) {
    let size = stage.model.size;
    for (index, one) in places.iter().enumerate() {
        let inside = one.x + one.width <= size.columns && one.y + one.height <= size.rows;
        assert!(inside, "{one:?} of {size:?}");
        for other in &places[index + 1..] {
            let beside = one.x + one.width <= other.x || other.x + other.width <= one.x;
            let below = one.y + one.height <= other.y || other.y + other.height <= one.y;
            assert!(beside || below, "{one:?} and {other:?}:\n{}", stage.shown());
        }
    }
}
