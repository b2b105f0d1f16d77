/// Why nobody knows what is wrong in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unchecked {
    NoEngine,
    NotBuilt,
    /// Python or its packages are not in the image.
    Unfit,
    NoLake,
    /// Something else came first, or the container went.
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
            Self::Busy => "its container is busy",
        }
    }
}
