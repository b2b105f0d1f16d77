use crate::cli::Workspace;
use crate::git;

/// Who says something of a run: as git knows them, else as this machine does; empty where nobody is known.
pub fn author(workspace: &Workspace) -> String {
    let known = git::facts(workspace.root()).ok().flatten().and_then(|facts| facts.user);
    known.or_else(|| std::env::var("USER").ok()).unwrap_or_default()
}
