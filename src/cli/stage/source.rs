use std::collections::{BTreeMap, HashSet};
use std::io;

use camino::Utf8PathBuf;

use super::history::{find_source, runs_of};
use super::remote::{fetch_figures, fetch_source};
use crate::cli::{UserError, Workspace};
use crate::domain::{Blueprint, Name, Node, NodeId, OutputType, RunLayout, Taken, Token, Version, Workflow};
use crate::engine::StoreError;
use crate::plan::{NoSource, Source, outside};
use crate::spec::{Condition, Minijinja};
use crate::store::{Origin, OwnRuns, Recorded, Runs, Unfit, Wanted, figures, has_all, is_fetched, taken};

/// Where a use case gets what its own components do not make: from the run that was named, else the one with the alias
/// that the blueprint names, else, in dev, the newest success that fits. Whichever it is, its metrics have to be
/// accepted.
pub struct EarlierModel<'a> {
    runs: Runs,
    own: OwnRuns,
    name: &'a Name,
    version: Version,
    blueprint: Option<&'a Blueprint>,
    env: &'a str,
    named: Option<Recorded>,
}

impl<'a> EarlierModel<'a> {
    pub fn of(
        workspace: &Workspace,
        workflow: &'a Workflow,
        env: &'a str,
        inputs_from: Option<&str>,
    ) -> Result<Self, UserError> {
        let runs = runs_of(workspace, env)?;
        let named = inputs_from.map(|reference| find_source(&runs, reference)).transpose()?;
        named.as_ref().map(fetch_source).transpose()?;
        Ok(Self {
            runs,
            own: OwnRuns::of_user(),
            name: &workflow.name,
            version: workflow.version,
            blueprint: workflow.blueprint.as_ref(),
            env,
            named,
        })
    }

    /// What the metrics of a run have to be.
    fn accepts(&self, layout: &RunLayout) -> Result<(), String> {
        let Some(accept) = self.blueprint.and_then(|blueprint| blueprint.accept.as_ref()) else {
            return Ok(());
        };
        let condition = Condition::new(accept).map_err(|error| error.to_string())?;
        let figures = self.figures_of(layout, condition.names()).map_err(|error| error.to_string())?;
        match condition.holds(&figures) {
            Ok(true) => Ok(()),
            Ok(false) => {
                let has = condition.names().iter().filter_map(|name| Some((name, figures.get(name)?)));
                let has: Vec<String> = has.map(|(name, figure)| format!("{name} {figure}")).collect();
                Err(format!("has {}, and `accept` asks for {accept}", has.join(", ")))
            }
            Err(error) => Err(format!("cannot be judged by `accept: {accept}`: {error}")),
        }
    }

    /// A run's figures, and, where those that are asked for are not among them and it took its model over, those of the
    /// run that made that: a prediction is as good as its model. One that made a model has no figures but its own.
    fn figures_of(&self, layout: &RunLayout, asked: &[String]) -> Result<BTreeMap<String, f64>, StoreError> {
        let (mut layout, mut seen, mut found) = (layout.clone(), HashSet::new(), BTreeMap::new());
        loop {
            let (plan, origin) = self.own.plan(&layout)?;
            fetch_figures(&layout, &plan).map_err(unfetched)?;
            for (name, figure) in figures(&layout, plan.token)? {
                found.entry(name).or_insert(figure);
            }
            let lacks = asked.iter().any(|name| !found.contains_key(name));
            let has_model =
                |node: &&Node| node.outputs.values().any(|output| output.kind == OutputType::Model);
            let model = plan.nodes.iter().find(has_model).and_then(|node| node.taken.as_ref());
            match model.filter(|_| lacks && seen.insert(plan.token)) {
                Some(model) if origin == Origin::Here => layout = RunLayout::at(&model.path),
                // The record of a run from elsewhere may name any folder as its source: it is looked for by its token.
                Some(model) if is_fetched(&layout) => {
                    let Ok(maker) = self.runs.find(&crate::store::RunRef::Token(model.token)) else {
                        return Ok(found);
                    };
                    layout = RunLayout::at(&maker.path);
                    fetch_source(&maker).map_err(|error| unfetched(io::Error::other(error.what)))?;
                }
                _ => return Ok(found),
            }
        }
    }

    fn the_named(&self, named: &Recorded, nodes: &[NodeId]) -> Result<Taken, NoSource> {
        self.this(named.path.clone(), named.run.token, "the run that was named", nodes)
    }

    fn with_alias(&self, alias: &Name, nodes: &[NodeId]) -> Result<Taken, NoSource> {
        let moved = self.runs.alias(self.name, alias).map_err(|error| refused(error.to_string()))?;
        let name = self.name;
        let Some(moved) = moved else {
            return Err(NoSource {
                why: format!("no run of {name} is called {alias}, from which it says its inputs come"),
                help: Some(format!(
                    "call one so (greenroom alias {name}@last {alias}), or name a run with --inputs-from"
                )),
            });
        };
        let found = self.runs.find(&crate::store::RunRef::Token(moved.token));
        let found = found.map_err(|error| refused(format!("its {alias} cannot be read: {error}")))?;
        let layout = RunLayout::at(&found.path);
        fetch_source(&found).map_err(|error| refused(format!("{}: {}", error.what, error.why.join(": "))))?;
        // Who moved it may have done so elsewhere, in a folder that was copied here. What lies in the environment's bucket
        // is of those who may write there.
        if !is_fetched(&layout) && !self.own.plan(&layout).is_ok_and(|(_, origin)| origin == Origin::Here) {
            let token = found.run.token.short();
            let why = format!("run {token}, its {alias}, was not made here and feeds nothing by itself");
            return Err(NoSource {
                why,
                help: Some(format!("name it, if you trust it: --inputs-from {token}")),
            });
        }
        if !self.fits(found.run.version) {
            let why = format!(
                "run {}, its {alias}, is of version {}, which does not fit {}",
                found.run.token.short(),
                found.run.version,
                self.version
            );
            let help = "say which versions do with `compatible_with`, or move the alias".to_owned();
            return Err(NoSource { why, help: Some(help) });
        }
        self.this(found.path, found.run.token, &format!("its {alias}"), nodes)
    }

    fn newest(&self, nodes: &[NodeId]) -> Result<Taken, NoSource> {
        let wanted = Wanted {
            name: self.name,
            fits: &|version| self.fits(version),
            nodes,
            accept: &|layout| self.accepts(layout),
        };
        self.runs.newest_fitting(&self.own, &wanted).map_err(|unfit| match unfit {
            Unfit::None => {
                let which = match self.blueprint.and_then(|blueprint| blueprint.compatible_with.as_ref()) {
                    Some(versions) => format!("{} {versions}", self.name),
                    None => format!("{} {}", self.name, self.version),
                };
                NoSource { why: format!("no successful run of {which} has it"), help: None }
            }
            Unfit::Refused { token, why } => {
                refused(format!("none is accepted: the newest, run {}, {why}", token.short()))
            }
        })
    }

    /// One that was chosen by a person: it does, or they are told why not.
    fn this(
        &self,
        path: Utf8PathBuf,
        token: Token,
        chosen: &str,
        nodes: &[NodeId],
    ) -> Result<Taken, NoSource> {
        let (layout, short) = (RunLayout::at(&path), token.short());
        if !has_all(&layout, token, nodes) {
            let help = Some("name a run with --inputs-from that has it".to_owned());
            return Err(NoSource {
                why: format!("run {short} ({chosen}) does not have it as it was made"),
                help,
            });
        }
        self.accepts(&layout).map_err(|why| refused(format!("run {short} ({chosen}) {why}")))?;
        Ok(taken(layout, token, chosen))
    }

    fn fits(&self, version: Version) -> bool {
        self.blueprint.is_some_and(|blueprint| blueprint.fits(self.version, version))
    }
}

impl Source for EarlierModel<'_> {
    fn with(&self, nodes: &[NodeId]) -> Result<Taken, NoSource> {
        match (&self.named, self.blueprint.and_then(|blueprint| blueprint.inputs_from.as_ref())) {
            (Some(named), _) => self.the_named(named, nodes),
            (None, Some(alias)) => self.with_alias(alias, nodes),
            // Where others rely on what it makes, somebody says which.
            (None, None) if self.env != "dev" => Err(NoSource {
                why: format!("in {} no run gives it by itself", self.env),
                help: Some(
                    "name the run with --inputs-from, or an alias with `inputs_from` in the blueprint"
                        .to_owned(),
                ),
            }),
            (None, None) => self.newest(nodes),
        }
    }
}

/// The runs that the use cases of this project's blueprints would take over from what they do not make themselves, were
/// they started now.
pub fn feeding(workspace: &Workspace, env: &str) -> Vec<Token> {
    let mut found = HashSet::new();
    for workflow in workspace.specs.workflows.values() {
        let (Some(blueprint), Ok(source)) =
            (&workflow.blueprint, EarlierModel::of(workspace, workflow, env, None))
        else {
            continue;
        };
        let nodes = blueprint.use_cases.values().map(|case| outside(workflow, case, &Minijinja));
        found.extend(
            nodes.filter(|nodes| !nodes.is_empty()).filter_map(|nodes| Some(source.with(&nodes).ok()?.token)),
        );
    }
    found.into_iter().collect()
}

fn unfetched(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
    StoreError::Io { what: "its figures cannot be fetched".to_owned(), source: io::Error::other(error) }
}

fn refused(why: String) -> NoSource {
    NoSource { why, help: Some("name another run with --inputs-from, or make a better one".to_owned()) }
}
