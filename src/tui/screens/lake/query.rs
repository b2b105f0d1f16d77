use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;

use super::super::super::paint::Paint;
use super::super::super::{Role, grid, overlays};
use super::super::editor::completion;
use super::detail::tabs;
use super::statement;
use crate::app::{Hit, LakePane, LakeScreen, Model, Screen};
use crate::domain::Diagnostic;
use crate::domain::figures::{count, counted, seconds};
use crate::domain::text::{safe, truncate, width};

/// Fewer rows have room for the query or for its answer, not for both.
const BOTH: u16 = 10;

/// The query, its parameters, and the rows that it gave.
pub(super) fn draw(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let lake = &model.lake;
    let lines = u16::try_from(lake.query.lines().len()).unwrap_or(u16::MAX);
    let problems: Vec<&Diagnostic> = problems(lake).collect();
    let row = |problem: &Diagnostic| problem.span.line.saturating_sub(1);
    let (at, _) = lake.query.cursor();
    // A long query and its rows share the room.
    let typing = matches!(lake.pane, LakePane::Query);
    let most = if typing { area.height.saturating_sub(6) } else { area.height / 2 };
    let here = problems.iter().find(|problem| typing && row(problem) == at);
    let unchecked = lake.unchecked.filter(|_| typing && here.is_none());
    let told = u16::from(here.is_some() || unchecked.is_some());
    let height = lines.saturating_add(4 + told).clamp(6, most.max(6));
    let [upper, lower] = match area.height < BOTH {
        false => Layout::vertical([Constraint::Length(height), Constraint::Min(0)]).areas(area),
        true if lake.pane == LakePane::Detail => return answer(model, paint, area, true),
        true => [area, Rect { height: 0, ..area }],
    };
    paint.hit(lower, Hit::Pane(2));
    let inside = paint.block(upper, "query", typing || lake.pane == LakePane::Params);
    let [head, body, below, foot] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Min(1),
        Constraint::Length(told),
        Constraint::Length(1),
    ])
    .areas(inside);
    paint.hit(Rect { height: foot.y - upper.y, ..upper }, Hit::Pane(1));
    paint.hit(Rect { y: foot.y, height: upper.bottom() - foot.y, ..upper }, Hit::Pane(3));
    tabs(model, paint, head);
    statement::draw(&lake.query, &problems, paint, body, typing);
    if let Some(problem) = here {
        let told = [problem.message.as_str(), problem.help.as_str()].map(safe).join("  ");
        let told = truncate(told.trim_end(), usize::from(below.width).saturating_sub(2)).into_owned();
        paint.line(below, Line::from(paint.look.span(Role::Bad, format!("✗ {told}"))));
    }
    if let Some(why) = unchecked {
        paint.line_cut(below, Line::from(paint.look.span(Role::Dim, format!("not checked: {why}"))));
    }
    params(model, paint, foot);
    answer(model, paint, lower, lake.pane == LakePane::Detail);
    if let (Some(completion), Some(cursor), true) = (&lake.completion, paint.cursor, typing) {
        completion::draw(completion, paint, area, cursor.into());
    }
}

/// Why the query was not answered, as far as it is still the same, and what is wrong as it is typed.
fn problems(lake: &LakeScreen) -> impl Iterator<Item = &Diagnostic> {
    let asked = lake.asked.as_ref().filter(|asked| asked.file.is_none() && !lake.retyped);
    let trouble = asked.and_then(|asked| asked.grid.as_ref()?.as_ref().err());
    trouble.into_iter().flat_map(|trouble| trouble.problems.first()).chain(&lake.problems)
}

fn params(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let (look, lake) = (paint.look, &model.lake);
    const LEAD: &str = "with ";
    let typed = lake.params.text();
    let focused = lake.pane == LakePane::Params;
    let shown = if typed.is_empty() && !focused { "name=value …, for each @name" } else { typed };
    let role = if typed.is_empty() { Role::Dim } else { Role::Text };
    paint.line(area, Line::from(vec![look.span(Role::Dim, LEAD), look.span(role, shown)]));
    if focused {
        let before: String = typed.chars().take(lake.params.cursor()).collect();
        let x = area.x + u16::try_from(LEAD.len() + width(&before)).unwrap_or(u16::MAX);
        paint.cursor = Some((x.min(area.right().saturating_sub(1)), area.y).into());
    }
}

/// The rows alone, over the lower half of another screen.
pub fn answer_over(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let height = area.height.div_ceil(2);
    let area = Rect { y: area.bottom() - height, height, ..area };
    paint.blank(area);
    answer(model, paint, area, true);
}

pub(super) fn answer(model: &Model, paint: &mut Paint<'_>, area: Rect, focused: bool) {
    let lake = &model.lake;
    // What the editor has asked is of another text.
    let own = lake.asked.as_ref().filter(|asked| asked.file.is_none() || model.screen != Screen::Lake);
    let Some(asked) = own else {
        let inside = paint.block(area, "rows", focused);
        let key = paint.look.keymap.key_of("ask");
        return paint.text(inside, Role::Dim, &format!("{key} runs the statement at the cursor"));
    };
    match &asked.grid {
        None => {
            let inside = paint.block(area, "rows", focused);
            let doing = lake.doing.as_deref().unwrap_or("asking …");
            paint.line(inside, Line::from(paint.look.span(Role::Running, doing)));
        }
        Some(Err(trouble)) => {
            let inside = paint.block(area, "not run", focused);
            overlays::trouble(trouble, paint, inside);
        }
        Some(Ok(rows)) => {
            let (shown, total) = (rows.rows.rows.len() as u64, rows.rows.total);
            let number = match shown == total {
                true => counted(total, "row"),
                false => format!("{} of {}", count(shown), counted(total, "row")),
            };
            let retyped = if asked.file.is_none() && lake.retyped { ", of what was asked" } else { "" };
            let title = format!("{number}, {}{retyped}", seconds(asked.seconds));
            let inside = paint.block(area, title, focused);
            grid::draw(rows, paint, inside, focused);
        }
    }
}
