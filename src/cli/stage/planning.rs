use std::cell::RefCell;
use std::collections::HashMap;

use camino::Utf8Path;
use indexmap::IndexMap;

use super::ground::Ground;
use super::made_with::{made_with, of_other_params};
use super::mentioned::Mentioned;
use super::secrets::told_secrets;
use super::snapshots;
use crate::cli::{UserError, Workspace};
use crate::domain::{Diagnostic, Digest, Name, Plan, RunLayout, Severity, Span, Token, Value, Workflow};
use crate::plan::{Earlier, PlanError, Request, Selection, Source, UseCase, build, reaching, unread};
use crate::snapshot::Frozen;
use crate::spec::Minijinja;

/// All that a plan of a new run is made from.
pub struct Planning<'a> {
    /// Whose specs are planned, and below whose environment the run will lie.
    pub workspace: &'a Workspace,
    pub workflow: &'a Workflow,
    pub env: &'a str,
    pub params: IndexMap<Name, Value>,
    /// Those that a person gave, of which they want to know that they matter.
    pub given: &'a [Name],
    pub use_case: Option<UseCase>,
    pub ground: Ground,
    /// The files that its steps will see.
    pub frozen: &'a Frozen,
    pub selection: Selection,
    pub earlier: &'a dyn Earlier,
    pub source: &'a dyn Source,
}

/// A plan, and where its run will lie.
pub struct Planned {
    pub plan: Plan,
    pub layout: RunLayout,
    /// What a person should know of the files that were frozen.
    pub warnings: Vec<String>,
    /// Parameters that were given and have no part in it.
    pub unread: Vec<Name>,
    /// What is taken over that was made with other parameters than this run's, for a warning.
    pub mixed: Vec<String>,
}

impl Planning<'_> {
    pub fn plan(self) -> Result<Planned, UserError> {
        let Self { workspace, workflow, frozen, .. } = self;
        let (env, _) = workspace.environment(self.env)?;
        let root = workspace.store_root(self.env)?;
        let token = Token::generate();
        let layout =
            RunLayout::new(&root, &workspace.project.name, &env, &workflow.name, workflow.version, token);
        let matched = Matched { frozen, known: RefCell::default() };
        let mentioned = Mentioned::new(frozen, snapshots::snapshots(&workspace.place)?);
        let mut request = Request {
            project: &workspace.project,
            workflow,
            operators: &workspace.specs.operators,
            env,
            token,
            params: self.params,
            tree: frozen.tree.clone(),
            file_digest: &|path| frozen.digest(path),
            files_digest: &|globs| matched.digest(globs),
            file_text: &|path| mentioned.text(path),
            files_mention: &|globs| mentioned.by(globs),
            images: self.ground.images,
            services: self.ground.services,
            layout: layout.clone(),
            selection: self.selection,
            earlier: self.earlier,
            use_case: self.use_case,
            source: self.source,
            templates: &Minijinja,
        };
        let refused = |error| no_plan(workspace, workflow, error);
        let mut plan = build(&request).map_err(refused)?;
        let made_with = made_with(&request, &plan);
        let unread = unread(&request, self.given).map_err(refused)?;
        let given = made_with.iter().filter(|(name, _)| self.given.contains(name) && !unread.contains(name));
        let replaced: Vec<String> = given
            .map(|(name, value)| {
                format!("the parameter `{name}` has no part as it is given: what reads it is taken over, with {name}={value}")
            })
            .collect();
        if !made_with.is_empty() {
            let taken_params = made_with.keys().cloned().collect();
            request.params.extend(made_with);
            plan = Plan { taken_params, ..build(&request).map_err(refused)? };
        }
        let large = frozen.large().map(|file| {
            let file = file.path.display();
            format!("{file} is large and frozen with every run; ignore it if no step reads it")
        });
        let told = told_secrets(&workspace.place.root, &plan);
        let warnings = large.chain(told).chain(replaced).collect();
        // A fork says itself from which run it takes, and so does a sweep.
        let is_told = matches!(request.selection, Selection::Changed(_));
        let mixed = match !is_told && plan.nodes.iter().any(|node| node.taken.is_some()) {
            true => of_other_params(&plan, &reaching(&request).map_err(refused)?),
            false => Vec::new(),
        };
        Ok(Planned { plan, layout, warnings, unread, mixed })
    }
}

/// Why a parameter that was given changes nothing.
pub fn idle(plan: &Plan) -> String {
    match &plan.use_case {
        Some(case) => format!("nothing that the use case {case} runs reads it"),
        None => format!("no step of {} reads it", plan.name),
    }
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
