use ratatui::layout::Rect;
use ratatui::text::Line;

use super::super::super::Role;
use super::super::super::overlays;
use super::super::super::paint::Paint;
use super::super::log;
use crate::app::{LocalPane, Model};
use crate::domain::figures::counted;

/// What the selected service wrote, and a line about it.
pub(super) fn log(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    if area.height < 2 {
        return;
    }
    let body = Rect { height: area.height - 1, ..area };
    let foot = Rect { y: area.bottom() - 1, height: 1, ..area };
    if model.local.pane == LocalPane::Detail {
        paint.seen.page = body.height.into();
    }
    let dim = |told: &str| Line::from(paint.look.span(Role::Dim, told));
    let Some(found) = model.local_log() else {
        let told = dim("it has no container: u starts it");
        return paint.line(body, told);
    };
    let view = &found.view;
    if let Some(trouble) = found.trouble.as_ref().filter(|_| !model.local.lost) {
        return overlays::trouble(trouble, paint, area);
    }
    let rows = log::rows(model, view, paint, body);
    paint.lines(body, rows);
    if view.search.editing {
        return log::typed(view, paint, foot);
    }
    let lines = counted(view.window.lines.len() as u64, "line");
    let mut told = vec![if found.cut { format!("the last {lines}") } else { lines }];
    if view.search.wanted.is_some() {
        told.insert(0, format!("{} found", view.search.count));
    }
    let follows = match (model.local.lost, view.follow) {
        (true, _) => "before the engine was lost",
        (false, true) => "following",
        (false, false) => "standing still",
    };
    told.push(follows.to_owned());
    paint.line(foot, dim(&told.join(" · ")));
}
