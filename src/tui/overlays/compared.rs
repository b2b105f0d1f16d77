use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

use super::super::Role;
use super::super::list::window;
use super::super::paint::{Look, Paint};
use crate::app::{Compared, ComparedRow, Hit};
use crate::domain::compare::{OutlineLine, Tone};
use crate::domain::text::{safe, wrapped};

/// Where two runs parted first, on top; below it a list of what differs.
pub fn draw(compared: &Compared, paint: &mut Paint<'_>, area: Rect) {
    let comparison = &compared.comparison;
    let all = if compared.all { ", with what is the same" } else { "" };
    let title = format!("run {} → {}{all}", comparison.old.token.short(), comparison.new.token.short());
    let inside = paint.popup(area, (area.width, area.height), &title);
    let columns = usize::from(inside.width).max(1);
    let head = |role, text: &str| -> Vec<Line<'static>> {
        wrapped(&safe(text), columns)
            .into_iter()
            .map(|line| Line::from(paint.look.span(role, line)))
            .collect()
    };
    let room = usize::from(inside.height);
    let mut told = head(Role::Strong, &comparison.sentence());
    // What the sentence says comes last in it: only where nothing else has room is it cut.
    told.truncate(room.saturating_sub(1).max(1));
    let why: Vec<Line<'static>> = comparison.why().iter().flat_map(|why| head(Role::Text, why)).collect();
    let roomy = (told.len() + why.len()) * 2 <= room;
    told.extend(why.into_iter().filter(|_| roomy));
    let height = u16::try_from(told.len()).unwrap_or(u16::MAX);
    let [top, _, list] =
        Layout::vertical([Constraint::Length(height), Constraint::Length(roomy.into()), Constraint::Min(0)])
            .areas(inside);
    paint.lines(top, told);
    paint.seen.page = list.height.into();
    let rows: Vec<ComparedRow> = compared.rows().collect();
    if rows.is_empty() {
        let same = paint.look.span(Role::Dim, "nothing differs");
        return paint.line(list, Line::from(same));
    }
    for (row, at) in list.rows().zip(window(compared.selected, rows.len(), list.height.into())) {
        let line = line(compared, rows[at], paint.look);
        paint.line_cut(row, line);
        paint.hit(row, Hit::Row(at));
        if at == compared.selected {
            paint.select(row, true);
        }
    }
}

fn line(compared: &Compared, row: ComparedRow, look: &Look) -> Line<'static> {
    match row {
        ComparedRow::Head(at) => {
            let part = &compared.parts[at];
            let sign = if compared.is_folded(at) { "▸ " } else { "▾ " };
            Line::from(vec![
                look.span(Role::Dim, sign),
                look.span(Role::Title, &part.title),
                look.span(Role::Dim, format!("  {}", part.summary)),
            ])
        }
        ComparedRow::Line(part, line) => {
            let OutlineLine(pieces) = &compared.parts[part].lines[line];
            let shown = pieces.iter().map(|(tone, text)| look.span(role(*tone), text));
            Line::from(std::iter::once(Span::raw("  ")).chain(shown).collect::<Vec<_>>())
        }
    }
}

fn role(tone: Tone) -> Role {
    match tone {
        Tone::Plain => Role::Text,
        Tone::Name => Role::Strong,
        Tone::Dim => Role::Dim,
        Tone::Gone => Role::Bad,
        Tone::Come => Role::Good,
        Tone::Differs | Tone::Warn => Role::Warn,
    }
}
