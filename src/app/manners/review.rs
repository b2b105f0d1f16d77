use super::{Manners, PLAIN};
use crate::app::picker::{moved, turned};
use crate::app::{CodeRow, Effect, Model, ReviewPane, ReviewTab};

pub const MANNERS: Manners = Manners {
    rows: |model, rows| match model.review.pane {
        ReviewPane::List => {
            let count = model.tracks.get().map_or(0, |look| look.listed().len());
            model.review.chosen = true;
            model.review.selected = moved(model.review.selected, rows, count);
            Vec::new()
        }
        ReviewPane::Detail => {
            model.review.go(rows);
            Vec::new()
        }
    },
    columns: |model, columns| {
        // Where lines go on, the list is to the left of their beginning.
        if model.review.go_aside(columns) {
            return Vec::new();
        }
        model.go_to_review_pane(if columns > 0 { ReviewPane::Detail } else { ReviewPane::List });
        Vec::new()
    },
    enter: |model| {
        match model.review.pane {
            ReviewPane::List => model.go_to_review_pane(ReviewPane::Detail),
            ReviewPane::Detail => model.review.turn_full(model.size.columns),
        }
        Vec::new()
    },
    out: |model| {
        if std::mem::take(&mut model.review.full) {
            return Some(Vec::new());
        }
        match model.review.pane {
            ReviewPane::List => None,
            ReviewPane::Detail => {
                model.go_to_review_pane(ReviewPane::List);
                Some(Vec::new())
            }
        }
    },
    text,
    click: |model, row| {
        model.go_to_review_pane(ReviewPane::List);
        model.review.selected = row;
        Vec::new()
    },
    pane: |model, _| {
        let other = match model.review.pane {
            ReviewPane::List => ReviewPane::Detail,
            ReviewPane::Detail => ReviewPane::List,
        };
        model.go_to_review_pane(other);
        Vec::new()
    },
    pane_at: |model, pane| {
        model.go_to_review_pane(if pane == 0 { ReviewPane::List } else { ReviewPane::Detail });
    },
    tab: |model, tabs| {
        model.review.tab = turned(&ReviewTab::ALL, model.review.tab, tabs);
        detail(model)
    },
    tab_at: |model, tab| {
        model.review.tab = ReviewTab::ALL.get(tab).copied().unwrap_or_default();
        detail(model)
    },
    full: |model| {
        model.review.turn_full(model.size.columns);
        Vec::new()
    },
    drawn: |model| {
        // Whoever scrolled beyond the end would scroll back in vain.
        let chosen = matches!(model.review.tab, ReviewTab::Code | ReviewTab::Comments);
        if model.review.pane == ReviewPane::Detail && !chosen {
            let at = model.review.at().min(model.seen.scrolls);
            model.review.set_at(at);
        }
        Vec::new()
    },
    footer: |model| match (model.review.pane, model.review.tab) {
        (ReviewPane::List, _) => {
            &["open", "approve", "promote", "request_changes", "comment", "next_tab", "fetch", "help"]
        }
        (ReviewPane::Detail, ReviewTab::Code) if model.review.remark().is_some() => {
            &["next_tab", "answer", "next_change", "approve", "promote", "request_changes", "full", "help"]
        }
        (ReviewPane::Detail, ReviewTab::Code | ReviewTab::Specs) => {
            &["next_tab", "next_change", "comment", "approve", "promote", "request_changes", "full", "help"]
        }
        (ReviewPane::Detail, ReviewTab::Comments) => {
            &["next_tab", "answer", "comment", "approve", "promote", "request_changes", "back", "help"]
        }
        (ReviewPane::Detail, _) => {
            &["next_tab", "approve", "promote", "rerun", "request_changes", "comment", "back", "full", "help"]
        }
    },
    ..PLAIN
};

/// Whoever turns to a tab reads it.
fn detail(model: &mut Model) -> Vec<Effect> {
    model.go_to_review_pane(ReviewPane::Detail);
    Vec::new()
}

/// The line of the code that the keys are on, or the track.
fn text(model: &Model) -> Option<String> {
    let review = &model.review;
    let on_code = review.pane == ReviewPane::Detail && review.tab == ReviewTab::Code;
    let line = || {
        let look = review.look.get()?;
        match review.code_row()? {
            CodeRow::File(file) => Some(look.files.get(file)?.change.path.clone()),
            CodeRow::Line { file, hunk, row } => {
                let hunk = look.files.get(file)?.hunks.get(hunk)?;
                let row = hunk.rows.get(row)?;
                let new = row.new.and_then(|at| hunk.new.get(at));
                new.or_else(|| hunk.old.get(row.old?)).cloned()
            }
            _ => None,
        }
    };
    on_code.then(line).flatten().or_else(|| model.selected_track().map(|track| track.id.to_string()))
}
