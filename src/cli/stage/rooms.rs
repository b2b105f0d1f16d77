use std::collections::HashMap;
use std::os::unix::fs::MetadataExt;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use super::secrets::{handed_secrets, secrets_dir, secrets_of};
use super::{SystemClock, snapshots, told_remote};
use crate::cli::{Exit, Machine, Place, UserError};
use crate::docker::EngineContainers;
use crate::domain::{Plan, RunLayout, Token};
use crate::engine::{Clock, Rooms, RunStore, Setting, Stop};
use crate::local::{Bundle, network_name, passwd};
use crate::logs::RunLogs;
use crate::operators;
use crate::spec::Minijinja;
use crate::store::{EventLog, Haste, Mirror, MirroredRun, RunDir, Sending};

/// SIGTERM to SIGKILL.
const GRACE: Duration = Duration::from_secs(10);
/// For an engine that restarts.
const PATIENCE: Duration = Duration::from_secs(120);

pub struct Composed {
    pub setting: Setting,
    pub rooms: Rooms,
    /// Where the run's root is a bucket.
    pub sending: Option<Sending>,
}

/// All that drives one run, put together from what this machine has now: the run's record says what, never where.
pub fn compose(
    place: &Place,
    machine: &Machine,
    plan: &Plan,
    layout: &RunLayout,
    jobs: Option<usize>,
    stop: Stop,
) -> Result<Composed, UserError> {
    let unrecorded = |error| UserError::from_error(Exit::NotReady, "the run cannot be recorded", &error);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    // What is only to be stopped starts nothing, so it can do without what is not there any more.
    let only_stop = stop != Stop::No;
    let secrets = secrets_of(&place.root, plan).or_else(|error| unless(only_stop, error))?;
    let masked: Vec<_> = secrets.values().cloned().chain(handed_secrets(plan.token)).collect();
    let lake = place.lake(plan.warehouse.as_ref()).or_else(|error| unless(only_stop, error))?;
    let image_side = layout.image_side(&Token::generate().to_string());
    operators::write_files(&image_side).map_err(|error| {
        UserError::from_error(Exit::NotReady, format!("{image_side} cannot be written"), &error)
    })?;
    let (passwd, group) = passwd(&machine.identity);
    let certificates = machine.certificates.as_ref().map(Bundle::for_containers);
    let setting = Setting {
        layout: layout.clone(),
        jobs: jobs.unwrap_or_else(|| available_parallelism().map_or(1, usize::from)),
        cpus: machine.engine.info().cpus,
        user: machine.identity.pair(),
        passwd,
        group,
        network: network_name(&plan.project),
        projects: if only_stop { HashMap::new() } else { snapshots::of_nodes(place, plan, layout)? },
        lake: lake.clone(),
        store_root: root_of(layout),
        caches: place.caches().or_else(|error| unless(only_stop, error))?,
        secrets_dir: secrets_dir(plan)?,
        secrets,
        image_side,
        trust_host_certificates: certificates.is_some(),
        grace: GRACE,
        place: fs_err::metadata(layout.dir()).map_or(0, |meta| meta.ino()).to_string(),
        patience: PATIENCE,
    };
    let events = EventLog::open(&layout.events(), plan.token, Arc::clone(&clock)).map_err(unrecorded)?;
    let run = RunDir::new(layout.clone(), plan.token, lake).guarding(masked.clone());
    let (store, sending): (Arc<dyn RunStore>, _) = match Mirror::of_run(layout, Haste::Sending) {
        Ok(Some(mirror)) => {
            let started = MirroredRun::start(run, plan.token, mirror).map_err(|error| told_remote(&error))?;
            (Arc::new(started.0), Some(started.1))
        }
        Ok(None) => (Arc::new(run), None),
        Err(error) => return Err(told_remote(&error)),
    };
    let rooms = Rooms {
        containers: Arc::new(EngineContainers::new(machine.engine.clone(), certificates)),
        store,
        logs: Arc::new(RunLogs::new(layout.clone(), &masked, Arc::clone(&clock))),
        journal: Arc::new(events),
        clock,
        templates: Arc::new(Minijinja),
    };
    Ok(Composed { setting, rooms, sending })
}

fn unless<T: Default>(needless: bool, error: UserError) -> Result<T, UserError> {
    if needless { Ok(T::default()) } else { Err(error) }
}

/// `$root` of `$root/$project/$env/$name/$version/$token`.
pub(super) fn root_of(layout: &RunLayout) -> camino::Utf8PathBuf {
    layout.dir().ancestors().nth(5).unwrap_or(layout.dir()).to_owned()
}
