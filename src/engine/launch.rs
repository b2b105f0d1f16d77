use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};

use camino::{Utf8Path, Utf8PathBuf};
use secrecy::ExposeSecret;

use super::setting::Context;
use super::{AttemptDirs, Setting, StoreError};
use crate::domain::{Launch, Name, Node, Plan};

/// Writes what a container finds at `/greenroom`: the script, the operator's inputs, the parameters, user entries, and
/// where the image-side code is mounted. The catalog is `RunStore::freeze_catalog`'s.
pub(super) fn write_launch_files(
    plan: &Plan,
    setting: &Setting,
    node: &Node,
    dirs: &AttemptDirs,
) -> Result<(), StoreError> {
    let at = |path: &str| dirs.launch.join(path);
    make(&at("lib"))?;
    if let Launch::Script(script) = &node.launch {
        put(&at("run.sh"), script.as_bytes())?;
    }
    put(&at("with.json"), json(&node.with).as_bytes())?;
    put(&at("params.json"), json(&plan.params).as_bytes())?;
    // A table that another warehouse keeps is checked by the step itself, before anybody can read it.
    let expect = node.outputs.values().find(|output| output.table.is_some() && !output.expect.is_empty());
    if let Some(output) = expect {
        put(&at("expect.json"), json(&output.expect).as_bytes())?;
    }
    put(&at("passwd"), setting.passwd.as_bytes())?;
    put(&at("group"), setting.group.as_bytes())?;
    Ok(())
}

/// These types cannot fail to serialise.
fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn put(path: &Utf8Path, content: &[u8]) -> Result<(), StoreError> {
    fs_err::write(path, content)
        .map_err(|source| StoreError::Io { what: format!("could not write {path}"), source })
}

fn make(dir: &Utf8Path) -> Result<(), StoreError> {
    fs_err::create_dir_all(dir)
        .map_err(|source| StoreError::Io { what: format!("could not make {dir}"), source })
}

/// Writes the secrets a node names into a folder in memory, readable by its owner alone. None: it names none.
pub(super) fn write_secrets(
    setting: &Setting,
    node: &Node,
    attempt: u32,
) -> Result<Option<Utf8PathBuf>, StoreError> {
    if node.secrets.is_empty() {
        return Ok(None);
    }
    let dir = secrets_of(setting, node, attempt);
    let write = || -> io::Result<()> {
        fs_err::create_dir_all(&dir)?;
        fs_err::set_permissions(&dir, std::fs::Permissions::from_mode(0o700))?;
        for name in &node.secrets {
            let Some(secret) = setting.secrets.get(name) else { continue };
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create(true).truncate(true).mode(0o600);
            let mut file = options.open(dir.join(name.as_env()))?;
            io::Write::write_all(&mut file, secret.expose_secret().as_bytes())?;
        }
        Ok(())
    };
    match write() {
        Ok(()) => Ok(Some(dir)),
        Err(source) => Err(StoreError::Io { what: format!("could not hand over secrets in {dir}"), source }),
    }
}

/// Is it known what an attempt was handed, and so what of its log must be masked? Memory does not outlast the machine.
pub(super) fn secrets_are_known(context: &Context, node: &Node, attempt: u32) -> bool {
    let dir = secrets_of(&context.setting, node, attempt);
    node.secrets.iter().all(|name| dir.join(name.as_env()).exists())
}

pub(super) fn forget_secrets(context: &Context, node: &Node, attempt: u32) {
    if !node.secrets.is_empty() {
        // Gone already is as good.
        let _ = fs_err::remove_dir_all(secrets_of(&context.setting, node, attempt));
    }
}

fn secrets_of(setting: &Setting, node: &Node, attempt: u32) -> Utf8PathBuf {
    setting.secrets_dir.join(format!("{}.{attempt}", node.id))
}

/// The process of a container.
///
/// Only with the trap, an init and its whole process group signalled does SIGTERM reach what a script started; a
/// plain `sh -c` waits out the grace. Secrets become variables here, not in the engine's configuration.
pub(super) fn argv(node: &Node, bash: bool) -> Vec<String> {
    let script = match &node.launch {
        Launch::Argv(argv) => return argv.clone(),
        Launch::Script(_) => format!("{}trap \"exit 143\" TERM; . /greenroom/run.sh", exports(node)),
    };
    shell(bash).iter().map(|word| (*word).to_owned()).chain(["-c".to_owned(), script]).collect()
}

/// What runs a script of a step.
pub(super) fn shell(bash: bool) -> &'static [&'static str] {
    if bash { &["bash", "-eu", "-o", "pipefail"] } else { &["sh", "-eu"] }
}

/// Makes variables of a script's secrets.
pub(super) fn exports(node: &Node) -> String {
    let export = |name: &Name| format!("export {0}=\"$(cat /run/secrets/{0})\"; ", name.as_env());
    node.secrets.iter().map(export).collect()
}
