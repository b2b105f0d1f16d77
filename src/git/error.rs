use std::io;

#[derive(Debug, thiserror::Error)]
pub enum GitError {
    #[error("git is not installed")]
    Missing,
    #[error("git could not be started")]
    Start(#[source] io::Error),
    /// `said`: what git wrote, for people.
    #[error("git could not {what}: {said}")]
    Failed { what: &'static str, said: String },
    #[error("cannot list the project's files")]
    List(#[from] ignore::Error),
}
