use std::env;
use std::io;
use std::os::unix::fs::MetadataExt;

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;
use secrecy::{ExposeSecret, SecretString};

use crate::cli::{Exit, HeldFolder, UserError, remove_abandoned};
use crate::domain::{Name, Node, Plan, Token, secret_texts};
use crate::spec;
use crate::supervisor::own_folder;

/// The secrets that a plan's steps name, and nothing else of what the caller has.
pub fn secrets_of(root: &Utf8Path, plan: &Plan) -> Result<IndexMap<Name, SecretString>, UserError> {
    let named: Vec<&Name> = plan.nodes.iter().flat_map(|node| &node.secrets).collect();
    if named.is_empty() {
        return Ok(IndexMap::new());
    }
    let mut known = spec::secrets(root).map_err(|error| {
        let told = UserError::from_error(Exit::Wrong, "the secrets cannot be read", &error);
        if error.todo().is_empty() { told } else { told.to_do(error.todo()) }
    })?;
    let mut found = IndexMap::new();
    for name in named {
        if found.contains_key(name) {
            continue;
        }
        let secret = known.swap_remove(name).ok_or_else(|| {
            UserError::wrong(format!("a step needs the secret `{name}`, which is not set"))
                .to_do(format!("add {}=… to .greenroom/secrets.env", name.as_env()))
                .to_do("chmod 600 .greenroom/secrets.env")
        })?;
        found.insert(name.clone(), secret);
    }
    Ok(found)
}

/// Secrets that a plan tells in clear text, which its record would then do for ever: a warning each.
///
/// Not an error: what is secret in one place (`postgres`) may be an ordinary word in another.
pub fn told_secrets(root: &Utf8Path, plan: &Plan) -> Vec<String> {
    // Whoever names a secret hears of what is wrong with the file.
    let known = spec::secrets(root).unwrap_or_default();
    if known.is_empty() {
        return Vec::new();
    }
    let nodes: Vec<(&Node, String)> =
        plan.nodes.iter().map(|node| (node, serde_json::to_string(node).unwrap_or_default())).collect();
    let params = serde_json::to_string(&plan.params).unwrap_or_default();
    let mut warnings = Vec::new();
    for (name, secret) in known {
        let quoted = |text: &str| {
            let quoted = serde_json::to_string(text).unwrap_or_default();
            quoted.trim_matches('"').to_owned()
        };
        let texts: Vec<String> = secret_texts(secret.expose_secret()).map(quoted).collect();
        let tells = |told: &str| texts.iter().any(|text| told.contains(text.as_str()));
        let place = match nodes.iter().find(|(_, node)| tells(node)) {
            _ if tells(&params) => "a parameter".to_owned(),
            Some((node, _)) => format!("step `{}`", node.id.step),
            None => continue,
        };
        warnings.push(format!(
            "{place} holds the value of the secret `{name}` in clear text, and every run records it: write \
             `secrets: [{name}]` and ${} instead",
            name.as_env()
        ));
    }
    warnings
}

/// Where a run may hand secrets to its containers: in memory, so that they touch no disk. The first is preferred; a run
/// may be gone on with from another login, or from none. A login's own folder goes with it, and a run may outlast that.
fn secrets_folders() -> impl Iterator<Item = Utf8PathBuf> {
    let uid = rustix::process::getuid().as_raw();
    let runtime = env::var("XDG_RUNTIME_DIR").map(Utf8PathBuf::from).ok().filter(|dir| dir.is_absolute());
    let bases = [runtime, Some("/dev/shm".into()), Some(format!("/run/user/{uid}").into())];
    let bases = bases.into_iter().flatten().filter(|dir: &Utf8PathBuf| dir.is_dir());
    bases.map(move |dir| dir.join(format!("greenroom-{uid}-secrets")))
}

/// Those of one run that are there. Anybody may have put something of that name where everybody can write.
fn handed_down(token: Token) -> impl Iterator<Item = Utf8PathBuf> {
    let folders = secrets_folders().filter(is_own).map(move |folder| folder.join(token.to_string()));
    folders.filter(is_own)
}

fn is_own(dir: &Utf8PathBuf) -> bool {
    let uid = rustix::process::getuid().as_raw();
    fs_err::symlink_metadata(dir).is_ok_and(|meta| meta.is_dir() && meta.uid() == uid)
}

/// That of one run: where an earlier life of it handed its secrets, or else where this one does.
pub fn secrets_dir(plan: &Plan) -> Result<Utf8PathBuf, UserError> {
    forget_abandoned();
    if let Some(dir) = handed_down(plan.token).next() {
        return Ok(dir);
    }
    let folder = secrets_folders().next().unwrap_or_else(|| "/dev/shm".into());
    if plan.nodes.iter().any(|node| !node.secrets.is_empty()) {
        own_folder(&folder).map_err(|error| {
            let what = format!("secrets cannot be handed to steps through {folder}");
            UserError::from_error(Exit::NotReady, what, &error)
        })?;
    }
    Ok(folder.join(plan.token.to_string()))
}

/// Begins no token.
const VISITS: &str = ".in-";

/// Where secrets are handed to a container that belongs to no life of a run: in memory too, and removed when this is
/// dropped, or by the next who hands secrets when this process was killed.
pub struct SecretsFolder {
    path: Utf8PathBuf,
    _gone: Option<HeldFolder>,
}

impl SecretsFolder {
    /// `any`: there are secrets to be handed.
    pub fn make(any: bool) -> Result<Self, UserError> {
        forget_abandoned();
        let folder = secrets_folders().next().unwrap_or_else(|| "/dev/shm".into());
        if !any {
            return Ok(Self { path: folder.join(Token::generate().to_string()), _gone: None });
        }
        Self::within(&folder).map_err(|error| {
            let what = format!("secrets cannot be handed to the step through {folder}");
            UserError::from_error(Exit::NotReady, what, &error)
        })
    }

    fn within(folder: &Utf8Path) -> io::Result<Self> {
        own_folder(folder)?;
        let gone = HeldFolder::make(folder, VISITS)?;
        let path = gone.path()?.join("secrets");
        own_folder(&path)?;
        Ok(Self { path, _gone: Some(gone) })
    }

    pub fn path(&self) -> &Utf8Path {
        &self.path
    }
}

/// What visits that were killed left, wherever they handed their secrets.
fn forget_abandoned() {
    secrets_folders().filter(is_own).for_each(|folder| remove_abandoned(&folder, VISITS));
}

/// What earlier lives of a run handed to containers that may still tell it: a secret may be another one by now.
pub fn handed_secrets(token: Token) -> Vec<SecretString> {
    let of_attempts = handed_down(token).flat_map(|dir| walkdir::WalkDir::new(dir).into_iter().flatten());
    let files = of_attempts.filter(|entry| entry.file_type().is_file());
    files.filter_map(|file| std::fs::read_to_string(file.path()).ok()).map(SecretString::from).collect()
}

pub fn forget_secrets(token: Token) {
    for dir in handed_down(token) {
        // Gone already is as good.
        let _ = fs_err::remove_dir_all(dir);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_visit_was_handed_is_removed_by_the_next() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(dir.path()).unwrap();
        let killed = SecretsFolder::within(folder).unwrap();
        fs_err::write(killed.path().join("password"), "s3cret").unwrap();
        let left = killed.path().to_owned();
        // As a kill leaves it: not dropped, and not locked any more.
        let gone = killed._gone.as_ref().unwrap().path().unwrap();
        let other = SecretsFolder::within(folder).unwrap();
        assert!(left.exists() && other.path().exists(), "that of one who lives stays");
        fs_err::remove_file(gone.join("held")).unwrap();
        fs_err::write(gone.join("held"), "").unwrap();
        let next = SecretsFolder::within(folder).unwrap();
        assert!(!left.exists() && other.path().exists() && next.path().exists());
        drop((other, next));
        assert_eq!(folder.read_dir_utf8().unwrap().count(), 0);
    }
}
