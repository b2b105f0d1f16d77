use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};
use ratatui::symbols::Marker;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Axis, Chart, Dataset, GraphType, Widget};

use crate::domain::Plot;
use crate::domain::figures::number;
use crate::domain::text::safe;

/// What a piece of a drawn plot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlotPart {
    Axis,
    /// From 0.
    Line(usize),
    /// A height that is marked.
    Mark,
    /// The point that is looked at.
    Chosen,
}

/// Draws lines, marks and both axes.
pub fn draw_plot(plot: &Plot, style: impl Fn(PlotPart) -> Style, area: Rect, buffer: &mut Buffer) {
    let (Some((first, last)), Some((least, most))) = (plot.width(), plot.height()) else { return };
    // One point, or a figure that is always the same, is drawn in the middle.
    let (first, last) = if first < last { (first, last) } else { (first - 1.0, last + 1.0) };
    let room = match most - least {
        0.0 => (most.abs() * 0.1).max(f64::MIN_POSITIVE * 1e10),
        range => range * 0.05,
    };
    let (least, most) = (least - room, most + room);
    if !(least.is_finite() && most.is_finite() && most > least) {
        return;
    }
    let marks: Vec<[(f64, f64); 2]> = plot.marks.iter().map(|mark| [(first, *mark), (last, *mark)]).collect();
    let marked = marks.iter().map(|mark| {
        let line = Dataset::default().graph_type(GraphType::Line).marker(Marker::Dot);
        line.style(style(PlotPart::Mark)).data(mark)
    });
    let lines = plot.lines.iter().enumerate().map(|(at, line)| {
        let kind = if line.points.len() > 1 { GraphType::Line } else { GraphType::Scatter };
        let drawn = Dataset::default().graph_type(kind).marker(Marker::Braille);
        drawn.style(style(PlotPart::Line(at))).data(&line.points)
    });
    let chosen: Vec<(f64, f64)> = plot.chosen.into_iter().collect();
    let looked_at = Dataset::default().graph_type(GraphType::Scatter).marker(Marker::Block);
    let looked_at = looked_at.style(style(PlotPart::Chosen)).data(&chosen);
    let axis = || Axis::default().style(style(PlotPart::Axis));
    let (left, right) = (safe(&plot.ends.0).into_owned(), safe(&plot.ends.1).into_owned());
    let labels = [least, (least + most) / 2.0, most].map(|value| Line::from(number(value)));
    Chart::new(marked.chain(lines).chain([looked_at]).collect())
        .x_axis(axis().bounds([first, last]).labels([Line::from(left), Line::from(right)]))
        .y_axis(axis().bounds([least, most]).labels(labels))
        .legend_position(None)
        .render(area, buffer);
}

/// The same as lines of text, for a terminal that nobody has taken.
pub fn plot_lines(plot: &Plot, width: u16, height: u16) -> Vec<Vec<(PlotPart, String)>> {
    let area = Rect::new(0, 0, width, height);
    let mut buffer = Buffer::empty(area);
    draw_plot(plot, |part| Style::new().fg(code(part)), area, &mut buffer);
    area.rows()
        .map(|row| {
            let mut pieces: Vec<(PlotPart, String)> = Vec::new();
            for cell in row.columns().filter_map(|at| buffer.cell(at.as_position())) {
                let part = part(cell.fg);
                match pieces.last_mut().filter(|(before, _)| *before == part || cell.symbol() == " ") {
                    Some((_, text)) => text.push_str(cell.symbol()),
                    None => pieces.push((part, cell.symbol().to_owned())),
                }
            }
            pieces
        })
        .collect()
}

/// A colour that stands for a part until it is read back.
fn code(part: PlotPart) -> Color {
    match part {
        PlotPart::Axis | PlotPart::Chosen => Color::Reset,
        PlotPart::Mark => Color::Indexed(0),
        PlotPart::Line(at) => Color::Indexed(1 + (at % 250) as u8),
    }
}

fn part(colour: Color) -> PlotPart {
    match colour {
        Color::Indexed(0) => PlotPart::Mark,
        Color::Indexed(at) => PlotPart::Line(usize::from(at) - 1),
        _ => PlotPart::Axis,
    }
}

/// The labels of a plot's lines, each in the manner of its line.
pub fn plot_legend(plot: &Plot, style: impl Fn(PlotPart) -> Style) -> Line<'static> {
    let labels = plot
        .lines
        .iter()
        .enumerate()
        .map(|(at, line)| Span::styled(format!("{}  ", safe(&line.label)), style(PlotPart::Line(at))));
    Line::from(labels.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::PlotLine;

    fn text(plot: &Plot) -> String {
        let lines = plot_lines(plot, 44, 8);
        let line = |pieces: &Vec<(PlotPart, String)>| {
            let text: String = pieces.iter().map(|(_, text)| text.as_str()).collect();
            text.trim_end().to_owned() + "\n"
        };
        lines.iter().map(line).collect()
    }

    fn plot(values: &[f64], marks: &[f64]) -> Plot {
        let points = values.iter().enumerate().map(|(at, value)| (at as f64, *value)).collect();
        Plot {
            title: "auc".to_owned(),
            lines: vec![PlotLine { label: "1.0.0".to_owned(), points }],
            marks: marks.to_vec(),
            chosen: None,
            ends: ("2026-11-01".to_owned(), "2026-11-29".to_owned()),
        }
    }

    #[test]
    fn a_line_and_its_mark_are_drawn() {
        insta::assert_snapshot!(text(&plot(&[0.5, 0.7, 0.65, 0.8], &[0.6])), @r"
        0.815    │                               ⢀⡠⠔
                 │                           ⢀⡠⠔⠊⠁
                 │        ⢀⡠⠒⠉⠑⠒⠒⠢⠤⠤⢄⣀⣀⡀ ⢀⡠⠔⠊⠁
        0.65     │•••••⢀⠤⠊⠁••••••••••••⠈⠉⠁••••••••••
                 │  ⣀⠤⠊⠁
        0.485    │⠔⠊
                 └──────────────────────────────────
        2026-11-01                        2026-11-29
        ");
        assert!(
            plot_lines(&plot(&[0.5, 0.7], &[0.6]), 44, 8)
                .iter()
                .flatten()
                .any(|(part, _)| *part == PlotPart::Mark)
        );
    }

    #[test]
    fn whatever_the_figures_are_it_is_drawn() {
        for values in [&[][..], &[1.0], &[0.0, 0.0], &[1e300, -1e300], &[f64::MAX, f64::MIN], &[1e-320, 0.0]]
        {
            for (width, height) in [(0, 0), (1, 1), (5, 2), (200, 50)] {
                plot_lines(&plot(values, &[0.5]), width, height);
            }
        }
    }
}
