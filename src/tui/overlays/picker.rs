use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;

use super::super::Role;
use super::super::list::window;
use super::super::paint::{Look, Paint};
use crate::app::{Choice, FileChoice, Filter, Hit, Model, Picker};
use crate::domain::text::{pad_left, truncate, width};

/// What is said where nothing has such letters, or nothing is known yet.
fn nothing<T>(picker: &Picker<T>, paint: &mut Paint<'_>, area: Rect) {
    let told = if picker.is_empty() { " reading …" } else { " nothing has these letters" };
    paint.line(area, Line::from(paint.look.span(Role::Dim, told)));
}

/// Columns of an action's key.
const KEY: usize = 10;

pub fn palette(model: &Model, picker: &Picker<Choice>, paint: &mut Paint<'_>, area: Rect) {
    pick(picker, "all actions", (84, 18), paint, area, |look, (label, choice), columns| {
        let (can, key) = match choice {
            Choice::Action(action) => ((action.applies)(model).is_ok(), look.keymap.keys(action).next()),
            Choice::Elsewhere(_) => (false, None),
            Choice::Own(own) => (true, model.own.get(*own).and_then(|command| command.key)),
        };
        let key = key.map(|key| key.to_string()).unwrap_or_default();
        let room = columns.saturating_sub(KEY + 2);
        Line::from(vec![
            look.span(Role::Key, format!("{}  ", pad_left(&key, KEY))),
            look.span(if can { Role::Text } else { Role::Dim }, truncate(label, room)),
        ])
    });
}

pub fn themes(picker: &Picker<String>, paint: &mut Paint<'_>, area: Rect) {
    pick(picker, "themes", (40, 12), paint, area, label);
}

pub fn files(picker: &Picker<FileChoice>, paint: &mut Paint<'_>, area: Rect) {
    pick(picker, "files", (76, 18), paint, area, |look, (label, choice), _| {
        let role = if matches!(choice, FileChoice::No(_)) { Role::Dim } else { Role::Text };
        Line::from(look.span(role, format!(" {label}")))
    });
}

fn label<T>(look: &Look, (label, _): &(String, T), _: usize) -> Line<'static> {
    Line::from(look.span(Role::Text, format!(" {label}")))
}

/// `line`: of an item, where there are so many columns.
fn pick<T>(
    picker: &Picker<T>,
    title: &str,
    size: (u16, u16),
    paint: &mut Paint<'_>,
    area: Rect,
    line: impl Fn(&Look, &(String, T), usize) -> Line<'static>,
) {
    let inside = paint.popup(area, size, title);
    let [head, body] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(inside);
    typed(&picker.filter, paint, head);
    let shown = picker.shown();
    if shown.is_empty() {
        nothing(picker, paint, body);
    }
    let selected = picker.selected.min(shown.len().saturating_sub(1));
    for (row, index) in body.rows().zip(window(selected, shown.len(), body.height.into())) {
        let Some(item) = picker.item(shown[index]) else { continue };
        let line = line(paint.look, item, body.width.into());
        row_of(paint, row, line, index, index == selected);
    }
    paint.seen.page = body.height.into();
}

fn typed(filter: &Filter, paint: &mut Paint<'_>, area: Rect) {
    let text = filter.text();
    paint.line(area, Line::from(vec![paint.look.span(Role::Dim, "> "), paint.look.span(Role::Text, text)]));
    let x = area.x + 2 + u16::try_from(width(text)).unwrap_or(0);
    paint.cursor = Some((x.min(area.right().saturating_sub(1)), area.y).into());
}

fn row_of(paint: &mut Paint<'_>, row: Rect, line: Line<'static>, index: usize, selected: bool) {
    paint.line(row, line);
    paint.hit(row, Hit::Row(index));
    if selected {
        paint.select(row, true);
    }
}
