use crate::domain::{Measured, Threshold, Workflow};
use crate::spec::Condition;

/// What a workflow asks of the figures of its runs: before others take something from them, and for those who watch it.
pub struct Asks {
    /// As it is written, too.
    accept: Option<(String, Condition)>,
    thresholds: Vec<Threshold>,
}

impl Asks {
    /// None: nothing.
    pub fn of(workflow: &Workflow) -> Option<Self> {
        let accept = workflow.blueprint.as_ref().and_then(|blueprint| blueprint.accept.clone());
        let accept = accept.and_then(|text| Condition::new(&text).ok().map(|condition| (text, condition)));
        let watched = workflow.monitors.iter();
        let thresholds: Vec<_> =
            watched.filter_map(|monitor| Threshold::of(&workflow.name, monitor)).collect();
        (accept.is_some() || !thresholds.is_empty()).then_some(Self { accept, thresholds })
    }

    /// The figure by which a run is judged, else one that is watched; and its value.
    pub fn figure(&self, run: &Measured) -> Option<(String, f64)> {
        let names = self.accept.iter().flat_map(|(_, condition)| condition.names());
        let judged = names.into_iter().find_map(|name| run.known_as(name));
        let watched = || self.thresholds.iter().find_map(|asked| asked.figure(std::slice::from_ref(run)));
        let name = judged.or_else(watched)?;
        Some((name.to_owned(), *run.metrics.get(name)?))
    }

    /// What of a run's own figures is not as it is asked, a sentence each.
    pub fn unmet(&self, run: &Measured) -> Vec<String> {
        let refused = self.accept.iter().filter_map(|(text, condition)| {
            let value = |name: &String| Some((name.clone(), *run.metrics.get(run.known_as(name)?)?));
            let values = condition.names().iter().map(value).collect::<Option<Vec<_>>>()?;
            let values = values.into_iter().collect();
            let told = || format!("{}, and `accept` asks for {text}", condition.told(&values));
            (condition.holds(&values) == Ok(false)).then(told)
        });
        let broken = self.thresholds.iter().filter(|threshold| threshold.is_broken_by(run));
        let broken = broken.map(|threshold| {
            let value = threshold.value_of(run).map(|value| Threshold::beside([threshold], value));
            let (metric, monitor) = (&threshold.metric, &threshold.monitor);
            let (value, asked) = (value.unwrap_or_default(), threshold.told());
            format!("{metric} {value}, and the monitor `{monitor}` asks for {asked}")
        });
        refused.chain(broken).collect()
    }
}
