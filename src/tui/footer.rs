use ratatui::layout::Rect;
use ratatui::text::Line;

use super::Role;
use super::paint::Paint;
use crate::app::{Hit, Model, Notice, Weight, action, footer};
use crate::domain::text::{safe, truncate, width, wrapped};

/// Two lines: what was told or is being done, and the keys that matter here.
pub(super) fn draw(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let [first, second] = [0, 1].map(|row| Rect { y: area.y + row, height: 1, ..area });
    told(model, paint, first);
    keys(model, paint, second);
}

fn told(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let look = paint.look;
    let room = usize::from(area.width).saturating_sub(3);
    if let Some(Notice { weight, trouble, .. }) = model.notices.newest() {
        let (role, sign) = match weight {
            Weight::Told => (Role::Accent, "· "),
            Weight::Warned => (Role::Warn, "! "),
            Weight::Wrong => (Role::Bad, "✗ "),
        };
        let mut text = trouble.what.clone();
        if let Some(why) = trouble.why.first() {
            text += &format!(": {why}");
        }
        if *weight == Weight::Warned && model.overlays.is_empty() {
            return warned(&format!("{text}  (esc: put away)"), paint, area);
        }
        // A letter that is typed is none of the keys, and esc comes out of what lies over the screen first.
        let whole = action("notice").and_then(|action| look.keymap.key_here(model, action));
        let whole = whole.filter(|_| *weight == Weight::Wrong || width(&text) > room);
        let away = *weight != Weight::Told && model.overlays.is_empty();
        let more = match (whole, away) {
            (None, false) => String::new(),
            (None, true) => "  (esc: put away)".to_owned(),
            (Some(key), false) => format!("  ({key}: all of it)"),
            (Some(key), true) => format!("  ({key}: all of it, esc: put away)"),
        };
        let text = truncate(&text, room.saturating_sub(width(&more))).into_owned();
        let line = vec![look.span(role, format!(" {sign}{text}")), look.span(Role::Dim, more)];
        return paint.line(area, Line::from(line));
    }
    if let Some(job) = model.jobs.jobs.values().last() {
        let last = job.lines.last().map(|line| format!("  {line}")).unwrap_or_default();
        let doing = look.span(Role::Running, format!(" ⋯ {}", job.deed.doing()));
        paint.line(area, Line::from(vec![doing, look.span(Role::Dim, last)]));
    }
}

/// What goes on all the same has to be seen whole: over the last lines of the screen, as many as it takes.
fn warned(text: &str, paint: &mut Paint<'_>, area: Rect) {
    let lines = wrapped(&safe(text), usize::from(area.width.saturating_sub(4)).max(1));
    let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(area.y.saturating_add(1));
    let place = Rect { y: area.y + 1 - rows, height: rows, ..area };
    paint.blank(place);
    for (at, (row, line)) in place.rows().zip(lines).enumerate() {
        let sign = if at == 0 { " ! " } else { "   " };
        paint.line(row, Line::from(paint.look.span(Role::Warn, format!("{sign}{line}"))));
    }
}

fn keys(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let mut x = area.x + 1;
    for (action, title) in footer(model) {
        let Some(key) = paint.look.keymap.key_here(model, action) else { continue };
        let key = paint.look.span(Role::Key, key.to_string());
        let line = Line::from(vec![key, paint.look.span(Role::Bar, format!(" {title}"))]);
        let columns = u16::try_from(line.width()).unwrap_or(u16::MAX);
        if x.saturating_add(columns) > area.right() {
            break;
        }
        let place = Rect { x, width: columns, ..area };
        paint.line(place, line);
        paint.hit(place, Hit::Action(action.id));
        x = x.saturating_add(columns + 2);
    }
}
