use super::{Manners, PLAIN};
use crate::app::{MetricsPane, Model};

pub const MANNERS: Manners = Manners {
    rows: |model, rows| {
        model.metrics.go(rows);
        Vec::new()
    },
    columns: |model, columns| {
        // Along the chart, to older runs on the left.
        model.metrics.pane = MetricsPane::Runs;
        model.metrics.go(columns.saturating_neg());
        Vec::new()
    },
    enter: |model| match model.metrics.pane {
        MetricsPane::Figures => {
            model.metrics.pane = MetricsPane::Runs;
            Vec::new()
        }
        MetricsPane::Runs => {
            let Some(token) = model.metrics.selected().map(|run| run.token) else { return Vec::new() };
            let past =
                model.runs.get().and_then(|runs| runs.runs.iter().find(|past| past.run.token == token));
            match past.cloned() {
                Some(past) => model.open_run(&past),
                None => {
                    model.notices.tell(format!("run {} is not among those that were read", token.short()));
                    Vec::new()
                }
            }
        }
    },
    out: |model| match model.metrics.pane {
        MetricsPane::Figures => None,
        MetricsPane::Runs => {
            model.metrics.pane = MetricsPane::Figures;
            Some(Vec::new())
        }
    },
    text: |model| model.metrics.selected().map(|run| run.token.to_string()),
    click: |model, row| {
        model.metrics.pane = MetricsPane::Runs;
        model.metrics.run = row;
        Vec::new()
    },
    pane: |model, _| {
        model.metrics.pane = other(model);
        Vec::new()
    },
    pane_at: |model, pane| {
        model.metrics.pane = if pane == 0 { MetricsPane::Figures } else { MetricsPane::Runs };
    },
    footer: |model| match model.metrics.pane {
        MetricsPane::Figures => &["open", "first_breach", "all_metrics", "next_pane", "copy", "back", "help"],
        MetricsPane::Runs => &["open", "first_breach", "all_metrics", "copy", "back", "help"],
    },
    ..PLAIN
};

fn other(model: &Model) -> MetricsPane {
    match model.metrics.pane {
        MetricsPane::Figures => MetricsPane::Runs,
        MetricsPane::Runs => MetricsPane::Figures,
    }
}
