use std::io;

use camino::Utf8PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum GitError {
    #[error("git is not installed")]
    Missing,
    /// A folder of the project looks like a repository of its own, and what its configuration names git would run.
    #[error("{0} poses as a git repository, by the files HEAD, objects and refs or commondir in it")]
    Posing(Utf8PathBuf),
    /// A repository's own configuration names a filter that nothing keeps git from running.
    #[error("the repository's own configuration names a filter that cannot be turned off: `{0}`")]
    Filter(String),
    #[error("git could not be started")]
    Start(#[source] io::Error),
    /// `said`: what git wrote, for people.
    #[error("git could not {what}: {said}")]
    Failed { what: &'static str, said: String },
    #[error("cannot list the project's files")]
    List(#[from] ignore::Error),
}
