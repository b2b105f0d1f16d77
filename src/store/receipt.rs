use std::io::Read;

use camino::Utf8Path;
use serde::Deserialize;

use crate::domain::escape::unescape;
use crate::domain::{Artifact, Expect};

/// Ends the name of what a step leaves for a table that it has itself written to the environment's warehouse.
const ENDING: &str = ".receipt";
/// Bytes; a longer one is none.
const LONGEST: u64 = 1 << 20;

/// What the image-side code says of a table that another warehouse keeps.
#[derive(Deserialize)]
pub(super) struct Receipt {
    pub rows: u64,
    /// What the rows were held to before they were published.
    pub expected: Option<Expect>,
}

impl Receipt {
    /// None: the output is not told by a receipt. The error says why one cannot be believed.
    pub(super) fn read(at: &Utf8Path, members: &[Artifact]) -> Result<Option<Self>, String> {
        let [file] = members else { return Ok(None) };
        let path = match unescape(&file.path) {
            Some(path) if file.path.ends_with(ENDING) => path,
            _ => return Ok(None),
        };
        let mut text = String::new();
        fs_err::File::open(at.as_std_path().join(path))
            .and_then(|file| file.take(LONGEST).read_to_string(&mut text))
            .map_err(|error| error.to_string())?;
        serde_json::from_str(&text).map(Some).map_err(|error| format!("{} is no receipt: {error}", file.path))
    }
}
