use std::cell::RefCell;
use std::collections::HashMap;

use camino::Utf8Path;

use super::earlier::EarlierRuns;
use super::ground::Ground;
use super::mentioned::Mentioned;
use super::secrets::told_secrets;
use super::source::EarlierModel;
use super::{remote, snapshots};
use crate::cli::args::Target;
use crate::cli::{Exit, UserError, Workspace};
use crate::domain::{Diagnostic, Digest, Plan, RunLayout, Severity, Span, Token, Workflow};
use crate::plan::{PlanError, Request, Selection, build};
use crate::snapshot::{Freeze, Frozen};
use crate::spec::{self, Minijinja};

/// A run that could start now.
pub struct Prepared {
    pub plan: Plan,
    pub layout: RunLayout,
    pub frozen: Frozen,
    /// What a person should know of the files that were frozen.
    pub warnings: Vec<String>,
}

/// Parameters, frozen files and history → the plan of a new run.
pub fn prepare(
    workspace: &Workspace,
    workflow: &Workflow,
    ground: Ground,
    target: &Target,
) -> Result<Prepared, UserError> {
    let (env, _) = workspace.environment(&target.env)?;
    let params = spec::parameters(workflow, &target.params).map_err(|error| {
        UserError::from_error(Exit::Wrong, format!("{} cannot run like this", workflow.name), &error)
    })?;
    let root = workspace.store_root(&target.env)?;
    remote::ready(workspace, &target.env)?;
    let Freeze { frozen, left_out } = snapshots::freeze(workspace)?;
    let token = Token::generate();
    let layout =
        RunLayout::new(&root, &workspace.project.name, &env, &workflow.name, workflow.version, token);
    let recorded = params.iter().map(|(name, value)| (name.clone(), value.to_json())).collect();
    let base = target.base.as_ref().filter(|base| base.tree == frozen.tree);
    let token_of_base = base.map(|base| base.token.to_string());
    let named = token_of_base.as_deref().or(target.inputs_from.as_deref());
    let earlier = EarlierRuns::of(workspace, &workflow.name, recorded, &target.env, named)?;
    let use_case = super::use_case::chosen(workflow, target.use_case.as_ref())?;
    let source = EarlierModel::of(workspace, workflow, &target.env, target.inputs_from.as_deref())?;
    let selection = match (base, &target.from, &target.only) {
        (Some(base), _, _) => Selection::Changed(base.changed.clone()),
        (None, Some(step), _) => Selection::From(step.clone()),
        (None, None, Some(step)) => Selection::Only(step.clone()),
        (None, None, None) => Selection::All,
    };
    let matched = Matched { frozen: &frozen, known: RefCell::default() };
    let mentioned = Mentioned::new(&frozen, snapshots::snapshots(&workspace.place)?);
    let plan = build(&Request {
        project: &workspace.project,
        workflow,
        operators: &workspace.specs.operators,
        env,
        token,
        params,
        tree: frozen.tree.clone(),
        file_digest: &|path| frozen.digest(path),
        files_digest: &|globs| matched.digest(globs),
        file_text: &|path| mentioned.text(path),
        files_mention: &|globs| mentioned.by(globs),
        images: ground.images,
        services: ground.services,
        layout: layout.clone(),
        selection,
        earlier: &earlier,
        use_case,
        source: &source,
        templates: &Minijinja,
    })
    .map_err(|error| no_plan(workspace, workflow, error))?;
    let large = frozen.large().map(|file| {
        format!("{} is large and frozen with every run; ignore it if no step reads it", file.path.display())
    });
    let told = told_secrets(&workspace.place.root, &plan);
    let warnings = left_out.iter().map(ToString::to_string).chain(large).chain(told).collect();
    Ok(Prepared { plan, layout, frozen, warnings })
}

/// Digests of what `files:` name. Steps often name the same, and looking through all files takes its time.
struct Matched<'a> {
    frozen: &'a Frozen,
    known: RefCell<HashMap<Vec<String>, Digest>>,
}

impl Matched<'_> {
    fn digest(&self, globs: &[String]) -> Result<Digest, String> {
        if let Some(known) = self.known.borrow().get(globs) {
            return Ok(known.clone());
        }
        let digest = self.frozen.digest_of(globs).map_err(|error| error.to_string())?;
        self.known.borrow_mut().insert(globs.to_vec(), digest.clone());
        Ok(digest)
    }
}

fn no_plan(workspace: &Workspace, workflow: &Workflow, error: PlanError) -> UserError {
    let what = format!("{} cannot be planned", workflow.name);
    let Some(span) = error.span.filter(|span| *span != Span::START) else {
        let told = UserError::wrong(what).because(error.message);
        return if error.help.is_empty() { told } else { told.to_do(error.help) };
    };
    let source = workspace.specs.source(Utf8Path::new(&error.file)).map(str::to_owned);
    let problem = Diagnostic {
        file: error.file,
        span,
        severity: Severity::Error,
        code: "plan".to_owned(),
        message: error.message,
        help: error.help,
    };
    UserError::wrong(what).at(problem, source)
}
