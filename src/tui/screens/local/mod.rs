//! The local environment: a list of all it is made of, and what there is of the selected one.

mod detail;
mod list;
mod log;
mod sign;

use ratatui::layout::{Constraint, Layout, Rect};

use super::super::paint::Paint;
use crate::app::{Hit, LocalPane, Model};

/// From so many columns on the detail stands beside the list, and not below it.
const WIDE: u16 = 76;

/// Below so many rows there is no room for both, one below the other.
const LOW: u16 = 12;

pub fn local(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let alone = area.width < WIDE && area.height < LOW;
    if model.local.full || alone && model.local.pane == LocalPane::Detail {
        return detail::detail(model, paint, area);
    }
    if alone {
        return list::list(model, paint, area);
    }
    let [left, right] = match area.width >= WIDE {
        true => Layout::horizontal([Constraint::Percentage(44), Constraint::Percentage(56)]).areas(area),
        false => Layout::vertical([Constraint::Percentage(45), Constraint::Percentage(55)]).areas(area),
    };
    list::list(model, paint, left);
    paint.hit(right, Hit::Pane(1));
    detail::detail(model, paint, right);
}
