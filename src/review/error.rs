use super::PortError;

#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    #[error(transparent)]
    Port(#[from] PortError),
    #[error("it cannot be written as JSON")]
    Encode(#[from] serde_json::Error),
    /// The target branch does not say who may sign.
    #[error("`{file}` of the target branch cannot be read: {why}")]
    Roster { file: String, why: String },
    #[error("`{glob}` is no pattern of files: {why}")]
    Closure { glob: String, why: String },
    #[error("the package would hold two pieces of evidence named {0}")]
    Twice(String),
    #[error("the branch conflicts with the target in {0}; bring the target into it first")]
    Conflicts(String),
}
