//! A look into a file, drawn.

mod bytes;
mod columns;
mod picture;
mod table;
mod text;

use ratatui::layout::Rect;
use ratatui::text::Line;

use super::Role;
use super::paint::Paint;
use crate::app::{Peek, PeekTab};
use crate::domain::figures::{count, counted, size};
use crate::domain::{Content, EntryKind, Preview};

/// What has room of it.
pub(super) fn draw(preview: &Preview, peek: &Peek, paint: &mut Paint<'_>, area: Rect) {
    match (&preview.content, peek.tab) {
        (Content::Table(table), PeekTab::Rows) => table::draw(table, peek, paint, area),
        (Content::Table(table), PeekTab::Columns) => columns::draw(table, peek.scroll, paint, area),
        (Content::Text(lines) | Content::Laid { lines, .. }, _) => text::draw(lines, peek, paint, area),
        (Content::Bytes(bytes), _) => bytes::draw(bytes, peek.scroll, paint, area),
        (Content::Image(picture), _) => picture::draw(picture, paint, area),
        (Content::Folder(entries), _) => {
            let entries = entries.iter().skip(peek.scroll).map(|(name, kind)| entry(name, *kind, paint));
            let lines: Vec<_> = entries.take(area.height.into()).collect();
            paint.lines(area, lines);
        }
        (Content::Empty, _) => {
            let told = if preview.notes.is_empty() { "it is empty" } else { "" };
            paint.line(area, Line::from(paint.look.span(Role::Dim, told)));
        }
    }
}

/// In a few words: what it is, and how much of it.
pub(super) fn about(preview: &Preview, tab: PeekTab) -> String {
    let mut told = vec![preview.format.clone()];
    if !matches!(preview.content, Content::Folder(_)) {
        told.push(size(preview.bytes));
    }
    match &preview.content {
        Content::Table(table) => {
            told.push(match (table.total, table.rows.len() as u64) {
                (Some(total), _) => counted(total, "row"),
                (None, _) => format!("{}+ rows", count(table.sampled)),
            });
            told.push(counted(table.columns.len() as u64, "column"));
            let sampled = table.sampled;
            if tab == PeekTab::Columns && table.total != Some(sampled) {
                told.push(format!("summary of the first {} rows", count(sampled)));
            } else if tab == PeekTab::Rows && table.total != Some(table.rows.len() as u64) {
                told.push(format!("the first {} are shown", count(table.rows.len() as u64)));
            }
        }
        Content::Image(picture) => told.push(format!("{} × {}", picture.of.0, picture.of.1)),
        _ => {}
    }
    told.join(" · ")
}

/// The name of an entry, with a sign for what is no file.
pub(super) fn signed(name: &str, kind: EntryKind) -> String {
    let sign = match kind {
        EntryKind::Folder => "/",
        EntryKind::File => "",
        EntryKind::Link => " →",
        EntryKind::Other => " ?",
    };
    format!("{name}{sign}")
}

fn entry(name: &str, kind: EntryKind, paint: &Paint<'_>) -> Line<'static> {
    let role = if kind == EntryKind::Folder { Role::Accent } else { Role::Text };
    Line::from(paint.look.span(role, signed(name, kind)))
}
