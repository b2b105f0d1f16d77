use std::borrow::Cow;

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;

use super::super::list::window;
use super::super::paint::Paint;
use super::super::{Role, overlays};
use super::damaged::damaged;
use super::{clock, role_of};
use crate::app::{Hit, Model, PastRun};
use crate::domain::figures::count;
use crate::domain::show_duration;
use crate::domain::text::{pad, pad_left, safe, truncate, width};

/// From so many columns on, who ran it is shown whole.
const ROOMY: u16 = 100;

/// All recorded runs, or those that were typed for.
pub fn runs(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let history = &model.history;
    let all = model.runs.get().map_or(0, |runs| runs.runs.len());
    let filter = &history.filter;
    let order = history.order.title();
    let title = match filter.editing || !filter.text().is_empty() {
        // What is typed next stands before the dot.
        true => format!("runs /{}  · {order}", filter.text()),
        false => {
            let older = model.runs.get().map_or(0, |runs| runs.older);
            let more = if older > 0 { format!(" of {}", count((all + older) as u64)) } else { String::new() };
            format!("runs {}{more}, {order}", count(all as u64))
        }
    };
    let title = match history.marked.len() {
        0 => title,
        marked => format!("{title} · {marked} marked"),
    };
    let inside = paint.block(area, title, true);
    if filter.editing {
        let x = area.x + 8 + u16::try_from(width(filter.text())).unwrap_or(0);
        paint.cursor = Some((x.min(area.right().saturating_sub(2)), area.y).into());
    }
    let inside = match model.runs.get() {
        Some(runs) => damaged(&runs.broken, paint, inside),
        None => inside,
    };
    let [head, body] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(inside);
    paint.seen.page = body.height.into();
    let Some(runs) = model.runs.get() else {
        return match &model.runs.trouble {
            Some(trouble) => overlays::trouble(trouble, paint, inside),
            None => paint.line(inside, Line::from(paint.look.span(Role::Dim, "reading the runs …"))),
        };
    };
    let shown = history.shown();
    if shown.is_empty() {
        let told = if all == 0 { "nothing has run yet" } else { "none fits what is typed" };
        return paint.line(head, Line::from(paint.look.span(Role::Dim, told)));
    }
    let names = runs.runs.iter().map(|past| width(&past.run.title())).max().unwrap_or(0).clamp(8, 24);
    let users = match area.width < ROOMY {
        true => 8,
        false => runs.runs.iter().map(|past| width(&user(past))).max().unwrap_or(0).clamp(8, 24),
    };
    let (workflow, by) = (pad("workflow", names), pad("by", users));
    let titles = format!("   {workflow}  run   started       took     {by}  with");
    paint.line(head, Line::from(paint.look.span(Role::Dim, titles)));
    for (row, index) in body.rows().zip(window(history.selected, shown.len(), body.height.into())) {
        let past = &runs.runs[shown[index]];
        let line = run_line(model, past, (names, users), paint);
        paint.line_cut(row, line);
        paint.hit(row, Hit::Row(index));
        if index == history.selected {
            paint.select(row, true);
        }
    }
}

/// Without the address.
fn user(past: &PastRun) -> Cow<'_, str> {
    safe(past.run.user.split(" <").next().unwrap_or_default())
}

/// `names`, `users`: columns for each.
fn run_line(
    model: &Model,
    past: &PastRun,
    (names, users): (usize, usize),
    paint: &Paint<'_>,
) -> Line<'static> {
    let (look, run) = (paint.look, &past.run);
    // A clock that goes on would go wrong: nothing is drawn while nobody touches a key.
    let took = match run.took(model.now).filter(|_| past.status().is_over()) {
        Some(took) => show_duration(took),
        None => past.status().as_str().chars().take(7).collect(),
    };
    let params = run.typed_params().map(|(name, value)| format!("{name}={value}"));
    let params = params.collect::<Vec<_>>().join(" ");
    Line::from(vec![
        look.mark(model.history.marked.contains(&run.token)),
        look.span(role_of(Some(past.status())), format!("{} ", past.status().symbol())),
        look.span(Role::Strong, format!("{}  ", pad(&truncate(&run.title(), names), names))),
        look.span(Role::Accent, format!("{}  ", run.token.short())),
        look.span(Role::Text, format!("{:<12}  ", clock(run.started_at, model.now, &model.zone))),
        look.span(Role::Text, format!("{}  ", pad_left(&took, 7))),
        look.span(Role::Dim, format!("{}  ", pad(&truncate(&user(past), users), users))),
        look.span(Role::Warn, if past.foreign { "foreign  " } else { "" }),
        look.span(Role::Dim, params),
    ])
}
