use std::env;

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;
use secrecy::SecretString;

use crate::cli::{Exit, UserError};
use crate::domain::{Name, Plan, Token};
use crate::spec;

/// The secrets that a plan's steps name, and nothing else of what the caller has.
pub fn secrets_of(root: &Utf8Path, plan: &Plan) -> Result<IndexMap<Name, SecretString>, UserError> {
    let named: Vec<&Name> = plan.nodes.iter().flat_map(|node| &node.secrets).collect();
    if named.is_empty() {
        return Ok(IndexMap::new());
    }
    let mut known = spec::secrets(root)
        .map_err(|error| UserError::from_error(Exit::Wrong, "the secrets cannot be read", &error))?;
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

/// Where a run hands secrets to its containers: in memory, so that they touch no disk.
pub fn secrets_dir(token: Token) -> Utf8PathBuf {
    let memory = env::var("XDG_RUNTIME_DIR").map(Utf8PathBuf::from).ok().filter(|dir| dir.is_dir());
    let base = memory.unwrap_or_else(|| "/dev/shm".into());
    base.join(format!("greenroom-{}-secrets", rustix::process::getuid().as_raw())).join(token.to_string())
}

pub fn forget_secrets(token: Token) {
    // Most runs have none.
    let _ = fs_err::remove_dir_all(secrets_dir(token));
}
