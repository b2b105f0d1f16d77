use super::earlier::EarlierRuns;
use super::ground::Ground;
use super::made_with::{of_other_code, of_several_runs};
use super::planning::{Planned, Planning, idle};
use super::remote;
use super::source::EarlierModel;
use crate::cli::args::Target;
use crate::cli::{Exit, UserError, Workspace};
use crate::domain::{Name, Plan, Run, RunLayout, Token, Workflow};
use crate::plan::{Selection, UseCase};
use crate::snapshot::{Freeze, Frozen, Hold};
use crate::spec;
use crate::store::Standing;

/// A run that could start now.
pub struct Prepared {
    pub plan: Plan,
    pub layout: RunLayout,
    pub frozen: Frozen,
    /// Until the run has its record, its files do not go,
    pub hold: Option<Hold>,
    /// and none that it takes something over from.
    pub standing: Standing,
    pub forked: Option<Forked>,
    /// The step that runs alone, of more.
    pub only: Option<Name>,
    /// What a person should know of the files that were frozen.
    pub warnings: Vec<String>,
    /// Parameters that were given and have no part in it.
    pub unread: Vec<Name>,
    /// What was given and changes nothing, for a warning.
    pub idle: Vec<String>,
}

/// The run from which another goes on.
pub struct Forked {
    pub from: Token,
    /// Where that one's files are run: its record tells the commit that they are of.
    pub code_of: Option<Run>,
}

/// A step that is asked for alone, where the workflow or use case has more than that.
pub fn alone(step: Option<&Name>, workflow: &Workflow, use_case: Option<&UseCase>) -> Option<Name> {
    let more = |step: &&Name| match use_case {
        Some(case) => case.components.iter().any(|other| other != *step),
        None => workflow.steps.keys().any(|other| other != *step),
    };
    step.filter(more).cloned()
}

/// Parameters that were given and change nothing, as they are told.
pub fn idle_params(plan: &Plan, unread: &[Name]) -> Vec<String> {
    unread.iter().map(|name| format!("the parameter `{name}` has no part: {}", idle(plan))).collect()
}

/// Parameters, frozen files and history → the plan of a new run.
pub fn prepare(
    workspace: &Workspace,
    workflow: &Workflow,
    ground: Ground,
    Freeze { frozen, left_out, hold }: Freeze,
    target: &Target,
) -> Result<Prepared, UserError> {
    workspace.environment(&target.env)?;
    let params = spec::parameters(workflow, &target.params).map_err(|error| {
        UserError::from_error(Exit::Wrong, format!("{} cannot run like this", workflow.name), &error)
    })?;
    remote::ready(workspace, &target.env)?;
    let standing = Standing::together(&workspace.store_root(&target.env)?);
    let recorded = params.iter().map(|(name, value)| (name.clone(), value.to_json())).collect();
    let base = target.base.as_ref();
    let token_of_base = base.map(|base| base.token.to_string());
    let named = token_of_base.as_deref().or(target.inputs_from.as_deref());
    let earlier = EarlierRuns::of(workspace, workflow, recorded, &target.env, named)?;
    let use_case = super::use_case::chosen(workflow, target.use_case.as_ref())?;
    let source = EarlierModel::of(workspace, workflow, &target.env, target.inputs_from.as_deref())?;
    let selection = match (base, &target.from, &target.only) {
        (Some(base), _, _) => Selection::Changed(base.changed.clone()),
        (None, Some(step), _) => Selection::From(step.clone()),
        (None, None, Some(step)) => Selection::Only(step.clone()),
        (None, None, None) => Selection::All,
    };
    // A form gives all of them, those too that nobody thought of.
    let differs = |name: &Name| {
        workflow.params.get(name).is_none_or(|param| param.default.as_ref() != params.get(name))
    };
    let given: Vec<Name> =
        target.params.iter().map(|(name, _)| name.clone()).filter(|name| differs(name)).collect();
    let planning = Planning {
        workspace,
        workflow,
        env: &target.env,
        params,
        given: &given,
        use_case: use_case.clone(),
        ground,
        frozen: &frozen,
        selection,
        earlier: &earlier,
        source: &source,
    };
    let Planned { plan, layout, warnings, unread, mixed } = planning.plan()?;
    // A sweep goes on with the model that it makes, whatever its figures are.
    if base.is_none() && (target.from.is_some() || target.only.is_some()) {
        earlier.refuse_model(&plan, target.only.as_ref())?;
    }
    let of_others = match base {
        // A sweep takes from the one before it, which said so.
        Some(_) => Vec::new(),
        None => {
            let several = of_several_runs(&plan, use_case.as_ref());
            let code = of_other_code(&plan, use_case.as_ref());
            several.into_iter().chain(code).chain(mixed).collect()
        }
    };
    let warnings = left_out.iter().map(ToString::to_string).chain(warnings).chain(of_others).collect();
    let mut idle = idle_params(&plan, &unread);
    if let Some(run) =
        target.inputs_from.as_ref().filter(|_| plan.nodes.iter().all(|node| node.taken.is_none()))
    {
        idle.push(format!("--inputs-from {run} has no part: {} takes nothing over", plan.title()));
    }
    let forked = base.map(|base| Forked { from: base.token, code_of: None });
    let only = alone(target.only.as_ref(), workflow, use_case.as_ref());
    Ok(Prepared { plan, layout, frozen, hold, standing, forked, only, warnings, unread, idle })
}
