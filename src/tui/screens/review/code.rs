use std::ops::Range;

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::super::super::list::window;
use super::super::super::paint::{Look, Paint};
use super::super::super::{Role, highlight::Pieces};
use super::super::clock;
use super::super::editor::text::{Marks, spans};
use crate::app::{CodeFile, CodeRow, Hunk, HunkRow, Model, ReviewLook, ReviewPane};
use crate::domain::figures::{count, counted};
use crate::domain::text::{pad_left, safe, skip, width};
use crate::domain::track::{LineNow, Remark, TreeChangeKind};

/// Columns of a line's number.
const NUMBER: usize = 5;

/// File by file, what has gone and what has come, and what was said of it.
pub fn draw(model: &Model, look: &ReviewLook, paint: &mut Paint<'_>, area: Rect) {
    let rows = model.review.code();
    let focused = model.review.pane == ReviewPane::Detail;
    if focused {
        paint.seen.page = area.height.into();
    }
    if rows.is_empty() {
        let none = if look.package().is_some() { " No file differs." } else { " No package is sealed yet." };
        return paint.line(area, Line::from(paint.look.span(Role::Dim, none)));
    }
    let at = model.review.at().min(rows.len() - 1);
    let shown = window(at, rows.len(), area.height.into());
    let parsed = Parsed::of(look, &rows[shown.clone()], paint.look);
    for (place, index) in area.rows().zip(shown) {
        let line = row(model, look, rows[index], &parsed, place.width, paint.look);
        paint.line_cut(place, line);
        if index == at && focused {
            paint.select(place, true);
        }
    }
}

fn row(
    model: &Model,
    of: &ReviewLook,
    row: CodeRow,
    parsed: &Parsed,
    columns: u16,
    look: &Look,
) -> Line<'static> {
    let told = |role, text: String| Line::from(look.span(role, text));
    match row {
        CodeRow::Blank => Line::default(),
        CodeRow::File(file) => of.files.get(file).map(|file| title(file, look)).unwrap_or_default(),
        CodeRow::Told(file) => {
            let why = of.files.get(file).and_then(|file| file.told.clone());
            told(Role::Dim, format!("   {}", why.unwrap_or_default()))
        }
        CodeRow::Hunk { file, hunk } => match hunk_of(of, file, hunk) {
            Some(hunk) => told(Role::Dim, format!("   ⋯ line {}", count(hunk.new_from as u64))),
            None => Line::default(),
        },
        CodeRow::Line { file, hunk: at, row } => {
            let hunk = hunk_of(of, file, at);
            let found = hunk.and_then(|hunk| Some((hunk, *hunk.rows.get(row)?)));
            let shown = (model.review.aside, columns);
            found.map(|(hunk, row)| code(hunk, row, parsed, (file, at), shown, look)).unwrap_or_default()
        }
        CodeRow::Apart => told(Role::Title, " said of lines that are not shown here".to_owned()),
        CodeRow::At(remark) => match of.card.remarks.get(remark).and_then(|said| said.now.as_ref()) {
            Some(LineNow::At(place)) => {
                told(Role::Dim, format!("   {}, line {}", safe(&place.path), count(place.line)))
            }
            _ => Line::default(),
        },
        CodeRow::Was(remark) => {
            let Some(said) = of.card.remarks.get(remark) else { return Line::default() };
            let Some(LineNow::Outdated { was: Some(was) }) = &said.now else { return Line::default() };
            let text = format!("it was: {}", skip(&safe(was), model.review.aside));
            Line::from(vec![lead(said, look), look.span(Role::Dim, text)])
        }
        CodeRow::Remark { remark, line } => {
            let Some(said) = of.card.remarks.get(remark) else { return Line::default() };
            let text = match line.checked_sub(1) {
                None => {
                    let asks = if said.requests { " requests changes" } else { "" };
                    let when = clock(said.at, model.now, &model.zone);
                    look.span(Role::Accent, format!("{}{asks}{}, {when}", said.by, elsewhere(said)))
                }
                Some(line) => {
                    let text = safe(said.text.lines().nth(line).unwrap_or_default());
                    look.span(Role::Text, skip(&text, model.review.aside))
                }
            };
            Line::from(vec![lead(said, look), text])
        }
    }
}

/// An answer stands a little further in than what it answers.
fn lead(said: &Remark, look: &Look) -> Span<'static> {
    let sign = if said.answers.is_some() { "  ↳ " } else { "┃ " };
    look.span(Role::Accent, format!("{}{sign}", " ".repeat(2 * NUMBER)))
}

/// Which line it was said of, where that is not the one above.
fn elsewhere(said: &Remark) -> String {
    match (&said.place, &said.now) {
        (Some(place), Some(LineNow::At(now))) if place == now => String::new(),
        (Some(place), Some(LineNow::At(_)) | None) => format!(" on {}:{} then", place.path, place.line),
        (Some(place), Some(LineNow::Outdated { .. })) => {
            format!(" on {}:{} (outdated)", place.path, place.line)
        }
        (None, _) => String::new(),
    }
}

fn hunk_of(look: &ReviewLook, file: usize, hunk: usize) -> Option<&Hunk> {
    look.files.get(file)?.hunks.get(hunk)
}

/// Its path, what became of it, and how many lines of it.
pub fn title(file: &CodeFile, look: &Look) -> Line<'static> {
    let change = &file.change;
    let (role, sign) = match change.kind {
        TreeChangeKind::Added => (Role::Good, "+"),
        TreeChangeKind::Removed => (Role::Bad, "−"),
        TreeChangeKind::Modified => (Role::Warn, "~"),
        TreeChangeKind::Renamed => (Role::Warn, "→"),
    };
    let mut spans = vec![look.span(role, format!(" {sign} ")), look.span(Role::Title, &change.path)];
    spans.extend(change.was.as_ref().map(|was| look.span(Role::Dim, format!(" (was {was})"))));
    if let Some((come, gone)) = change.lines {
        spans.push(look.span(Role::Good, format!("  +{}", count(come))));
        spans.push(look.span(Role::Bad, format!(" −{}", count(gone))));
    }
    let changes = |hunk: &&Hunk| hunk.rows.iter().any(|row| !row.same);
    let places = file.hunks.iter().filter(changes).count() as u64;
    if places > 1 {
        spans.push(look.span(Role::Dim, format!("  in {}", counted(places, "place"))));
    }
    Line::from(spans)
}

fn code(
    hunk: &Hunk,
    row: HunkRow,
    parsed: &Parsed,
    place: (usize, usize),
    (aside, columns): (usize, u16),
    look: &Look,
) -> Line<'static> {
    let number = |from: usize, at: Option<usize>| {
        pad_left(&at.map(|at| (from + at).to_string()).unwrap_or_default(), NUMBER)
    };
    let (role, sign) = match (row.same, row.new) {
        (true, _) => (Role::Dim, " "),
        (false, Some(_)) => (Role::Good, "+"),
        (false, None) => (Role::Bad, "-"),
    };
    let lead = format!("{}{} {sign} ", number(hunk.old_from, row.old), number(hunk.new_from, row.new));
    let room = usize::from(columns).saturating_sub(width(&lead));
    let (lines, at, old) = match (row.new, row.old) {
        (Some(at), _) => (&hunk.new, at, false),
        (None, Some(at)) => (&hunk.old, at, true),
        (None, None) => return Line::default(),
    };
    let Some(text) = lines.get(at) else { return Line::default() };
    let mut line = Line::from(look.span(role, lead));
    // One more than there is room for, so that it is seen that something is cut off.
    let shown = aside..aside + room + 1;
    line.spans.extend(spans(text, parsed.pieces(place, old, at), &Marks::default(), shown, look).spans);
    line
}

/// What the letters of the lines mean that are shown.
struct Parsed(Vec<Stretch>);

struct Stretch {
    file: usize,
    hunk: usize,
    old: bool,
    from: usize,
    pieces: Vec<Pieces>,
}

impl Parsed {
    fn of(look: &ReviewLook, rows: &[CodeRow], paint: &Look) -> Self {
        let mut stretches: Vec<(usize, usize, bool, Range<usize>)> = Vec::new();
        for row in rows {
            let CodeRow::Line { file, hunk, row } = *row else { continue };
            let Some(row) = hunk_of(look, file, hunk).and_then(|hunk| hunk.rows.get(row)) else { continue };
            let (old, at) = match (row.new, row.old) {
                (Some(at), _) => (false, at),
                (None, Some(at)) => (true, at),
                (None, None) => continue,
            };
            let same = stretches.iter_mut().rev().find(|one| (one.0, one.1, one.2) == (file, hunk, old));
            match same {
                Some((.., range)) => *range = range.start.min(at)..range.end.max(at + 1),
                None => stretches.push((file, hunk, old, at..at + 1)),
            }
        }
        let parsed = stretches.into_iter().filter_map(|(file, hunk, old, range)| {
            let of = look.files.get(file)?;
            let lines = of.hunks.get(hunk)?;
            let lines = if old { &lines.old } else { &lines.new };
            // Each side of each hunk is a text of its own, of the language that the file's name tells.
            let key = format!("{hunk}.{old}/{}", of.change.path);
            let pieces = paint.highlight.rows(key.as_str().into(), lines, range.clone());
            Some(Stretch { file, hunk, old, from: range.start, pieces })
        });
        Self(parsed.collect())
    }

    fn pieces(&self, place: (usize, usize), old: bool, at: usize) -> &[(usize, Role)] {
        let found = self.0.iter().find(|one| ((one.file, one.hunk), one.old) == (place, old));
        let pieces = found.and_then(|one| one.pieces.get(at.checked_sub(one.from)?));
        pieces.map(Vec::as_slice).unwrap_or_default()
    }
}
