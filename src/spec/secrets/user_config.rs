use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use etcetera::BaseStrategy;
use indexmap::IndexMap;
use serde::Deserialize;

use super::SecretsError;

/// `$XDG_CONFIG_HOME/greenroom/config.yaml`: what a person allows, which no project can.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct UserConfig {
    /// By the project's folder.
    #[serde(default)]
    projects: IndexMap<String, ProjectSettings>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProjectSettings {
    /// Variables of the person's environment that steps of this project may get as secrets.
    #[serde(default)]
    secrets_from_env: Vec<String>,
}

pub(super) fn path() -> Option<Utf8PathBuf> {
    let folder = etcetera::choose_base_strategy().ok()?.config_dir();
    Utf8PathBuf::from_path_buf(folder.join("greenroom/config.yaml")).ok()
}

/// The variables that the person allowed for the project in this folder.
pub(super) fn variables(config: &Utf8Path, root: &Utf8Path) -> Result<Vec<String>, SecretsError> {
    let text = match fs_err::read_to_string(config) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(SecretsError::Unreadable { file: config.to_owned(), source }),
        Ok(text) => text,
    };
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let parsed: UserConfig = serde_yaml::from_str(&text).map_err(|error| {
        let place = error.location().map(|at| format!("line {}: ", at.line())).unwrap_or_default();
        let why = format!("{place}{}", error.without_snippet());
        SecretsError::Config { file: config.to_owned(), why }
    })?;
    let here = root.canonicalize_utf8().unwrap_or_else(|_| root.to_owned());
    let mine = |folder: &str| {
        let folder = Utf8Path::new(folder);
        folder.canonicalize_utf8().unwrap_or_else(|_| folder.to_owned()) == here
    };
    let matching = parsed.projects.into_iter().filter(|(folder, _)| mine(folder));
    Ok(matching.flat_map(|(_, settings)| settings.secrets_from_env).collect())
}
