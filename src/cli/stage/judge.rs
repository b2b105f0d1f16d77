use std::collections::{BTreeSet, HashSet};
use std::io;

use super::models_behind::{makes_model, models_behind, source};
use super::remote::fetch_figures;
use crate::domain::{NodeId, OutputType, RunFigures, RunLayout, Token, Workflow};
use crate::engine::StoreError;
use crate::spec::Condition;
use crate::store::{JUDGE, Outputs, OwnRuns, Runs, figures_of};

/// What a blueprint's `accept` says of the runs that others take something from.
pub struct Judge {
    runs: Runs,
    own: OwnRuns,
    accept: Option<String>,
    /// The blueprint says what figures an evaluation makes.
    is_judged: bool,
}

/// Why a run is not accepted, after "run 3f2a ".
pub enum Refusal {
    /// Its metrics are not what they have to be.
    Bad(String),
    /// It has none that could be compared.
    Unjudged(String),
}

impl Refusal {
    pub fn why(self) -> String {
        match self {
            Self::Bad(why) | Self::Unjudged(why) => why,
        }
    }
}

impl Judge {
    pub fn new(runs: Runs, own: OwnRuns, workflow: &Workflow) -> Self {
        let accept = workflow.blueprint.as_ref().and_then(|blueprint| blueprint.accept.clone());
        Self { runs, own, accept, is_judged: is_judged(workflow) }
    }

    /// What the metrics of a run have to be.
    pub fn accepts(&self, layout: &RunLayout) -> Result<(), Refusal> {
        let Some(accept) = &self.accept else { return Ok(()) };
        let condition = Condition::new(accept).map_err(|error| Refusal::Unjudged(error.to_string()))?;
        let figures = self.figures_of(layout, condition.names()).map_err(|error| {
            Refusal::Unjudged(format!("cannot be judged by `accept: {accept}`: {}", said(&error)))
        })?;
        if let Some(output) = figures.altered.first() {
            let why = format!(
                "cannot be judged by `accept: {accept}`: {output} was changed after the step had made it"
            );
            return Err(Refusal::Unjudged(why));
        }
        if self.is_judged && !figures.has_of(JUDGE) {
            let why = format!("has not been evaluated, and `accept` asks for {accept}");
            return Err(Refusal::Unjudged(why));
        }
        match condition.unmet(figures.known()) {
            Ok(None) => Ok(()),
            Ok(Some(had)) => Err(Refusal::Bad(format!("has {had}, and `accept` asks for {accept}"))),
            Err(error) => Err(Refusal::Unjudged(format!("cannot be judged by `accept: {accept}`: {error}"))),
        }
    }

    /// A run's figures, and, where those that are asked for are not among them and it took its model over, those of the
    /// run that made that: a prediction is as good as its model. One that made a model has no figures but its own.
    ///
    /// Of its own those alone that are of this very model: what it took over from several runs may belong to another.
    fn figures_of(&self, layout: &RunLayout, asked: &[String]) -> Result<RunFigures, StoreError> {
        let (mut layout, mut seen, mut found) = (layout.clone(), HashSet::new(), RunFigures::default());
        loop {
            let (plan, origin) = self.own.plan(&layout)?;
            fetch_figures(&layout, &plan).map_err(unfetched)?;
            let behind = |node: &NodeId| models_behind((&self.runs, &self.own), (&plan, origin), node);
            let makers = plan.nodes.iter().filter(|node| makes_model(node));
            let models: BTreeSet<Token> = makers.flat_map(|node| behind(&node.id)).collect();
            let counts = |node: &NodeId| models.is_empty() || behind(node).is_subset(&models);
            found.or(figures_of(&layout, plan.token, Outputs::Held, &counts)?, JUDGE);
            let unjudged = self.is_judged && !found.has_of(JUDGE);
            let lacks = unjudged || asked.iter().any(|name| found.known().all(name).is_empty());
            let model = plan.nodes.iter().find(|node| makes_model(node)).and_then(|node| node.taken.as_ref());
            match model.filter(|_| lacks && seen.insert(plan.token)) {
                Some(model) => {
                    let maker = source(&self.runs, model, origin);
                    match maker.map_err(|error| unfetched(io::Error::other(error.what)))? {
                        Some(maker) => layout = maker,
                        None => return Ok(found),
                    }
                }
                None => return Ok(found),
            }
        }
    }
}

fn is_judged(workflow: &Workflow) -> bool {
    let judge = workflow.steps.iter().find(|(name, _)| name.as_str() == JUDGE);
    judge.is_some_and(|(_, step)| step.outputs.values().any(|output| output.kind == OutputType::Metrics))
}

/// An error with what lies behind it.
fn said(error: &dyn std::error::Error) -> String {
    let behind = std::iter::successors(error.source(), |error| error.source());
    std::iter::once(error.to_string()).chain(behind.map(ToString::to_string)).collect::<Vec<_>>().join(": ")
}

fn unfetched(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
    StoreError::Io { what: "its figures cannot be fetched".to_owned(), source: io::Error::other(error) }
}
