use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use camino::Utf8PathBuf;
use indexmap::IndexMap;

use super::image::image_of;
use super::{Chosen, Scratch};
use crate::cli::report::Building;
use crate::cli::stage::{Ground, SecretsFolder, secrets_of, view_of};
use crate::cli::{Exit, Invocation, Machine, Output, UserError, Workspace};
use crate::disk::is_plain;
use crate::docker::{EngineContainers, labels};
use crate::domain::{Plan, PlannedImage, Token};
use crate::engine::{ContainerSpec, RunStore, Setting, StoreError, Visit};
use crate::local::{Bundle, network_name, passwd};
use crate::operators;
use crate::store::RunDir;

/// Where the runs of the environment are seen in there.
pub const RUNS: &str = "/greenroom/runs";

/// Everything that a container of the step needs, as this machine has it now: the run's record says what, never where.
pub struct Entered {
    pub chosen: Chosen,
    pub machine: Machine,
    pub image: PlannedImage,
    pub scratch: Scratch,
    setting: Setting,
    /// On this machine, and below `/greenroom`.
    beside: Vec<(Utf8PathBuf, Utf8PathBuf)>,
    /// Attempts whose folders are there.
    pub left: Vec<u32>,
    _secrets: SecretsFolder,
}

impl Entered {
    /// Makes it ready: services that are down are started, and nothing of the run is changed.
    pub async fn prepare(
        chosen: Chosen,
        workspace: &Workspace,
        output: &Output,
        invocation: &Invocation,
    ) -> Result<Self, UserError> {
        // Of the other steps nothing is needed.
        let plan = Plan { nodes: vec![chosen.node.clone()], ..chosen.plan.clone() };
        let secrets = secrets_of(workspace.root(), &plan)?;
        let place = &workspace.place;
        let project = view_of(place, &plan, &chosen.node, &chosen.layout)?;
        let lake = place.lake(plan.warehouse.as_ref())?;
        let machine = Machine::connect(invocation).await?;
        let image = image_of(&chosen, workspace, &machine, output, invocation).await?;
        let building = Building::default();
        for warning in Ground::serve(workspace, &machine, &plan, &building, invocation).await {
            output.warn(&warning);
        }
        let scratch = Scratch::make(place, &chosen)?;
        operators::write_files(&scratch.image_side).map_err(|error| {
            UserError::from_error(Exit::NotReady, format!("{} cannot be written", scratch.image_side), &error)
        })?;
        let folder = SecretsFolder::make(!secrets.is_empty())?;
        let (passwd, group) = passwd(&machine.identity);
        let setting = Setting {
            layout: chosen.layout.clone(),
            jobs: 1,
            cpus: machine.engine.info().cpus,
            user: machine.identity.pair(),
            passwd,
            group,
            network: network_name(&plan.project),
            projects: HashMap::from([(chosen.node.id.clone(), project)]),
            place: String::new(),
            store_root: workspace.store_root(plan.env.as_str())?,
            caches: place.caches()?,
            secrets,
            secrets_dir: folder.path().to_owned(),
            image_side: scratch.image_side.clone(),
            trust_host_certificates: machine.certificates.is_some(),
            grace: Duration::ZERO,
            patience: Duration::ZERO,
            lake: lake.clone(),
        };
        // The lake as it is now: what it was then, it may not be any more.
        let store = RunDir::new(chosen.layout.clone(), plan.token, lake);
        let read = store.freeze_catalog(&scratch.dirs).map_err(unready)?;
        read.broken.iter().for_each(|why| output.warn(why));
        let mut beside: Vec<_> = runs_of(&chosen).into_iter().map(|runs| (runs, "runs".into())).collect();
        let left = left_attempts(&chosen);
        beside.extend(left.iter().map(|(attempt, dir)| (dir.clone(), format!("attempts/{attempt}").into())));
        let left = left.into_iter().map(|(attempt, _)| attempt).collect();
        Ok(Self { chosen, machine, image, scratch, setting, beside, left, _secrets: folder })
    }

    fn visit(&self) -> Visit<'_> {
        Visit {
            plan: &self.chosen.plan,
            setting: &self.setting,
            node: &self.chosen.node,
            attempt: self.chosen.attempt,
            image: &self.image,
            dirs: &self.scratch.dirs,
            beside: &self.beside,
        }
    }

    /// `kind`: what it is for, a part of its name. Its labels say of which project it is, so that who stops the local
    /// environment is told; none says of which run, whose supervisor would take it away.
    pub fn container(&self, kind: &str, argv: &[String]) -> Result<ContainerSpec, UserError> {
        let Chosen { plan, node, .. } = &self.chosen;
        // No attempt's name ends in a letter after a dot.
        let name = format!("greenroom-{}-{}-{kind}.{}", plan.token, node.id, Token::generate().short());
        let labels = IndexMap::from([(labels::PROJECT.to_owned(), plan.project.to_string())]);
        let mut spec = self.visit().container(name, labels, argv).map_err(unready)?;
        spec.env.push(("GREENROOM_RUNS".to_owned(), RUNS.to_owned()));
        Ok(spec)
    }

    /// The words that run the step again in there.
    pub fn again(&self) -> Vec<String> {
        self.visit().again()
    }

    pub fn containers(&self) -> EngineContainers {
        let certificates = self.machine.certificates.as_ref().map(Bundle::for_containers);
        EngineContainers::new(self.machine.engine.clone(), certificates)
    }
}

fn unready(error: StoreError) -> UserError {
    UserError::from_error(Exit::NotReady, "the step's surroundings cannot be made", &error)
        .to_do("see to it that .greenroom/ can be written, and has room")
}

/// `$root/$project/$env` of `$root/$project/$env/$name/$version/$token`.
fn runs_of(chosen: &Chosen) -> Option<Utf8PathBuf> {
    chosen.layout.dir().ancestors().nth(3).map(ToOwned::to_owned)
}

/// What failed attempts left, and what one that goes on has left so far.
fn left_attempts(chosen: &Chosen) -> Vec<(u32, Utf8PathBuf)> {
    let dir = chosen.layout.dir();
    let dirs = (1..=chosen.attempt).map(|attempt| (attempt, chosen.layout.work(&chosen.node.id, attempt)));
    dirs.filter(|(_, work)| {
        let below = work.strip_prefix(dir).map(|below| Path::new(below.as_str()));
        work.is_dir() && below.is_ok_and(|below| is_plain(dir.as_std_path(), below).unwrap_or(false))
    })
    .collect()
}
