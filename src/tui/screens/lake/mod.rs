//! The lake: its tables on the left, what there is of the selected one, or a query, on the right.

mod detail;
mod query;
mod statement;
mod tables;

pub use query::answer_over;

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;

use super::super::paint::Paint;
use super::super::{Role, overlays};
use crate::app::{Hit, LakePane, LakeTab, Model};

/// From so many columns on the tables stand beside their detail, and not above it.
const WIDE: u16 = 70;
/// A detail of fewer rows shows too little to stand beside anything.
const ROWS: u16 = 8;

pub fn lake(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let lake = &model.lake;
    if lake.look.get().is_none() {
        let inside = paint.block(area, "lake", true);
        return match &lake.look.trouble {
            Some(trouble) => overlays::trouble(trouble, paint, inside),
            None => paint.line(inside, Line::from(paint.look.span(Role::Dim, "reading the lake …"))),
        };
    }
    let [left, right] = match area.width >= WIDE {
        true => Layout::horizontal([Constraint::Percentage(36), Constraint::Percentage(64)]).areas(area),
        false => Layout::vertical([Constraint::Percentage(35), Constraint::Percentage(65)]).areas(area),
    };
    // Where there is no room for both, the one in which the person is.
    let alone = lake.full || right.height < ROWS;
    let [left, right] = match (alone, lake.pane) {
        (false, _) => [Some(left), Some(right)],
        (true, LakePane::Tables) => [Some(area), None],
        (true, _) => [None, Some(area)],
    };
    if let Some(left) = left {
        tables::draw(model, paint, left);
    }
    let Some(right) = right else { return };
    match lake.tab {
        LakeTab::Query if lake.full => query::answer(model, paint, right, true),
        LakeTab::Query => query::draw(model, paint, right),
        _ => {
            let name = lake.table().map(|table| table.record.table.to_string()).unwrap_or_default();
            paint.hit(right, Hit::Pane(2));
            let inside = paint.block(right, name, lake.pane == LakePane::Detail);
            detail::draw(model, paint, inside);
        }
    }
}
