use camino::Utf8PathBuf;
use indexmap::IndexMap;

use super::container::{PROJECT, environment, mounts};
use super::launch::{exports, shell, write_launch_files, write_secrets};
use super::{AttemptDirs, ContainerSpec, Mount, Network, Setting, StoreError};
use crate::domain::{Launch, Node, Plan, PlannedImage};

/// A container in which a person looks at a step: it sees what the step saw, and writes to folders of its own in place of
/// the step's. Nothing of the run is written.
pub struct Visit<'a> {
    pub plan: &'a Plan,
    /// As for a run, but for `secrets_dir`, which is the visit's own: those of a run go with it.
    pub setting: &'a Setting,
    pub node: &'a Node,
    /// The attempt that it is told to be.
    pub attempt: u32,
    pub image: &'a PlannedImage,
    /// They are there, and `launch` is empty.
    pub dirs: &'a AttemptDirs,
    /// Below `/greenroom`, read-only, beside what a step sees there.
    pub beside: &'a [(Utf8PathBuf, Utf8PathBuf)],
}

impl Visit<'_> {
    /// The container. `name` and `labels` are none of a run's: its supervisor would take it for one of its own.
    ///
    /// # Errors
    /// The launch files or the secrets cannot be written.
    pub fn container(
        &self,
        name: String,
        labels: IndexMap<String, String>,
        argv: &[String],
    ) -> Result<ContainerSpec, StoreError> {
        let Self { plan, setting, node, attempt, image, dirs, beside } = *self;
        write_launch_files(plan, setting, node, dirs)?;
        let secrets = write_secrets(setting, node, attempt)?;
        // Of an input that was never made there is nothing, and none is made here.
        let nothing = dirs.launch.join(".nothing");
        make(&nothing)?;
        let made_by = |step: &_| {
            let made = setting.layout.artifacts(step);
            Ok(if made.is_dir() { made } else { nothing.clone() })
        };
        let mut mounts = mounts(plan, setting, node, dirs, secrets, &made_by)?;
        for (source, below) in beside {
            make(&dirs.launch.join(below))?;
            let target = Utf8PathBuf::from("/greenroom").join(below);
            mounts.push(Mount { source: source.clone(), target, writable: false });
        }
        let limits = node.resources.limits;
        Ok(ContainerSpec {
            name,
            image: image.id.clone(),
            argv: self.with_secrets(argv),
            env: environment(plan, &setting.layout, node, attempt),
            working_dir: PROJECT.into(),
            user: setting.user.clone(),
            mounts,
            labels,
            network: Network::Project(setting.network.clone()),
            cpu_limit: limits.cpu.map(|cpu| cpu.0),
            memory_limit: limits.memory.map(|memory| memory.0),
            trust_host_certificates: setting.trust_host_certificates,
        })
    }

    /// The words that run the step again, in that container.
    pub fn again(&self) -> Vec<String> {
        match &self.node.launch {
            Launch::Argv(argv) => argv.clone(),
            Launch::Script(_) => shell(self.image.bash)
                .iter()
                .chain(&["/greenroom/run.sh"])
                .map(|word| (*word).to_owned())
                .collect(),
        }
    }

    /// As for the step: variables of a script's secrets are made in the container.
    fn with_secrets(&self, argv: &[String]) -> Vec<String> {
        if self.node.secrets.is_empty() || !matches!(self.node.launch, Launch::Script(_)) {
            return argv.to_vec();
        }
        let script = format!("{}exec \"$@\"", exports(self.node));
        ["sh", "-c", &script, "sh"]
            .iter()
            .map(|word| (*word).to_owned())
            .chain(argv.iter().cloned())
            .collect()
    }
}

fn make(dir: &Utf8PathBuf) -> Result<(), StoreError> {
    fs_err::create_dir_all(dir)
        .map_err(|source| StoreError::Io { what: format!("could not make {dir}"), source })
}
