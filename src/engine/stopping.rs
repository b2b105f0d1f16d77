use std::fmt;
use std::str::FromStr;

use camino::Utf8PathBuf;

use super::setting::Context;
use crate::domain::NodeId;

/// Why a container was asked to end. Noted beside it before it hears of that, and outside of what it can write: a
/// step may take a SIGTERM as a reason to end well, and who comes after a kill must not take half a work for a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stopping {
    Cancelled,
    TimedOut,
    /// It had put so many bytes on disk.
    OverQuota(u64),
}

impl Stopping {
    /// Best effort: without room for these bytes the end is told as it is seen.
    pub fn note(self, context: &Context, node: &NodeId, attempt: u32) {
        let path = path(context, node, attempt);
        let made = path.parent().map_or(Ok(()), fs_err::create_dir_all);
        let _ = made.and_then(|()| fs_err::write(path, self.to_string()));
    }

    /// What an earlier life of the run asked for.
    pub fn noted(context: &Context, node: &NodeId, attempt: u32) -> Option<Self> {
        fs_err::read_to_string(path(context, node, attempt)).ok()?.parse().ok()
    }
}

fn path(context: &Context, node: &NodeId, attempt: u32) -> Utf8PathBuf {
    context.setting.layout.scratch(node, attempt).join("stopping")
}

impl fmt::Display for Stopping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cancelled => f.write_str("cancelled"),
            Self::TimedOut => f.write_str("timed_out"),
            Self::OverQuota(bytes) => write!(f, "over_quota {bytes}"),
        }
    }
}

impl FromStr for Stopping {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text.split_once(' ') {
            None if text == "cancelled" => Ok(Self::Cancelled),
            None if text == "timed_out" => Ok(Self::TimedOut),
            Some(("over_quota", bytes)) => bytes.parse().map(Self::OverQuota).map_err(drop),
            _ => Err(()),
        }
    }
}
