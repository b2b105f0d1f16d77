use std::collections::{BTreeMap, HashMap};

use super::{Name, NodeId};

/// The figures of a run, by the names they are known by.
///
/// Where one output alone has a figure of a name, that is what it is known by. Of several, the one that the run is judged
/// by has it: the evaluation's where there is one, else the last step's in the plan's order. The others are known as
/// `step.output.name`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunFigures {
    pub values: BTreeMap<String, f64>,
    /// By the same names, the output that each is of: `step.output`.
    pub outputs: BTreeMap<String, String>,
}

/// What one output says.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputFigures {
    pub node: NodeId,
    pub output: Name,
    pub values: BTreeMap<String, f64>,
}

impl RunFigures {
    /// `found`: in the plan's order. `judge`: the step that judges the others.
    pub fn named(found: &[OutputFigures], judge: Option<&str>) -> Self {
        let judges = |at: usize| judge.is_some_and(|judge| found[at].node.step.as_str() == judge);
        let mut winners: HashMap<&str, usize> = HashMap::new();
        for (at, output) in found.iter().enumerate() {
            for name in output.values.keys() {
                let winner = winners.entry(name).or_insert(at);
                if judges(at) || !judges(*winner) {
                    *winner = at;
                }
            }
        }
        let mut figures = Self::default();
        // A figure may itself have a dot in its name: what has a name alone keeps it.
        for (others, at, output) in [false, true]
            .iter()
            .flat_map(|others| found.iter().enumerate().map(move |(at, output)| (*others, at, output)))
        {
            for (name, value) in &output.values {
                if others == (winners.get(name.as_str()) == Some(&at)) {
                    continue;
                }
                let known = match others {
                    true => format!("{}.{}.{name}", output.node, output.output),
                    false => name.clone(),
                };
                if !figures.values.contains_key(&known) {
                    figures.outputs.insert(known.clone(), format!("{}.{}", output.node.step, output.output));
                    figures.values.insert(known, *value);
                }
            }
        }
        figures
    }

    /// Some figure is of this step.
    pub fn has_of(&self, step: &str) -> bool {
        self.outputs.values().any(|output| output.split_once('.').is_some_and(|(of, _)| of == step))
    }

    /// One has no figures but these, and of those that both have, its own count.
    pub fn or(&mut self, others: Self) {
        for (name, value) in others.values {
            if let (false, Some(output)) = (self.values.contains_key(&name), others.outputs.get(&name)) {
                self.outputs.insert(name.clone(), output.clone());
                self.values.insert(name, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(node: &str, output: &str, values: &[(&str, f64)]) -> OutputFigures {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
        OutputFigures { node: node.parse().unwrap(), output: Name::new(output).unwrap(), values }
    }

    fn named(found: &[OutputFigures], judge: Option<&str>) -> Vec<(String, f64, String)> {
        let figures = RunFigures::named(found, judge);
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
        assert!(!RunFigures::named(&found[..1], None).has_of("evaluate"));
        // Cells of one step are outputs too.
        let cells = [output("fit.a", "fit", &[("auc", 0.1)]), output("fit.b", "fit", &[("auc", 0.2)])];
        assert_eq!(named(&cells, None), [told("auc", 0.2, "fit.fit"), told("fit.a.fit.auc", 0.1, "fit.fit")]);
    }
}
