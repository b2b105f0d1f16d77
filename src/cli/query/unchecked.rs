/// Why nobody knows what is wrong in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unchecked {
    NoEngine,
    NotBuilt,
    /// Python or its packages are not in the image.
    Unfit,
    NoLake,
    /// Its mistakes are told elsewhere.
    NoProject,
    /// The container.
    NotStarted,
    /// Something else came first, or the container went: the next may tell.
    Busy,
}

impl Unchecked {
    /// To the person.
    pub fn why(self) -> &'static str {
        match self {
            Self::NoEngine => "no engine",
            Self::NotBuilt => "no image is built",
            Self::Unfit => "the image lacks python3 or its packages",
            Self::NoLake => "the environment has no lake on this machine",
            Self::NoProject => "the project cannot be read",
            Self::NotStarted => "its container cannot be started",
            Self::Busy => "its container is busy",
        }
    }
}
