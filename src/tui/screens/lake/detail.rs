use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;

use super::super::super::list::window;
use super::super::super::paint::Paint;
use super::super::super::{Role, grid, overlays};
use super::super::clock;
use crate::app::{LakePane, LakeTab, Model, TableLook, TableUse};
use crate::domain::figures::{count, counted, size};
use crate::domain::text::{pad, pad_left, truncate, width};

/// What there is of the selected table.
pub(super) fn draw(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let [head, body] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(area);
    tabs(model, paint, head);
    let Some(table) = model.lake.table() else { return };
    match model.lake.tab {
        LakeTab::Rows | LakeTab::Query => rows(model, table, paint, body),
        LakeTab::Columns => list(model, paint, body, columns(table)),
        LakeTab::Partitions => list(model, paint, body, partitions(model, table)),
        LakeTab::Uses => list(model, paint, body, uses(table)),
    }
}

pub(super) fn tabs(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let titles = LakeTab::ALL.map(|tab| (tab.title(), tab == model.lake.tab));
    paint.tabs(area, &titles);
}

fn rows(model: &Model, table: &TableLook, paint: &mut Paint<'_>, area: Rect) {
    let focused = model.lake.pane == LakePane::Detail;
    match &model.lake.first {
        Some((of, Ok(first))) if *of == table.record.table => grid::draw(first, paint, area, focused),
        Some((of, Err(trouble))) if *of == table.record.table => overlays::trouble(trouble, paint, area),
        _ => {
            let doing = model.lake.doing.as_deref().unwrap_or("reading its first rows …");
            paint.line(area, Line::from(paint.look.span(Role::Dim, doing)));
        }
    }
}

/// Spans of a line: role and text.
type Row = Vec<(Role, String)>;

fn list(model: &Model, paint: &mut Paint<'_>, area: Rect, rows: Vec<Row>) {
    let at = model.lake.scroll.min(rows.len().saturating_sub(1));
    let shown = window(at, rows.len(), area.height.into());
    let focused = model.lake.pane == LakePane::Detail;
    for (place, index) in area.rows().zip(shown) {
        let spans = rows[index].iter().map(|(role, text)| paint.look.span(*role, text));
        let line = Line::from(spans.collect::<Vec<_>>());
        paint.line(place, line);
        if index == at && focused {
            paint.select(place, true);
        }
    }
    if focused {
        paint.seen.page = area.height.into();
    }
}

fn columns(table: &TableLook) -> Vec<Row> {
    let names = table.record.columns.keys().map(|name| width(name)).max().unwrap_or(0).min(40);
    let by = table.record.partition_by.as_ref().map(|by| by.column.as_str());
    let row = |(name, kind): (&String, &crate::domain::ColumnType)| {
        let note = if by == Some(name.as_str()) { "  partitions" } else { "" };
        vec![
            (Role::Strong, format!("{}  ", pad(&truncate(name, names), names))),
            (Role::Accent, kind.to_string()),
            (Role::Dim, note.to_owned()),
        ]
    };
    table.record.columns.iter().map(row).collect()
}

fn partitions(model: &Model, table: &TableLook) -> Vec<Row> {
    let all = &table.record.partitions;
    let values = all.iter().filter_map(|part| part.value.as_deref()).map(width).max().unwrap_or(3).min(30);
    let mut rows = vec![vec![(
        Role::Dim,
        format!(
            "{}, {}, {}",
            counted(all.len() as u64, "partition"),
            counted(table.rows(), "row"),
            size(table.bytes())
        ),
    )]];
    // The newest value first: dates are what most are partitioned by.
    rows.extend(all.iter().rev().map(|part| {
        let sum =
            |of: fn(&crate::domain::LakeFile) -> u64| part.files.iter().map(of).fold(0, u64::saturating_add);
        let value = part.value.as_deref().unwrap_or("all");
        vec![
            (Role::Strong, format!("{}  ", pad(&truncate(value, values), values))),
            (Role::Text, format!("{}  ", pad_left(&count(sum(|file| file.rows)), 10))),
            (Role::Text, format!("{}  ", pad_left(&size(sum(|file| file.bytes)), 9))),
            (Role::Dim, format!("{}  ", clock(part.written_at, model.now, &model.zone))),
            (Role::Dim, part.written_by.clone()),
        ]
    }));
    rows
}

fn uses(table: &TableLook) -> Vec<Row> {
    let of = |word: &'static str, uses: &[TableUse]| -> Vec<Row> {
        let one = |by: &TableUse| {
            vec![
                (Role::Dim, word.to_owned()),
                (Role::Strong, by.workflow.to_string()),
                (Role::Text, format!("  {}", by.step)),
            ]
        };
        uses.iter().map(one).collect()
    };
    let mut rows = of("written by  ", &table.writers);
    rows.extend(of("read by     ", &table.readers));
    if rows.is_empty() {
        rows.push(vec![(Role::Dim, "no workflow names it".to_owned())]);
    }
    rows
}
