use ratatui::layout::Rect;
use ratatui::text::Line;

use super::super::super::Role;
use super::super::super::highlight::Pieces;
use super::super::super::paint::{Look, Paint};
use super::super::editor::text::{Marks, spans};
use super::code::title;
use crate::app::{CodeFile, Hunk, HunkRow, Model, ReviewLook, ReviewPane, SpecRow, StepPair, StepSign};
use crate::domain::text::{pad_left, safe, truncate, width};

/// Columns of a line's number, with its sign and what is between.
const GUTTER: usize = 7;

/// Steps and specs as they were on the left, and as they would be on the right.
pub fn draw(model: &Model, look: &ReviewLook, paint: &mut Paint<'_>, area: Rect) {
    let rows = model.review.specs();
    let page = usize::from(area.height);
    let scrolls = rows.len().saturating_sub(page);
    if model.review.pane == ReviewPane::Detail {
        (paint.seen.page, paint.seen.scrolls) = (page, scrolls);
    }
    if rows.is_empty() {
        return paint.line(
            area,
            Line::from(
                paint.look.span(Role::Dim, " No spec differs. What steps run and read may: see Code."),
            ),
        );
    }
    let first = model.review.at().min(scrolls);
    let shown = &rows[first..(first + page).min(rows.len())];
    let columns = usize::from(area.width).saturating_sub(1) / 2;
    let sides = Sides { columns, aside: model.review.aside, look: paint.look };
    let parsed = parsed(look, shown, paint.look);
    for (place, row) in area.rows().zip(shown) {
        let line = match *row {
            SpecRow::Blank => Line::default(),
            SpecRow::Flow(flow) => look
                .flows
                .get(flow)
                .map(|flow| {
                    let keys = keys(&flow.keys);
                    let name = paint.look.span(Role::Title, format!(" steps of {}", flow.workflow));
                    Line::from(vec![name, paint.look.span(Role::Dim, keys)])
                })
                .unwrap_or_default(),
            SpecRow::Step { flow, step } => {
                let step = look.flows.get(flow).and_then(|flow| flow.steps.get(step));
                step.map(|step| sides.step(step)).unwrap_or_default()
            }
            SpecRow::File(file) => {
                look.specs.get(file).map(|file| title(file, paint.look)).unwrap_or_default()
            }
            SpecRow::Told(file) => {
                let why = look.specs.get(file).and_then(|file| file.told.clone()).unwrap_or_default();
                Line::from(paint.look.span(Role::Dim, format!("   {why}")))
            }
            SpecRow::Pair { file, row } => {
                let found = look.specs.get(file).and_then(|file| file.hunks.first());
                let found = found.and_then(|hunk| Some((hunk, *hunk.rows.get(row)?)));
                let pieces = parsed.iter().find(|one| one.file == file);
                found
                    .zip(pieces)
                    .map(|((hunk, row), pieces)| sides.pair(hunk, row, pieces))
                    .unwrap_or_default()
            }
        };
        paint.line_cut(place, line);
    }
}

fn keys(keys: &[String]) -> String {
    if keys.is_empty() { String::new() } else { format!("  changed: {}", keys.join(", ")) }
}

/// What the letters of both sides of a spec mean, from the first that is shown on.
struct Parsed {
    file: usize,
    old: (usize, Vec<Pieces>),
    new: (usize, Vec<Pieces>),
}

fn parsed(of: &ReviewLook, shown: &[SpecRow], look: &Look) -> Vec<Parsed> {
    let mut files: Vec<(usize, usize, usize)> = Vec::new();
    for row in shown {
        let SpecRow::Pair { file, row } = *row else { continue };
        match files.last_mut().filter(|last| last.0 == file) {
            Some(last) => last.2 = row,
            None => files.push((file, row, row)),
        }
    }
    let one = |(file, from, to): (usize, usize, usize)| {
        let spec: &CodeFile = of.specs.get(file)?;
        let hunk = spec.hunks.first()?;
        let rows = hunk.rows.get(from..=to)?;
        let side = |at: fn(&HunkRow) -> Option<usize>, lines: &[String], name: &str| {
            let from = rows.iter().find_map(at).unwrap_or(0);
            let to = rows.iter().rev().find_map(at).map_or(from, |last| last + 1);
            let key = format!("{name}/{}", spec.change.path);
            (from, look.highlight.rows(key.as_str().into(), lines, from..to))
        };
        let (old, new) =
            (side(|row| row.old, &hunk.old, "spec.old"), side(|row| row.new, &hunk.new, "spec.new"));
        Some(Parsed { file, old, new })
    };
    files.into_iter().filter_map(one).collect()
}

struct Sides<'l> {
    /// Of one side.
    columns: usize,
    /// Those of its lines that are passed by.
    aside: usize,
    look: &'l Look,
}

impl Sides<'_> {
    fn beside(&self, left: Line<'static>, right: Line<'static>) -> Line<'static> {
        let gap = self.columns.saturating_sub(left.width());
        let mut spans = left.spans;
        spans.push(self.look.span(Role::Border, format!("{}│", " ".repeat(gap))));
        spans.extend(right.spans);
        Line::from(spans)
    }

    fn step(&self, step: &StepPair) -> Line<'static> {
        let (gone, come) = match step.sign {
            StepSign::Same => ((Role::Dim, " "), (Role::Dim, " ")),
            StepSign::Added => ((Role::Dim, " "), (Role::Good, "+")),
            StepSign::Removed => ((Role::Bad, "-"), (Role::Dim, " ")),
            StepSign::Changed => ((Role::Warn, "~"), (Role::Warn, "~")),
        };
        let side = |(role, sign): (Role, &str), text: &Option<String>| {
            let room = self.columns.saturating_sub(4);
            let text = truncate(&safe(text.as_deref().unwrap_or_default()), room).into_owned();
            Line::from(self.look.span(role, format!(" {sign} {text}")))
        };
        let mut right = side(come, &step.after);
        let room = self.columns.saturating_sub(right.width());
        let keys = truncate(&keys(&step.keys), room).into_owned();
        right.spans.push(self.look.span(Role::Dim, keys));
        self.beside(side(gone, &step.before), right)
    }

    fn pair(&self, hunk: &Hunk, row: HunkRow, parsed: &Parsed) -> Line<'static> {
        let (gone, come) = match row.same {
            true => ((Role::Dim, " "), (Role::Dim, " ")),
            false => ((Role::Bad, "-"), (Role::Good, "+")),
        };
        let left = self.side(gone, hunk.old_from, &hunk.old, row.old, &parsed.old);
        let right = self.side(come, hunk.new_from, &hunk.new, row.new, &parsed.new);
        self.beside(left, right)
    }

    fn side(
        &self,
        (role, sign): (Role, &str),
        from: usize,
        lines: &[String],
        at: Option<usize>,
        (first, pieces): &(usize, Vec<Pieces>),
    ) -> Line<'static> {
        let Some((at, text)) = at.and_then(|at| Some((at, lines.get(at)?))) else { return Line::default() };
        let lead = format!("{} {sign} ", pad_left(&(from + at).to_string(), GUTTER - 3));
        let room = self.columns.saturating_sub(width(&lead));
        let pieces =
            at.checked_sub(*first).and_then(|at| pieces.get(at)).map(Vec::as_slice).unwrap_or_default();
        let mut line = Line::from(self.look.span(role, lead));
        // That something is cut off is seen on either side.
        let cut = width(&safe(text)) > self.aside + room;
        let shown = self.aside..self.aside + room.saturating_sub(cut.into());
        line.spans.extend(spans(text, pieces, &Marks::default(), shown, self.look).spans);
        line.spans.extend(cut.then(|| self.look.span(Role::Dim, "…")));
        line
    }
}
