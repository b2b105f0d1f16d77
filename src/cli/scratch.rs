use std::env;

use camino::Utf8Path;
use jiff::Timestamp;

use super::lineage::lineage;
use super::report::Building;
use super::stage::{Ground, freeze, interruptible, launch, prepare, watch};
use super::track::of_git;
use super::{Exit, HeldFolder, Invocation, Machine, Output, UserError, Workspace};
use crate::cli::args::Target;
use crate::domain::lineage::{Dataset, StepId};
use crate::domain::track::CommitId;
use crate::domain::{RunLayout, TableName, Token, Warehouse};
use crate::git::{self, Repository, Worktree};
use crate::store::{self, Archive, Imported, Lake, OwnRuns, Target as Into};

/// A commit of a project, checked out on its own, with a copy of the lake: whatever runs there, the person's files, runs
/// and tables stay as they are. All of it is gone when it is dropped.
pub struct Scratch<'a> {
    /// Whose it stands in for: its services are reached from there.
    owner: &'a Workspace,
    workspace: Workspace,
    env: String,
    worktree: Worktree,
    /// Where the worktree lies: of a process that was killed, the next removes it.
    _folder: HeldFolder,
}

/// A run that took place in a scratch.
pub struct Tried {
    pub exit: Exit,
    pub token: Token,
    pub layout: RunLayout,
}

/// What a run is that took place in a scratch, and is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Apart {
    /// Of a package.
    Rerun,
    /// Before something is packaged.
    Second,
}

impl Apart {
    /// How it is noted down from where it is; of what came as an archive that is the name of the file.
    fn begin(self) -> &'static str {
        match self {
            Self::Rerun => "a rerun of",
            Self::Second => "the second run before",
        }
    }

    /// Whether a run that lies there as one that came from elsewhere took place here, in a scratch.
    pub fn of(layout: &RunLayout) -> Option<Self> {
        let note = store::imported(layout).ok()??.file;
        [Self::Rerun, Self::Second].into_iter().find(|apart| note.starts_with(apart.begin()))
    }
}

/// Below a scratch's project.
const STORE: &str = ".greenroom/store";
const SECRETS: &str = ".greenroom/secrets.env";

impl<'a> Scratch<'a> {
    /// `secrets`: steps get those of the person that they name. Else there are none.
    ///
    /// # Errors
    /// Among others, where the environment's tables lie in a warehouse that cannot be copied.
    pub fn make(
        owner: &'a Workspace,
        repository: &Repository,
        commit: &CommitId,
        env: &str,
        secrets: bool,
    ) -> Result<Self, UserError> {
        let (name, environment) = owner.environment(env)?;
        let lake = match &environment.warehouse {
            Some(Warehouse::Bigquery { .. }) => {
                return Err(UserError::wrong(format!("what {name} writes, it writes to BigQuery"))
                    .because("a commit under review would write there too")
                    .to_do("name an environment whose tables lie on this machine: --env dev"));
            }
            warehouse => owner.place.lake(warehouse.as_ref())?.map(Lake::new),
        };
        let held = HeldFolder::make(&owner.place.reviews()?, ".rerun-")
            .and_then(|folder| Ok((folder.path()?, folder)));
        let (within, folder) = held.map_err(|error| {
            UserError::from_error(Exit::NotReady, "there is no place for what is reviewed", &error)
        })?;
        let worktree = Worktree::add(repository, commit, &within);
        let worktree = worktree.map_err(|error| of_git(&error))?;
        let root = worktree.path().join(repository.prefix().to_string_lossy().as_ref());
        let mut workspace = Workspace::open(Some(&root))?;
        if !same_folder(workspace.root(), &root) {
            return Err(UserError::wrong(format!("{} has no greenroom.yaml", commit.short())));
        }
        if let Some(there) = workspace.project.environments.get_mut(&name) {
            STORE.clone_into(&mut there.root);
        }
        let (_, there) = workspace.environment(env)?;
        let wrong = |what: &str, error: &(dyn std::error::Error + 'static)| {
            UserError::from_error(Exit::NotReady, what.to_owned(), error)
        };
        if let (Some(lake), Some(copy)) = (lake, workspace.place.lake(there.warehouse.as_ref())?) {
            lake.copy_to(&copy).map_err(|error| wrong("the lake cannot be copied", &error))?;
        }
        let kept = owner.root().join(SECRETS);
        if secrets && kept.is_file() {
            let copied = fs_err::copy(&kept, workspace.root().join(SECRETS));
            copied.map_err(|error| wrong("the secrets cannot be handed over", &error))?;
        }
        Ok(Self { owner, workspace, env: env.to_owned(), worktree, _folder: folder })
    }

    /// What its lake has, as the person's has it.
    pub fn tables(&self) -> Result<Vec<TableName>, UserError> {
        let (_, there) = self.workspace.environment(&self.env)?;
        let Some(lake) = self.workspace.place.lake(there.warehouse.as_ref())? else { return Ok(Vec::new()) };
        let catalog = Lake::new(lake)
            .catalog()
            .map_err(|error| UserError::from_error(Exit::NotReady, "the lake cannot be read", &error))?;
        Ok(catalog.tables.into_keys().collect())
    }

    /// Tables, each with the step that makes it at this commit.
    pub fn makers(&self) -> Vec<(TableName, StepId)> {
        let lineage = lineage(&self.workspace.place, &self.workspace.specs, &self.env);
        let made = lineage.steps.iter().flat_map(|step| {
            let tables = step.makes.iter().filter_map(|data| match data {
                Dataset::Table { name } => name.parse().ok(),
                _ => None,
            });
            tables.map(|table: TableName| (table, step.id.clone()))
        });
        made.collect()
    }

    /// Runs a workflow there, and shows it to its end; not where its files are, which do not stay there.
    pub async fn run(
        &self,
        target: &Target,
        invocation: &Invocation,
        output: &Output,
    ) -> Result<Tried, UserError> {
        let workflow = self.workspace.workflow(&target.name)?;
        let machine = Machine::connect(invocation).await?;
        let progress = Building::default();
        let ground =
            Ground::beside(&self.workspace, self.owner, &machine, workflow, &progress, invocation).await?;
        let prepared = prepare(&self.workspace, workflow, ground, freeze(&self.workspace)?, target)?;
        let launched = launch(&self.workspace.place, prepared, &machine, None)?;
        let (token, layout) = (launched.plan.token, launched.layout.clone());
        let exit = watch(&self.workspace.place, launched, &invocation.clone().passing(), output).await?;
        Ok(Tried { exit, token, layout })
    }

    /// Takes a run that took place there into the person's own store, as one that came from elsewhere: it can be looked
    /// into, and feeds no other by itself. `of`: what it was run for.
    pub fn keep(&self, tried: &Tried, apart: Apart, of: &str) -> Result<RunLayout, UserError> {
        let short = tried.token.short();
        let what = format!("run {short} cannot be kept");
        let wrong = |error: store::ArchiveError| UserError::from_error(Exit::NotReady, what.clone(), &error);
        let root = self.owner.store_root(&self.env)?;
        let file = self.worktree.path().with_file_name("run.tar.zst");
        let kept = interruptible(&format!("keeping run {short}"), |tell| {
            store::export(std::slice::from_ref(&tried.layout), &file, tell)?;
            let by = git::facts(self.owner.root()).ok().flatten().and_then(|facts| facts.user);
            let by = by.or_else(|| env::var("USER").ok()).unwrap_or_default();
            let note = format!("{} {of}", apart.begin());
            let imported = |sum| Imported::new(Timestamp::now(), by, note, sum);
            Archive::open(&file, u64::MAX)?.unpack(&Into::Store(root), imported, &|_| Ok(()), tell)
        })?;
        let kept = kept.map_err(wrong)?;
        OwnRuns::of_user().forget(&tried.layout, tried.token);
        kept.into_iter().next_back().ok_or_else(|| UserError::new(Exit::NotReady, what))
    }
}

fn same_folder(a: &Utf8Path, b: &Utf8Path) -> bool {
    b.canonicalize_utf8().is_ok_and(|b| a == b)
}
