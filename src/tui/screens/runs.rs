use std::borrow::Cow;

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;

use super::super::list::window;
use super::super::paint::Paint;
use super::super::{Role, overlays};
use super::damaged::damaged;
use super::run_detail::{HEIGHT, LEAST, run_detail};
use super::{clock, role_of};
use crate::app::{Hit, Model, PastRun, RunMarks, RunsLook};
use crate::domain::figures::count;
use crate::domain::text::{pad, pad_left, safe, truncate, width, wrapped};
use crate::domain::{Doubts, Name, part_told, show_duration};

/// From so many columns on, who ran it is shown whole.
const ROOMY: u16 = 100;
/// Columns for which who ran it gives way: what tells runs apart says more.
const APART: usize = 24;
/// The longest name of a figure above its column, and the most columns for aliases.
const FIGURE: usize = 10;
const CALLED: usize = 16;

/// All recorded runs, or those that were typed for.
pub fn runs(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let area = match model.selected_run().filter(|_| area.height >= LEAST) {
        Some(past) => {
            let [list, detail] =
                Layout::vertical([Constraint::Min(0), Constraint::Length(HEIGHT)]).areas(area);
            run_detail(model, past, paint, detail);
            list
        }
        None => area,
    };
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
    let inside = match &history.sought.wrong {
        Some(why) => above(why, paint, inside),
        None => inside,
    };
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
        let unheard = history.sought.unheard.as_deref().unwrap_or("none fits what is typed");
        let told = if all == 0 { "nothing has run yet" } else { unheard };
        above(told, paint, inside);
        return;
    }
    let names = runs.runs.iter().map(|past| width(&past.run.title())).max().unwrap_or(0).clamp(8, 24);
    let columns = Columns::of(runs, names, area.width, history.differing.widest().min(APART));
    paint.line(head, Line::from(paint.look.span(Role::Dim, columns.titles())));
    for (row, index) in body.rows().zip(window(history.selected, shown.len(), body.height.into())) {
        let past = &runs.runs[shown[index]];
        let line = run_line(model, past, &columns, paint);
        paint.line_cut(row, line);
        paint.hit(row, Hit::Row(index));
        if index == history.selected {
            paint.select(row, true);
        }
    }
}

/// Some words in as many lines as they take; answers what is left below.
fn above(told: &str, paint: &mut Paint<'_>, area: Rect) -> Rect {
    let lines = wrapped(&safe(told), area.width.into());
    let rows = u16::try_from(lines.len()).unwrap_or(area.height).min(area.height);
    let [place, rest] = Layout::vertical([Constraint::Length(rows), Constraint::Min(0)]).areas(area);
    for (row, line) in place.rows().zip(lines) {
        paint.line(row, Line::from(paint.look.span(Role::Dim, line)));
    }
    rest
}

/// Without the address.
fn user(past: &PastRun) -> Cow<'_, str> {
    safe(past.run.user.split(" <").next().unwrap_or_default())
}

/// How wide each is; 0: it is not there.
struct Columns {
    names: usize,
    users: usize,
    /// And what it is called: the figure, where all have the same.
    figure: (usize, String),
    called: usize,
}

impl Columns {
    /// Where figures and aliases are to be seen, who ran it has no room beside them on a small screen.
    fn of(runs: &RunsLook, names: usize, width: u16, apart: usize) -> Self {
        let widest = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0);
        let marks = || runs.marks.values();
        let figures = || marks().filter_map(|marks| marks.figure.as_ref());
        let first = figures().next().map(|(name, _)| name.as_str()).unwrap_or_default();
        let is_one = figures().all(|(name, _)| name == first) && self::width(first) <= FIGURE;
        let title = if is_one { safe(first).into_owned() } else { "figure".to_owned() };
        let numbers = widest(&mut marks().map(|marks| self::width(&figure(marks))));
        let figure = if numbers == 0 { 0 } else { numbers.max(self::width(&title)) };
        let called = widest(&mut marks().map(|marks| self::width(&called(marks))));
        let called = if called == 0 { 0 } else { called.clamp(6, CALLED) };
        let users = match width < ROOMY {
            true if figure + called > 0 => 0,
            true => 8,
            false => widest(&mut runs.runs.iter().map(|past| self::width(&user(past)))).clamp(8, 24),
        };
        let gap = |columns: usize| if columns == 0 { 0 } else { columns + 2 };
        // The frame, the signs, the run, when it started and what it took.
        let fixed = 2 + 3 + gap(names) + gap(4) + gap(12) + gap(7) + gap(figure) + gap(called);
        let left = usize::from(width).saturating_sub(fixed);
        let fits = |users: &usize| apart == 0 || gap(*users) + apart <= left;
        let users = [users, users.min(8)].into_iter().find(fits).unwrap_or(0);
        Self { names, users, figure: (figure, title), called }
    }

    fn titles(&self) -> String {
        let cell = |text: &str, room: usize| match room {
            0 => String::new(),
            room => format!("{}  ", pad(text, room)),
        };
        let figure = match self.figure.0 {
            0 => String::new(),
            room => format!("{}  ", pad_left(&self.figure.1, room)),
        };
        let (workflow, by) = (cell("workflow", self.names), cell("by", self.users));
        format!("   {workflow}run   started       took     {figure}{}{by}with", cell("called", self.called))
    }
}

/// With a sign where it is not as its workflow asks.
fn figure(marks: &RunMarks) -> String {
    let sign = if marks.unmet.is_empty() { "" } else { "!" };
    match &marks.figure {
        Some((_, value)) => format!("{sign}{value}"),
        None => sign.to_owned(),
    }
}

fn called(marks: &RunMarks) -> String {
    marks.aliases.iter().map(Name::as_str).collect::<Vec<_>>().join(" ")
}

fn run_line(model: &Model, past: &PastRun, columns: &Columns, paint: &Paint<'_>) -> Line<'static> {
    let (look, run) = (paint.look, &past.run);
    let Columns { names, users, .. } = *columns;
    // A clock that goes on would go wrong: nothing is drawn while nobody touches a key.
    let took = match run.took(model.now).filter(|_| past.status().is_over()) {
        Some(took) => show_duration(took),
        None => past.status().as_str().chars().take(7).collect(),
    };
    let params = model.history.differing.told(run);
    let none = RunMarks::default();
    let marks = model.runs.get().map_or(&none, |runs| runs.marks(run.token));
    let mut spans = vec![
        look.mark(model.history.marked.contains(&run.token)),
        match marks.damaged {
            true => look.span(Role::Warn, "! "),
            false => look.span(role_of(Some(past.status())), format!("{} ", past.status().symbol())),
        },
        look.span(Role::Strong, format!("{}  ", pad(&truncate(&run.title(), names), names))),
        look.span(Role::Accent, run.token.short()),
        look.span(Role::Warn, if marks.pinned { "• " } else { "  " }),
        look.span(Role::Text, format!("{:<12}  ", clock(run.started_at, model.now, &model.zone))),
        look.span(Role::Text, format!("{}  ", pad_left(&took, 7))),
    ];
    if columns.figure.0 > 0 {
        let role = if marks.unmet.is_empty() { Role::Text } else { Role::Bad };
        spans.push(look.span(role, format!("{}  ", pad_left(&figure(marks), columns.figure.0))));
    }
    if columns.called > 0 {
        let called = called(marks);
        let called = pad(&truncate(&called, columns.called), columns.called);
        spans.push(look.span(Role::Strong, format!("{called}  ")));
    }
    if users > 0 {
        spans.push(look.span(Role::Dim, format!("{}  ", pad(&truncate(&user(past), users), users))));
    }
    let doubts = model.doubted.of(run.token);
    let known = doubts.and_then(Doubts::word);
    let altered = known.or(marks.damaged.then_some("damaged")).map(|word| format!("{word}  "));
    spans.push(look.span(Role::Warn, altered.unwrap_or_default()));
    let foreign = model.why_foreign(past).is_some();
    spans.push(look.span(Role::Warn, if foreign { "foreign  " } else { "" }));
    let part = part_told(run.only.as_ref()).map(|part| format!("{part}  "));
    spans.push(look.span(Role::Warn, part.unwrap_or_default()));
    spans.push(look.span(Role::Dim, params));
    Line::from(spans)
}
