use std::collections::BTreeSet;

use camino::Utf8PathBuf;
use serde_json::json;

use super::columns::with_columns;
use super::desk::Desk;
use super::in_clear::in_clear;
use super::look::Looked;
use super::material::before;
use super::rerun::told;
use super::say::Draft;
use super::signers::signers;
use super::taken_out::taken_out;
use super::version::wrong;
use super::versions::Versions;
use super::withheld::withheld;
use super::wrong::{of_git, of_review};
use crate::cli::report::Patience;
use crate::cli::review::static_checks;
use crate::cli::stage::{find, runs_of, runs_there};
use crate::cli::{Exit, Invocation, UserError};
use crate::domain::lineage::Break;
use crate::domain::text::safe;
use crate::domain::track::{
    BRING_AGAIN, Check, CheckFinding, CheckPlace, CheckStatus, CommitId, DiffKind, Merge, NextAction,
    RefName, RunReport, Target, TrackId, TreeId, cost, outputs,
};
use crate::domain::{Digest, Name, RunLayout, Status, Token};
use crate::git::{FileChange, Update};
use crate::review::{Draft as Sealing, Repository as _, ReviewError, Roster, assemble, fits};
use crate::spec::Specs;
use crate::store::Recorded;

/// What is about to be packaged: the branch that is checked out, as it is committed.
pub struct Sealable {
    pub head: CommitId,
    pub branch: RefName,
}

impl Sealable {
    /// # Errors
    /// Where the files are not those of a commit, or the commit is no branch's.
    pub fn of(desk: &Desk) -> Result<Self, UserError> {
        let head = desk.repository.head().map_err(|error| of_git(&error))?;
        let (Some(commit), branch) = (head.commit, head.branch) else {
            return Err(UserError::wrong("nothing is committed yet").to_do("git add . && git commit"));
        };
        let Some(branch) = branch else {
            return Err(UserError::wrong(format!(
                "{} is checked out, and no branch: a package is of a branch",
                commit.short()
            ))
            .to_do("go back to it: git switch BRANCH")
            .to_do("or make one here: git switch --create BRANCH"));
        };
        if branch == desk.target {
            let name = safe(branch.short()).into_owned();
            return Err(UserError::wrong(format!(
                "`{name}` is the branch that is merged to, and not one to be reviewed"
            ))
            .to_do("put your commits on a branch of their own: git switch --create BRANCH"));
        }
        if desk.repository.is_dirty().map_err(|error| of_git(&error))? {
            if let Some(file) = desk.repository.edited_unseen().map_err(|error| of_git(&error))? {
                let file = safe(&file);
                return Err(UserError::wrong(format!(
                    "`{file}` is not as it is committed, and git was told to pass over that"
                ))
                .to_do(format!(
                    "have git look at it again: git update-index --no-assume-unchanged --no-skip-worktree {file}"
                ))
                .to_do("then commit it, or take it back: git restore; what a sparse checkout leaves out comes by git sparse-checkout disable"));
            }
            return Err(UserError::wrong(
                "there are changes that are not committed, and nobody could review those",
            )
            .to_do("git status shows them; commit them, or put them aside: git stash --include-untracked"));
        }
        Ok(Self { head: commit, branch })
    }

    /// # Errors
    /// Where it could not be sealed whatever a run of it shows: it cannot be pushed or merged as it is, or brings nothing.
    pub fn comes_to_something(&self, desk: &Desk, looked: &Looked, roster: &Roster) -> Result<(), UserError> {
        desk.is_up_to_date(&self.branch, &self.head)?;
        desk.as_far_as_known(self.merged(desk, looked, &roster.tip)).map(drop)
    }

    /// The target's tree, and what it would be with the branch.
    fn merged(&self, desk: &Desk, looked: &Looked, base: &CommitId) -> Result<(TreeId, TreeId), UserError> {
        let git = &desk.repository;
        let merged = match git.merge_tree(base, &self.head).map_err(|error| of_git(&error))? {
            Merge::Tree(tree) => tree,
            Merge::Conflicts(files) => {
                return Err(target_first(desk, &ReviewError::Conflicts(files.join(", "))));
            }
        };
        let there = git.tree(base).map_err(|error| of_git(&error))?;
        if there != merged {
            return Ok((there, merged));
        }
        let (branch, target) = (safe(self.branch.short()), safe(desk.target.short()));
        let error = UserError::wrong(format!("`{branch}` has nothing that `{target}` has not"));
        Err(match looked.track.next.action {
            NextAction::BringAgain => error.because(looked.why_not_approved()).to_do(BRING_AGAIN),
            _ => error.to_do("commit what is to be reviewed, on this branch"),
        })
    }
}

fn target_first(desk: &Desk, error: &ReviewError) -> UserError {
    let (remote, target) = (&desk.remote, safe(desk.target.short()));
    of_review(error).to_do(format!("git fetch {remote} && git merge {remote}/{target}"))
}

/// Makes the package of a branch: its run, the checks, what differs from the target. `twice`: what came of a second run, or
/// why there was none.
pub fn seal(
    desk: &Desk,
    looked: &Looked,
    roster: &Roster,
    sealable: &Sealable,
    run: &Packaged,
    twice: &Check,
) -> Result<Draft, UserError> {
    desk.as_far_as_known(sealed(desk, looked, roster, sealable, run, twice))
}

fn sealed(
    desk: &Desk,
    looked: &Looked,
    roster: &Roster,
    sealable: &Sealable,
    run: &Packaged,
    twice: &Check,
) -> Result<Draft, UserError> {
    let id = &looked.track.id;
    let git = &desk.repository;
    let Sealable { head, branch } = sealable;
    let base = &roster.tip;
    let patience = Patience::start("looking at what changed");
    let (target_tree, merged) = sealable.merged(desk, looked, base)?;
    let own = git.tree(head).map_err(|error| of_git(&error))?;
    // What the target alone has changed is none of the branch's.
    let versions = Versions::of(desk, &target_tree, &merged)?;
    let changed = git.changes(&target_tree, &merged).map_err(|error| of_git(&error))?;
    let here = &desk.workspace.specs;
    let specs = if own == merged { here } else { &versions.after.specs };
    drop(patience);
    let patience = Patience::start("making the checks");
    let files = files(desk, specs, id, &changed);
    let mut checks = static_checks(&desk.workspace, specs, &files, &run.env, Some(&run.found));
    let mut readers = readers(specs, &versions.breaks(), &files);
    // A step is another one where its query or its operator is, though its spec is not.
    let changes = desk.git().changes(&target_tree, &merged).map_err(|error| of_review(&error.into()))?;
    for step in versions.unseen(&desk.folder(), &changes, &[]) {
        let workflow = step.split('.').next().and_then(|name| specs.workflows.get(name));
        let file = workflow.map(|workflow| &workflow.file);
        readers.extend(file.filter(|file| !files.contains(file) && !readers.contains(file)).cloned());
    }
    if !readers.is_empty() {
        // Of those nothing else is asked: the branch does not change them.
        let of_both =
            static_checks(&desk.workspace, specs, &[files, readers].concat(), &run.env, Some(&run.found));
        let known = of_both.into_iter().find(|check| check.id == INPUTS);
        checks
            .iter_mut()
            .filter(|check| check.id == INPUTS)
            .zip(known)
            .for_each(|(check, known)| *check = known);
    }
    let wrong = wrong(&versions.after, [&*versions.before, &*desk.version(&own)?]);
    for check in checks.iter_mut().filter(|check| check.id == SPECS) {
        signers(desk, &changed, check)?;
        for (file, what) in &wrong {
            let target = safe(desk.target.short());
            let (what, help) =
                (format!("together with {target}: {what}"), format!("git merge {}/{target}", desk.remote));
            let place = CheckPlace { file: file.clone(), line: 1, column: 1 };
            check.find(CheckStatus::Failed, what, Some(place), help);
        }
    }
    for check in checks.iter_mut().filter(|check| check.id == SECRETS) {
        let known = check.findings.len();
        let now = in_clear(desk, &changed, check)?;
        let bring = taken_out(desk, (base, head), &now, check)?;
        let (in_specs, in_files) = check.findings.split_at(known);
        let failed = |finding: &&CheckFinding| finding.status == CheckStatus::Failed;
        let in_specs = in_specs.iter().filter(|finding| is_brought(desk, &versions, &changed, finding));
        let mut brought: Vec<&CheckFinding> = in_specs.filter(failed).collect();
        // Of those nobody has looked which commit brings them.
        let all = brought.is_empty() && !bring.is_empty();
        brought.extend(in_files.iter().filter(failed));
        // What is pushed is known from then on, whatever is said of the package.
        if !brought.is_empty() {
            return Err(withheld(desk, sealable, &brought, &bring, all)?);
        }
    }
    checks.retain(|check| check.id != twice.id);
    checks.push(twice.clone());
    checks.push(expectations(&run.report));
    checks.push(Check::not_checked(
        "airflow-loads",
        "Airflow loads what is exported for it",
        "it takes the Airflow of stage",
        "",
    ));
    drop(patience);
    let before = before(desk, id, roster)?;
    let report = with_columns(&run.found, &run.report);
    let diffs = [
        (DiffKind::Dag, json!(versions.steps())),
        (DiffKind::Lineage, json!(versions.lineage())),
        (DiffKind::Data, json!(outputs(before.as_ref(), &report))),
        (DiffKind::Cost, json!(cost(before.as_ref(), &report))),
    ];
    let target = Target { name: desk.target.clone(), tip: base.clone() };
    let assembled = assemble(&Sealing {
        track: id,
        target: &target,
        branch,
        head,
        merge: &Merge::Tree(merged),
        runs: &[(report, run.plan.clone())],
        checks: &checks,
        diffs: &diffs,
    });
    let assembled = assembled.map_err(|error| target_first(desk, &error))?;
    Ok(Draft {
        transition: assembled.transition(),
        head: head.clone(),
        merge_tree: Some(assembled.package.merge_tree.clone()),
        base: base.clone(),
        package: Some(assembled.digest.clone()),
        expires: None,
        evidence: assembled.evidence,
        along: vec![Update {
            local: head.clone(),
            remote_ref: branch.clone(),
            lease: desk.lease(branch, head)?,
        }],
    })
}

/// The check whether what is read is there.
const INPUTS: &str = "inputs-known";
const SPECS: &str = "specs-valid";
const SECRETS: &str = "secrets-absent";

/// Those besides that read what is not what it was.
fn readers(specs: &Specs, breaks: &[Break], files: &[Utf8PathBuf]) -> Vec<Utf8PathBuf> {
    let readers = breaks.iter().flat_map(|broken| &broken.readers).filter_map(|reader| {
        let workflow = reader.split('.').next()?;
        specs.workflows.values().find(|one| one.name.as_str() == workflow)
    });
    let reading: BTreeSet<&Utf8PathBuf> = readers.map(|workflow| &workflow.file).collect();
    reading.into_iter().filter(|file| !files.contains(file)).cloned().collect()
}

/// The specs that the checks are asked about: the track's own, and those that the branch changes.
fn files(desk: &Desk, specs: &Specs, id: &TrackId, changed: &[FileChange]) -> Vec<Utf8PathBuf> {
    let folder = desk.repository.prefix();
    let is_changed = |file: &Utf8PathBuf| changed.iter().any(|change| change.path == folder.join(file));
    let own = specs.workflows.get(id.workflow()).map(|workflow| &workflow.file);
    specs.files.iter().filter(|file| Some(*file) == own || is_changed(file)).cloned().collect()
}

/// Whether what was found stands in a spec that the branch changes, and did not before: nothing of a log or an artifact is
/// pushed.
fn is_brought(desk: &Desk, versions: &Versions, changed: &[FileChange], finding: &CheckFinding) -> bool {
    let Some(CheckPlace { file, .. }) = &finding.place else { return false };
    let folder = desk.repository.prefix();
    let mut before = versions.before.specs.diagnostics.iter();
    changed.iter().any(|change| change.path == folder.join(file))
        && !before.any(|problem| problem.file.as_str() == file && problem.message == finding.what)
}

/// A step has only succeeded where what it promises of its outputs holds.
fn expectations(run: &RunReport) -> Check {
    let mut check = Check::passed("expectations", "What outputs promise holds in the packaged run");
    if run.steps.is_empty() {
        check = Check::not_checked("expectations", &check.title, "the run has made nothing", "");
    }
    check
}

/// A run that shows what the branch does.
pub struct Packaged {
    pub env: Name,
    pub found: Recorded,
    pub report: RunReport,
    plan: Digest,
}

/// All of it has succeeded with the files as they are committed.
fn shows(found: &Recorded, sealable: &Sealable) -> bool {
    let run = &found.run;
    let whole = run.status == Status::Succeeded && run.only.is_none();
    whole && run.commit.as_deref() == Some(sealable.head.as_str()) && !run.dirty
}

/// `greenroom run daily --env prod`
fn run_in(env: &Name, workflow: &Name, invocation: &Invocation) -> String {
    invocation.clone().in_env(Some(env.as_str())).command(&["run", workflow.as_str()])
}

/// Runs that are looked back at for one that fits.
const RUNS: usize = 200;

impl Packaged {
    /// The run that is named, or the newest that fits.
    pub fn find(
        desk: &Desk,
        id: &TrackId,
        sealable: &Sealable,
        (env, named): (&str, Option<&str>),
        invocation: &Invocation,
    ) -> Result<Self, UserError> {
        let (env, _) = desk.workspace.environment(env)?;
        let runs = runs_of(&desk.workspace, env.as_str())?;
        let workflow = Name::new(id.workflow()).map_err(|error| UserError::wrong(error.to_string()))?;
        if let Some(named) = named {
            let found = find(&runs, named)?;
            let short = found.run.token.short();
            if found.run.name != workflow {
                return Err(UserError::wrong(format!(
                    "run {short} is of {}, and the track of {workflow}",
                    found.run.name
                )));
            }
            let packaged = Self::of(env.clone(), &found)?;
            if let Some(only) = &found.run.only {
                return Err(UserError::wrong(format!("run {short} does not show what this commit does"))
                    .because(format!("it ran {only} alone"))
                    .to_do(format!("run all of it: {}", run_in(&env, &workflow, invocation))));
            }
            return match fits(&packaged.report, &sealable.head) {
                Ok(()) => Ok(packaged),
                Err(why) => Err(UserError::wrong(format!("run {short} does not show what this commit does"))
                    .because(why)
                    .to_do(format!("run it again: {}", run_in(&env, &workflow, invocation)))),
            };
        }
        let all = runs.list(Some(&workflow), RUNS).runs;
        let whole = |found: &&Recorded| shows(found, sealable);
        if let Some(found) = all.iter().find(whole) {
            return Self::of(env, found);
        }
        let error = Self::none((&workflow, &env), sealable, all.first(), invocation);
        // One that was made in another environment is packaged from there.
        let others = desk.workspace.project.environments.keys().filter(|other| **other != env);
        let other = others.into_iter().find(|other| {
            let runs = runs_there(&desk.workspace, other.as_str());
            runs.is_some_and(|runs| {
                runs.list(Some(&workflow), RUNS).runs.iter().any(|run| shows(run, sealable))
            })
        });
        Err(match other {
            Some(other) => error.to_do(format!(
                "or package the run of {other} that has: {}",
                invocation.clone().in_env(Some(other.as_str())).command(&["package", "--track", id.as_str()])
            )),
            None => error,
        })
    }

    fn none(
        (workflow, env): (&Name, &Name),
        sealable: &Sealable,
        newest: Option<&Recorded>,
        invocation: &Invocation,
    ) -> UserError {
        let error = UserError::wrong(format!(
            "no run of {workflow} has succeeded in {env} with exactly the files of {}",
            sealable.head.short()
        ));
        let error = match newest {
            None => error.because("it has not run here at all"),
            Some(newest) => {
                let (token, run): (Token, _) = (newest.run.token, &newest.run);
                let files = match (run.dirty, run.commit.as_deref()) {
                    (true, _) => "with files that were not committed".to_owned(),
                    (false, Some(commit)) if commit == sealable.head.as_str() => {
                        "with these files".to_owned()
                    }
                    (false, Some(commit)) => format!("with the files of {commit:.12}"),
                    (false, None) => "with files of no commit".to_owned(),
                };
                let alone = run.only.as_ref().map(|only| format!(", of {only} alone")).unwrap_or_default();
                let came = match run.status {
                    Status::Running => "is running",
                    Status::Interrupted => "was interrupted",
                    Status::Succeeded => "has succeeded",
                    Status::Failed => "has failed",
                    Status::Skipped => "was skipped",
                    Status::Cancelled => "was cancelled",
                };
                error.because(format!("the newest, {}, {came} {files}{alone}", token.short()))
            }
        };
        error.to_do(format!("show what it does: {}", run_in(env, workflow, invocation)))
    }

    fn of(env: Name, found: &Recorded) -> Result<Self, UserError> {
        let plan = fs_err::read(RunLayout::at(&found.path).plan_json()).map_err(|error| {
            let short = found.run.token.short();
            UserError::from_error(Exit::NotReady, format!("run {short} cannot be read"), &error)
        })?;
        let report = told(found)?;
        Ok(Self { env, found: found.clone(), report, plan: Digest::of(&plan) })
    }
}
