use camino::Utf8Path;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::super::super::Role;
use super::super::super::list::window;
use super::super::super::paint::Paint;
use super::super::editor::text::{Marks, marked, selected, spans};
use crate::app::TextBuffer;
use crate::domain::Diagnostic;
use crate::domain::columns::spot;

/// As if it were a file of this name: that tells the language.
const FILE: &str = "query.sql";

/// The query as it is typed, with the numbers of its lines and what is wrong in them.
pub(super) fn draw(
    buffer: &TextBuffer,
    problems: &[&Diagnostic],
    paint: &mut Paint<'_>,
    area: Rect,
    focused: bool,
) {
    let (look, lines) = (paint.look, buffer.lines());
    let (row, letter) = buffer.cursor();
    let gutter = lines.len().to_string().len() + 2;
    let room = usize::from(area.width).saturating_sub(gutter);
    let column = lines.get(row).map_or(0, |line| spot(line, letter, usize::MAX).column);
    // The cursor stays in sight.
    let skipped = (column + 1).saturating_sub(room);
    let rows = window(row, lines.len(), area.height.into());
    let pieces = look.highlight.rows(Utf8Path::new(FILE), lines, rows.clone());
    for ((place, index), pieces) in area.rows().zip(rows).zip(&pieces) {
        let here = problems.iter().filter(|problem| problem.span.line == index + 1);
        let marks = Marks {
            problems: here.map(|problem| marked(problem)).collect(),
            selected: buffer.selection().and_then(|range| selected(index, range)),
            found: Vec::new(),
        };
        let (role, sign) = if marks.problems.is_empty() { (Role::Dim, ' ') } else { (Role::Bad, '✗') };
        let number = format!("{:>width$}{sign}", index + 1, width = gutter - 1);
        let mut line = Line::from(look.span(role, number));
        line.extend(spans(&lines[index], pieces, &marks, skipped..skipped + room, look));
        paint.line(place, line);
        if focused && index == row {
            let x = usize::from(place.x) + gutter + column - skipped;
            let x = u16::try_from(x).unwrap_or(u16::MAX).min(area.right().saturating_sub(1));
            paint.cursor = Some((x, place.y).into());
        }
    }
}
