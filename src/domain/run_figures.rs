use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::apart::stem;
use super::{Known, Name, NodeId};

/// The figures of a run, by the names they are known by.
///
/// Where one output alone has a figure of a name, that is what it is known by. Of several, the one that the run is judged
/// by has it: the evaluation's where there is one, else the last step's in the plan's order. The others are known as
/// `step.output.name`; so are all as long as no evaluation has judged them. Those of lines that a text tells apart
/// (`loss fold=a`) are of one name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunFigures {
    pub values: BTreeMap<String, f64>,
    /// By the same names, the output that each is of: `step.output`.
    pub outputs: BTreeMap<String, String>,
    /// By the same names, the cell of its step, of each that one has.
    pub cells: BTreeMap<String, String>,
    /// Outputs whose file somebody changed, `step.output`: they have no figures.
    pub altered: Vec<String>,
    /// All outputs that were read, `step.output`, also those that have no figure.
    pub made: BTreeSet<String>,
}

/// What one output says.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputFigures {
    pub node: NodeId,
    pub output: Name,
    pub values: BTreeMap<String, f64>,
    /// Names under which it has what is no number: another output's figure does not take their place.
    pub none: BTreeSet<String>,
}

impl RunFigures {
    /// `found`: in the plan's order. `judge`: the step that judges the others. `unjudged`: it has not yet.
    pub fn named(found: &[OutputFigures], judge: Option<&str>, unjudged: bool) -> Self {
        let judges = |at: usize| judge.is_some_and(|judge| found[at].node.step.as_str() == judge);
        let mut winners: HashMap<&str, usize> = HashMap::new();
        for (at, output) in found.iter().enumerate() {
            for name in output.values.keys().chain(&output.none) {
                let winner = winners.entry(stem(name)).or_insert(at);
                if judges(at) || !judges(*winner) {
                    *winner = at;
                }
            }
        }
        let made = found.iter().map(|output| format!("{}.{}", output.node.step, output.output)).collect();
        let mut figures = Self { made, ..Self::default() };
        // A figure may itself have a dot in its name: what has a name alone keeps it.
        for (others, at, output) in [false, true]
            .iter()
            .flat_map(|others| found.iter().enumerate().map(move |(at, output)| (*others, at, output)))
        {
            for (name, value) in &output.values {
                if others == (!unjudged && winners.get(stem(name)) == Some(&at)) {
                    continue;
                }
                let known = match others {
                    true => format!("{}.{}.{name}", output.node, output.output),
                    false => name.clone(),
                };
                if !figures.values.contains_key(&known) {
                    figures.outputs.insert(known.clone(), format!("{}.{}", output.node.step, output.output));
                    if let Some(cell) = &output.node.cell {
                        figures.cells.insert(known.clone(), cell.to_string());
                    }
                    figures.values.insert(known, *value);
                }
            }
        }
        figures
    }

    /// As it is asked for: by the name that it is known by, or, also where that is shorter, as `step.output.name`.
    pub fn known_as<'a>(&'a self, asked: &'a str) -> Option<&'a str> {
        known_as(&self.values, &self.outputs, asked)
    }

    pub fn known(&self) -> Known<'_> {
        Known { values: &self.values, outputs: &self.outputs, cells: &self.cells }
    }

    /// Some output of this step is there, whether or not it came to a number.
    pub fn has_of(&self, step: &str) -> bool {
        self.made.iter().any(|output| is_of(output, step))
    }

    /// One has no figures but these, and of those that both have, its own count; but those by which the others were
    /// judged count more than any of who was not. Who was judged is judged by that alone.
    pub fn or(&mut self, mut others: Self, judge: &str) {
        if others.has_of(judge) && !self.has_of(judge) {
            std::mem::swap(self, &mut others);
        }
        let is_judged = self.has_of(judge);
        for (name, value) in others.values {
            if let (false, Some(output)) = (self.values.contains_key(&name), others.outputs.get(&name))
                && !(is_judged && is_of(output, judge))
            {
                self.outputs.insert(name.clone(), output.clone());
                if let Some(cell) = others.cells.get(&name) {
                    self.cells.insert(name.clone(), cell.clone());
                }
                self.values.insert(name, value);
            }
        }
        self.altered.extend(others.altered);
        self.made.extend(others.made);
    }

    /// Runs of one workflow know a figure by the same name. Where some know it by its name alone and some together with its
    /// output's, all have the longer one if another output has such a figure in any of them, else the shorter.
    pub fn align(all: &mut [&mut Self]) {
        // With the output's name, and without.
        let apart = |figures: &Self, long: bool| -> BTreeSet<(String, String)> {
            let named = figures.outputs.iter().map(|(name, of)| (of, base(name, of), name));
            let named = named.filter(|(_, base, _)| base.is_some() == long);
            named.map(|(of, base, name)| (of.clone(), base.unwrap_or(name).to_owned())).collect()
        };
        let long: BTreeSet<_> = all.iter().flat_map(|figures| apart(figures, true)).collect();
        if long.is_empty() {
            return;
        }
        let short: BTreeSet<_> = all.iter().flat_map(|figures| apart(figures, false)).collect();
        for (of, name) in long.intersection(&short) {
            let has_another = long.union(&short).any(|(other, known)| known == name && other != of);
            let whole = format!("{of}.{name}");
            let (from, to) = if has_another { (name, &whole) } else { (&whole, name) };
            all.iter_mut().for_each(|figures| figures.rename(of, from, to));
        }
    }

    /// The figure of an output.
    fn rename(&mut self, of: &str, from: &str, to: &str) {
        if self.outputs.get(from).is_none_or(|output| output != of) || self.values.contains_key(to) {
            return;
        }
        if let (Some(value), Some(output)) = (self.values.remove(from), self.outputs.remove(from)) {
            self.values.insert(to.to_owned(), value);
            self.outputs.insert(to.to_owned(), output);
            if let Some(cell) = self.cells.remove(from) {
                self.cells.insert(to.to_owned(), cell);
            }
        }
    }
}

/// `output`: `step.output`.
fn is_of(output: &str, step: &str) -> bool {
    output.split('.').next() == Some(step)
}

pub(super) fn known_as<'a>(
    values: &BTreeMap<String, f64>,
    outputs: &'a BTreeMap<String, String>,
    asked: &'a str,
) -> Option<&'a str> {
    if values.contains_key(asked) {
        return Some(asked);
    }
    let is_meant = |(name, of): &(&String, &String)| base(asked, of) == Some(name.as_str());
    outputs.iter().find(is_meant).map(|(name, _)| name.as_str())
}

/// A figure's own name, where it is known by its output's too.
fn base<'a>(name: &'a str, of: &str) -> Option<&'a str> {
    name.strip_prefix(of)?.strip_prefix('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Neither by another output's figure of that name, nor by what another run's evaluation said.
    #[test]
    fn what_came_to_no_number_is_not_judged_by_another() {
        let train = output("train", "fit", &[("auc", 0.97), ("trees", 3.0)]);
        let none = OutputFigures { none: ["auc".to_owned()].into(), ..output("evaluate", "metrics", &[]) };
        let mut figures = RunFigures::named(&[train.clone(), none], Some("evaluate"), false);
        assert_eq!((figures.known_as("auc"), figures.values["train.fit.auc"]), (None, 0.97));
        assert!(figures.has_of("evaluate"));
        let whole = output("evaluate", "metrics", &[("auc", 0.8), ("brier", 0.1)]);
        figures.or(RunFigures::named(&[train, whole], Some("evaluate"), false), "evaluate");
        assert_eq!((figures.known_as("auc"), figures.known_as("brier")), (None, None));
        assert_eq!(figures.values["trees"], 3.0);
    }

    fn output(node: &str, output: &str, values: &[(&str, f64)]) -> OutputFigures {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
        let (output, none) = (Name::new(output).unwrap(), BTreeSet::new());
        OutputFigures { node: node.parse().unwrap(), output, values, none }
    }

    fn named(found: &[OutputFigures], judge: Option<&str>) -> Vec<(String, f64, String)> {
        let figures = RunFigures::named(found, judge, false);
        let values = figures.values.iter();
        values.map(|(name, value)| (name.clone(), *value, figures.outputs[name].clone())).collect()
    }

    #[test]
    fn figures_of_two_outputs_with_one_name_stay_two() {
        let told = |name: &str, value: f64, output: &str| (name.to_owned(), value, output.to_owned());
        let found = [
            output("train", "fit", &[("auc", 0.99), ("trees", 40.0)]),
            output("evaluate", "metrics", &[("auc", 0.8), ("brier", 0.15)]),
            output("publish", "counts", &[("auc", 0.5)]),
        ];
        let others = [told("brier", 0.15, "evaluate.metrics")];
        let judged = named(&found, Some("evaluate"));
        assert_eq!(judged[0], told("auc", 0.8, "evaluate.metrics"));
        assert_eq!(judged[1..2], others);
        assert_eq!(
            judged[2..],
            [
                told("publish.counts.auc", 0.5, "publish.counts"),
                told("train.fit.auc", 0.99, "train.fit"),
                told("trees", 40.0, "train.fit")
            ]
        );
        // Without a judge the last has the name.
        let last = named(&found, None);
        assert_eq!(last[0], told("auc", 0.5, "publish.counts"));
        assert!(last.contains(&told("evaluate.metrics.auc", 0.8, "evaluate.metrics")), "{last:?}");
        assert_eq!(named(&found[..1], Some("evaluate"))[0], told("auc", 0.99, "train.fit"));
        // Whoever asks may say the whole name of each.
        let figures = RunFigures::named(&found, Some("evaluate"), false);
        assert_eq!(figures.known_as("evaluate.metrics.auc"), Some("auc"));
        assert_eq!(figures.known_as("train.fit.auc"), Some("train.fit.auc"));
        assert_eq!((figures.known_as("train.fit.trees"), figures.known_as("fit.auc")), (Some("trees"), None));
        assert!(!RunFigures::named(&found[..1], None, false).has_of("evaluate"));
        // Cells of one step are outputs too.
        let cells = [output("fit.a", "fit", &[("auc", 0.1)]), output("fit.b", "fit", &[("auc", 0.2)])];
        assert_eq!(named(&cells, None), [told("auc", 0.2, "fit.fit"), told("fit.a.fit.auc", 0.1, "fit.fit")]);
    }

    #[test]
    fn before_it_is_judged_nothing_has_a_name_alone() {
        let found = [output("train", "fit", &[("auc", 0.99), ("trees", 40.0)])];
        let figures = RunFigures::named(&found, Some("evaluate"), true);
        let names: Vec<&str> = figures.values.keys().map(String::as_str).collect();
        assert_eq!(names, ["train.fit.auc", "train.fit.trees"]);
        assert_eq!(figures.outputs["train.fit.auc"], "train.fit");

        // Beside one that was judged, what no other output has is known as there.
        let both = [found[0].clone(), output("evaluate", "metrics", &[("auc", 0.8)])];
        let mut judged = RunFigures::named(&both, Some("evaluate"), false);
        let (as_judged, mut unjudged) = (judged.clone(), figures);
        RunFigures::align(&mut [&mut judged, &mut unjudged]);
        assert_eq!(judged, as_judged);
        let names: Vec<&str> = unjudged.values.keys().map(String::as_str).collect();
        assert_eq!(names, ["train.fit.auc", "trees"]);
    }

    #[test]
    fn what_a_model_was_judged_by_counts_more_than_what_its_training_says() {
        let taken = [output("train", "fit", &[("auc", 0.99)]), output("predict", "counts", &[("rows", 9.0)])];
        let maker = [output("evaluate", "metrics", &[("auc", 0.8), ("rows", 100.0)])];
        let mut of_prediction = RunFigures::named(&taken, Some("evaluate"), false);
        of_prediction.or(RunFigures::named(&maker, Some("evaluate"), false), "evaluate");
        assert_eq!((of_prediction.values["auc"], of_prediction.has_of("evaluate")), (0.8, true));
        // One that was judged itself is as it says, and as nobody else does.
        let own = [output("evaluate", "metrics", &[("auc", 0.7)])];
        let mut judged = RunFigures::named(&own, Some("evaluate"), false);
        judged.or(of_prediction, "evaluate");
        assert_eq!((judged.values["auc"], judged.known_as("rows")), (0.7, None));
    }
}
