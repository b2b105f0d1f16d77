use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::Line;

use super::super::list::window;
use super::super::paint::{Look, Paint};
use super::super::plot::{PlotPart, draw_plot, plot_legend};
use super::super::{Role, overlays};
use super::{clock, role_of};
use crate::app::{Hit, MetricsLook, MetricsPane, MetricsScreen, Model};
use crate::domain::figures::count;
use crate::domain::text::{pad, pad_left, safe, truncate, width, wrapped};
use crate::domain::{Measured, Plot, Threshold, part_told, typed};

/// Rows of runs that are seen at least.
const LEAST_RUNS: u16 = 4;

/// Figures, the chart of one, and the runs that have it.
pub fn metrics(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let screen = &model.metrics;
    let of = match (&screen.of, screen.all) {
        (_, true) => "all",
        (Some(of), false) => of.as_str(),
        (None, false) => "",
    };
    let look = match (&screen.look.trouble, screen.look.get()) {
        (Some(trouble), _) => {
            let inside = paint.block(area, format!("metrics of {of}"), true);
            return overlays::trouble(trouble, paint, inside);
        }
        (None, None) => {
            let inside = paint.block(area, format!("metrics of {of}"), true);
            let told = if screen.of.is_some() { "reading the figures …" } else { "there is no workflow" };
            return paint.line(inside, Line::from(paint.look.span(Role::Dim, told)));
        }
        (None, Some(look)) => look,
    };
    let all = format!(
        "metrics of {of} · {}{} runs",
        if look.older { "newest " } else { "" },
        count(look.runs.len() as u64)
    );
    if screen.figures().is_empty() {
        let inside = paint.block(area, all, true);
        let told = "no run has figures: an output of `type: metrics` gives them";
        let told = [told.to_owned()].into_iter().chain(altered(look));
        let lines = told.flat_map(|told| wrapped(&told, inside.width.into()));
        return paint.lines(inside, lines.map(Line::from));
    }
    let names = screen.figures().iter().map(|name| width(&safe(name))).max().unwrap_or(0).clamp(6, 18);
    let left = u16::try_from(names).unwrap_or(18) + 14;
    let high = (area.height / 2).max(7).min(area.height.saturating_sub(LEAST_RUNS + 2));
    let [above, below] = Layout::vertical([Constraint::Length(high), Constraint::Min(0)]).areas(area);
    let [list, chart] = Layout::horizontal([Constraint::Length(left), Constraint::Min(0)]).areas(above);
    // The list may be narrower than all that is said of it: what it is of stays.
    let room = usize::from(list.width.saturating_sub(4));
    let short = all.strip_prefix("metrics of ").unwrap_or(&all);
    let least = short.strip_suffix(" runs").unwrap_or(short);
    let title = [&*all, short].into_iter().find(|title| width(title) <= room).unwrap_or(least);
    figures(model, look, names, paint, (list, title));
    draw_chart(model, look, paint, chart);
    runs(model, look, paint, below);
}

fn figures(
    model: &Model,
    look: &MetricsLook,
    names: usize,
    paint: &mut Paint<'_>,
    (area, title): (Rect, &str),
) {
    let screen = &model.metrics;
    let focused = screen.pane == MetricsPane::Figures;
    paint.hit(area, Hit::Pane(0));
    let inside = paint.block(area, title, focused);
    if focused {
        paint.seen.page = inside.height.into();
    }
    let all = screen.figures();
    for (row, index) in inside.rows().zip(window(screen.figure, all.len(), inside.height.into())) {
        let name = &all[index];
        let now = look.runs.iter().find_map(|run| run.metrics.get(name));
        let broken = look.breaches.iter().any(|breach| breach.figures.contains(name) && breach.lasts);
        let asking = look.thresholds.iter().filter(|threshold| threshold.is_of(name, &look.runs));
        let value = now.map(|value| Threshold::beside(asking, *value)).unwrap_or_default();
        let role = if broken { Role::Bad } else { Role::Strong };
        let line = Line::from(vec![
            paint.look.span(Role::Bad, if broken { "! " } else { "  " }),
            paint.look.span(Role::Text, pad(&truncate(&safe(name), names), names)),
            paint.look.span(role, pad_left(&value, 10)),
        ]);
        paint.line_cut(row, line);
        if index == screen.figure {
            paint.select(row, focused);
        }
    }
}

fn draw_chart(model: &Model, look: &MetricsLook, paint: &mut Paint<'_>, area: Rect) {
    let screen = &model.metrics;
    let Some(figure) = screen.figure() else { return };
    let mut plot = Plot::over_time(figure, &look.runs, &look.thresholds, &model.zone);
    let at = screen.count().saturating_sub(screen.run + 1) as f64;
    plot.chosen = screen.selected().and_then(|run| Some((at, *run.metrics.get(figure)?)));
    let inside = paint.block(area, safe(figure), false);
    let [head, body] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(inside);
    let manner = |part| manner(paint.look, part);
    paint.buffer.set_line(head.x, head.y, &plot_legend(&plot, manner), head.width);
    draw_plot(&plot, manner, body, paint.buffer);
}

fn manner(look: &Look, part: PlotPart) -> Style {
    look.style(match part {
        PlotPart::Axis => Role::Dim,
        PlotPart::Mark => Role::Warn,
        PlotPart::Chosen => Role::Strong,
        PlotPart::Line(at) => [Role::Accent, Role::Good, Role::Running, Role::String, Role::Bad][at % 5],
    })
}

fn runs(model: &Model, look: &MetricsLook, paint: &mut Paint<'_>, area: Rect) {
    let screen = &model.metrics;
    let figure = screen.figure().unwrap_or_default();
    let focused = screen.pane == MetricsPane::Runs;
    paint.hit(area, Hit::Pane(1));
    let inside = paint.block(area, told(screen, look, figure), focused);
    let [head, body] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(inside);
    if focused {
        paint.seen.page = body.height.into();
    }
    let shown: Vec<&Measured> = screen.having();
    let names = shown.iter().map(|run| width(&run.name.to_string())).max().unwrap_or(0).clamp(8, 24);
    let titles = format!(
        "   {}  run   version   started       {}  with",
        pad("workflow", names),
        pad_left("value", 9)
    );
    paint.line(head, Line::from(paint.look.span(Role::Dim, titles)));
    for (row, index) in body.rows().zip(window(screen.run, shown.len(), body.height.into())) {
        let line = run_line(model, look, shown[index], figure, names, paint.look);
        paint.line_cut(row, line);
        paint.hit(row, Hit::Row(index));
        if index == screen.run {
            paint.select(row, focused);
        }
    }
}

/// What is asked of the figure, and which runs broke it.
fn told(screen: &MetricsScreen, look: &MetricsLook, figure: &str) -> String {
    let of_it = look.thresholds.iter().filter(|threshold| threshold.is_of(figure, &look.runs));
    let many = look.runs.iter().any(|run| run.name != look.runs[0].name);
    let told = of_it.map(|threshold| {
        let asked = format!("{} ({})", threshold.told(), threshold.asker(many));
        match look.breaches.iter().find(|breach| breach.threshold == *threshold) {
            None => asked,
            Some(breach) => format!("{asked}: {}", breach.told(&breach.token.short())),
        }
    });
    let mut told: Vec<String> = altered(look).into_iter().chain(told).collect();
    if told.is_empty() {
        told.push(format!("{} with {}", count(screen.count() as u64), safe(figure)));
    }
    told.join(" · ")
}

/// Which runs those are, `greenroom metrics` says.
fn altered(look: &MetricsLook) -> Option<String> {
    let runs = if look.altered == 1 { "run" } else { "runs" };
    (look.altered > 0).then(|| format!("{} {runs} with changed figures left out", count(look.altered as u64)))
}

fn run_line(
    model: &Model,
    metrics: &MetricsLook,
    run: &Measured,
    figure: &str,
    names: usize,
    look: &Look,
) -> Line<'static> {
    let value = run.metrics.get(figure).copied().unwrap_or_default();
    let asking = || metrics.thresholds.iter().filter(|threshold| threshold.asks_of(figure, run));
    let broken = asking().any(|threshold| threshold.is_beyond(value));
    // What an evaluation came to, it came to with another's model.
    let several = metrics.runs.iter().any(|other| other.name == run.name && other.use_case != run.use_case);
    let case = run.use_case.as_ref().filter(|_| several).map(ToString::to_string);
    let params = run.params.iter().map(|(name, value)| format!("{name}={}", typed(value)));
    let params = case.into_iter().chain(params).collect::<Vec<_>>().join(" ");
    let shown = format!("{}{}", if broken { "!" } else { "" }, Threshold::beside(asking(), value));
    Line::from(vec![
        look.span(role_of(Some(run.status)), format!(" {} ", run.status.symbol())),
        look.span(Role::Strong, format!("{}  ", pad(&truncate(run.name.as_str(), names), names))),
        look.span(Role::Accent, format!("{}  ", run.token.short())),
        look.span(Role::Text, format!("{:<8}  ", run.version.to_string())),
        look.span(Role::Text, format!("{:<12}  ", clock(run.started_at, model.now, &model.zone))),
        look.span(if broken { Role::Bad } else { Role::Strong }, format!("{}  ", pad_left(&shown, 9))),
        look.span(Role::Warn, if run.damaged { "damaged  " } else { "" }),
        look.span(Role::Warn, if run.foreign { "foreign  " } else { "" }),
        look.span(Role::Warn, part_told(run.only.as_ref()).map(|part| part + "  ").unwrap_or_default()),
        look.span(Role::Dim, safe(&params)),
    ])
}
