use ratatui::layout::Rect;
use ratatui::text::Line;

use super::super::Role;
use super::super::list::window;
use super::super::paint::Paint;
use crate::app::{FieldKind, Form, Hit, Purpose, ReviewDeed};
use crate::domain::ParamType;
use crate::domain::text::{pad, safe, skip, truncate, truncate_front, width};

/// Columns around the name of a field.
const LEAD: usize = 3;
/// Columns between a value and what is told of it.
const GAP: usize = 2;

/// A parameter a row, checked as it is typed.
pub fn draw(form: &Form, paint: &mut Paint<'_>, area: Rect) {
    let what = match &form.purpose {
        Purpose::Run { name, from: Some(step), .. } => format!("run {name} from {step}"),
        Purpose::Run { name, only: Some(step), .. } => format!("run {step} of {name} alone"),
        Purpose::Run { name, .. } => format!("run {name}"),
        Purpose::Fork { run, name, .. } => format!("fork run {} of {name}", run.short()),
        Purpose::Say(ReviewDeed::Comment { place: Some(place), .. }) => {
            format!("comment on {}:{}", place.path, place.line)
        }
        Purpose::Say(ReviewDeed::Comment { track, answers: Some(entry), .. }) => {
            format!("answer {} on {track}", entry.short())
        }
        Purpose::Say(ReviewDeed::Comment { track, .. }) => format!("comment on {track}"),
        Purpose::Say(deed) => format!("request changes of {}", deed.track()),
        Purpose::Note { runs } => match runs.as_slice() {
            [run] => format!("a note on run {}", run.short()),
            runs => format!("a note on {} runs", runs.len()),
        },
        Purpose::Alias { run } => format!("an alias for run {}", run.short()),
        Purpose::Step { .. } => "make a step of the query".to_owned(),
    };
    let rows = u16::try_from(form.fields.len()).unwrap_or(u16::MAX).saturating_add(4);
    let inside = paint.popup(area, (76, rows), &what);
    let names = form.fields.iter().map(|field| width(field.name.as_str())).max().unwrap_or(0).min(24);
    let body = Rect { height: inside.height.saturating_sub(2), ..inside };
    let foot = Rect { y: inside.bottom().saturating_sub(1), height: 1.min(inside.height), ..inside };
    for (row, index) in body.rows().zip(window(form.selected, form.fields.len(), body.height.into())) {
        let field = &form.fields[index];
        let look = paint.look;
        let selected = index == form.selected;
        let name = pad(&truncate(field.name.as_str(), names), names);
        let wrong = form.told(field);
        let kind = match &field.kind {
            FieldKind::Param(ParamType::Enum(values)) => values.join(" | "),
            FieldKind::Param(kind) => kind.name().to_owned(),
            FieldKind::Name => "name".to_owned(),
            FieldKind::Sentence => String::new(),
            FieldKind::Text => "text".to_owned(),
            FieldKind::UseCase(cases) => {
                cases.iter().map(crate::domain::Name::as_str).collect::<Vec<_>>().join(" | ")
            }
            FieldKind::Table if field.input.text().is_empty() => {
                "dataset.table; empty: an export, one file in storage".to_owned()
            }
            FieldKind::Table => "dataset.table".to_owned(),
        };
        // That of the selected field has a line of its own.
        let (role, told) = match &wrong {
            Some(wrong) if !selected => (Role::Bad, wrong.clone()),
            _ => (Role::Dim, kind),
        };
        let room = usize::from(row.width).saturating_sub(names + LEAD);
        let value = safe(field.input.text());
        // Of a long value no more than this is beside it; the cursor stands behind the last letter.
        let beside = (width(&told) + GAP).min(room / 3);
        let before: String = field.input.text().chars().take(field.input.cursor()).collect();
        let column = if selected { width(&safe(&before)) } else { 0 };
        let (shown, skipped) = around(&value, column, room.saturating_sub(beside + 1));
        let told = truncate(&told, room.saturating_sub(width(&shown) + GAP)).into_owned();
        let line = Line::from(vec![
            look.span(if selected { Role::Accent } else { Role::Text }, format!(" {name}  ")),
            look.span(Role::Strong, shown),
            look.span(Role::Text, " ".repeat(GAP)),
            look.span(role, told),
        ]);
        paint.line(row, line);
        paint.hit(row, Hit::Row(index));
        if selected {
            let x = usize::from(row.x) + names + LEAD + column.saturating_sub(skipped);
            let x = u16::try_from(x).unwrap_or(u16::MAX).min(row.right().saturating_sub(1));
            paint.cursor = Some((x, row.y).into());
        }
    }
    if let Some(wrong) = form.fields.get(form.selected).and_then(|field| form.told(field)) {
        let line = Rect { y: foot.y.saturating_sub(1).max(inside.y), ..foot };
        let room = usize::from(line.width).saturating_sub(2);
        // Why it is wrong stands behind the value.
        let told = if wrong.starts_with('`') { truncate_front(&wrong, room) } else { truncate(&wrong, room) };
        paint.line(line, Line::from(paint.look.span(Role::Bad, format!(" {told}"))));
    }
    let told = match form.fields.get(form.selected).map(|field| field.description.as_str()) {
        Some("") | None => "enter does it, tab goes to the next, esc leaves",
        Some(about) => about,
    };
    paint.line_cut(foot, Line::from(paint.look.span(Role::Dim, format!(" {told}"))));
}

/// The part of a value that has room and holds the cursor's column, and how many columns are left out before it.
fn around(value: &str, column: usize, room: usize) -> (String, usize) {
    let over = (column + 1).saturating_sub(room.max(1));
    if over == 0 || room == 0 {
        return (truncate(value, room).into_owned(), 0);
    }
    // One more, for the sign that there is something before it.
    let rest = skip(value, over + 1);
    let skipped = (width(value) - width(rest)).saturating_sub(1);
    (truncate(&format!("…{rest}"), room).into_owned(), skipped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_around_the_cursor_is_shown() {
        for (column, shown) in
            [(0, ("abcd…", 0)), (4, ("abcd…", 0)), (5, ("…cde…", 1)), (7, ("…efgh", 3)), (8, ("…fgh", 4))]
        {
            assert_eq!(around("abcdefgh", column, 5), (shown.0.to_owned(), shown.1), "{column}");
        }
        assert_eq!(around("日本語日本語", 12, 6), ("…本語".to_owned(), 7));
        assert_eq!(around("abc", 3, 5), ("abc".to_owned(), 0));
        assert_eq!(around("abc", 2, 0), (String::new(), 0));
    }
}
