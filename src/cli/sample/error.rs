use camino::Utf8PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    #[error("{0} is there already, and is not the sample project")]
    SomethingElse(Utf8PathBuf),
    #[error("{0} is a file, not a directory")]
    NotADirectory(Utf8PathBuf),
    #[error("the sample project cannot be written: {0}")]
    Io(#[from] std::io::Error),
}
