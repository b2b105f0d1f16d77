use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::metrics_view::param_title;
use super::step_line::symbol;
use super::table::{Cell, Table, left, right};
use crate::cli::{Ink, Look};
use crate::domain::counters::only_counts;
use crate::domain::{Name, Status, Token};

/// One run of a sweep.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SweepRow {
    pub token: Token,
    /// What differs from run to run, as it was typed.
    #[serde(rename = "params", with = "pairs")]
    pub values: Vec<(Name, String)>,
    /// None: its record cannot be read.
    pub status: Option<Status>,
    pub ran: usize,
    pub taken: usize,
    #[serde(rename = "metrics")]
    pub figures: BTreeMap<String, f64>,
    /// Names of those that are not as `accept` or a monitor asks.
    pub broken: BTreeSet<String>,
}

/// Figures that have room beside each other.
const FIGURES: usize = 4;

/// The runs of a sweep in the order given; first of the figures is `by`, after which they are ordered.
pub fn sweep_table(rows: &[SweepRow], by: Option<&str>, look: &Look) -> String {
    let mut figures: Vec<&str> = by.into_iter().collect();
    let mut others: Vec<&str> = rows.iter().flat_map(|row| row.figures.keys()).map(String::as_str).collect();
    others.sort_unstable();
    others.dedup();
    others.retain(|name| !figures.contains(name));
    // What some run fell short in first, then what tells how good they are, and of that what tells the runs apart.
    others.sort_by_key(|name| {
        let mut values = rows.iter().filter_map(|row| row.figures.get(*name));
        let first = values.next();
        let is_good = rows.iter().all(|row| !row.broken.contains(*name));
        (is_good, only_counts(name), values.all(|value| Some(value) == first))
    });
    figures.extend(others);
    let more = figures.split_off(figures.len().min(FIGURES));
    let varied: Vec<String> = rows.first().map(names).unwrap_or_default();
    let head = [left(""), left("run")]
        .into_iter()
        .chain(varied.iter().map(|name| right(param_title(name, &figures))));
    let shown = figures.iter().enumerate();
    let shown = shown.map(|(at, name)| right((*name).to_owned()).leaving(u8::from(at > 0)));
    let mut table = Table::new(head.chain(shown).chain([left("steps")]).collect::<Vec<_>>());
    for row in rows {
        let (sign, ink) = symbol(row.status);
        let mut cells = vec![Cell::inked(sign, ink), Cell::inked(row.token.short(), Ink::Accent)];
        cells.extend(row.values.iter().map(|(_, value)| Cell::from(value.clone())));
        let figure = |name: &&str| row.figures.get(*name).map(|value| rounded(*value)).unwrap_or_default();
        cells.extend(figures.iter().map(|name| match row.broken.contains(*name) {
            true => Cell::inked(format!("!{}", figure(name)), Ink::Bad),
            false => Cell::from(figure(name)),
        }));
        let taken = if row.taken > 0 { format!(", {} taken", row.taken) } else { String::new() };
        cells.push(format!("{} ran{taken}", row.ran).into());
        table.row(cells);
    }
    table.let_go(look);
    let more = match more.is_empty() {
        true => String::new(),
        false => look.paint(Ink::Dim, format!("… and {}: greenroom metrics RUN", more.join(", "))) + "\n",
    };
    format!("\n{}{more}", table.render(look))
}

fn names(row: &SweepRow) -> Vec<String> {
    row.values.iter().map(|(name, _)| name.to_string()).collect()
}

/// Four digits tell runs apart; whole numbers stay whole, and small ones are no zeros.
fn rounded(value: f64) -> String {
    match value.abs() {
        size if value.fract() == 0.0 && size < 1e15 => value.to_string(),
        size if (1e-2..1e15).contains(&size) => format!("{value:.4}"),
        _ => format!("{value:.3e}"),
    }
}

/// Pairs as a mapping, in their order.
mod pairs {
    use serde::Serializer;

    use crate::domain::Name;

    pub fn serialize<S: Serializer>(pairs: &[(Name, String)], to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(pairs.iter().map(|(name, value)| (name, value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_stand_with_what_differs_and_what_came_of_it() {
        let row = |end: &str, depth: &str, status, auc: Option<f64>, taken| SweepRow {
            token: format!("01900000-0000-7000-8000-00000000{end}").parse().unwrap(),
            values: vec![(Name::new("depth").unwrap(), depth.to_owned())],
            status: Some(status),
            ran: 5 - taken,
            taken,
            figures: auc
                .into_iter()
                .flat_map(|auc| [("auc".to_owned(), auc), ("flights".to_owned(), 842.0)])
                .collect(),
            broken: auc.filter(|auc| *auc < 0.71).map(|_| "auc".to_owned()).into_iter().collect(),
        };
        let rows = [
            row("3f2a", "6", Status::Succeeded, Some(0.719_64), 2),
            row("3f2b", "3", Status::Succeeded, Some(0.7), 0),
            row("3f2c", "9", Status::Failed, None, 2),
        ];
        insta::assert_snapshot!(sweep_table(&rows, Some("auc"), &Look::PLAIN), @r"

           run   depth      auc  flights  steps
        ✓  3f2a      6   0.7196      842  3 ran, 2 taken
        ✓  3f2b      3  !0.7000      842  5 ran
        ✗  3f2c      9                    3 ran, 2 taken
        ");
        let mut counted = rows[..2].to_vec();
        for (row, at) in counted.iter_mut().zip([1.0, 2.0]) {
            row.figures.extend(["brier", "error", "loss"].map(|name| (name.to_owned(), 0.5)));
            row.figures.extend(["batches", "epoch"].map(|name| (name.to_owned(), at)));
        }
        let told = sweep_table(&counted, Some("auc"), &Look::PLAIN);
        let head = told.lines().find(|line| line.contains("auc")).unwrap();
        let figures: Vec<&str> = head.split_whitespace().skip(2).collect();
        assert_eq!(figures, ["auc", "brier", "error", "flights", "steps"], "{told}");
        assert_eq!([1.667e-6, 0.5, -3.0, 1e300].map(rounded), ["1.667e-6", "0.5000", "-3", "1.000e300"]);
        let json = serde_json::to_value(&rows[0]).unwrap();
        assert_eq!(
            (json["params"]["depth"].as_str(), json["metrics"]["flights"].as_f64()),
            (Some("6"), Some(842.0))
        );
    }
}
