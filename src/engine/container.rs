use std::collections::BTreeSet;

use camino::Utf8PathBuf;
use indexmap::IndexMap;

use super::launch::argv;
use super::setting::Context;
use super::{AttemptDirs, ContainerSpec, Mount, Network, Setting, StoreError};
use crate::domain::{InputSource, Name, Node, NodeId, Plan, RunLayout, Token, Warehouse};

/// Where a step sees the project's frozen files, and starts.
pub(super) const PROJECT: &str = "/project";

/// Where a step that looks for files in storage sees the environment's root.
const STORAGE: &str = "/storage";

/// Bytes: what a shell's `sleep` and the engine's own start of it need, with room.
const PAUSE_MEMORY: u64 = 32 << 20;

/// Deterministic, so that an attempt's container is found again whatever happened.
pub fn container_name(token: Token, node: &NodeId, attempt: u32) -> String {
    format!("greenroom-{token}-{node}-{attempt}")
}

/// `greenroom-<token>-pause.`, and the lane's number behind it: no attempt's name ends so, whatever its step's name.
pub(super) fn pause_name(token: Token) -> String {
    format!("greenroom-{token}-pause.")
}

/// All that identifies a container as the run's.
fn labels(plan: &Plan) -> IndexMap<String, String> {
    IndexMap::from([
        ("greenroom.project".to_owned(), plan.project.to_string()),
        ("greenroom.run".to_owned(), plan.token.to_string()),
    ])
}

fn attempt_labels(context: &Context, node: &NodeId, attempt: u32) -> IndexMap<String, String> {
    let mut labels = labels(&context.plan);
    labels.insert("greenroom.place".to_owned(), context.setting.place.clone());
    labels.insert("greenroom.step".to_owned(), node.to_string());
    labels.insert("greenroom.attempt".to_owned(), attempt.to_string());
    labels
}

/// What holds a lane's namespace open: it does nothing but sleep, as nobody.
pub(super) fn pause_pattern(plan: &Plan, network: &str) -> ContainerSpec {
    let image = plan.nodes.iter().find_map(|node| plan.images.get(&node.image));
    ContainerSpec {
        name: pause_name(plan.token),
        image: image.map(|image| image.id.clone()).unwrap_or_default(),
        argv: vec!["sleep".into(), "infinity".into()],
        env: vec![],
        working_dir: Utf8PathBuf::from("/"),
        user: "65534:65534".to_owned(),
        mounts: vec![],
        labels: labels(plan),
        network: Network::Project(network.to_owned()),
        cpu_limit: None,
        memory_limit: Some(PAUSE_MEMORY),
        trust_host_certificates: false,
    }
}

/// The container of one attempt. Its input directories are made, empty, where their step has not ended yet: an
/// engine refuses to create a container whose mounts are missing.
pub(super) fn container_spec(
    context: &Context,
    node: &Node,
    attempt: u32,
    dirs: &AttemptDirs,
    secrets: Option<Utf8PathBuf>,
    network: Network,
) -> Result<ContainerSpec, StoreError> {
    let image = context.plan.images.get(&node.image);
    let limits = node.resources.limits;
    Ok(ContainerSpec {
        name: container_name(context.plan.token, &node.id, attempt),
        image: image.map(|image| image.id.clone()).unwrap_or_default(),
        argv: argv(node, image.is_some_and(|image| image.bash)),
        env: environment(&context.plan, &context.setting.layout, node, attempt),
        working_dir: PROJECT.into(),
        user: context.setting.user.clone(),
        mounts: mounts(&context.plan, &context.setting, node, dirs, secrets, &|step| {
            context.rooms.store.reserve(step)
        })?,
        labels: attempt_labels(context, &node.id, attempt),
        network,
        cpu_limit: limits.cpu.map(|cpu| cpu.0),
        memory_limit: limits.memory.map(|memory| memory.0),
        trust_host_certificates: context.setting.trust_host_certificates,
    })
}

pub(super) fn environment(
    plan: &Plan,
    layout: &RunLayout,
    node: &Node,
    attempt: u32,
) -> Vec<(String, String)> {
    let own = layout.artifacts_inside(&node.id);
    let mut env = IndexMap::new();
    let mut set = |key: &str, value: String| {
        env.insert(key.to_owned(), value);
    };
    for (key, value) in &node.env {
        set(key, value.clone());
    }
    set("HOME", "/home/step".into());
    set("TMPDIR", "/tmp".into());
    set("PYTHONPATH", "/greenroom/lib".into());
    set("PYTHONUNBUFFERED", "1".into());
    set("GREENROOM_ROOT", "/store".into());
    set("GREENROOM_PROJECT", plan.project.to_string());
    set("GREENROOM_ENV", plan.env.to_string());
    set("GREENROOM_NAME", plan.name.to_string());
    set("GREENROOM_VERSION", plan.version.to_string());
    set("GREENROOM_TOKEN", plan.token.to_string());
    set("GREENROOM_STEP", node.id.step.to_string());
    set("GREENROOM_ATTEMPT", attempt.to_string());
    if let Some(cell) = &node.id.cell {
        set("GREENROOM_CELL", cell.to_string());
    }
    for (name, value) in &node.matrix {
        set(&format!("GREENROOM_MATRIX_{}", name.as_env()), value.to_string());
    }
    for (name, value) in &plan.params {
        set(&format!("GREENROOM_PARAM_{}", name.as_env()), value.to_string());
    }
    for (name, input) in &node.inputs {
        set(&format!("GREENROOM_INPUT_{}", name.as_env()), input.value.clone());
    }
    set("GREENROOM_OUTPUT_DIR", own.to_string());
    for (name, output) in &node.outputs {
        set(&format!("GREENROOM_OUTPUT_{}", name.as_env()), own.join(&output.path).to_string());
    }
    match &plan.warehouse {
        Some(Warehouse::Duckdb { .. }) => {
            set("GREENROOM_WAREHOUSE", "/lake".into());
            set("GREENROOM_WAREHOUSE_ENGINE", "duckdb".into());
        }
        Some(Warehouse::Bigquery { project, endpoint }) => {
            set("GREENROOM_WAREHOUSE", project.clone());
            set("GREENROOM_WAREHOUSE_ENGINE", "bigquery".into());
            set("GREENROOM_BIGQUERY_PROJECT", project.clone());
            if let Some(endpoint) = endpoint {
                set("GREENROOM_BIGQUERY_ENDPOINT", endpoint.clone());
            }
        }
        None => {}
    }
    for (name, address) in &plan.services {
        set(&format!("GREENROOM_SERVICE_{}", name.as_env()), address.clone());
    }
    set("GREENROOM_WITH", "/greenroom/with.json".into());
    for (name, value) in &node.with {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        set(&format!("GREENROOM_WITH_{}", name.as_env()), text);
    }
    if node.storage {
        set("GREENROOM_STORAGE", STORAGE.into());
    }
    if let Some(sql) = &node.sql {
        set("GREENROOM_QUERY_ORIGIN", format!("{}:{}:{}", sql.file, sql.line, sql.indent));
    }
    env.into_iter().collect()
}

/// Only what the step declares, read-only; writable are its own output, HOME, TMPDIR and named caches. `made_by`: the
/// directory of what a step has made.
pub(super) fn mounts(
    plan: &Plan,
    setting: &Setting,
    node: &Node,
    dirs: &AttemptDirs,
    secrets: Option<Utf8PathBuf>,
    made_by: &dyn Fn(&NodeId) -> Result<Utf8PathBuf, StoreError>,
) -> Result<Vec<Mount>, StoreError> {
    let layout = &setting.layout;
    let read = |source: Utf8PathBuf, target: &str| Mount { source, target: target.into(), writable: false };
    let write = |source: Utf8PathBuf, target: &str| Mount { source, target: target.into(), writable: true };
    let mut mounts = vec![
        read(dirs.launch.clone(), "/greenroom"),
        read(setting.image_side.clone(), "/greenroom/lib"),
        read(dirs.launch.join("passwd"), "/etc/passwd"),
        read(dirs.launch.join("group"), "/etc/group"),
        write(dirs.home.clone(), "/home/step"),
        write(dirs.tmp.clone(), "/tmp"),
        write(dirs.output.clone(), layout.artifacts_inside(&node.id).as_str()),
    ];
    if let Some(project) = setting.projects.get(&node.id) {
        mounts.push(read(project.clone(), PROJECT));
    }
    if let (Some(lake), Some(Warehouse::Duckdb { .. })) = (&setting.lake, &plan.warehouse) {
        mounts.push(read(lake.clone(), "/lake"));
    }
    if node.storage {
        mounts.push(read(setting.store_root.clone(), STORAGE));
    }
    let sources: BTreeSet<NodeId> = input_steps(node).map(|step| NodeId::new(step.clone(), None)).collect();
    for source in sources {
        let inside = layout.artifacts_inside(&source);
        mounts.push(read(made_by(&source)?, inside.as_str()));
    }
    for cache in &node.cache {
        let dir = setting.caches.join(cache.as_str());
        fs_err::create_dir_all(&dir)
            .map_err(|source| StoreError::Io { what: format!("could not make the cache {cache}"), source })?;
        mounts.push(write(dir, &format!("/cache/{cache}")));
    }
    if let Some(dir) = secrets {
        mounts.push(read(dir, "/run/secrets"));
    }
    Ok(mounts)
}

fn input_steps(node: &Node) -> impl Iterator<Item = &Name> {
    let by_reference = node.inputs.values().filter_map(|input| match &input.source {
        InputSource::Step { step, .. } => Some(step),
        InputSource::Value => None,
    });
    by_reference.chain(node.needs.iter().filter(|need| need.by_input).map(|need| &need.node.step))
}
