use std::cell::RefCell;
use std::collections::HashMap;

use crate::cli::{UserError, Workspace};
use crate::domain::{Name, Node, NodeId, OutputType, Plan, RunLayout, Taken, Token, Workflow};
use crate::plan::Earlier;
use crate::store::{
    JUDGE, OwnRuns, Params, Recorded, Runs, Sought, changed_file, is_fetched, named_with, never_had,
};

use super::history::{find_source, names_one, runs_of};
use super::judge::{Judge, Refusal};
use super::models_behind::makes_model;
use super::remote::fetch_source;

/// Where the outputs of steps that are not run come from: the run that was named, or the newest that made them with the
/// same parameters. A model of which the blueprint's `accept` is known not to hold is nobody's by itself.
pub struct EarlierRuns<'a> {
    runs: Runs,
    own: OwnRuns,
    workflow: &'a Workflow,
    params: Params,
    named: Option<Recorded>,
    /// The very run that is named, not whichever somebody calls so.
    names_one: bool,
    judge: Judge,
    /// A step is asked for more than once, and its run must not change in between.
    known: RefCell<HashMap<NodeId, Option<Taken>>>,
    /// The newest run that was not accepted, and why.
    refused: RefCell<HashMap<NodeId, String>>,
}

impl<'a> EarlierRuns<'a> {
    pub fn of(
        workspace: &Workspace,
        workflow: &'a Workflow,
        params: Params,
        env: &str,
        inputs_from: Option<&str>,
    ) -> Result<Self, UserError> {
        let (runs, name) = (runs_of(workspace, env)?, &workflow.name);
        let named = inputs_from.map(|reference| find_source(&runs, reference)).transpose()?;
        if let Some(named) = &named
            && named.run.name != *name
        {
            let told = format!("run {} is one of {}, not of {name}", named.run.token.short(), named.run.name);
            return Err(UserError::wrong(told).to_do(format!("name a run of {name}, such as {name}@last")));
        }
        named.as_ref().map(fetch_source).transpose()?;
        let own = OwnRuns::of_user();
        Ok(Self {
            judge: Judge::new(runs.clone(), own.clone(), workflow),
            runs,
            own,
            workflow,
            params,
            named,
            names_one: inputs_from.is_some_and(names_one),
            known: RefCell::default(),
            refused: RefCell::default(),
        })
    }

    /// A model of the run that was named is asked for its figures as one that a use case takes. `alone`: no other step is
    /// run that could still make them.
    pub fn refuse_model(&self, plan: &Plan, alone: Option<&Name>) -> Result<(), UserError> {
        let Some(named) = &self.named else { return Ok(()) };
        let is_his = |node: &&Node| node.taken.as_ref().is_some_and(|taken| taken.token == named.run.token);
        let Some(model) = plan.nodes.iter().filter(is_his).find(|node| makes_model(node)) else {
            return Ok(());
        };
        let why = match self.judge.accepts(&RunLayout::at(&named.path)) {
            Err(Refusal::Bad(why)) => why,
            Err(Refusal::Unjudged(why)) if alone.is_some_and(|step| step.as_str() != JUDGE) => why,
            Err(Refusal::Unjudged(_)) | Ok(()) => return Ok(()),
        };
        let (model, short) = (model.title(), named.run.token.short());
        Err(UserError::wrong(format!("{} cannot be planned", self.workflow.name))
            .because(format!("`{model}` would be that of run {short} (the run that was named), which {why}"))
            .to_do("name another run with --inputs-from, or make a better one"))
    }

    /// One from elsewhere does not come in by a middleman.
    fn is_foreign(&self, named: &Recorded, node: &NodeId) -> bool {
        let (layout, token) = (RunLayout::at(&named.path), named.run.token);
        !self.names_one
            && !is_fetched(&layout)
            && self.runs.foreign_maker(&self.own, &layout, token, std::slice::from_ref(node)).is_some()
    }

    fn newest(&self, node: &NodeId) -> Option<Taken> {
        let makes_model = self
            .workflow
            .steps
            .get(&node.step)
            .is_some_and(|step| step.outputs.values().any(|output| output.kind == OutputType::Model));
        let accept = |layout: &RunLayout| match self.judge.accepts(layout) {
            // One that never came to its figures is gone on with: they are what is still to be made.
            Ok(()) | Err(Refusal::Unjudged(_)) => true,
            Err(Refusal::Bad(why)) => {
                let token = layout.dir().file_name().and_then(|name| name.parse::<Token>().ok());
                let short = token.map(|token| token.short()).unwrap_or_default();
                self.refused.borrow_mut().entry(node.clone()).or_insert(format!("run {short} {why}"));
                false
            }
        };
        let accept: &dyn Fn(&RunLayout) -> bool = if makes_model { &accept } else { &|_| true };
        self.runs.newest_with(&self.own, &self.sought(node, accept))
    }

    fn sought<'s>(&'s self, node: &'s NodeId, accept: &'s dyn Fn(&RunLayout) -> bool) -> Sought<'s> {
        Sought { name: &self.workflow.name, params: &self.params, node, accept }
    }

    /// Why no run that nobody named has it.
    fn none_has(&self, node: &NodeId) -> String {
        if let Some(refused) = self.refused.borrow().get(node) {
            return format!("none is accepted: the newest, {refused}");
        }
        match self.runs.newest_spoilt(&self.own, &self.sought(node, &|_| true)) {
            Some((token, file)) => format!(
                "{file} of run {} is gone or was changed after it was made, and no other run with these parameters \
                 has it",
                token.short()
            ),
            None => "no earlier run with these parameters has it".to_owned(),
        }
    }
}

impl Earlier for EarlierRuns<'_> {
    fn with(&self, node: &NodeId) -> Option<Taken> {
        let mut known = self.known.borrow_mut();
        let look = || match &self.named {
            Some(named) if self.is_foreign(named, node) => None,
            Some(named) => named_with(&named.path, named.run.token, node),
            None => self.newest(node),
        };
        known.entry(node.clone()).or_insert_with(look).clone()
    }

    fn named(&self) -> Option<String> {
        self.named.as_ref().map(|named| named.run.token.short())
    }

    fn lacks(&self, node: &NodeId) -> String {
        let Some(named) = &self.named else { return self.none_has(node) };
        let short = named.run.token.short();
        match () {
            () if never_had(&RunLayout::at(&named.path), node) => format!("run {short} did not make it"),
            () if self.is_foreign(named, node) => {
                format!("run {short} has it from a run that was not made here (name {short} if you trust it)")
            }
            () => {
                let layout = RunLayout::at(&named.path);
                match changed_file(&layout, named.run.token, std::slice::from_ref(node)) {
                    Some(file) => format!("{file} of run {short} is gone or was changed after it was made"),
                    None => format!("run {short} does not have it as it was made"),
                }
            }
        }
    }
}
