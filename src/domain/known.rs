use std::collections::{BTreeMap, BTreeSet};

use super::apart::{parted, stem};

/// Figures by the names that they are known by, and what each is of.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    pub values: &'a BTreeMap<String, f64>,
    /// `step.output`.
    pub outputs: &'a BTreeMap<String, String>,
    /// Of those that a cell of a step has, the cell.
    pub cells: &'a BTreeMap<String, String>,
}

struct Origin<'a> {
    output: &'a str,
    cell: Option<&'a str>,
    /// The figure's name in its file.
    own: &'a str,
    /// It is known by that alone.
    alone: bool,
}

impl<'a> Known<'a> {
    /// All that are meant by a name: a figure, alone or as `step.output.name`, of every cell of its step, and of every text
    /// that tells it apart (`loss fold=a`); or, as `step.cell.output.name`, of one cell.
    pub fn all(self, asked: &str) -> Vec<&'a str> {
        let alone = self.alone(asked);
        self.names().filter(|name| self.is_meant(name, asked, alone)).collect()
    }

    /// The same of one output, `step.output`.
    pub fn all_of(self, output: &str, figure: &str) -> Vec<&'a str> {
        self.names().filter(|name| self.is_meant(name, figure, Some(output))).collect()
    }

    /// Whether a figure is among those that are meant, of one output or by the name alone.
    pub fn means(self, name: &'a str, output: Option<&str>, asked: &str) -> bool {
        // Of many runs and figures few are asked for.
        self.values.contains_key(name)
            && asked.contains(stem(self.origin(name).own))
            && self.is_meant(name, asked, output.or_else(|| self.alone(asked)))
    }

    /// Figures that are asked for together, a set for each cell and each text that tells some of them apart, in the order
    /// of their names. None: one of them is lacking.
    pub fn together(self, asked: &[String]) -> Option<Vec<Vec<&'a str>>> {
        let all: Vec<Vec<&str>> = asked.iter().map(|name| self.all(name)).collect();
        let place = |name: &'a str| {
            let origin = self.origin(name);
            (origin.cell, parted(origin.own).1)
        };
        let last = all.iter().map(|names| names.last().copied()).collect::<Option<Vec<&str>>>()?;
        let several = all.iter().filter(|names| names.len() > 1);
        let places: BTreeSet<_> = several.flatten().map(|name| place(name)).collect();
        if places.is_empty() {
            return Some(vec![last]);
        }
        let at = |here: (Option<&str>, &str)| {
            let each = all.iter().zip(&last);
            each.map(|(names, last)| *names.iter().find(|name| place(name) == here).unwrap_or(last))
                .collect::<Vec<&str>>()
        };
        Some(places.into_iter().map(at).collect())
    }

    /// So that it is told from those of other cells, also where it has its name alone: `fit.1.m.loss`.
    pub fn told(self, name: &'a str) -> String {
        let origin = self.origin(name);
        match (origin.cell.filter(|_| origin.alone), origin.output.split_once('.')) {
            (Some(cell), Some((step, output))) => format!("{step}.{cell}.{output}.{name}"),
            _ => name.to_owned(),
        }
    }

    fn names(self) -> impl Iterator<Item = &'a str> {
        self.values.keys().map(String::as_str)
    }

    /// The output whose figure has this name alone.
    fn alone(self, asked: &str) -> Option<&'a str> {
        let has = |name: &&str| is_one(name, asked) && self.origin(name).alone;
        self.names().find(has).map(|name| self.origin(name).output)
    }

    fn is_meant(self, name: &'a str, asked: &str, output: Option<&str>) -> bool {
        let Origin { output: of, cell, own, .. } = self.origin(name);
        match output {
            Some(output) => of == output && is_one(own, asked),
            None => [None, cell]
                .iter()
                .any(|cell| below(asked, of, *cell).is_some_and(|asked| is_one(own, asked))),
        }
    }

    fn origin(self, name: &'a str) -> Origin<'a> {
        let output = self.outputs.get(name).map_or("", String::as_str);
        let cell = self.cells.get(name).map(String::as_str);
        let own = below(name, output, cell);
        Origin { output, cell, own: own.unwrap_or(name), alone: own.is_none() }
    }
}

/// With or without what tells it apart.
fn is_one(name: &str, asked: &str) -> bool {
    name == asked || stem(name) == asked
}

/// What stands behind `step.output.` or `step.cell.output.`
fn below<'a>(name: &'a str, output: &str, cell: Option<&str>) -> Option<&'a str> {
    let (step, output) = output.split_once('.')?;
    let rest = name.strip_prefix(step)?.strip_prefix('.')?;
    let rest = match cell {
        Some(cell) => rest.strip_prefix(cell)?.strip_prefix('.')?,
        None => rest,
    };
    rest.strip_prefix(output)?.strip_prefix('.')
}

#[cfg(test)]
mod tests {
    use super::super::{OutputFigures, RunFigures};
    use super::*;

    fn figures(outputs: &[(&str, &[(&str, f64)])], judge: Option<&str>) -> RunFigures {
        let found = outputs.iter().map(|(output, values)| {
            let (node, output) = output.rsplit_once('.').unwrap();
            let values = values.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
            let (node, output) = (node.parse().unwrap(), super::super::Name::new(output).unwrap());
            OutputFigures { node, output, values, none: BTreeSet::new() }
        });
        RunFigures::named(&found.collect::<Vec<_>>(), judge, false)
    }

    #[test]
    fn a_figure_is_that_of_every_cell_and_of_every_text() {
        let cells = figures(
            &[("fit.1.m", &[("loss", 0.6)]), ("fit.2.m", &[("loss", 0.3)]), ("fit.3.m", &[("loss", 0.0)])],
            None,
        );
        let all = ["fit.1.m.loss", "fit.2.m.loss", "loss"];
        assert_eq!(cells.known().all("loss"), all);
        assert_eq!(cells.known().all("fit.m.loss"), all);
        assert_eq!(cells.known().all_of("fit.m", "loss"), all);
        assert_eq!(cells.known().all("fit.2.m.loss"), ["fit.2.m.loss"]);
        assert_eq!(cells.known().all("fit.3.m.loss"), ["loss"]);
        assert!(cells.known().all("m.loss").is_empty() && cells.known().all_of("fit.n", "loss").is_empty());
        assert_eq!(
            all.map(|name| cells.known().told(name)),
            ["fit.1.m.loss", "fit.2.m.loss", "fit.3.m.loss"]
        );
        for asked in ["loss", "fit.m.loss"] {
            assert!(all.iter().all(|name| cells.known().means(name, None, asked)), "{asked}");
        }
        assert!(cells.known().means("loss", Some("fit.m"), "loss"));
        assert!(!cells.known().means("loss", Some("fit.n"), "loss"));

        let folds = figures(
            &[
                (
                    "train.m",
                    &[("loss fold=a", 0.8), ("loss fold=b", 0.3), ("loss_total", 1.1), ("epoch", 2.0)],
                ),
                ("other.m", &[("auc", 0.9)]),
            ],
            None,
        );
        assert_eq!(folds.known().all("loss"), ["loss fold=a", "loss fold=b"]);
        assert_eq!(folds.known().all("train.m.loss"), ["loss fold=a", "loss fold=b"]);
        assert_eq!(folds.known().all("loss fold=a"), ["loss fold=a"]);
        assert_eq!(folds.known().told("loss fold=a"), "loss fold=a");
        assert!(folds.known().means("loss fold=b", None, "loss"));
        assert!(!folds.known().means("loss_total", None, "loss"));
        let together = |asked: &[&str]| {
            folds.known().together(&asked.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(together(&["auc", "epoch"]), Some(vec![vec!["auc", "epoch"]]));
        assert_eq!(
            together(&["loss", "auc"]),
            Some(vec![vec!["loss fold=a", "auc"], vec!["loss fold=b", "auc"]])
        );
        assert_eq!(together(&["loss", "f1"]), None);
    }

    /// An evaluation's `loss` is another than those of the folds of a training.
    #[test]
    fn a_name_alone_is_of_one_output() {
        let judged = figures(
            &[("train.m", &[("loss fold=a", 0.8)]), ("evaluate.m", &[("loss", 0.4)])],
            Some("evaluate"),
        );
        assert_eq!(judged.known().all("loss"), ["loss"]);
        assert_eq!(judged.known().all_of("train.m", "loss"), ["train.m.loss fold=a"]);
        assert!(!judged.known().means("train.m.loss fold=a", None, "loss"));
    }
}
