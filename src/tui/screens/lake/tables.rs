use ratatui::layout::Rect;
use ratatui::text::Line;

use super::super::super::Role;
use super::super::super::list::window;
use super::super::super::paint::Paint;
use super::super::clock;
use crate::app::{Hit, LakePane, Model, TableLook};
use crate::domain::figures::count;
use crate::domain::text::{pad, pad_left, truncate, width};

pub(super) fn draw(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let lake = &model.lake;
    let shown = lake.shown();
    let title = match lake.filter.is_set() {
        true => format!("tables /{}", lake.filter.text()),
        false => format!("tables {}", shown.len()),
    };
    let focused = lake.pane == LakePane::Tables;
    paint.hit(area, Hit::Pane(0));
    let inside = paint.block(area, title, focused);
    if lake.filter.editing {
        let x = area.x + 10 + u16::try_from(width(lake.filter.text())).unwrap_or(0);
        paint.cursor = Some((x.min(area.right().saturating_sub(2)), area.y).into());
    }
    let broken = lake.look.get().map_or(&[][..], |look| &look.broken);
    if shown.is_empty() && broken.is_empty() {
        let told = match lake.filter.is_set() {
            true => "none has such a name",
            false => "no table yet: a step that `uses: load_table` or `sql_table` makes one",
        };
        return paint.text(inside, Role::Dim, told);
    }
    let widest =
        |text: fn(&TableLook) -> String| shown.iter().map(|table| width(&text(table))).max().unwrap_or(0);
    let (names, counts) = (widest(name), widest(rows));
    // The name is worth more than anything that stands behind it.
    let names = names.min(usize::from(inside.width).saturating_sub(counts + 1));
    let selected = lake.selected.min(shown.len().saturating_sub(1));
    let mut places = inside.rows();
    for index in window(selected, shown.len(), inside.height.into()) {
        let Some(row) = places.next() else { break };
        let table = shown[index];
        let look = paint.look;
        let when = table.written_at().map(|then| clock(then, model.now, &model.zone));
        let when = when.filter(|when| names + counts + 3 + width(when) <= inside.width.into());
        let line = Line::from(vec![
            look.span(Role::Strong, format!("{} ", pad(&truncate(&name(table), names), names))),
            look.span(Role::Text, format!("{}  ", pad_left(&rows(table), counts))),
            look.span(Role::Dim, when.unwrap_or_default()),
        ]);
        paint.line(row, line);
        paint.hit(row, Hit::Row(index));
        if index == selected {
            paint.select(row, focused);
        }
    }
    // What cannot be read is not left out.
    for ((table, why), row) in broken.iter().zip(places) {
        paint.line(row, Line::from(paint.look.span(Role::Bad, format!("✗ {table}: {why}"))));
    }
    if focused {
        paint.seen.page = inside.height.into();
    }
}

fn name(table: &TableLook) -> String {
    table.record.table.to_string()
}

fn rows(table: &TableLook) -> String {
    count(table.rows())
}
