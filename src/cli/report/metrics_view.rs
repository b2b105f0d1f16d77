use jiff::tz::TimeZone;

use super::step_line::symbol;
use super::table::{Cell, Table, left, right, wrapping};
use crate::cli::{Ink, Invocation, Look};
use crate::domain::figures::{ago, counted, number};
use crate::domain::text::safe;
use crate::domain::{
    Breach, Curve, Measured, Name, Plot, Status, Threshold, Token, figures_in_order, part_told, typed,
};
use crate::tui::{PlotPart, plot_lines};

/// Rows of a chart with its axis.
const HEIGHT: u16 = 10;
/// Columns of a chart, however wide the terminal is; fewer can be read too.
const WIDE: usize = 100;
/// Rows of the table of runs, and its columns for figures.
const ROWS: usize = 15;
const COLUMNS: usize = 5;
/// Values that a line of bars shows.
const BARS: usize = 20;

/// Figures of runs, newest first: what they are now, a chart of those that matter, and the runs.
#[allow(clippy::too_many_arguments)]
pub fn metrics_view(
    names: &[String],
    (runs, without): (&[Measured], &[(Name, Token)]),
    asked: &[String],
    thresholds: &[Threshold],
    breaches: &[Breach],
    older: bool,
    zone: &TimeZone,
    (invocation, look): (&Invocation, &Look),
) -> String {
    if runs.is_empty() {
        let run = look.paint(Ink::Accent, invocation.command(&["run", &names[0]]));
        let of = names.join(", ");
        return match without.first() {
            Some((_, newest)) => format!(
                "No run of {of} has figures: {}, the newest {}, came to none that is a number, if to any. Start one: {run}\n",
                counted(without.len() as u64, "run"),
                newest.short()
            ),
            None => format!(
                "No run of {of} has figures: none has ended with an output of `type: metrics`. Start one: {run}\n"
            ),
        };
    }
    // Those that were asked for, or are watched, come first.
    let watched = thresholds.iter().filter_map(|threshold| threshold.figure(runs));
    let figures = figures_in_order(runs, asked.iter().map(String::as_str).chain(watched));
    let of = counted(runs.len() as u64, "run");
    let mut text = format!(
        "{}  {of}{}{}\n\n",
        look.paint(Ink::Strong, names.join(", ")),
        if older { ", the newest" } else { "" },
        bare(without, look)
    );
    text += &summary(runs, without, &figures, thresholds, breaches, look);
    let charts = if asked.is_empty() { 1 } else { asked.len() };
    for figure in figures.iter().take(charts) {
        text += &chart(&Plot::over_time(figure, runs, thresholds, zone), look);
    }
    let (shown, left_out) = table(runs, &figures, thresholds, look);
    text += &shown;
    if !left_out.is_empty() {
        let all = counted(left_out.len() as u64, "column");
        let names = left_out.iter().map(|name| safe(name)).collect::<Vec<_>>().join(", ");
        let figure = left_out.iter().find(|name| figures.contains(&name.as_str()));
        let first = figure.map(|name| format!("--figure {} shows it first, ", safe(name)));
        text += &format!("… and {all} more ({names}): {}--json has all\n", first.unwrap_or_default());
    }
    if runs.len() > ROWS {
        let mut words = vec!["metrics"];
        words.extend(names.iter().map(String::as_str));
        words.push("--json");
        let all = look.paint(Ink::Accent, invocation.command(&words));
        text += &format!("… and {} before them: {all}\n", runs.len() - ROWS);
    }
    text
}

/// Runs that succeeded and are not among those with figures.
fn bare(without: &[(Name, Token)], look: &Look) -> String {
    let Some((_, newest)) = without.first() else { return String::new() };
    let told = format!(", and {} without figures", counted(without.len() as u64, "run"));
    look.paint(Ink::Warn, format!("{told}, the newest {}", newest.short()))
}

/// Of the runs that succeeded after the newest which has a figure: how many have it not.
fn since_then(name: &str, runs: &[Measured], without: &[(Name, Token)]) -> Option<String> {
    let at = runs.iter().position(|run| run.metrics.contains_key(name))?;
    let holder = &runs[at];
    // The newest come first.
    let lack = runs[..at].iter().filter(|run| run.name == holder.name && is_whole(run));
    let bare = without.iter().filter(|(of, token)| *of == holder.name && *token > holder.token);
    let lack: Vec<Token> = lack.map(|run| run.token).chain(bare.map(|(_, token)| *token)).collect();
    let newest = lack.iter().max()?;
    Some(match lack.len() {
        1 => format!("a newer run is without it: {}", newest.short()),
        many => format!("{many} newer runs are without it, the newest {}", newest.short()),
    })
}

fn summary(
    runs: &[Measured],
    without: &[(Name, Token)],
    figures: &[&str],
    thresholds: &[Threshold],
    breaches: &[Breach],
    look: &Look,
) -> String {
    let mut table = Table::new([
        left("figure"),
        right("now"),
        right("least"),
        right("most"),
        left("newest right"),
        wrapping(""),
    ]);
    let many = of_many(runs);
    for name in figures {
        let values: Vec<f64> = runs.iter().filter_map(|run| run.metrics.get(*name).copied()).collect();
        let Some(now) = values.first() else { continue };
        let (least, most) =
            values.iter().fold((*now, *now), |(least, most), value| (value.min(least), value.max(most)));
        let asking = || thresholds.iter().filter(|threshold| threshold.is_of(name, runs));
        let beside = |value: f64| Threshold::beside(asking(), value);
        let told = asking().map(|threshold| {
            let asker = threshold.asker(many);
            match breaches.iter().find(|breach| breach.threshold == *threshold) {
                Some(breach) => {
                    let sign = if breach.lasts && breach.figures.contains(*name) { "! " } else { "" };
                    let since = format!(
                        "{} ({})",
                        breach.token.short(),
                        Threshold::beside([threshold], breach.value)
                    );
                    format!("{sign}{} ({asker}): {}", threshold.told(), breach.told(&since))
                }
                None => format!("{} ({asker})", threshold.told()),
            }
        });
        let told = told.chain(since_then(name, runs, without)).collect::<Vec<_>>().join("; ");
        let ink = if told.starts_with('!') { Ink::Bad } else { Ink::Dim };
        table.row([
            Cell::from(safe(name).into_owned()),
            Cell::inked(beside(*now), Ink::Strong),
            beside(least).into(),
            beside(most).into(),
            Cell::inked(bars(&values, (least, most)), Ink::Accent),
            Cell::inked(told, ink),
        ]);
    }
    table.render(look)
}

/// The newest values, the newest right.
fn bars(newest_first: &[f64], (least, most): (f64, f64)) -> String {
    const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let bar = |value: &f64| {
        let share = if most > least { (value - least) / (most - least) } else { 0.5 };
        HEIGHTS[((share * 7.0).round() as usize).min(7)]
    };
    newest_first.iter().take(BARS).rev().map(bar).collect()
}

fn chart(plot: &Plot, look: &Look) -> String {
    let width = look.width.min(WIDE);
    let ink = |part: PlotPart| match part {
        PlotPart::Axis | PlotPart::Chosen => Ink::Dim,
        PlotPart::Mark => Ink::Warn,
        PlotPart::Line(at) => [Ink::Accent, Ink::Good, Ink::Strong, Ink::Bad][at % 4],
    };
    let labels = plot.lines.iter().enumerate();
    let labels: Vec<String> =
        labels.map(|(at, line)| look.paint(ink(PlotPart::Line(at)), safe(&line.label))).collect();
    let mut text = format!("\n{}  {}\n", look.paint(Ink::Strong, safe(&plot.title)), labels.join("  "));
    for line in plot_lines(plot, u16::try_from(width).unwrap_or(u16::MAX), HEIGHT) {
        let mut pieces: Vec<String> =
            line.iter().map(|(part, piece)| look.paint(ink(*part), piece)).collect();
        // Nothing is painted behind the last thing that can be seen.
        if let (Some(last), Some((part, piece))) = (pieces.last_mut(), line.last()) {
            *last = look.paint(ink(*part), piece.trim_end());
        }
        text += &pieces.concat();
        text.push('\n');
    }
    text
}

/// The runs, and the columns that there is no room for.
fn table(
    runs: &[Measured],
    figures: &[&str],
    thresholds: &[Threshold],
    look: &Look,
) -> (String, Vec<String>) {
    let (figures, others) = figures.split_at(figures.len().min(COLUMNS));
    let varied = varied(&runs[..runs.len().min(ROWS)]);
    let many = of_many(runs);
    let mut columns = vec![left(""), left("run")];
    columns.extend(many.then(|| left("name")));
    let cases = of_several_cases(&runs[..runs.len().min(ROWS)]);
    columns.extend(cases.then(|| left("use case")));
    columns.extend([left("version"), left("started")]);
    // Of figures the first few matter most, then what was different.
    columns.extend(figures.iter().enumerate().map(|(at, name)| {
        let leaves = [0, 1, 3].get(at).copied().unwrap_or(3);
        right(safe(name).into_owned()).leaving(leaves)
    }));
    columns.extend(varied.iter().map(|name| left(param_title(name.as_str(), figures)).leaving(2)));
    let marked = runs.iter().take(ROWS).any(|run| !mark(run).is_empty());
    columns.extend(marked.then(|| left("")));
    let mut table = Table::new(columns);
    let now = jiff::Timestamp::now();
    for run in runs.iter().take(ROWS) {
        let (sign, ink) = if run.damaged { ("!", Ink::Warn) } else { symbol(Some(run.status)) };
        let mut cells: Vec<Cell> = vec![Cell::inked(sign, ink), Cell::inked(run.token.short(), Ink::Accent)];
        cells.extend(many.then(|| run.name.to_string().into()));
        let case = || run.use_case.as_ref().map(ToString::to_string).unwrap_or_default();
        cells.extend(cases.then(|| case().into()));
        cells.extend([run.version.to_string().into(), ago(run.started_at, now).into()]);
        cells.extend(figures.iter().map(|name| match run.metrics.get(*name) {
            None => Cell::from(""),
            Some(value) => {
                let asking = || thresholds.iter().filter(|threshold| threshold.asks_of(name, run));
                let told = Threshold::beside(asking(), *value);
                match asking().any(|threshold| threshold.is_beyond(*value)) {
                    true => Cell::inked(format!("!{told}"), Ink::Bad),
                    false => told.into(),
                }
            }
        }));
        cells.extend(varied.iter().map(|name| {
            let value = run.params.get(*name).map(typed);
            Cell::from(safe(&value.unwrap_or_default()).into_owned())
        }));
        cells.extend(marked.then(|| Cell::inked(mark(run), Ink::Warn)));
        table.row(cells);
    }
    let mut left_out = table.let_go(look);
    left_out.extend(others.iter().map(|name| (*name).to_owned()));
    (format!("\n{}", table.render(look)), left_out)
}

/// It succeeded, with all of its steps: one of a part lacks what the others would have told.
fn is_whole(run: &Measured) -> bool {
    run.status == Status::Succeeded && run.only.is_none()
}

/// What is to be known of it before its figures are believed.
fn mark(run: &Measured) -> String {
    let known = [("damaged", run.damaged), ("foreign", run.foreign)];
    let known = known.into_iter().filter(|(_, is_so)| *is_so).map(|(mark, _)| mark.to_owned());
    known.chain(part_told(run.only.as_ref())).collect::<Vec<_>>().join(", ")
}

/// A parameter beside figures of which one may have its name.
pub fn param_title(name: &str, figures: &[&str]) -> String {
    if figures.contains(&name) { format!("--param {name}") } else { name.to_owned() }
}

/// What an evaluation came to, it came to with another's model.
fn of_several_cases(runs: &[Measured]) -> bool {
    runs.iter().any(|run| run.use_case != runs[0].use_case)
}

fn of_many(runs: &[Measured]) -> bool {
    runs.iter().any(|run| run.name != runs[0].name)
}

/// Parameters that are not the same in all of them.
fn varied(runs: &[Measured]) -> Vec<&crate::domain::Name> {
    let Some((first, others)) = runs.split_first() else { return Vec::new() };
    let names = first.params.keys();
    names
        .filter(|name| others.iter().any(|run| run.params.get(*name) != first.params.get(*name)))
        .take(3)
        .collect()
}

/// One run's figures, and how they went on.
pub fn curves_view(run: &Measured, curves: &[Curve], look: &Look) -> String {
    let title = format!("{} {}", run.name, run.version);
    let mut text = format!(
        "{}  run {}{}\n",
        look.paint(Ink::Strong, title),
        look.paint(Ink::Accent, run.token.short()),
        if mark(run).is_empty() { String::new() } else { look.paint(Ink::Warn, format!("  {}", mark(run))) }
    );
    if run.metrics.is_empty() && curves.is_empty() {
        return text
            + "It has no figures: no step that has succeeded has an output of `type: metrics` as it made it.\n";
    }
    let mut table = Table::new([left(""), right("")]);
    for (name, value) in &run.metrics {
        table.row([Cell::from(safe(name).into_owned()), Cell::inked(number(*value), Ink::Strong)]);
    }
    text += &format!("\n{}", table.render(look));
    let mut left: Vec<&Curve> = curves.iter().collect();
    while let Some(first) = left.first().copied() {
        // Those of one figure that are told apart by a word are drawn over each other.
        let base = |curve: &Curve| curve.name.split(' ').next().map(str::to_owned);
        let (together, others): (Vec<&Curve>, Vec<&Curve>) =
            left.iter().partition(|curve| curve.output == first.output && base(curve) == base(first));
        let title = format!("{} {}", first.output, base(first).unwrap_or_default());
        text += &chart(&Plot::of_curves(&title, &together), look);
        left = others;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Name, Status, Token, Version};

    fn runs() -> Vec<Measured> {
        let run = |(at, auc): (usize, &f64)| Measured {
            token: format!("01900000-0000-7000-8000-00000000000{at}").parse::<Token>().unwrap(),
            name: Name::new("delay_model").unwrap(),
            version: Version { major: 1, minor: (at < 3).into(), patch: 0 },
            use_case: None,
            only: None,
            status: Status::Succeeded,
            started_at: jiff::Timestamp::UNIX_EPOCH,
            branch: None,
            params: [(Name::new("depth").unwrap(), serde_json::Value::from(at))].into_iter().collect(),
            metrics: [("auc".to_owned(), *auc), ("log_loss".to_owned(), 1.0 - auc)].into(),
            outputs: Default::default(),
            cells: Default::default(),
            made: Default::default(),
            foreign: false,
            damaged: false,
        };
        [0.65, 0.69, 0.74, 0.73, 0.71, 0.72].iter().enumerate().map(run).collect()
    }

    fn view(asked: &[&str], width: usize) -> String {
        view_of(&runs(), &[], asked, width)
    }

    fn view_of(runs: &[Measured], without: &[(Name, Token)], asked: &[&str], width: usize) -> String {
        let monitor = Name::new("worse").unwrap();
        let workflow = Name::new("delay_model").unwrap();
        let thresholds = [Threshold {
            workflow,
            monitor,
            output: None,
            metric: "auc".to_owned(),
            min: Some(0.7),
            max: None,
        }];
        let breaches: Vec<Breach> =
            thresholds.iter().filter_map(|threshold| threshold.last_breach(runs)).collect();
        let asked: Vec<String> = asked.iter().map(|name| (*name).to_owned()).collect();
        let look = Look { width, colour: false };
        let place = (&Invocation::default(), &look);
        metrics_view(
            &["delay_model".to_owned()],
            (runs, without),
            &asked,
            &thresholds,
            &breaches,
            false,
            &TimeZone::UTC,
            place,
        )
    }

    #[test]
    fn runs_without_a_figure_are_told() {
        let mut runs = runs();
        runs.drain(3..);
        runs[0].metrics.remove("auc");
        let token = |end: &str| format!("01900000-0000-7000-8000-00000000{end}").parse::<Token>().unwrap();
        let of = |end: &str| (Name::new("delay_model").unwrap(), token(end));
        let told = view_of(&runs, &[of("ffff"), of("fffe")], &[], 160);
        assert!(told.contains("3 runs, and 2 runs without figures, the newest ffff"), "{told}");
        let lines = |name: &str| told.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
        assert!(lines("auc").ends_with("; 3 newer runs are without it, the newest ffff"), "{told}");
        assert!(lines("log_loss").ends_with("2 newer runs are without it, the newest ffff"), "{told}");
        let told = view_of(&runs, &[], &[], 160);
        assert!(told.contains("; a newer run is without it: 0000"), "{told}");
        assert!(view_of(&[], &[of("ffff")], &[], 160).contains("1 run, the newest ffff, came to none"));
    }

    #[test]
    fn a_float_is_told_as_everywhere_and_use_cases_that_differ_are_told() {
        let mut runs = runs();
        for (run, (case, noise)) in runs.iter_mut().zip([("training", 2.0), ("evaluation", 0.5)]) {
            run.use_case = Some(Name::new(case).unwrap());
            run.params = [(Name::new("noise").unwrap(), noise.into())].into_iter().collect();
        }
        let told = table(&runs[..2], &["auc"], &[], &Look { width: 100, colour: false }).0;
        assert!(told.contains("use case") && told.contains("evaluation"), "{told}");
        assert!(told.lines().any(|line| line.ends_with("  2")), "{told}");
        let one = table(&runs[..1], &["auc"], &[], &Look { width: 100, colour: false }).0;
        assert!(!one.contains("training"), "{one}");
    }

    #[test]
    fn a_run_from_elsewhere_is_told_as_that() {
        let (mut runs, look) = (runs(), Look { width: 100, colour: false });
        assert!(!table(&runs, &["auc"], &[], &look).0.contains("foreign"));
        runs[1].foreign = true;
        let told = table(&runs, &["auc"], &[], &look).0;
        let foreign: Vec<&str> = told.lines().filter(|line| line.ends_with("  foreign")).collect();
        assert!(matches!(foreign[..], [line] if line.contains("0001")), "{told}");
        assert!(curves_view(&runs[1], &[], &look).starts_with("delay_model 1.1.0  run 0001  foreign\n"));
        runs[1].only = Some(Name::new("evaluate").unwrap());
        let told = table(&runs, &["auc"], &[], &look).0;
        assert_eq!(
            told.lines().filter(|line| line.ends_with("  foreign, only evaluate")).count(),
            1,
            "{told}"
        );
    }

    #[test]
    fn columns_without_room_go_as_a_whole_and_are_told() {
        let mut runs = runs();
        let names = ["auc", "log_loss", "calibration_error", "brier_score", "flights", "rows"];
        for run in &mut runs {
            run.metrics = names.map(|name| (name.to_owned(), 0.123_456)).into();
        }
        let look = Look { width: 80, colour: false };
        let (told, left_out) = table(&runs, &names, &[], &look);
        assert_eq!(left_out, ["brier_score", "flights", "rows"]);
        assert!(told.lines().all(|line| crate::domain::text::width(line) <= 80), "{told}");
        assert!(told.contains("depth") && !told.contains('…'), "{told}");
    }

    #[test]
    fn figures_their_thresholds_and_who_broke_them_are_seen() {
        insta::assert_snapshot!(view(&[], 80), @r"
        delay_model  6 runs

        figure     now  least  most  newest right
        auc       0.65   0.65  0.74  ▆▆▇█▄▁        ! at least 0.7 (worse): broken since
                                                   0001 (0.69)
        log_loss  0.35   0.26  0.35  ▃▃▂▁▅█

        auc  1.0.0  1.1.0
        0.744     │                                         ⠢⢄⡀
                  │                      ⣀⣀⡠⠤⠔⠒               ⠈⠑⠤⣀
                  │⠉⠉⠑⠒⠒⠒⠒⠤⠤⠤⠤⢄⣀⣀⣀⠤⠤⠔⠒⠊⠉⠉                         ⠉⠢⢄⡀
                  │••••••••••••••••••••••••••••••••••••••••••••••••••⠈⠑⠤⣀•••••••••••••••
        0.695     │                                                      ⠉⠒⠤⣀
                  │                                                          ⠉⠒⠤⣀
                  │                                                              ⠉⠒⠤⣀
        0.646     │                                                                  ⠉⠒⠤
                  └─────────────────────────────────────────────────────────────────────
        01-01 00:00                                                          01-01 00:00

           run   version  started       auc  log_loss  depth
        ✓  0000  1.1.0    1970-01-01  !0.65      0.35  0
        ✓  0001  1.1.0    1970-01-01  !0.69      0.31  1
        ✓  0002  1.1.0    1970-01-01   0.74      0.26  2
        ✓  0003  1.0.0    1970-01-01   0.73      0.27  3
        ✓  0004  1.0.0    1970-01-01   0.71      0.29  4
        ✓  0005  1.0.0    1970-01-01   0.72      0.28  5
        ");
    }

    #[test]
    fn what_is_asked_for_is_drawn_first() {
        let text = view(&["log_loss"], 80);
        assert!(text.contains("\nlog_loss  1.0.0  1.1.0\n") && !text.contains("\nauc  1."), "{text}");
        for width in [1, 10, 40, 300] {
            let words = view(&["auc", "log_loss"], width).split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words.contains("broken"), "{width}: {words}");
        }
    }
}
