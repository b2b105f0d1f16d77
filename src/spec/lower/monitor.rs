use indexmap::IndexMap;

use super::context::Lower;
use super::fields::Fields;
use crate::domain::nearest::did_you_mean;
use crate::domain::{Monitor, Name, OutputType, Step};
use crate::spec::yaml::Node;

const KINDS: [(&str, &str); 5] = [
    ("freshness", "freshness"),
    ("rows", "rows"),
    ("duration", "duration"),
    ("failure", "failure"),
    ("metric", "metric"),
];

impl<'a> Lower<'a> {
    pub(super) fn monitors(&mut self, node: Option<&'a Node>, steps: &IndexMap<Name, Step>) -> Vec<Monitor> {
        let mut seen: Vec<Name> = Vec::new();
        self.list(node, "`monitors`", |lower, node| {
            let monitor = lower.monitor(node, steps)?;
            if seen.contains(&monitor.name) {
                let message = format!("two monitors are called `{}`", monitor.name);
                lower.problems.error("duplicate-name", node.span, message);
            }
            seen.push(monitor.name.clone());
            Some(monitor)
        })
    }

    fn monitor(&mut self, node: &'a Node, steps: &IndexMap<Name, Step>) -> Option<Monitor> {
        let keys = ["name", "kind", "output", "max_age", "metric", "min", "max", "notify"];
        let fields = Fields::of(node, "a monitor", &keys, self)?;
        let name =
            fields.need("name", "a monitor", node.span, self).and_then(|n| self.name(n, "a monitor's name"));
        let kind_node = fields.need("kind", "a monitor", node.span, self);
        let kind = kind_node.and_then(|node| self.one_of(node, "`kind`", &KINDS));
        let output = fields.get("output").and_then(|node| self.output_named(node, steps));
        if let (Some("metric"), Some(node), Some(output)) = (kind, fields.get("output"), &output) {
            self.needs_figures(node, output, steps);
        }
        let max_age = fields.get("max_age").and_then(|node| self.some_time(node, "`max_age`"));
        let notify = self.texts(fields.get("notify"), "`notify`");
        if kind == Some("freshness") && !(fields.has("output") && fields.has("max_age")) {
            let at = kind_node.map_or(node.span, |node| node.span);
            self.problems.error("missing-key", at, "a freshness monitor needs `output` and `max_age`");
        }
        let metric = fields.get("metric").and_then(|node| self.text(node, "`metric`")).map(str::to_owned);
        let min = fields.get("min").and_then(|node| self.number(node, "`min`"));
        let max = fields.get("max").and_then(|node| self.number(node, "`max`"));
        let bounds = fields.has("min") || fields.has("max");
        let at = kind_node.map_or(node.span, |node| node.span);
        if kind == Some("metric") && !(fields.has("metric") && bounds) {
            self.problems
                .error("missing-key", at, "a metric monitor needs `metric` and `min` or `max`")
                .help = "such as {kind: metric, output: evaluate.metrics, metric: auc, min: 0.7}".into();
        }
        if kind.is_some_and(|kind| kind != "metric") && (fields.has("metric") || bounds) {
            let message = "`metric`, `min` and `max` belong to a monitor of kind metric";
            self.problems.error("unknown-key", at, message);
        }
        if let (Some(least), Some(most)) = (min, max)
            && least > most
        {
            self.problems.error(
                "out-of-range",
                at,
                format!("no figure is at least {least} and at most {most}"),
            );
        }
        Some(Monitor { name: name?, kind: kind?.to_owned(), output, max_age, metric, min, max, notify })
    }

    fn needs_figures(&mut self, node: &'a Node, (step, output): &(Name, Name), steps: &IndexMap<Name, Step>) {
        let all = steps.iter().flat_map(|(step, found)| {
            found.outputs.iter().map(move |(name, output)| (step, name, output.kind == OutputType::Metrics))
        });
        let with_figures: Vec<String> =
            all.filter(|(.., has)| *has).map(|(step, name, _)| format!("{step}.{name}")).collect();
        let named = format!("{step}.{output}");
        // Of an operator that is not known nobody can tell what its outputs are.
        if with_figures.contains(&named) || self.unclear.contains(step.as_str()) {
            return;
        }
        let help = match with_figures.is_empty() {
            true => "give the output that has them `type: metrics`".to_owned(),
            false => did_you_mean(&named, "outputs of type metrics", with_figures.iter().map(String::as_str)),
        };
        let message = format!("`{named}` has no figures: it is not of type metrics");
        self.problems.error("no-figures", node.span, message).help = help;
    }

    /// `step.output`
    fn output_named(&mut self, node: &'a Node, steps: &IndexMap<Name, Step>) -> Option<(Name, Name)> {
        let text = self.text(node, "`output`")?;
        let Some((step, output)) = text.split_once('.') else {
            self.problems.error("wrong-type", node.span, format!("`{text}` is no output")).help =
                "write step.output".into();
            return None;
        };
        let Some((name, found)) = steps.get_key_value(step) else {
            let help = self.suggest.did_you_mean(step, "steps", steps.keys().map(Name::as_str));
            self.problems.error("unknown-step", node.span, format!("there is no step `{step}`")).help = help;
            return None;
        };
        match found.outputs.get_key_value(output) {
            Some((output, _)) => Some((name.clone(), output.clone())),
            None if self.unclear.contains(step) => None,
            None => {
                let help = did_you_mean(output, "outputs", found.outputs.keys().map(Name::as_str));
                let message = format!("the step `{step}` has no output `{output}`");
                self.problems.error("unknown-output", node.span, message).help = help;
                None
            }
        }
    }
}
