use ratatui::layout::Rect;
use ratatui::text::Line;

use super::super::Role;
use super::super::paint::Paint;
use super::editor::text::{Marks, gutter, marked, sign, spans};
use crate::app::{Model, Pane};
use crate::domain::Diagnostic;
use crate::domain::text::wrapped;

/// The file that a workflow is written in, from the selected step on; below a line what is wrong with it.
pub fn spec(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let look = paint.look;
    let (Some((flow, top)), Some(project)) = (model.shown_spec(), model.project.get()) else {
        return paint.line(area, Line::from(look.span(Role::Dim, "its file is not there any more")));
    };
    if model.workflow.pane == Pane::Detail {
        paint.seen.page = area.height.into();
    }
    let height = usize::from(area.height);
    let digits = flow.lines.len().to_string().len().max(2);
    let room = usize::from(area.width).saturating_sub(digits + 3);
    let pieces = look.highlight.rows(&flow.file, &flow.lines, top..top + height);
    let mut rows = Vec::new();
    for (row, pieces) in (top..).zip(&pieces) {
        let of_row = |problem: &&Diagnostic| problem.file == flow.file && problem.span.line == row + 1;
        let problems: Vec<&Diagnostic> = project.diagnostics.iter().filter(of_row).collect();
        let marks =
            Marks { problems: problems.iter().map(|problem| marked(problem)).collect(), ..Marks::default() };
        let mut line = gutter(look, row, digits, problems.first().copied(), false);
        line.spans.extend(spans(&flow.lines[row], pieces, &marks, 0..room, look).spans);
        rows.push(line);
        for problem in problems {
            let (sign, role) = sign(problem.severity);
            let told = [&problem.message, &problem.help].into_iter().filter(|text| !text.is_empty());
            let told = told.flat_map(|text| wrapped(text, room.saturating_sub(2)));
            rows.extend(told.enumerate().map(|(index, text)| {
                let sign = if index == 0 { sign } else { " " };
                Line::from(look.span(role, format!("{}{sign} {text}", " ".repeat(digits + 3))))
            }));
        }
        if rows.len() >= height {
            break;
        }
    }
    paint.lines(area, rows);
}
