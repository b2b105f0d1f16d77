use std::io;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::atomic_write::atomic_write;
use super::error::{failed, invalid};
use crate::disk::read_record;
use crate::domain::{Digest, RunLayout, Token};
use crate::engine::StoreError;

/// The format of this record.
const FORMAT: u32 = 1;

/// `_run/imported.json`: that a run came as an archive, which makes it foreign for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    greenroom: u32,
    pub at: Timestamp,
    /// Who took it in here.
    pub by: String,
    /// The archive's name, without its folder.
    pub file: String,
    /// Of the archive.
    pub sha256: Digest,
}

impl Imported {
    pub fn new(at: Timestamp, by: String, file: String, sha256: Digest) -> Self {
        Self { greenroom: FORMAT, at, by, file, sha256 }
    }

    pub(super) fn write(&self, layout: &RunLayout) -> io::Result<()> {
        let text = serde_json::to_vec_pretty(self).map_err(io::Error::from)?;
        atomic_write(&layout.imported(), &text)
    }
}

/// Did it come as an archive? Whatever lies there says so, a torn record too.
pub fn is_imported(layout: &RunLayout) -> bool {
    layout.imported().as_std_path().symlink_metadata().is_ok()
}

/// How far the clocks of those may be ahead who pack runs.
const AHEAD: SignedDuration = SignedDuration::from_hours(1);

/// It came as an archive, and its token is of a time that is not yet: it would be newer than all that is run here.
pub fn is_ahead(layout: &RunLayout, token: Token) -> bool {
    token >= Token::first_at(Timestamp::now() + AHEAD) && is_imported(layout)
}

/// From which archive, if it came as one.
pub fn imported(layout: &RunLayout) -> Result<Option<Imported>, StoreError> {
    let path = layout.imported();
    let text = match read_record(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed("cannot read from where this run came")(error)),
    };
    let read: Imported = serde_json::from_slice(&text)
        .map_err(|error| invalid(path.as_str(), format!("it is torn or was edited: {error}")))?;
    match read.greenroom {
        FORMAT => Ok(Some(read)),
        other => Err(invalid(path.as_str(), format!("it is of format {other}, which is not known here"))),
    }
}
