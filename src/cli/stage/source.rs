use std::collections::HashSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::history::{find_source, names_one, runs_of};
use super::judge::{Judge, Refusal};
use super::remote::fetch_source;
use crate::cli::{UserError, Workspace};
use crate::domain::{
    Blueprint, Diagnostic, Name, NodeId, RunLayout, Severity, Taken, Token, Version, Workflow,
};
use crate::plan::{NoSource, Source, outside};
use crate::spec::Minijinja;
use crate::store::{
    Feeding, Origin, OwnRuns, Recorded, Runs, Unfit, Wanted, changed_file, has_all, is_fetched, never_had,
    run_at, taken,
};

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
    /// The very run that is named, not whichever somebody calls so.
    names_one: bool,
    judge: Judge,
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
        let (own, blueprint) = (OwnRuns::of_user(), workflow.blueprint.as_ref());
        Ok(Self {
            judge: Judge::new(runs.clone(), own.clone(), workflow),
            runs,
            own,
            name: &workflow.name,
            version: workflow.version,
            blueprint,
            env,
            named,
            names_one: inputs_from.is_some_and(names_one),
        })
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

    fn newest(&self, nodes: &[NodeId]) -> Result<Taken, Unfit> {
        self.newest_of(&|version| self.fits(version), nodes)
    }

    fn newest_of(&self, fits: &dyn Fn(Version) -> bool, nodes: &[NodeId]) -> Result<Taken, Unfit> {
        let wanted = Wanted {
            name: self.name,
            fits,
            nodes,
            accept: &|layout| self.judge.accepts(layout).map_err(Refusal::why),
        };
        self.runs.newest_fitting(&self.own, &wanted)
    }

    fn none_fits(&self, unfit: Unfit, nodes: &[NodeId]) -> NoSource {
        match unfit {
            Unfit::None => {
                let which = match self.blueprint.and_then(|blueprint| blueprint.compatible_with.as_ref()) {
                    Some(versions) => format!("{} {versions}", self.name),
                    None => format!("{} {}", self.name, self.version),
                };
                // A new version begins without any: whoever made it knows whether the older ones still do.
                let other = self.newest_of(&|_| true, nodes).ok();
                let other = other.and_then(|taken| run_at(&taken.path).ok()).map(|found| found.run);
                let help = other.map(|run| {
                    let (token, version, name) = (run.token.short(), run.version, self.name);
                    format!(
                        "make it first: greenroom run {name}; or, if those of {version} still do, such as run {token}: \
                         `compatible_with: {version}` in its spec"
                    )
                });
                NoSource { why: format!("no successful run of {which} has it"), help }
            }
            Unfit::Foreign { token } => {
                let token = token.short();
                NoSource {
                    why: format!("run {token}, which has it, was not made here and feeds nothing by itself"),
                    help: Some(format!("name it, if you trust it: --inputs-from {token}")),
                }
            }
            Unfit::Refused { token, why } => {
                refused(format!("none is accepted: the newest, run {}, {why}", token.short()))
            }
        }
    }

    /// What a use case would take over if it were started now; None where none is there that could be.
    fn needed(&self, nodes: &[NodeId]) -> Result<Option<Token>, String> {
        match self.blueprint.and_then(|blueprint| blueprint.inputs_from.as_ref()) {
            Some(alias) => {
                self.with_alias(alias, nodes).map(|taken| Some(taken.token)).map_err(|none| none.why)
            }
            None if self.env != "dev" => Ok(None),
            None => match self.newest(nodes) {
                Ok(taken) => Ok(Some(taken.token)),
                Err(Unfit::None | Unfit::Foreign { .. }) => Ok(None),
                // What `accept` asks for may be what is wrong.
                Err(refused @ Unfit::Refused { .. }) => Err(self.none_fits(refused, nodes).why),
            },
        }
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
            let never = nodes.iter().find(|node| never_had(&layout, node));
            let why = match never {
                Some(node) => format!("run {short} ({chosen}) did not make {node}"),
                None => format!("run {short} ({chosen}) does not have it as it was made"),
            };
            return Err(NoSource { why, help });
        }
        if let Some(file) = changed_file(&layout, token, nodes) {
            return Err(refused(format!("{file} of run {short} ({chosen}) was changed after it was made")));
        }
        if let Some(foreign) = self.foreign(&layout, token, nodes) {
            let why = format!(
                "run {short} ({chosen}) has it from run {}, which was not made here and feeds nothing by itself",
                foreign.short()
            );
            let help = Some(format!("name it, if you trust it: --inputs-from {short}"));
            return Err(NoSource { why, help });
        }
        let refusal = |refusal: Refusal| refused(format!("run {short} ({chosen}) {}", refusal.why()));
        self.judge.accepts(&layout).map_err(refusal)?;
        Ok(taken(layout, token, chosen))
    }

    /// Whose outputs they are, where nobody named the run that has them: one from elsewhere does not come in by a
    /// middleman.
    fn foreign(&self, layout: &RunLayout, token: Token, nodes: &[NodeId]) -> Option<Token> {
        let by_itself = !self.names_one && !is_fetched(layout);
        by_itself.then(|| self.runs.foreign_maker(&self.own, layout, token, nodes)).flatten()
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
            (None, None) => self.newest(nodes).map_err(|unfit| self.none_fits(unfit, nodes)),
        }
    }
}

/// The runs that the use cases of this project's blueprints would take over from what they do not make themselves, were
/// they started now; and the blueprints of which nobody can tell.
pub fn feeding(workspace: &Workspace, env: &str) -> Feeding {
    let mut found = HashSet::new();
    let broken = workspace.specs.broken.iter().filter(|(_, file)| is_blueprint(file));
    let mut untold: Vec<_> =
        broken.map(|(name, file)| (name.clone(), format!("{file} has errors"))).collect();
    for workflow in workspace.specs.workflows.values() {
        let Some(blueprint) = &workflow.blueprint else { continue };
        let needed = |nodes: &[NodeId]| {
            let source = EarlierModel::of(workspace, workflow, env, None);
            source.map_err(|error| error.what).and_then(|source| source.needed(nodes))
        };
        let nodes = blueprint.use_cases.values().map(|case| outside(workflow, case, &Minijinja));
        for nodes in nodes.filter(|nodes| !nodes.is_empty()) {
            match needed(&nodes) {
                Ok(token) => found.extend(token),
                Err(why) => untold.push((workflow.name.clone(), format!("{}: {why}", workflow.file))),
            }
        }
    }
    Feeding { runs: found.into_iter().collect(), untold }
}

/// Use cases that read of what they do not run themselves what a run does not have, each with the first step of it: from
/// that run they cannot take it.
pub fn unfed(workspace: &Workspace, found: &Recorded) -> Vec<(Name, NodeId)> {
    let layout = RunLayout::at(&found.path);
    // What lies in a bucket is there, though it be not here.
    let workflow = workspace.specs.workflows.get(&found.run.name).filter(|_| !is_fetched(&layout));
    let Some((workflow, blueprint)) = workflow.and_then(|of| Some((of, of.blueprint.as_ref()?))) else {
        return Vec::new();
    };
    let lacks = |steps: &[Name]| {
        outside(workflow, steps, &Minijinja).into_iter().find(|node| never_had(&layout, node))
    };
    blueprint.use_cases.iter().filter_map(|(case, steps)| Some((case.clone(), lacks(steps)?))).collect()
}

/// A blueprint's file that does not say whose it is: its use cases may need any run.
pub fn nobodys_blueprint(workspace: &Workspace) -> Option<&Diagnostic> {
    let specs = &workspace.specs;
    let wrong = |problem: &&Diagnostic| problem.severity == Severity::Error && is_blueprint(&problem.file);
    specs
        .diagnostics
        .iter()
        .filter(wrong)
        .find(|problem| specs.broken.values().all(|file| *file != problem.file))
}

fn is_blueprint(file: &Utf8Path) -> bool {
    file.starts_with("blueprints")
}

fn refused(why: String) -> NoSource {
    NoSource { why, help: Some("name another run with --inputs-from, or make a better one".to_owned()) }
}
