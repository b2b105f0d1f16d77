use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};

use super::paint::Paint;
use super::{Look, Role, footer, header, overlays, screens};
use crate::app::{Discard, Model, Overlay, Screen, Seen, Size};

/// Draws all of it; answers what was drawn where.
pub fn view(model: &Model, look: &Look, frame: &mut Frame<'_>) -> Seen {
    let area = frame.area();
    let mut paint = Paint { look, buffer: frame.buffer_mut(), seen: Seen::default(), cursor: None };
    paint.buffer.set_style(area, look.style(Role::Text));
    if (Size { columns: area.width, rows: area.height }).is_too_small() {
        too_small(model, &mut paint, area);
    } else {
        draw(model, &mut paint, area);
    }
    let Paint { seen, cursor, .. } = paint;
    if let Some(cursor) = cursor {
        frame.set_cursor_position(cursor);
    }
    seen
}

fn draw(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let [head, body, foot] =
        Layout::vertical([Constraint::Length(2), Constraint::Min(1), Constraint::Length(2)]).areas(area);
    paint.layer();
    header::draw(model, paint, head);
    match model.screen {
        Screen::Board => screens::board(model, paint, body),
        Screen::Workflow => screens::workflow(model, paint, body),
        Screen::Runs => screens::runs(model, paint, body),
        Screen::Artifacts => screens::artifacts(model, paint, body),
        Screen::Lake => screens::lake(model, paint, body),
        Screen::Local => screens::local(model, paint, body),
        Screen::Editor => screens::editor(model, paint, body),
        Screen::Metrics => screens::metrics(model, paint, body),
        Screen::Review => screens::review(model, paint, body),
    }
    for overlay in &model.overlays {
        paint.layer();
        overlays::draw(model, overlay, paint, body);
    }
    footer::draw(model, paint, foot);
}

/// Says so, and how to leave; that the window can be made larger needs no word.
fn too_small(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let Size { columns, rows } = Size::SMALLEST;
    let told = match model.overlays.last() {
        Some(Overlay::Discard(Discard::Quit)) => {
            let [yes, no] = ["copy", "back"].map(|id| paint.look.keymap.key_of(id));
            format!("{yes}: quit without saving, {no}: no")
        }
        _ => {
            let quit = paint.look.keymap.key_of("quit");
            format!("too small: {columns}×{rows} at least; {quit}: quit")
        }
    };
    paint.text(area, Role::Warn, &told);
}
