use std::slice;

use indexmap::IndexSet;

use crate::domain::figures::telling;
use crate::domain::{Measured, Status, Threshold, Workflow, figure_names};
use crate::spec::Condition;
use crate::store::JUDGE;

/// Figures that are told where none is asked for.
const FEW: usize = 3;

/// What a workflow asks of the figures of its runs: before others take something from them, and for those who watch it.
#[derive(Default)]
pub struct Asks {
    /// As it is written, too.
    accept: Option<(String, Condition)>,
    thresholds: Vec<Threshold>,
    is_blueprint: bool,
}

impl Asks {
    pub fn of(workflow: &Workflow) -> Self {
        let accept = workflow.blueprint.as_ref().and_then(|blueprint| blueprint.accept.clone());
        let accept = accept.and_then(|text| Condition::new(&text).ok().map(|condition| (text, condition)));
        let watched = workflow.monitors.iter();
        let thresholds = watched.filter_map(|monitor| Threshold::of(&workflow.name, monitor)).collect();
        Self { accept, thresholds, is_blueprint: workflow.blueprint.is_some() }
    }

    pub fn is_empty(&self) -> bool {
        self.accept.is_none() && self.thresholds.is_empty()
    }

    pub fn accept(&self) -> Option<&Condition> {
        self.accept.as_ref().map(|(_, condition)| condition)
    }

    /// The figures that are asked for by the names that they are asked by: those of `accept` in its order, each alone, then
    /// all that monitors look at. A figure of several names has them all.
    pub fn leading(&self) -> Vec<Vec<String>> {
        let accepted = self.accept().into_iter().flat_map(Condition::names).map(|name| names(name));
        let watched = self.thresholds.iter().flat_map(|Threshold { metric, output, .. }| match output {
            Some(output) => names(&format!("{output}.{metric}")),
            None => vec![metric.clone()],
        });
        accepted.chain([watched.collect()]).collect()
    }

    /// The figure by which a run is judged, else one that is watched; and its value, so that it can be seen on which side
    /// of what is asked it lies.
    pub fn figure(&self, run: &Measured) -> Option<(String, String)> {
        self.shown(self.asked(run).next()?, run)
    }

    /// All of those, each with its value; where none is asked for, a few that tell how good the run is.
    pub fn figures(&self, run: &Measured) -> Vec<(String, String)> {
        let asked: IndexSet<&str> = self.asked(run).collect();
        let few = || figure_names(slice::from_ref(run)).into_iter().take(FEW);
        let names = if asked.is_empty() { few().collect() } else { asked };
        names.into_iter().filter_map(|name| self.shown(name, run)).collect()
    }

    /// The names of those that are not as it is asked.
    pub fn broken<'a>(&self, run: &'a Measured) -> Vec<&'a str> {
        let refusing = self.accept().filter(|_| self.is_accepted(run) == Some(false));
        let refused: Vec<&str> = refusing.into_iter().flat_map(|accept| judged(accept, run)).collect();
        let is_broken = |name: &str, value: f64| {
            let beyond = |asked: &Threshold| asked.is_beyond(value) && asked.asks_of(name, run);
            refused.contains(&name) || self.thresholds.iter().any(beyond)
        };
        let broken = run.metrics.iter().filter(|(name, value)| is_broken(name, **value));
        broken.map(|(name, _)| name.as_str()).collect()
    }

    /// Those of `accept` first.
    fn asked<'a>(&'a self, run: &'a Measured) -> impl Iterator<Item = &'a str> {
        let watched = self.thresholds.iter().filter_map(move |asked| asked.figure(slice::from_ref(run)));
        self.accept().into_iter().flat_map(move |accept| judged(accept, run)).chain(watched)
    }

    fn shown(&self, name: &str, run: &Measured) -> Option<(String, String)> {
        let value = *run.metrics.get(name)?;
        let answers = |run: &Measured| {
            let broken =
                self.thresholds.iter().map(|threshold| threshold.is_broken_by(run)).collect::<Vec<_>>();
            (self.is_accepted(run), broken)
        };
        let exact = answers(run);
        let mut other = run.clone();
        let is_seen = |shown: f64| {
            other.metrics.insert(name.to_owned(), shown);
            answers(&other) == exact
        };
        Some((name.to_owned(), telling(value, is_seen)))
    }

    /// None: nothing is asked of it, or it lacks a figure.
    fn is_accepted(&self, run: &Measured) -> Option<bool> {
        self.accept()?.is_met(run.known()).ok()
    }

    /// What of a run's own figures is not as it is asked, a sentence each.
    pub fn unmet(&self, run: &Measured) -> Vec<String> {
        let refused = self.accept.iter().filter_map(|(text, condition)| {
            let lacks = condition.names().iter().find(|name| run.known().all(name).is_empty());
            if let Some(name) = lacks {
                let (output, figure) = parted(name);
                let lacks = self.should_have(run, output.as_deref());
                return lacks.then(|| format!("{}, and `accept` asks for {text}", lacking(figure)));
            }
            let had = condition.unmet(run.known()).ok()??;
            Some(format!("{had}, and `accept` asks for {text}"))
        });
        let broken = self.thresholds.iter().filter_map(|threshold| {
            let Threshold { metric, monitor, output, .. } = threshold;
            let had = match (threshold.broken_by(run), threshold.worst_of(run)) {
                (Some((figure, value)), _) => format!("{figure} {}", Threshold::beside([threshold], value)),
                (None, Some(_)) => return None,
                (None, None) => {
                    let is_mine = run.name == threshold.workflow;
                    (is_mine && self.should_have(run, output.as_deref())).then(|| lacking(metric))?
                }
            };
            Some(format!("{had}, and the monitor `{monitor}` asks for {}", threshold.told()))
        });
        refused.chain(broken).collect()
    }

    /// It made what would have the figure: that output, of a blueprint what judges the others, else any metrics.
    fn should_have(&self, run: &Measured, output: Option<&str>) -> bool {
        let is_it = |made: &String| match output {
            Some(output) => made == output,
            None if self.is_blueprint => made.split('.').next() == Some(JUDGE),
            None => true,
        };
        run.status == Status::Succeeded && run.made.iter().any(is_it)
    }
}

/// By which `accept` judges: of several that are meant by one name the worst.
fn judged<'a>(accept: &'a Condition, run: &'a Measured) -> impl Iterator<Item = &'a str> {
    accept.names().iter().filter_map(move |name| accept.worst(name, run.known()))
}

/// A name by which a figure is not found. What came to no number is none.
fn lacking(figure: &str) -> String {
    format!("{figure} is no number, or was not written")
}

/// `step.output`, where a name tells it, and the figure.
fn parted(name: &str) -> (Option<String>, &str) {
    match name.splitn(3, '.').collect::<Vec<_>>().as_slice() {
        [step, output, figure] => (Some(format!("{step}.{output}")), figure),
        _ => (None, name),
    }
}

/// By which what is asked for as `step.output.figure` may be known, too.
fn names(asked: &str) -> Vec<String> {
    let (output, alone) = parted(asked);
    let alone = output.map(|_| alone.to_owned());
    [asked.to_owned()].into_iter().chain(alone).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::{Measured, Name, OutputFigures, Run, RunFigures, scene};

    fn run(status: Status, outputs: &[(&str, &[(&str, f64)])]) -> Measured {
        let outputs = outputs.iter().map(|(output, values)| {
            let (node, output) = output.rsplit_once('.').unwrap();
            let values = values.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
            let (output, none) = (Name::new(output).unwrap(), BTreeSet::new());
            OutputFigures { node: node.parse().unwrap(), output, values, none }
        });
        let figures = RunFigures::named(&outputs.collect::<Vec<_>>(), Some(JUDGE), false);
        let run: Run = scene::run(status);
        Measured::new(run, figures)
    }

    fn asks(accept: &str, least: f64) -> Asks {
        let threshold = Threshold {
            workflow: scene::run(Status::Succeeded).name,
            monitor: Name::new("late").unwrap(),
            output: Some("evaluate.metrics".to_owned()),
            metric: "log_loss".to_owned(),
            min: None,
            max: Some(least),
        };
        let accept = Some((accept.to_owned(), Condition::new(accept).unwrap()));
        Asks { accept, thresholds: vec![threshold], is_blueprint: true }
    }

    #[test]
    fn a_figure_that_is_asked_for_and_came_to_no_number_is_not_as_it_is_asked() {
        let asks = asks("auc >= 0.7", 0.5);
        let unmet = |status, outputs: &[(&str, &[(&str, f64)])]| asks.unmet(&run(status, outputs));
        let whole: &[(&str, f64)] = &[("auc", 0.74), ("log_loss", 0.4)];
        assert!(unmet(Status::Succeeded, &[("evaluate.metrics", whole)]).is_empty());
        let lacks = "auc is no number, or was not written, and `accept` asks for auc >= 0.7";
        assert_eq!(unmet(Status::Succeeded, &[("evaluate.metrics", &whole[1..])]), [lacks]);
        let both = unmet(Status::Succeeded, &[("evaluate.metrics", &[])]);
        assert_eq!(both.len(), 2, "{both:?}");
        assert!(both[1].contains("the monitor `late` asks for at most 0.5"), "{both:?}");
        // What was not evaluated, or failed, lacks nothing.
        assert!(unmet(Status::Succeeded, &[("train.fit", &[("loss", 0.1)])]).is_empty());
        assert!(unmet(Status::Failed, &[("evaluate.metrics", &whole[1..])]).is_empty());
    }

    #[test]
    fn of_cells_the_worst_is_told() {
        let of = |losses: [f64; 3]| {
            let cells = ["evaluate.a.metrics", "evaluate.b.metrics", "evaluate.c.metrics"];
            let values = losses.map(|loss| [("auc", 1.0 - loss), ("log_loss", loss)]);
            let outputs: Vec<(&str, &[(&str, f64)])> =
                cells.into_iter().zip(&values).map(|(cell, values)| (cell, values.as_slice())).collect();
            run(Status::Succeeded, &outputs)
        };
        let asks = asks("auc >= 0.7", 0.5);
        assert!(asks.unmet(&of([0.1, 0.2, 0.3])).is_empty());
        assert_eq!(
            asks.unmet(&of([0.6, 0.4, 0.0])),
            [
                "evaluate.a.metrics.auc 0.4, and `accept` asks for auc >= 0.7",
                "evaluate.a.metrics.log_loss 0.6, and the monitor `late` asks for at most 0.5"
            ]
        );
        assert_eq!(
            asks.unmet(&of([0.1, 0.1, 0.4])),
            ["evaluate.c.metrics.auc 0.6, and `accept` asks for auc >= 0.7"]
        );
        assert_eq!(
            asks.figure(&of([0.6, 0.4, 0.0])),
            Some(("evaluate.a.metrics.auc".to_owned(), "0.4".to_owned()))
        );
    }

    #[test]
    fn on_which_side_of_what_is_asked_a_figure_lies_can_be_seen() {
        let shown = |accept: &str, auc: f64| {
            let run = run(Status::Succeeded, &[("evaluate.metrics", &[("auc", auc), ("log_loss", 0.4)])]);
            asks(accept, 0.5).figure(&run).unwrap().1
        };
        assert_eq!(shown("auc >= 0.7", 0.699_99), "0.69999");
        assert_eq!(shown("auc >= 0.7", 0.712_84), "0.713");
        assert_eq!(shown("auc < 0.700001", 0.699_99), "0.7");
        // By a monitor, too.
        let run = run(Status::Succeeded, &[("evaluate.metrics", &[("log_loss", 0.500_01)])]);
        assert_eq!(
            asks("auc >= 0.7", 0.5).figure(&run).unwrap(),
            ("log_loss".to_owned(), "0.50001".to_owned())
        );
    }

    #[test]
    fn the_figures_that_are_asked_for_are_told_else_a_few() {
        let figures: &[(&str, f64)] = &[
            ("auc", 0.74),
            ("brier", 0.1),
            ("error", 0.2),
            ("f1", 0.6),
            ("log_loss", 0.4),
            ("batches", 9.0),
        ];
        let run = run(Status::Succeeded, &[("evaluate.metrics", figures)]);
        let told = |asks: &Asks| {
            let told = asks.figures(&run).into_iter();
            told.map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(told(&asks("evaluate.metrics.auc >= 0.7", 0.5)), "auc 0.74, log_loss 0.4");
        assert_eq!(told(&asks("log_loss < 1", 0.5)), "log_loss 0.4");
        assert_eq!(told(&Asks::default()), "auc 0.74, brier 0.1, error 0.2");
    }

    #[test]
    fn figures_that_are_not_as_they_are_asked_are_known_by_name() {
        let run = run(Status::Succeeded, &[("evaluate.metrics", &[("auc", 0.74), ("log_loss", 0.4)])]);
        assert!(asks("auc >= 0.7", 0.5).broken(&run).is_empty());
        assert_eq!(asks("auc >= 0.8", 0.5).broken(&run), ["auc"]);
        assert_eq!(asks("auc >= 0.7", 0.3).broken(&run), ["log_loss"]);
        assert_eq!(asks("auc >= 0.8", 0.3).broken(&run), ["auc", "log_loss"]);
    }

    #[test]
    fn figures_are_asked_for_by_all_their_names_and_those_of_accept_first() {
        let leading = asks("evaluate.metrics.auc >= 0.7 and brier < 1", 0.5).leading();
        assert_eq!(
            leading,
            [
                vec!["evaluate.metrics.auc", "auc"],
                vec!["brier"],
                vec!["evaluate.metrics.log_loss", "log_loss"]
            ]
        );
    }
}
