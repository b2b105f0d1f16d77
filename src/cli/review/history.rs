use std::io::{self, Read};
use std::path::Path;

use secrecy::ExposeSecret;

use crate::cli::Workspace;
use crate::cli::stage::runs_there;
use crate::disk::{Access, open_plain};
use crate::domain::{Manifest, Name, NodeId, RunLayout, Workflow};
use crate::review::checks::{History, MeasuredStep, Trace, TraceKind};
use crate::spec;
use crate::store::{Recorded, Runs, kept_path, manifests};

/// Runs that are looked back at.
const RUNS: usize = 20;

/// What the runs of an environment say that lie on this machine.
pub(super) struct StoreHistory<'w> {
    workspace: &'w Workspace,
    env: Name,
    /// None before the first run.
    runs: Option<Runs>,
    /// The run that is packaged: what it left counts, and not what a newer one did.
    packaged: Option<&'w Recorded>,
}

impl<'w> StoreHistory<'w> {
    pub fn of(workspace: &'w Workspace, env: &Name, packaged: Option<&'w Recorded>) -> Self {
        Self { workspace, env: env.clone(), runs: runs_there(workspace, env.as_str()), packaged }
    }

    fn newest(&self, workflow: &Name) -> Vec<Recorded> {
        self.runs.as_ref().map(|runs| runs.list(Some(workflow), RUNS).runs).unwrap_or_default()
    }

    fn measure(&self, node: &NodeId, manifest: &Manifest) -> MeasuredStep {
        let read = manifest.reads.iter().map(|read| read.rows).reduce(|all, rows| all.saturating_add(rows));
        let made = manifest.outputs.values().filter_map(|made| made.rows);
        MeasuredStep {
            step: node.step.clone(),
            env: self.env.clone(),
            attempt: manifest.attempt,
            peak_memory_bytes: manifest.peak_memory_bytes,
            rows: read.or_else(|| made.reduce(|all, rows| all.saturating_add(rows))),
        }
    }
}

impl History for StoreHistory<'_> {
    fn measured(&self, workflow: &Name) -> (Vec<MeasuredStep>, usize) {
        let runs = self.newest(workflow);
        let steps = runs.iter().flat_map(|recorded| {
            let layout = RunLayout::at(&recorded.path);
            let kept = manifests(&layout, recorded.run.token).unwrap_or_default();
            // What was taken over was measured where it ran.
            kept.into_iter()
                .filter_map(|(node, manifest)| Some((node, manifest.ok()?)))
                .filter(|(_, manifest)| manifest.taken_from.is_none())
                .map(|(node, manifest)| self.measure(&node, &manifest))
                .collect::<Vec<_>>()
        });
        (steps.collect(), runs.len())
    }

    fn traces(
        &self,
        workflow: &Name,
        look: &mut dyn FnMut(&Trace, &mut dyn Read) -> io::Result<()>,
    ) -> io::Result<bool> {
        let packaged = self.packaged.filter(|packaged| packaged.run.name == *workflow).cloned();
        let Some(recorded) = packaged.or_else(|| self.newest(workflow).into_iter().next()) else {
            return Ok(false);
        };
        let layout = RunLayout::at(&recorded.path);
        let mut open = |kind, step: &Name, below: &Path| {
            let mut file = open_plain(layout.dir().as_std_path(), below, Access::Read)?;
            let path = layout.dir().as_std_path().join(below);
            let shown = path.strip_prefix(self.workspace.root()).unwrap_or(&path);
            look(&Trace { kind, step: step.clone(), file: shown.display().to_string() }, &mut file)
        };
        for (step, log) in logs(&layout)? {
            open(TraceKind::Log, &step, &log)?;
        }
        for (node, manifest) in manifests(&layout, recorded.run.token).map_err(io::Error::other)? {
            let manifest = manifest.map_err(io::Error::other)?;
            for artifact in manifest.files.iter().filter(|_| manifest.taken_from.is_none()) {
                let path = kept_path(&layout, &format!("{}/{}", node.dir(), artifact.path));
                let below = path.as_deref().and_then(|path| path.strip_prefix(layout.dir()).ok());
                let below =
                    below.ok_or_else(|| io::Error::other("a manifest names what is not the run's"))?;
                match open(TraceKind::Artifact, &node.step, below) {
                    // It lies in the bucket only, or was let go of.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    looked => looked?,
                }
            }
        }
        Ok(true)
    }

    fn secrets(&self, workflow: &Workflow) -> Result<Vec<(Name, String)>, String> {
        let named = |name: &Name| workflow.steps.values().any(|step| step.secrets.contains(name));
        if workflow.steps.values().all(|step| step.secrets.is_empty()) {
            return Ok(Vec::new());
        }
        let all = spec::secrets(self.workspace.root()).map_err(|error| error.to_string())?;
        let named = all.into_iter().filter(|(name, _)| named(name));
        Ok(named.map(|(name, secret)| (name, secret.expose_secret().to_owned())).collect())
    }
}

/// `logs/<step>[.<cell>].<attempt>.log`, in order of name, relative to the run's directory.
fn logs(layout: &RunLayout) -> io::Result<Vec<(Name, std::path::PathBuf)>> {
    let folder = match fs_err::read_dir(layout.record().join("logs")) {
        Ok(folder) => folder,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in folder {
        let file = entry?.file_name();
        let name = file.to_str().filter(|name| name.ends_with(".log"));
        let step = name.and_then(|name| Name::new(name.split('.').next()?).ok());
        found.extend(step.map(|step| (step, Path::new("_run/logs").join(&file))));
    }
    found.sort();
    Ok(found)
}
