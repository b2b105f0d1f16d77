use std::collections::BTreeSet;
use std::io::{self, IsTerminal};

use super::questions::{Known, fill};
use crate::cli::args::TrackOpen;
use crate::cli::prompt::{Answer, confirm};
use crate::cli::report::{design_view, track_view};
use crate::cli::review::static_checks;
use crate::cli::track::{Desk, Draft, On, of_git};
use crate::cli::{Exit, Invocation, Output, UserError};
use crate::domain::lineage::Dataset;
use crate::domain::nearest::did_you_mean;
use crate::domain::text::safe;
use crate::domain::track::bodies::Opened;
use crate::domain::track::{Check, RefName, TrackId, Transition};
use crate::domain::{Action, Name, Workflow};
use crate::git::Prompt;

/// The checks that a design is looked at with.
const CHECKS: [&str; 2] = ["duplicate-flow", "inputs-known"];

/// Opens a track: what is needed, from what, made by which operators, owned by whom.
pub fn run(asked: &TrackOpen, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let desk = Desk::open(invocation, Prompt::Terminal)?;
    desk.fetch(&[])?;
    let mut random = [0; 8];
    rustix::rand::getrandom(&mut random, rustix::rand::GetRandomFlags::empty())
        .map_err(|error| UserError::from_error(Exit::NotReady, "no name can be drawn", &error))?;
    let id = TrackId::of(&asked.workflow, random);
    let head = desk.repository.head().map_err(|error| of_git(&error))?;
    let workflows = &desk.workspace.specs.workflows;
    if !workflows.contains_key(&asked.workflow) {
        let near = did_you_mean(asked.workflow.as_str(), "workflows", workflows.keys().map(Name::as_str));
        output.warn(&format!("there is no workflow {} yet: {near}", asked.workflow));
    }
    let drawn = design(asked, &desk, head.branch.as_ref());
    is_the_only_one(&drawn, &desk, invocation, output)?;
    let opened = complete(drawn, &desk, output)?;
    let looked = desk.say(&id, |desk, on, roster| {
        if let On::Known(_) = on {
            return Err(UserError::not_ready(format!("{id} is there already")).to_do("try again"));
        }
        // A design is over no commits yet: the target as it is.
        Ok(Draft {
            transition: Transition::Opened(opened.clone()),
            head: roster.tip.clone(),
            merge_tree: Some(desk.repository.tree(&roster.tip).map_err(|error| of_git(&error))?),
            base: roster.tip.clone(),
            package: None,
            expires: None,
            evidence: Vec::new(),
            along: Vec::new(),
        })
    })?;
    output.either(&looked.track, |look| track_view(&looked.track, invocation, look))?;
    Ok(Exit::Done)
}

/// Two tracks of a workflow on one branch would be reviewed as one. Of those without a branch that is not known yet.
fn is_the_only_one(
    design: &Opened,
    desk: &Desk,
    invocation: &Invocation,
    output: &Output,
) -> Result<(), UserError> {
    let (_, all) = desk.visit_all()?;
    let under_way = all.iter().map(|looked| &looked.track).filter(|track| {
        track.id.workflow() == design.workflow.as_str() && !track.abandoned && track.promotion.is_none()
    });
    for track in under_way {
        let packaged = track.package.as_ref().map(|package| package.manifest.branch.short());
        let branch = packaged.or_else(|| track.design.as_ref()?.branch.as_deref());
        let id = track.id.as_str();
        let show = || invocation.command(&["track", "show", id]);
        match (branch, design.branch.as_deref()) {
            (Some(theirs), Some(own)) if theirs == own => {
                let branch = safe(own);
                return Err(UserError::wrong(format!(
                    "{id} is the track of {} on `{branch}` already",
                    design.workflow
                ))
                .to_do(format!("go on with it: {}", show()))
                .to_do("or name another branch: --branch BRANCH")
                .to_do(format!("or give it up first: {}", invocation.command(&["track", "abandon", id, "REASON"]))));
            }
            (None, None) => output.warn(&format!(
                "{id} is a track of {} without a branch too: which one a package is of has to be said then; {}",
                design.workflow,
                show()
            )),
            _ => {}
        }
    }
    Ok(())
}

/// Asks for what neither the command nor the spec says, and whether the design is to be signed so.
fn complete(mut design: Opened, desk: &Desk, output: &Output) -> Result<Opened, UserError> {
    let roster = desk.roster()?;
    let known = Known {
        operators: desk.workspace.specs.operators.keys().cloned().collect(),
        people: roster.people.iter().map(|(name, person)| (name.clone(), person.role)).collect(),
    };
    if let Some(wrong) = known.none_of(&design) {
        return Err(UserError::wrong(wrong));
    }
    if output.json || !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        let lacks = known.lacks(&design);
        return match lacks.is_empty() {
            true => Ok(design),
            false => Err(lacks.into_iter().fold(
                UserError::wrong("a design that others agree to says more than that"),
                |error, (what, flag)| error.because(what).to_do(flag),
            )),
        };
    }
    let unsigned = || UserError::wrong("the design was not signed, and no track was opened");
    let asked = fill(&mut design, &known, &mut io::stdin().lock(), &mut io::stderr().lock());
    if asked.map_err(|error| unsigned().because(error.to_string()))? {
        output.text(&design_view(&design, &output.look))?;
        if confirm("Sign it?").unwrap_or(Answer::Nobody) != Answer::Yes {
            return Err(unsigned().to_do("begin again whenever it is clear: greenroom track open"));
        }
    }
    Ok(design)
}

fn design(asked: &TrackOpen, desk: &Desk, branch: Option<&RefName>) -> Opened {
    let workflow = desk.workspace.specs.workflows.get(&asked.workflow);
    let of_spec = workflow.map(|workflow| Spec::of(desk, workflow)).unwrap_or_default();
    let both = |spec: Vec<String>, said: &[String]| {
        let mut all: Vec<String> = Vec::new();
        for one in spec.into_iter().chain(said.iter().cloned()) {
            if !all.contains(&one) {
                all.push(one);
            }
        }
        all
    };
    let names = |spec: Vec<Name>, said: &[Name]| -> Vec<Name> {
        let seen: BTreeSet<Name> = spec.into_iter().chain(said.iter().cloned()).collect();
        seen.into_iter().collect()
    };
    let here = branch.filter(|branch| !desk.is_shared(branch)).map(|branch| branch.short().to_owned());
    Opened {
        workflow: asked.workflow.clone(),
        need: asked.need.as_deref().unwrap_or_default().trim().to_owned(),
        inputs: both(of_spec.inputs, &asked.inputs),
        outputs: both(of_spec.outputs, &asked.outputs),
        owners: names(of_spec.owners, &asked.owners),
        operators: names(of_spec.operators, &asked.operators),
        branch: asked.branch.clone().or(here),
        checks: of_spec.checks,
    }
}

/// What the workflow's spec says of all that, where there is one.
#[derive(Default)]
struct Spec {
    inputs: Vec<String>,
    outputs: Vec<String>,
    owners: Vec<Name>,
    operators: Vec<Name>,
    checks: Vec<Check>,
}

impl Spec {
    fn of(desk: &Desk, workflow: &Workflow) -> Self {
        let workspace = &desk.workspace;
        let lineage = crate::cli::lineage::lineage(&workspace.place, &workspace.specs, "dev");
        let own = || lineage.steps.iter().filter(|step| step.id.workflow == workflow.name);
        let made: BTreeSet<&Dataset> = own().flat_map(|step| &step.makes).collect();
        let reads: BTreeSet<String> = own()
            .flat_map(|step| &step.reads)
            .filter(|read| !made.contains(read))
            .map(ToString::to_string)
            .collect();
        let tables =
            made.iter().filter(|data| matches!(data, Dataset::Table { .. })).map(ToString::to_string);
        let operators = workflow.steps.values().filter_map(|step| match &step.action {
            Action::Uses { operator, .. } => Some(operator.clone()),
            Action::Run(_) | Action::Command(_) => None,
        });
        let outputs = workflow
            .steps
            .values()
            .flat_map(|step| step.outputs.keys().map(move |output| format!("{}.{output}", step.name)));
        let env = Name::new("dev").ok();
        let checks = env.map(|env| {
            static_checks(workspace, &workspace.specs, std::slice::from_ref(&workflow.file), &env, None)
        });
        let checks = checks.into_iter().flatten().filter(|check| CHECKS.contains(&check.id.as_str()));
        Self {
            inputs: reads.into_iter().collect(),
            outputs: outputs.chain(tables).collect(),
            owners: workflow.owners.clone(),
            operators: operators.collect(),
            checks: checks.collect(),
        }
    }
}
