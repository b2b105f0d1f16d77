use std::io::{self, Write};

use camino::Utf8Path;
use futures_util::{TryStreamExt, stream};

use super::RemoteError;
use super::held::{Held, is_fetched};
use super::place::Mirror;
use crate::disk::is_plain;
use crate::domain::{NodeId, RunLayout, Token};
use crate::store::atomic_write::UNFINISHED;
use crate::store::record::read_plan;

/// Bytes up to which a log comes with its run's record.
const SHORT: u64 = 1 << 20;
/// Bytes of anything in a record that is believed.
const LONGEST: u64 = 16 << 30;
/// Requests that are made at once.
const AT_ONCE: usize = 8;

impl Mirror {
    /// All that a run says of itself, but for long logs and what its steps made. Nothing, of a run of this machine.
    pub fn fetch_record(&self, layout: &RunLayout, token: Token) -> Result<(), RemoteError> {
        if !is_fetched(layout) {
            return Ok(());
        }
        self.bucket.wait(async {
            let held = self.fetch_run(layout, token, Held::read(layout)).await?;
            let before = held.files.clone().unwrap_or_default();
            let files = self.bucket.list(&self.base(layout)).await?;
            let held = Held { files: Some(files), ..held };
            let wanted: Vec<String> = held
                .files
                .iter()
                .flatten()
                .filter(|(key, object)| is_of_record(key, object.bytes))
                .filter(|(key, object)| before.get(*key) != Some(*object) || !layout.dir().join(key).exists())
                .map(|(key, _)| key.clone())
                .collect();
            self.fetch_files(layout, &wanted).await?;
            held.write(layout).map_err(RemoteError::local(LAID))?;
            if read_plan(layout).is_ok_and(|plan| plan.token != token) {
                let why =
                    format!("the plan of {}/{} is that of another run", self.address(), self.base(layout));
                return Err(RemoteError::Refused(why));
            }
            Ok(())
        })
    }

    /// The logs of a step's attempts, however long.
    pub fn fetch_logs(&self, layout: &RunLayout, node: &NodeId) -> Result<(), RemoteError> {
        let Some(held) = Held::read(layout).filter(|_| is_fetched(layout)) else { return Ok(()) };
        let is_wanted = |key: &str| log_of(key).is_some_and(|of| of == *node);
        let wanted: Vec<String> = held
            .files
            .iter()
            .flatten()
            .map(|(key, _)| key.clone())
            .filter(|key| is_wanted(key) && !layout.dir().join(key).exists())
            .collect();
        self.bucket.wait(self.fetch_files(layout, &wanted))
    }

    async fn fetch_files(&self, layout: &RunLayout, keys: &[String]) -> Result<(), RemoteError> {
        stream::iter(keys.iter().cloned().map(Ok))
            .try_for_each_concurrent(AT_ONCE, |key| self.fetch_one(layout, key))
            .await
    }

    async fn fetch_one(&self, layout: &RunLayout, key: String) -> Result<(), RemoteError> {
        let (from, to) = (format!("{}/{key}", self.base(layout)), layout.dir().join(&key));
        let kept = || RemoteError::local(LAID);
        let folder = to.parent().unwrap_or(layout.dir());
        plain_folder(&self.root, folder).map_err(kept())?;
        let new = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder).map_err(kept())?;
        let mut file = new.as_file();
        self.bucket.download(&from, LONGEST, |piece| file.write_all(piece)).await?;
        new.persist(&to).map_err(|error| kept()(error.error))?;
        Ok(())
    }
}

const LAID: &str = "what was fetched cannot be kept";

/// The names that a run's record has; whatever else lies beside them, no run has put there.
fn is_of_record(key: &str, bytes: u64) -> bool {
    let Some(name) = key.strip_prefix("_run/") else { return false };
    let step = || name.strip_prefix("steps/")?.strip_suffix(".json")?.parse::<NodeId>().ok();
    matches!(name, "plan.json" | "code.tar.zst" | "notes.jsonl" | "events.jsonl")
        || step().is_some()
        || (bytes <= SHORT && log_of(key).is_some())
}

/// `_run/logs/<step>[.<cell>].<attempt>.log`, or its index.
fn log_of(key: &str) -> Option<NodeId> {
    let name = key.strip_prefix("_run/logs/")?;
    let name = name.strip_suffix(".log").or_else(|| name.strip_suffix(".index"))?;
    let (node, attempt) = name.rsplit_once('.')?;
    attempt.parse::<u32>().ok()?;
    node.parse().ok()
}

/// Writes a file below a mirror as a whole, behind no link. It can be fetched again, so nobody waits for the disk.
pub(super) fn lay_down(root: &Utf8Path, path: &Utf8Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(root);
    plain_folder(root, folder)?;
    let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder)?;
    file.write_all(content)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Makes a folder below a mirror.
pub(super) fn plain_folder(root: &Utf8Path, folder: &Utf8Path) -> io::Result<()> {
    fs_err::create_dir_all(folder)?;
    let below = folder.strip_prefix(root).map_err(io::Error::other)?;
    match is_plain(root.as_std_path(), below.as_std_path())? {
        true => Ok(()),
        false => {
            Err(io::Error::new(io::ErrorKind::InvalidData, format!("{folder} is a link, or lies behind one")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_run_calls_so_is_its_record() {
        for good in [
            "_run/plan.json",
            "_run/steps/a.json",
            "_run/steps/a.x-1.json",
            "_run/logs/a.1.log",
            "_run/logs/a.x.2.index",
        ] {
            assert!(is_of_record(good, 1), "{good}");
        }
        for bad in [
            "a/plan.json",
            "_run/run.json",
            "_run/remote.json",
            "_run/lock",
            "_run/steps/..json",
            "_run/steps/a/b.json",
            "_run/steps/../x.json",
            "_run/logs/a.log",
            "_run/logs/a.x.log.log",
            "_run/scratch/x",
        ] {
            assert!(!is_of_record(bad, 1), "{bad}");
        }
        assert!(
            !is_of_record("_run/logs/a.1.log", SHORT + 1) && is_of_record("_run/events.jsonl", SHORT + 1)
        );
    }
}
