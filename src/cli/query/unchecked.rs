/// Why nobody knows what is wrong in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unchecked {
    NoEngine,
    NotBuilt,
    /// Python or its packages are not in the image.
    Unfit,
    /// Something else came first; the next letter asks again.
    Busy,
}

impl Unchecked {
    /// To the person; None: it will soon be known.
    pub fn why(self) -> Option<&'static str> {
        match self {
            Self::NoEngine => Some("no engine"),
            Self::NotBuilt => Some("no image is built"),
            Self::Unfit => Some("the image lacks python3 or its packages"),
            Self::Busy => None,
        }
    }
}
