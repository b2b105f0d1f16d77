use std::ops::Range;

use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::super::super::{Look, Role};
use crate::domain::columns::{Spot, spot};
use crate::domain::text::{pad_left, safe, width};
use crate::domain::{Diagnostic, Severity};

/// What stands out in a line, by letters.
#[derive(Default)]
pub struct Marks {
    pub problems: Vec<(Severity, Range<usize>)>,
    pub selected: Option<Range<usize>>,
    pub found: Vec<Range<usize>>,
}

pub fn marked(problem: &Diagnostic) -> (Severity, Range<usize>) {
    let from = problem.span.column.saturating_sub(1);
    (problem.severity, from..from.saturating_add(problem.span.length.max(1)))
}

/// The letters of a row that are selected; its end of line counts as one.
pub fn selected(row: usize, (from, to): ((usize, usize), (usize, usize))) -> Option<Range<usize>> {
    if !(from.0..=to.0).contains(&row) {
        return None;
    }
    let start = if row == from.0 { from.1 } else { 0 };
    Some(start..if row == to.0 { to.1 } else { usize::MAX })
}

pub fn sign(severity: Severity) -> (&'static str, Role) {
    match severity {
        Severity::Error => ("✗", Role::Bad),
        Severity::Warning => ("!", Role::Warn),
    }
}

/// What stands before a line: whether something is wrong, and its number.
pub fn gutter(
    look: &Look,
    row: usize,
    digits: usize,
    problem: Option<&Diagnostic>,
    here: bool,
) -> Line<'static> {
    let (sign, role) = problem.map_or((" ", Role::Dim), |problem| sign(problem.severity));
    let number = pad_left(&(row + 1).to_string(), digits);
    let of_number = if here { Role::Strong } else { Role::Dim };
    Line::from(vec![look.span(role, sign), look.span(of_number, number), look.span(Role::Dim, "  ")])
}

/// The columns of a line that are shown, each letter as it is meant.
pub fn spans(
    line: &str,
    pieces: &[(usize, Role)],
    marks: &Marks,
    columns: Range<usize>,
    look: &Look,
) -> Line<'static> {
    let mut spans: Vec<Span<'static>> = Vec::new();
    let mut pieces = pieces.iter();
    let (mut role, mut until) = (Role::Text, 0);
    // What lies to the left of it is passed by: it may be megabytes.
    let before = match columns.start {
        0 => Spot::default(),
        start => spot(line, usize::MAX, start),
    };
    let mut column = before.column;
    for (letter, (at, c)) in (before.letter..).zip(line[before.byte..].char_indices()) {
        let at = before.byte + at;
        while at >= until {
            let Some((length, next)) = pieces.next() else { break };
            (role, until) = (*next, until + length);
        }
        let shown = safe(c.encode_utf8(&mut [0; 4])).into_owned();
        let wide = width(&shown);
        let start = column;
        column += wide;
        if start >= columns.end {
            break;
        }
        // Of a wide letter only the half that is not seen any more may lie before the first column.
        let shown = match column <= columns.start && wide > 0 || start < columns.start && wide == 0 {
            true => continue,
            false if start < columns.start => " ".repeat(column - columns.start),
            false => shown,
        };
        let style = style(letter, role, marks, look);
        match spans.last_mut() {
            Some(last) if last.style == style => last.content.to_mut().push_str(&shown),
            _ => spans.push(Span::styled(shown, style)),
        }
    }
    // What is selected or wrong at the end of a line is seen too.
    let letters = if column < columns.end { line.chars().count() } else { usize::MAX };
    let ends =
        marks.selected.as_ref().is_some_and(|range| range.contains(&letters) && range.end == usize::MAX)
            || marks.problems.iter().any(|(_, range)| range.start >= letters);
    if ends && column < columns.end {
        spans.push(Span::styled(" ", style(letters, Role::Text, marks, look)));
    }
    Line::from(spans)
}

fn style(letter: usize, role: Role, marks: &Marks, look: &Look) -> Style {
    let mut style = look.style(role);
    for (severity, range) in &marks.problems {
        if range.contains(&letter) {
            let (_, role) = sign(*severity);
            style = style.add_modifier(Modifier::UNDERLINED);
            if let Some(colour) = look.style(role).fg {
                style = style.underline_color(colour).fg(colour);
            }
        }
    }
    if marks.found.iter().any(|range| range.contains(&letter)) {
        style = style.patch(look.style(Role::Match));
    }
    if marks.selected.as_ref().is_some_and(|range| range.contains(&letter)) {
        style = style.patch(look.style(Role::Selected));
    }
    style
}
