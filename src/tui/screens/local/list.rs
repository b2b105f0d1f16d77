use ratatui::layout::Rect;
use ratatui::text::Line;

use super::super::super::Role;
use super::super::super::list::window;
use super::super::super::paint::Paint;
use super::sign::Sign;
use crate::app::{Hit, LocalItem, LocalPane, LocalSlot, Model, Slot};
use crate::domain::figures::size;
use crate::domain::text::{pad, pad_left, safe, truncate, width};

/// Columns of a name at most; longer ones are cut.
const NAMES: usize = 18;

enum Row {
    Heading(&'static str),
    Item(usize),
    Told(&'static str),
}

/// All items under the headings of their sections.
pub(super) fn list(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let focused = model.local.pane == LocalPane::List;
    let inside = paint.block(area, "this machine", focused);
    paint.hit(area, Hit::Pane(0));
    let items = model.local_items();
    let selected = model.local_selected(&items);
    let rows = rows(model, &items);
    let at = rows.iter().position(|row| matches!(row, Row::Item(item) if *item == selected)).unwrap_or(0);
    // The first item keeps its heading above it.
    let at = if selected == 0 { 0 } else { at };
    if focused {
        paint.seen.page = inside.height.into();
    }
    for (place, row) in inside.rows().zip(window(at, rows.len(), inside.height.into())) {
        match rows[row] {
            Row::Heading(title) => paint.line(place, Line::from(paint.look.span(Role::Title, title))),
            Row::Told(told) => paint.line(place, Line::from(paint.look.span(Role::Dim, format!("  {told}")))),
            Row::Item(index) => {
                let line = item_line(model, &items, index, usize::from(place.width), paint);
                paint.line(place, line);
                paint.hit(place, Hit::Row(index));
                if index == selected {
                    paint.select(place, focused);
                }
            }
        }
    }
}

fn rows(model: &Model, items: &[LocalItem]) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut section = "";
    for (index, item) in items.iter().enumerate() {
        if item.section() != section {
            section = item.section();
            rows.push(Row::Heading(section));
        }
        rows.push(Row::Item(index));
    }
    if model.local.findings.get().is_none() {
        rows.push(Row::Heading("findings"));
        let told = match (&model.local.findings.trouble, model.tasks.waits(Slot::Local(LocalSlot::Findings)))
        {
            (Some(_), _) => "this machine cannot be looked at",
            (None, true) => "looking at this machine …",
            (None, false) => "not looked for",
        };
        rows.push(Row::Told(told));
    }
    rows
}

/// What stands in the first column; a volume without what all volumes begin with.
fn name(item: &LocalItem, model: &Model) -> String {
    match item {
        LocalItem::Engine => "engine".to_owned(),
        LocalItem::Image(name) | LocalItem::Service(name) => name.to_string(),
        LocalItem::Volume(volume) => {
            let project = model.project.get().map(|project| format!("greenroom-{}-", project.name));
            let short = project.and_then(|prefix| volume.strip_prefix(&prefix).map(str::to_owned));
            safe(&short.unwrap_or_else(|| volume.clone())).into_owned()
        }
        LocalItem::Finding(what) => safe(what).into_owned(),
    }
}

fn item_line(
    model: &Model,
    items: &[LocalItem],
    index: usize,
    columns: usize,
    paint: &Paint<'_>,
) -> Line<'static> {
    let (look, item) = (paint.look, &items[index]);
    let Sign { sign, role, word } = Sign::of(item, model);
    let names = names(items, item, model);
    let name = pad(&truncate(&name(item, model), names), names);
    let word_role = if matches!(item, LocalItem::Finding(_)) { Role::Dim } else { role };
    let word = safe(&word).into_owned();
    let word = truncate(&word, columns.saturating_sub(names + 4));
    let space = columns.saturating_sub(names + 4 + width(&word));
    let right = beside(model, item);
    let right = if width(&right) < space { right } else { String::new() };
    Line::from(vec![
        look.span(role, format!(" {sign} ")),
        look.span(Role::Strong, format!("{name} ")),
        look.span(word_role, &word),
        look.span(Role::Dim, pad_left(&right, space)),
    ])
}

/// Columns of the names: those of findings are longer than all others, and stand in a column of their own.
fn names(items: &[LocalItem], item: &LocalItem, model: &Model) -> usize {
    let is_finding = |item: &LocalItem| matches!(item, LocalItem::Finding(_));
    let alike = items.iter().filter(|other| is_finding(other) == is_finding(item));
    alike.map(|item| width(&name(item, model))).max().unwrap_or(0).min(NAMES)
}

/// What there is room for at the end of a row: size, address, who has it.
fn beside(model: &Model, item: &LocalItem) -> String {
    // What was known before says nothing of now.
    let Some(status) = model.health.get().filter(|_| !model.local.lost) else { return String::new() };
    let told = match item {
        LocalItem::Engine => status.engine.free_bytes.map(|free| format!("{} free", size(free))),
        LocalItem::Image(name) => {
            status.images.iter().find(|image| image.name == *name).and_then(|image| image.bytes.map(size))
        }
        LocalItem::Service(name) => status
            .services
            .iter()
            .find(|service| service.name == *name)
            .and_then(|found| found.address.clone()),
        LocalItem::Volume(name) => status.volumes.iter().find(|volume| volume.name == *name).map(|volume| {
            volume.services.iter().map(|service| service.as_str()).collect::<Vec<_>>().join(", ")
        }),
        LocalItem::Finding(_) => None,
    };
    safe(&told.unwrap_or_default()).into_owned()
}
