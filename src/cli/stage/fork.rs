use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::damaged::damaged;
use super::foreign::{instead_of_foreign, why_foreign};
use super::forked_run::ForkedRun;
use super::gone_image::gone_image;
use super::ground::Ground;
use super::history::find;
use super::planning::{Planned, Planning, idle};
use super::prepare::{Forked, Prepared, alone, idle_params};
use super::remote::{fetch_record, fresh_runs};
use super::{Launched, launch, snapshots, use_case};
use crate::cli::args::Fork;
use crate::cli::report::Patience;
use crate::cli::{Exit, Invocation, Machine, UserError, Workspace};
use crate::domain::text::shell_word;
use crate::domain::{Name, NodeId, Plan, Project, RunLayout, Status, Token, Value, Workflow};
use crate::local::Progress;
use crate::operators;
use crate::plan::Selection;
use crate::snapshot::{Freeze, Frozen};
use crate::spec;
use crate::store::{self, Lake, Origin, OwnRuns, Recorded, Runs, Standing};

/// Starts a run that goes on from an old one: with its files, images and parameters, but for those that are named, or with
/// one step of it alone.
pub async fn start_fork(
    workspace: &Workspace,
    asked: &Fork,
    progress: &dyn Progress,
    warn: &dyn Fn(&str),
    invocation: &Invocation,
) -> Result<Launched, UserError> {
    let old = Old::read(workspace, asked, invocation)?;
    let jobs = asked.jobs.map(usize::from);
    let machine;
    let prepared = if asked.current_code {
        let workflow = workspace.workflow(old.plan.name.as_str())?;
        machine = Machine::connect(invocation).await?;
        // What is wrong with the call is told before anything is built.
        let ground = Ground::look(workspace, Some(&machine), workflow).await?;
        let frozen = || snapshots::freeze(workspace);
        old.prepare(workspace, workflow, asked, ground, frozen()?, warn)?;
        let ground = Ground::prepare(workspace, &machine, workflow, progress, invocation).await?;
        old.prepare(workspace, workflow, asked, ground, frozen()?, &|_| {})?
    } else {
        let (then, frozen) = old.workspace(workspace)?;
        let workflow = then.workflow(old.plan.name.as_str())?;
        let ground = Ground { images: old.plan.images.clone(), services: old.plan.services.clone() };
        let freeze = Freeze { frozen, left_out: Vec::new(), hold: None };
        let prepared = old.prepare(&then, workflow, asked, ground, freeze, warn)?;
        machine = Machine::connect(invocation).await?;
        if let Some(gone) = gone_image(&prepared.plan, &prepared.layout, &machine).await? {
            let what =
                format!("run {} cannot be forked: the image {gone} is not on the engine any more", old.short);
            return Err(UserError::not_ready(what)
                .because("with another image more than the parameters would differ")
                .to_do(format!("run it with what there is now: {}", old.anew(&prepared.plan, invocation))));
        }
        for warning in Ground::serve(workspace, &machine, &prepared.plan, progress, invocation).await {
            warn(&warning);
        }
        prepared
    };
    for warning in
        prepared.warnings.iter().chain(&prepared.idle).chain(&old.told(&prepared, asked, workspace))
    {
        warn(warning);
    }
    launch(&workspace.place, prepared, &machine, jobs)
}

/// The run that is forked.
struct Old {
    recorded: Recorded,
    plan: Plan,
    origin: Origin,
    runs: Runs,
    altered: Vec<(NodeId, String)>,
    short: String,
}

impl Old {
    fn read(workspace: &Workspace, asked: &Fork, invocation: &Invocation) -> Result<Self, UserError> {
        let runs = fresh_runs(workspace, &asked.env, invocation)?;
        let recorded = find(&runs, &asked.run)?;
        fetch_record(&recorded, invocation)?;
        let short = recorded.run.token.short();
        let unread = |error| damaged(&RunLayout::at(&recorded.path), recorded.run.token, "forked", &error);
        let (plan, origin) = runs.plan(&OwnRuns::of_user(), &recorded).map_err(unread)?;
        if origin != Origin::Here && !asked.current_code {
            return Err(foreign(workspace, &RunLayout::at(&recorded.path), &plan, origin, asked, invocation));
        }
        let layout = RunLayout::at(&recorded.path);
        let events = store::read_events(&layout, plan.token).map_err(unread)?;
        let patience = Patience::start("checking what its steps made");
        let altered = store::altered(&layout, plan.token, &events);
        drop(patience);
        Ok(Self { recorded, plan, origin, runs, altered, short })
    }

    /// The project as the run froze it. Where things lie on this machine is said by the files as they are now.
    fn workspace(&self, now: &Workspace) -> Result<(Workspace, Frozen), UserError> {
        let layout = RunLayout::at(&self.recorded.path);
        let frozen = snapshots::of_run(&now.place, &self.plan.tree, &layout.code())?;
        let folder = snapshots::snapshots(&now.place)?.view(&frozen, None).map_err(|error| {
            UserError::from_error(Exit::NotReady, "the run's frozen files cannot be had", &error)
        })?;
        let specs = spec::load(&folder, operators::builtin());
        let Some(project) = specs.project.clone() else {
            let what =
                format!("run {} cannot be forked: its greenroom.yaml cannot be read any more", self.short);
            return Err(UserError::wrong(what).to_do("run it anew, with the files as they are now"));
        };
        let project = Project { environments: now.project.environments.clone(), ..project };
        Ok((Workspace::new(now.place.clone(), project, specs), frozen))
    }

    fn prepare(
        &self,
        workspace: &Workspace,
        workflow: &Workflow,
        asked: &Fork,
        ground: Ground,
        Freeze { frozen, left_out, hold }: Freeze,
        warn: &dyn Fn(&str),
    ) -> Result<Prepared, UserError> {
        let standing = Standing::together(&workspace.store_root(&asked.env)?);
        let params = self.params(workflow, asked, warn)?;
        let changed = self.changed(&params);
        if changed.is_empty() && asked.only.is_none() {
            return Err(self.nothing_differs(asked));
        }
        let trusted = (self.origin == Origin::Here).then(|| self.plan.clone());
        let altered = self.altered.iter().cloned().collect();
        let earlier = ForkedRun::new(self.recorded.clone(), trusted, self.runs.clone(), altered);
        let use_case = use_case(workflow, self.plan.use_case.as_ref())?;
        if let (Some(step), Some(case)) = (&asked.only, &use_case)
            && workflow.steps.contains_key(step)
            && !case.components.contains(step)
        {
            let parts: Vec<&str> = case.components.iter().map(Name::as_str).collect();
            let what = format!("`{step}` is no part of run {}, whose use case is {}", self.short, case.name);
            return Err(UserError::wrong(what)
                .because(format!("it runs {}", parts.join(", ")))
                .to_do("fork a run that has it, or start one of another use case: greenroom run"));
        }
        let given: Vec<Name> = asked.params.iter().map(|(name, _)| name.clone()).collect();
        let plan = |selection: Selection| {
            let planning = Planning {
                workspace,
                workflow,
                env: &asked.env,
                params: params.clone(),
                given: &given,
                use_case: use_case.clone(),
                ground: ground.clone(),
                frozen: &frozen,
                selection,
                earlier: &earlier,
                source: &earlier,
            };
            planning.plan()
        };
        let Planned { plan, layout, warnings, unread, .. } = match &asked.only {
            None => {
                let planned = plan(Selection::Changed(changed.clone()))?;
                if planned.plan.nodes.iter().all(|node| node.taken.is_some()) {
                    return Err(self.nothing_runs(&changed, asked, &planned.plan));
                }
                planned
            }
            Some(step) => {
                let alone = plan(Selection::Only(step.clone()))?;
                if !changed.is_empty() {
                    self.refuse_stale(&alone.plan, &plan(Selection::Changed(changed))?.plan, step)?;
                }
                alone
            }
        };
        let warnings = left_out.iter().map(ToString::to_string).chain(warnings).collect();
        let idle_params = idle_params(&plan, &unread);
        let code_of = (!asked.current_code).then(|| self.recorded.run.clone());
        let forked = Some(Forked { from: self.plan.token, code_of });
        let (only, idle) = (alone(asked.only.as_ref(), workflow, use_case.as_ref()), idle_params);
        Ok(Prepared { plan, layout, frozen, hold, standing, forked, only, warnings, idle, unread })
    }

    /// Its own, but for those that are given.
    fn params(
        &self,
        workflow: &Workflow,
        asked: &Fork,
        warn: &dyn Fn(&str),
    ) -> Result<IndexMap<Name, Value>, UserError> {
        let mut typed = asked.params.clone();
        for (name, value) in &self.plan.params {
            if asked.params.iter().any(|(given, _)| given == name) {
                continue;
            }
            if workflow.params.contains_key(name) {
                typed.push((name.clone(), value.to_string()));
            } else {
                warn(&format!("{} has no parameter `{name}` any more: {value} is left out", workflow.name));
            }
        }
        spec::parameters(workflow, &typed).map_err(|error| {
            UserError::from_error(
                Exit::Wrong,
                format!("run {} cannot be forked like this", self.short),
                &error,
            )
        })
    }

    fn changed(&self, params: &IndexMap<Name, Value>) -> Vec<Name> {
        let differs = |(name, value): &(&Name, &Value)| self.plan.params.get(*name) != Some(*value);
        params.iter().filter(differs).map(|(name, _)| name.clone()).collect()
    }

    fn nothing_differs(&self, asked: &Fork) -> UserError {
        let what = format!("run {} cannot be forked: nothing would differ", self.short);
        let error = match asked.params.is_empty() {
            true => UserError::wrong(what),
            false => UserError::wrong(what).because("it had the same parameters"),
        };
        let names: Vec<&str> = self.plan.params.keys().map(Name::as_str).collect();
        let error = match names.is_empty() {
            true => error,
            false => {
                error.to_do(format!("give a parameter another value with --param: {}", names.join(", ")))
            }
        };
        let error = error.to_do("or run one step of it alone, on the same inputs: --only STEP");
        match self.recorded.run.status {
            // It has done all.
            Status::Succeeded => error,
            _ => error.to_do(format!("or go on with what it has not done: greenroom resume {}", self.short)),
        }
    }

    /// None of its own steps names what changes: it would be the old run under another token.
    fn nothing_runs(&self, changed: &[Name], asked: &Fork, plan: &Plan) -> UserError {
        // As they were typed: the plan has those with which others made what it takes over.
        let given = asked.params.iter().map(|(name, value)| format!("{name}={value}"));
        let params: String = given.map(|given| format!(" --param {}", shell_word(&given))).collect();
        let names: Vec<&str> = changed.iter().map(Name::as_str).collect();
        let error =
            UserError::wrong(format!("run {} cannot be forked: nothing would be made anew", self.short))
                .because(format!("{} ({})", idle(plan), listed(&names).unwrap_or_default()));
        // What others made for it may be what depends on it.
        let makers = self.plan.nodes.iter().filter_map(|node| Some(node.taken.as_ref()?.token));
        let makers: BTreeSet<String> = makers.map(|token| token.short()).collect();
        let error = makers.iter().fold(error, |error, maker| {
            error.to_do(format!(
                "fork the run that it takes from, if that reads it: greenroom fork {maker}{params}"
            ))
        });
        let alone = format!("greenroom fork {} --only STEP{params}", self.short);
        let or = if makers.is_empty() { "" } else { "or " };
        error.to_do(format!("{or}run one step with it all the same: {alone}"))
    }

    /// What one step alone reads has to be of the same parameters.
    fn refuse_stale(&self, alone: &Plan, whole: &Plan, step: &Name) -> Result<(), UserError> {
        let is_made = |node: &&NodeId| whole.node(node).is_some_and(|node| node.taken.is_none());
        let taken = alone.nodes.iter().filter(|node| node.taken.is_some()).map(|node| &node.id);
        let Some(stale) = taken.into_iter().find(is_made) else { return Ok(()) };
        let what = format!("`{step}` reads what `{stale}` makes, which depends on what is to change");
        Err(UserError::wrong(what).to_do("leave --only out: what depends on it is then run too"))
    }

    /// What is run and what is taken over, and what is not as the old run had it.
    fn told(&self, prepared: &Prepared, asked: &Fork, workspace: &Workspace) -> Vec<String> {
        let plan = &prepared.plan;
        let steps = |taken: bool| {
            let mut steps: Vec<&str> = Vec::new();
            for node in plan.nodes.iter().filter(|node| node.taken.is_some() == taken) {
                if !steps.contains(&node.id.step.as_str()) {
                    steps.push(node.id.step.as_str());
                }
            }
            steps
        };
        let changed = self.changed(&plan.params);
        let differs = changed.iter().map(|name| {
            let before = self.plan.params.get(name).map(|value| format!(" instead of {value}"));
            let now = plan.params.get(name).map(ToString::to_string).unwrap_or_default();
            format!("{name}={now}{}", before.unwrap_or_default())
        });
        let mut lead: Vec<String> = differs.collect();
        if asked.current_code {
            lead.push("the files as they are now".to_owned());
        }
        let lead = if lead.is_empty() { String::new() } else { format!("{}: ", lead.join(", ")) };
        let (run, taken) = (listed(&steps(false)).unwrap_or_default(), steps(true));
        let parts = match listed(&taken) {
            None => format!("runs {run}"),
            Some(all) => {
                let before = whose(taken.len(), &self.makers(plan)).unwrap_or_default();
                format!("runs {run}; takes {all} over from run {}{before}", self.short)
            }
        };
        let mut told = vec![lead + &parts];
        let runs = |node: &NodeId| plan.node(node).is_some_and(|node| node.taken.is_none());
        told.extend(self.altered.iter().filter(|(node, _)| runs(node)).map(|(node, why)| {
            format!("what {node} made is not what there is now, and it is made anew: {why}")
        }));
        told.extend(self.other_tables(plan, workspace));
        told
    }

    /// Of what is taken over and others have made for the old run: by whom it will be said to be made.
    fn makers<'a>(&self, plan: &'a Plan) -> IndexMap<Token, Vec<&'a str>> {
        let mut makers: IndexMap<Token, Vec<&str>> = IndexMap::new();
        for node in &plan.nodes {
            let Some(taken) = &node.taken else { continue };
            let there = store::manifest(&RunLayout::at(&taken.path), taken.token, &node.id);
            let before = there.ok().flatten().and_then(|manifest| manifest.taken_from);
            let (maker, step) = (before.unwrap_or(taken.token), node.id.step.as_str());
            if maker != self.plan.token {
                let steps = makers.entry(maker).or_default();
                if !steps.contains(&step) {
                    steps.push(step);
                }
            }
        }
        makers
    }

    /// Tables of the lake are no part of a run: a step that is run again reads them as they are now.
    fn other_tables(&self, plan: &Plan, workspace: &Workspace) -> Option<String> {
        let layout = RunLayout::at(&self.recorded.path);
        let lake = workspace.place.lake(plan.warehouse.as_ref()).ok()??;
        let now = Lake::new(lake).catalog().ok()?.reads();
        let mut other = BTreeSet::new();
        for node in plan.nodes.iter().filter(|node| node.taken.is_none()) {
            let Ok(Some(before)) = store::manifest(&layout, self.plan.token, &node.id) else { continue };
            let reads = |table: &_| node.tables.iter().any(|access| access.table == *table);
            let then = before.reads.iter().filter(|read| reads(&read.table));
            other.extend(then.filter(|read| !now.contains(read)).map(|read| read.table.to_string()));
        }
        let tables: Vec<&str> = other.iter().map(String::as_str).collect();
        let tables = listed(&tables)?;
        Some(format!("not as run {} found it in the lake, and read as it is now: {tables}", self.short))
    }

    fn anew(&self, plan: &Plan, invocation: &Invocation) -> String {
        let words = Plan { params: plan.params.clone(), ..self.plan.clone() }.run_words();
        invocation.command(&words.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

/// The frozen files of a run from elsewhere are a stranger's program, which would meet this project's secrets.
fn foreign(
    workspace: &Workspace,
    layout: &RunLayout,
    plan: &Plan,
    origin: Origin,
    asked: &Fork,
    invocation: &Invocation,
) -> UserError {
    let short = plan.token.short();
    let error = UserError::wrong(format!("run {short} is foreign: its code is not run here"))
        .because(why_foreign(layout, origin));
    let step = asked.only.as_ref().map_or("STEP", Name::as_str);
    let alone = invocation.command(&["fork", &asked.run, "--only", step, "--current-code"]);
    let words = plan.run_words();
    let anew = invocation.command(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let own = [
        format!("run a step of it with your own code, once you have looked at its inputs: {alone}"),
        format!("or run all of it with your own code: {anew}"),
    ];
    instead_of_foreign(error, workspace, plan, &asked.run, own, invocation)
}

/// After `takes a and b over from run 9869`: `, which took them from run 1f1b`. `all`: the number of steps taken over.
fn whose(all: usize, by_maker: &IndexMap<Token, Vec<&str>>) -> Option<String> {
    let told = by_maker.iter().filter_map(|(maker, steps)| {
        let what = match steps.len() {
            some if some < all => listed(steps)?,
            1 => "it".to_owned(),
            _ => "them".to_owned(),
        };
        Some(format!("{what} from run {}", maker.short()))
    });
    let told: Vec<String> = told.collect();
    let told: Vec<&str> = told.iter().map(String::as_str).collect();
    listed(&told).map(|told| format!(", which took {told}"))
}

/// `a`, `a and b`, `a, b and c`
fn listed(names: &[&str]) -> Option<String> {
    let (last, others) = names.split_last()?;
    Some(if others.is_empty() { (*last).to_owned() } else { format!("{} and {last}", others.join(", ")) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_made_what_the_old_run_took_over_is_told() {
        let [a, b] = [Token::generate(), Token::generate()];
        let told = |makers: &[(Token, Vec<&str>)], all: usize| whose(all, &makers.iter().cloned().collect());
        assert_eq!(told(&[], 2), None);
        let of = |what: &str, maker: Token| format!("{what} from run {}", maker.short());
        let which = |told: &str| Some(format!(", which took {told}"));
        assert_eq!(told(&[(a, vec!["extract"])], 1), which(&of("it", a)));
        assert_eq!(told(&[(a, vec!["extract", "preprocess"])], 2), which(&of("them", a)));
        assert_eq!(told(&[(a, vec!["extract", "preprocess"])], 3), which(&of("extract and preprocess", a)));
        assert_eq!(
            told(&[(a, vec!["extract"]), (b, vec!["train"])], 2),
            which(&format!("{} and {}", of("extract", a), of("train", b)))
        );
    }
}
