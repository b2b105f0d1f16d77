use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::super::paint::Paint;
use super::super::{Look, Role};
use crate::app::LINES_A_COLUMN;
use crate::domain::figures::{bars, count, number};
use crate::domain::text::{safe, truncate};
use crate::domain::{ColumnSummary, PreviewColumn, PreviewTable};

/// Letters of a value.
const LONGEST: usize = 24;

/// What the rows tell of each column: how many values, which, and how they are spread.
pub fn draw(table: &PreviewTable, scroll: usize, paint: &mut Paint<'_>, area: Rect) {
    let look = paint.look;
    let told = table.columns.iter().zip(&table.summary);
    let lines = told.flat_map(|(column, summary)| -> [Line<'static>; LINES_A_COLUMN] {
        [head(column, summary, table.sampled, look), values(column, summary, look), Line::default()]
    });
    paint.lines(area, lines.skip(scroll).take(area.height.into()).collect::<Vec<_>>());
}

fn head(column: &PreviewColumn, summary: &ColumnSummary, rows: u64, look: &Look) -> Line<'static> {
    let mut spans = vec![
        look.span(Role::Strong, format!("{}  ", truncate(&safe(&column.name), LONGEST))),
        look.span(Role::Dim, format!("{}  ", column.kind_text())),
        look.span(Role::Text, format!("{} distinct", count(summary.distinct))),
    ];
    if summary.nulls > 0 {
        let share = summary.nulls as f64 * 100.0 / rows.max(1) as f64;
        spans.push(look.span(Role::Warn, format!("  {} null, {share:.0}%", count(summary.nulls))));
    }
    Line::from(spans)
}

fn values(column: &PreviewColumn, summary: &ColumnSummary, look: &Look) -> Line<'static> {
    let short = |text: &str| truncate(&safe(text), LONGEST).into_owned();
    let named = |name: &str, text: String| -> [Span<'static>; 2] {
        [look.span(Role::Dim, format!("{name} ")), look.span(Role::Text, format!("{text}  "))]
    };
    let mut spans = vec![look.span(Role::Text, "  ")];
    let ends = [("min", &summary.min), ("max", &summary.max)];
    match summary.histogram.is_empty() {
        false => {
            spans.push(look.span(Role::Accent, bars(&summary.histogram) + "  "));
        }
        true if !column.is_ordered() => {
            let frequent = summary.frequent.iter();
            let frequent = frequent.map(|value| format!("{} ×{}", short(&value.value), count(value.count)));
            let frequent = frequent.collect::<Vec<_>>().join(" · ");
            return Line::from(vec![look.span(Role::Text, "  "), look.span(Role::Accent, frequent)]);
        }
        true => {}
    }
    for (name, value) in ends {
        spans.extend(value.iter().flat_map(|value| named(name, short(value))));
    }
    spans.extend(summary.mean.into_iter().flat_map(|mean| named("mean", number(mean))));
    Line::from(spans)
}
