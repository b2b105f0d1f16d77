//! What there is to review on the left, and on the right what there is of the selected track.

mod code;
mod lineage;
mod list;
mod specs;

use jiff::Timestamp;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;

use super::super::list::window;
use super::super::paint::Paint;
use super::super::{Role, Told, overlays};
use super::clock;
use crate::app::{Hit, Model, ReviewLook, ReviewPane, ReviewTab, TracksLook};
use crate::domain::text::wrapped;

/// In fewer they stand above each other.
const NARROW: u16 = 70;
/// A detail of fewer rows shows too little to stand beside anything.
const ROWS: u16 = 8;

pub fn review(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let Some(look) = model.tracks.get() else {
        let inside = paint.block(area, "review", true);
        return match &model.tracks.trouble {
            Some(trouble) => overlays::trouble(trouble, paint, inside),
            None => paint.line(inside, Line::from(paint.look.span(Role::Running, "asking the remote …"))),
        };
    };
    let gone = gone(model, look);
    let [told, body] =
        Layout::vertical([Constraint::Length(gone.is_some().into()), Constraint::Min(0)]).areas(area);
    if let Some(gone) = gone {
        paint.line_cut(told, Line::from(paint.look.span(Role::Warn, gone)));
    }
    if look.listed().is_empty() {
        let inside = paint.block(body, "review", true);
        if look.over() > 0 {
            let all = (paint.look.command)(&["track", "list", "--all"]);
            let told = format!("no track is open, and {} abandoned: {all}", look.over());
            return paint.text(inside, Role::Dim, &told);
        }
        let open = (paint.look.command)(&["track", "open", "WORKFLOW", "--need", "TEXT"]);
        return paint.text(inside, Role::Dim, &format!("no track is open; begin one: {open}"));
    }
    let [left, right] = match body.width >= NARROW {
        true => {
            let columns = list::columns(look).min(body.width * 2 / 5);
            Layout::horizontal([Constraint::Length(columns), Constraint::Min(0)]).areas(body)
        }
        false => Layout::vertical([Constraint::Percentage(35), Constraint::Percentage(65)]).areas(body),
    };
    let inside = model.review.pane == ReviewPane::Detail;
    let alone = right.height < ROWS || model.review.is_alone(body.width);
    match (alone, inside) {
        (true, true) => detail(model, paint, body),
        (true, false) => list::draw(model, look, paint, body),
        (false, _) => {
            list::draw(model, look, paint, left);
            detail(model, paint, right);
        }
    }
}

/// One line, over what is remembered.
fn gone(model: &Model, look: &TracksLook) -> Option<String> {
    let trouble = look.gone.as_ref().or(model.tracks.trouble.as_ref())?;
    let why = trouble.why.first().map(|why| format!(": {why}")).unwrap_or_default();
    Some(format!(" ! as it was last fetched: {}{why}", trouble.what))
}

fn detail(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let review = &model.review;
    let focused = review.pane == ReviewPane::Detail;
    paint.hit(area, Hit::Pane(1));
    let title = review.id().map(ToString::to_string).unwrap_or_default();
    let inside = paint.block(area, title, focused);
    let [head, body] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(inside);
    paint.tabs(head, &ReviewTab::ALL.map(|tab| (tab.title(), tab == review.tab)));
    let Some(look) = review.look.get() else {
        return match &review.look.trouble {
            Some(trouble) => overlays::trouble(trouble, paint, body),
            None => paint.line(body, Line::from(paint.look.span(Role::Running, "reading the package …"))),
        };
    };
    let [told, body] =
        Layout::vertical([Constraint::Length(review.look.trouble.is_some().into()), Constraint::Min(0)])
            .areas(body);
    if let Some(trouble) = &review.look.trouble {
        paint
            .line_cut(told, Line::from(paint.look.span(Role::Bad, format!("✗ as it was: {}", trouble.what))));
    }
    tab(model, look, paint, body);
}

fn tab(model: &Model, look: &ReviewLook, paint: &mut Paint<'_>, area: Rect) {
    // A text does not begin at the border.
    let text = Rect { x: area.x + area.width.min(1), width: area.width.saturating_sub(2), ..area };
    let columns = usize::from(text.width);
    let when = |then: Timestamp| clock(then, model.now, &model.zone);
    let tell = &paint.look.tell;
    let (told, none) = match model.review.tab {
        ReviewTab::Code => return code::draw(model, look, paint, area),
        ReviewTab::Specs => return specs::draw(model, look, paint, area),
        ReviewTab::Card => (tell.card(&look.card, columns, &when), ""),
        ReviewTab::Lineage => {
            (lineage::lines(&look.lineage, columns), "Nothing that steps make has other columns than before.")
        }
        ReviewTab::Data => (tell.data(&look.card, columns), "The package holds no run."),
        ReviewTab::Checks => (tell.checks(&look.checks, &look.sources, columns), ""),
        ReviewTab::Comments => {
            let all = tell.comments(&look.card, columns, &when);
            if !all.is_empty() {
                return comments(model, &all, paint, text);
            }
            (Told::new(), "Nobody has said anything yet.")
        }
    };
    let none = if look.package().is_some() { none } else { "No package is sealed yet." };
    let told = match told.iter().all(Vec::is_empty) {
        true => wrapped(none, columns).into_iter().map(|line| vec![(Role::Dim, line)]).collect(),
        false => told,
    };
    scrolled(model, &told, paint, text);
}

/// One of them is selected, to be answered.
fn comments(model: &Model, all: &[Told], paint: &mut Paint<'_>, area: Rect) {
    let focused = model.review.pane == ReviewPane::Detail;
    let selected = model.review.at().min(all.len().saturating_sub(1));
    let rows: Vec<(usize, &Vec<(Role, String)>)> =
        all.iter().enumerate().flat_map(|(at, told)| told.iter().map(move |line| (at, line))).collect();
    let first = rows.iter().position(|(at, _)| *at == selected).unwrap_or(0);
    let shown = window(first, rows.len(), area.height.into());
    if focused {
        paint.seen.page = area.height.into();
    }
    for (place, index) in area.rows().zip(shown) {
        let (_, line) = rows[index];
        let line: Line<'static> = line.iter().map(|(role, text)| paint.look.span(*role, text)).collect();
        paint.line(place, line);
        if index == first && focused {
            paint.select(place, true);
        }
    }
}

/// From the row on that is at the top.
fn scrolled(model: &Model, told: &Told, paint: &mut Paint<'_>, area: Rect) {
    let page = usize::from(area.height);
    let scrolls = told.len().saturating_sub(page);
    if model.review.pane == ReviewPane::Detail {
        (paint.seen.page, paint.seen.scrolls) = (page, scrolls);
    }
    let look = paint.look;
    let shown = told.iter().skip(model.review.at().min(scrolls)).take(page);
    let lines: Vec<Line<'static>> =
        shown.map(|line| line.iter().map(|(role, text)| look.span(*role, text)).collect()).collect();
    paint.lines(area, lines);
}
