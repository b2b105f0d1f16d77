use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthChar;

use super::super::Role;
use super::super::paint::Paint;
use super::moment;
use crate::app::{Level, LogLine, LogView, MOST_FOUND, Model, Pane, Slot, level};
use crate::domain::figures::{count, size};
use crate::domain::text::{safe, truncate, width, wrapped};

/// Lines that the reason may take.
const MOST_WHY: usize = 3;

/// The lines of the log that have room, and a line about it.
pub fn log(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let log = &model.workflow.log;
    if area.height < 2 {
        return;
    }
    let why = why(model, log).map(|why| wrapped(&safe(&why), area.width.into())).unwrap_or_default();
    // The log itself has most of the room.
    let room = why.len().min(MOST_WHY).min(usize::from(area.height.saturating_sub(1)) / 2);
    let body = Rect { height: area.height - 1 - u16::try_from(room).unwrap_or(0), ..area };
    for (index, line) in why.iter().take(room).enumerate() {
        let row = Rect { y: body.bottom() + u16::try_from(index).unwrap_or(0), height: 1, ..area };
        let cut = if index + 1 == room && room < why.len() { " …" } else { "" };
        let line = truncate(line, usize::from(area.width).saturating_sub(cut.len().min(2))).into_owned();
        paint.line(row, Line::from(paint.look.span(Role::Bad, line + cut)));
    }
    let foot = Rect { y: area.bottom() - 1, height: 1, ..area };
    if model.workflow.pane == Pane::Detail {
        paint.seen.page = body.height.into();
    }
    paint.seen.width = body.width.into();
    if log.of.is_none() {
        return paint.line(body, Line::from(paint.look.span(Role::Dim, "it has not started")));
    }
    let rows = rows(model, log, paint, body);
    paint.lines(body, rows);
    about(model, log, paint, foot);
}

/// The rows that have room, from the top or, where the end is followed, from the bottom.
pub(super) fn rows(model: &Model, log: &LogView, paint: &Paint<'_>, area: Rect) -> Vec<Line<'static>> {
    let height = usize::from(area.height);
    let of = |line: &LogLine| line_rows(model, log, line, paint, usize::from(area.width));
    let lines = &log.window.lines;
    if !log.follow {
        return lines[log.first(height).min(lines.len())..].iter().flat_map(of).take(height).collect();
    }
    let mut rows = Vec::new();
    for line in lines.iter().rev().take(height) {
        let mut more = of(line);
        more.append(&mut rows);
        rows = more;
        if rows.len() >= height {
            break;
        }
    }
    rows.drain(..rows.len().saturating_sub(height));
    rows
}

fn line_rows(
    model: &Model,
    log: &LogView,
    line: &LogLine,
    paint: &Paint<'_>,
    columns: usize,
) -> Vec<Line<'static>> {
    let look = paint.look;
    let role = match level(&line.text) {
        Some(Level::Error) => Role::Bad,
        Some(Level::Warning) => Role::Warn,
        None if line.stderr => Role::Stderr,
        None => Role::Text,
    };
    let time = log.times.then(|| {
        let time =
            line.time.map(|time| time.to_zoned(model.zone.clone()).strftime("%H:%M:%S%.3f").to_string());
        format!("{:<12} ", time.unwrap_or_default())
    });
    let used = time.as_deref().map_or(0, width);
    let text = safe(&line.text);
    let room = columns.saturating_sub(used).max(1);
    let pieces = if log.wrap { cut(&text, room) } else { vec![&*text] };
    let found = log.search.at == Some(line.offset);
    let row = |(index, piece): (usize, &str)| {
        let mut spans = Vec::new();
        if let Some(time) = &time {
            let shown = if index == 0 { time.clone() } else { " ".repeat(used) };
            spans.push(look.span(Role::Dim, shown));
        }
        let role = if found { Role::Marked } else { role };
        spans.extend(marked(piece, log.search.text(), role, paint));
        Line::from(spans)
    };
    pieces.into_iter().enumerate().map(row).collect()
}

/// What was searched for stands out.
fn marked(text: &str, wanted: Option<&str>, role: Role, paint: &Paint<'_>) -> Vec<Span<'static>> {
    let look = paint.look;
    let Some(wanted) = wanted.filter(|wanted| !wanted.is_empty()) else { return vec![look.span(role, text)] };
    let exact = wanted.chars().any(char::is_uppercase);
    // Only letters of one byte change their case without changing their length.
    let (hay, needle) = match exact {
        true => (text.to_owned(), wanted.to_owned()),
        false => (text.to_ascii_lowercase(), wanted.to_ascii_lowercase()),
    };
    let (mut spans, mut at) = (Vec::new(), 0);
    for (start, found) in hay.match_indices(&needle) {
        spans.push(look.span(role, &text[at..start]));
        at = start + found.len();
        spans.push(look.span(Role::Match, &text[start..at]));
    }
    spans.push(look.span(role, &text[at..]));
    spans
}

/// Pieces of at most so many columns; never none.
fn cut(text: &str, columns: usize) -> Vec<&str> {
    let (mut pieces, mut start, mut used) = (Vec::new(), 0, 0);
    for (at, c) in text.char_indices() {
        let wide = c.width().unwrap_or(0);
        if used + wide > columns && at > start {
            pieces.push(&text[start..at]);
            (start, used) = (at, 0);
        }
        used += wide;
    }
    pieces.push(&text[start..]);
    pieces
}

/// Why what is shown ended as it did.
fn why(model: &Model, log: &LogView) -> Option<String> {
    let ((_, id, attempt), live) = (log.of.as_ref()?, model.workflow.live.as_ref()?);
    live.node(id)?.1.why(*attempt)
}

/// What is being typed, to be looked for.
pub(super) fn typed(log: &LogView, paint: &mut Paint<'_>, area: Rect) {
    let text = log.search.input.text();
    let x = area.x + 1 + u16::try_from(width(text)).unwrap_or(0);
    paint.cursor = Some((x.min(area.right().saturating_sub(1)), area.y).into());
    paint.line(area, Line::from(paint.look.span(Role::Accent, format!("/{text}"))));
}

fn about(model: &Model, log: &LogView, paint: &mut Paint<'_>, area: Rect) {
    if log.search.editing {
        return typed(log, paint, area);
    }
    let look = paint.look;
    let mut told = Vec::new();
    if log.search.wanted.is_some() {
        let more = if log.search.done { "" } else { " so far" };
        let found = count(log.search.count as u64);
        told.push(match log.search.count > MOST_FOUND {
            true => format!("{found} found{more}, of which n and N go through {}", count(MOST_FOUND as u64)),
            false => format!("{found} found{more}"),
        });
    }
    if let Some((_, node, attempt)) = &log.of {
        let all = model
            .workflow
            .live
            .as_ref()
            .and_then(|live| live.node(node))
            .map_or(0, |(_, node)| node.attempts);
        told.push(if all > 1 { format!("attempt {attempt} of {all}") } else { format!("attempt {attempt}") });
    }
    if log.length > 0 {
        told.push(size(log.length));
    }
    // Nothing more comes of one that is over.
    if !model.workflow.live.as_ref().is_some_and(|live| live.status().is_over()) {
        let waits = log.of.as_ref().and_then(|(_, node, attempt)| {
            let live = model.workflow.live.as_ref()?;
            let last = live.node(node).is_some_and(|(_, node)| node.attempts == *attempt);
            live.again_at(node).filter(|_| last)
        });
        told.push(match waits {
            Some(at) => format!("again at {}", moment(at, &model.zone)),
            None if log.follow => "following".to_owned(),
            None => "standing still".to_owned(),
        });
    }
    if model.tasks.waits(Slot::Log) && log.window.lines.is_empty() {
        told.push("reading …".to_owned());
    }
    paint.line(area, Line::from(look.span(Role::Dim, told.join(" · "))));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_cut_by_columns() {
        assert_eq!(cut("abcdef", 4), ["abcd", "ef"]);
        assert_eq!(cut("日本語", 4), ["日本", "語"]);
        assert_eq!(cut("日本", 1), ["日", "本"]);
        assert_eq!(cut("", 4), [""]);
    }
}
