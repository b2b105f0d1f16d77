use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use camino::Utf8Path;

use super::history::runs_of;
use crate::cli::report::Patience;
use crate::cli::{Exit, Invocation, UserError, Workspace};
use crate::domain::{Artifact, Manifest, Name, NodeId, OutputType, Plan, RunLayout, Token, Warehouse};
use crate::store::{self, Haste, Mirror, Recorded, RemoteError, Runs, address_of, is_fetched};

/// Between two looks of who does not ask.
const NOW_AND_THEN: Duration = Duration::from_secs(30);

/// The recorded runs of an environment, those that others have put into its bucket among them. Where that does not
/// answer, what is known here is shown, and that it may be old.
pub fn fresh_runs(workspace: &Workspace, env: &str, invocation: &Invocation) -> Result<Runs, UserError> {
    match refresh(workspace, env) {
        // What nobody has ever seen may be anything.
        Err(error) if error.may_pass() && !runs_of(workspace, env)?.list(None, 1).runs.is_empty() => {
            invocation.warn(&format!("{error}\nwhat is known here is shown; it may be old"));
        }
        refused => {
            for why in refused.map_err(|error| told(&error))? {
                invocation.warn(&why);
            }
        }
    }
    runs_of(workspace, env)
}

/// Asks the bucket in the background, now and then, for whoever watches the folder that it fills. Answers why it could not
/// be asked the last time.
pub fn glance(workspace: &Workspace, env: &str) -> Option<String> {
    static LAST: Mutex<Option<(Instant, Option<String>)>> = Mutex::new(None);
    let (Ok((name, _)), Ok(root)) = (workspace.environment(env), workspace.store_root(env)) else {
        return None;
    };
    address_of(&root)?;
    let last = || LAST.lock().unwrap_or_else(PoisonError::into_inner);
    let known = last().clone();
    if known.as_ref().is_none_or(|(at, _)| at.elapsed() > NOW_AND_THEN) {
        *last() = Some((Instant::now(), known.as_ref().and_then(|(_, trouble)| trouble.clone())));
        let project = workspace.project.name.clone();
        std::thread::spawn(move || {
            let asked = Mirror::of(&root, Haste::Asking).and_then(|mirror| {
                mirror.map_or(Ok(Vec::new()), |mirror| mirror.refresh(&project, &name, None))
            });
            let trouble = match asked {
                Ok(refused) => refused.into_iter().next(),
                Err(error) => Some(error.to_string()),
            };
            *last() = Some((Instant::now(), trouble));
        });
    }
    known.and_then(|(_, trouble)| trouble)
}

/// The same before something is started, which has to end in the bucket.
pub fn ready(workspace: &Workspace, env: &str) -> Result<(), UserError> {
    let (name, environment) = workspace.environment(env)?;
    if address_of(&workspace.store_root(env)?).is_none() {
        return Ok(());
    }
    if matches!(environment.warehouse, Some(Warehouse::Bigquery { endpoint: None, .. })) {
        return Err(UserError::wrong(format!("no run of `{name}` is started from here"))
            .because("its runs are in a bucket and its tables in BigQuery: what is released runs there")
            .to_do("use --env dev"));
    }
    refresh(workspace, env).map(drop).map_err(|error| told(&error))
}

fn refresh(workspace: &Workspace, env: &str) -> Result<Vec<String>, RemoteError> {
    let (Ok((name, _)), Ok(root)) = (workspace.environment(env), workspace.store_root(env)) else {
        return Ok(Vec::new());
    };
    let Some(mirror) = Mirror::of(&root, Haste::Asking)? else { return Ok(Vec::new()) };
    let _patience = Patience::start(&format!("asking {}", mirror.address()));
    mirror.refresh(&workspace.project.name, &name, None)
}

/// Where the run's root is a bucket: it can be written to.
pub fn begin(layout: &RunLayout, token: Token) -> Result<(), UserError> {
    let begin = || match Mirror::of_run(layout, Haste::Asking)? {
        Some(mirror) => mirror.begin(layout, token),
        None => Ok(()),
    };
    begin().map_err(|error| told(&error))
}

/// What a run says of itself, fetched where it lies in a bucket.
pub fn fetch_record(recorded: &Recorded, invocation: &Invocation) -> Result<(), UserError> {
    let layout = RunLayout::at(&recorded.path);
    match record(&layout, recorded.run.token) {
        // What was fetched once can still be looked at.
        Err(error) if error.may_pass() && layout.plan_json().exists() => {
            invocation.warn(&error.to_string());
            Ok(())
        }
        fetched => fetched.map_err(|error| told(&error)),
    }
}

/// The same for a run that is to feed another.
pub fn fetch_source(recorded: &Recorded) -> Result<(), UserError> {
    record(&RunLayout::at(&recorded.path), recorded.run.token).map_err(|error| told(&error))
}

pub(super) fn record(layout: &RunLayout, token: Token) -> Result<(), RemoteError> {
    let Some(mirror) = of(layout)? else { return Ok(()) };
    let _patience = Patience::start(&format!("fetching run {} from {}", token.short(), mirror.address()));
    mirror.fetch_record(layout, token)
}

/// None: all there is of the run is here.
pub(super) fn of(layout: &RunLayout) -> Result<Option<Mirror>, RemoteError> {
    if is_fetched(layout) { Mirror::of_run(layout, Haste::Asking) } else { Ok(None) }
}

pub fn fetch_logs(layout: &RunLayout, node: &NodeId) -> Result<(), UserError> {
    let fetch = || match of(layout)? {
        Some(mirror) => {
            let _patience = Patience::start(&format!("fetching logs from {}", mirror.address()));
            mirror.fetch_logs(layout, node)
        }
        None => Ok(()),
    };
    fetch().map_err(|error| told(&error))
}

/// All that these steps of a run made.
pub fn fetch_artifacts<'a>(
    layout: &RunLayout,
    manifests: impl Iterator<Item = &'a Manifest>,
) -> Result<(), UserError> {
    let Some(mirror) = of(layout).map_err(|error| told(&error))? else { return Ok(()) };
    let patience = Patience::start(&format!("fetching from {}", mirror.address()));
    for manifest in manifests {
        let fetched = mirror.fetch_artifacts(layout, manifest, &patience.bytes());
        fetched.map_err(|error| told(&error))?;
    }
    Ok(())
}

/// The files of an output of a step, each with the sum that its manifest tells.
pub fn fetch_output(layout: &RunLayout, token: Token, node: &NodeId, output: &Name) -> Result<(), UserError> {
    fetch_where(layout, token, node, &|name| name == output).map_err(|error| told(&error))
}

/// The figures by which a run is judged.
pub fn fetch_figures(layout: &RunLayout, plan: &Plan) -> Result<(), RemoteError> {
    for node in &plan.nodes {
        let is_metrics =
            |name: &Name| node.outputs.get(name).is_some_and(|output| output.kind == OutputType::Metrics);
        fetch_where(layout, plan.token, &node.id, &is_metrics)?;
    }
    Ok(())
}

fn fetch_where(
    layout: &RunLayout,
    token: Token,
    node: &NodeId,
    wanted: &dyn Fn(&Name) -> bool,
) -> Result<(), RemoteError> {
    let Some(mirror) = of(layout)? else { return Ok(()) };
    let Ok(Some(manifest)) = store::manifest(layout, token, node) else { return Ok(()) };
    let produced = manifest.outputs.iter().filter(|(name, _)| wanted(name));
    let paths: Vec<String> = produced.map(|(_, produced)| produced.path.clone()).collect();
    let dir = node.dir();
    let is_of = |file: &Artifact| {
        let whole = format!("{dir}/{}", file.path);
        paths.iter().any(|path| whole == *path || whole.starts_with(&format!("{path}/")))
    };
    let patience = Patience::start(&format!("fetching from {}", mirror.address()));
    mirror.fetch_those(layout, &manifest, &is_of, &patience.bytes())
}

/// A file of a run that somebody looks into by its path.
pub fn fetch_path(path: &Utf8Path) -> Result<(), UserError> {
    let runs = path.ancestors().filter_map(|dir| Some((dir, dir.file_name()?.parse::<Token>().ok()?)));
    for (dir, token) in runs {
        let layout = RunLayout::at(dir);
        let Ok(below) = path.strip_prefix(dir) else { continue };
        let mut parts = below.components().map(|part| part.as_str());
        let (Some(step), second) = (parts.next(), parts.next().unwrap_or_default()) else { continue };
        let fetch = || {
            let Some(mirror) = of(&layout)? else { return Ok(()) };
            for node in [step.to_owned(), format!("{step}.{second}")] {
                let Ok(node) = node.parse::<NodeId>() else { continue };
                let Ok(Some(manifest)) = store::manifest(&layout, token, &node) else { continue };
                let is_it = |file: &Artifact| below == Utf8Path::new(&node.dir()).join(&file.path);
                mirror.fetch_those(&layout, &manifest, &is_it, &AtomicU64::new(0))?;
            }
            Ok(())
        };
        fetch().map_err(|error| told(&error))?;
    }
    Ok(())
}

/// What it says to people.
pub fn told(error: &RemoteError) -> UserError {
    let said = UserError::from_error(Exit::NotReady, "the runs of this environment cannot be reached", error);
    match error {
        RemoteError::NoBucket(at) => said
            .to_do(format!("see to it that the bucket of {at} exists"))
            .to_do("or name another root for this environment in greenroom.yaml"),
        RemoteError::Denied { at, .. } => said.to_do(match at.scheme {
            store::Scheme::Gs => "log in: gcloud auth application-default login; or name a key file with GOOGLE_APPLICATION_CREDENTIALS",
            store::Scheme::S3 => "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
        }),
        RemoteError::Unreachable { .. } => said.to_do("see to it that this machine reaches it, then try again"),
        RemoteError::Unusable { .. } => said.to_do("look at the root in greenroom.yaml, and at the variables of the cloud's tools"),
        RemoteError::Refused(_) | RemoteError::NotThere(_) => {
            UserError { what: "what the bucket holds is not what a run left there".to_owned(), ..said }
        }
        RemoteError::Exists(_) | RemoteError::Local { .. } => said,
    }
}
