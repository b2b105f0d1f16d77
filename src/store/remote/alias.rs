use bytes::Bytes;
use futures_util::{TryStreamExt, stream};

use super::RemoteError;
use super::place::Mirror;
use super::record::lay_down;
use crate::domain::Name;

/// Bytes of the record of a move that is believed.
const LONGEST: u64 = 64 << 10;
/// Requests that are made at once.
const AT_ONCE: usize = 8;
/// How often somebody else may be faster.
const PATIENCE: usize = 100;

impl Mirror {
    /// Moves an alias in the bucket: its record becomes the next number, whoever else writes one at the same time. Of two
    /// that do, the one who came second has it.
    pub fn move_alias(
        &self,
        project: &Name,
        env: &Name,
        (name, alias): (&Name, &Name),
        record: &[u8],
    ) -> Result<(), RemoteError> {
        let folder = format!("{project}/{env}/{name}/_aliases/{alias}");
        self.bucket.wait(async {
            for _ in 0..PATIENCE {
                let there = self.bucket.list(&folder).await?;
                let newest = there.keys().filter_map(|file| number(file)).max().unwrap_or(0);
                let key = format!("{folder}/{:06}.json", newest + 1);
                match self.bucket.put_if_absent(&key, Bytes::copy_from_slice(record)).await {
                    Err(RemoteError::Exists(_)) => {}
                    moved => {
                        moved?;
                        return lay_down(&self.root, &self.root.join(&key), record)
                            .map_err(RemoteError::local("the alias cannot be noted here"));
                    }
                }
            }
            Err(RemoteError::Exists(format!("{folder}, written by many at once,")))
        })
    }

    /// The moves of a name's aliases that are not here yet: none is ever written again.
    pub(super) async fn fetch_aliases(&self, base: &str) -> Result<(), RemoteError> {
        let folder = format!("{base}/_aliases");
        let there = self.bucket.list(&folder).await?;
        let missing: Vec<String> = there.into_keys().filter(|key| is_move(key)).collect();
        let missing = missing.into_iter().map(|key| format!("{folder}/{key}"));
        stream::iter(missing.filter(|key| !self.root.join(key).exists()).map(Ok))
            .try_for_each_concurrent(AT_ONCE, |key| self.fetch_alias(key))
            .await
    }

    async fn fetch_alias(&self, key: String) -> Result<(), RemoteError> {
        match self.bucket.get(&key, LONGEST, None).await? {
            Some((record, _)) => lay_down(&self.root, &self.root.join(&key), &record)
                .map_err(RemoteError::local("an alias cannot be kept")),
            None => Ok(()),
        }
    }
}

/// `<alias>/<number>.json`
fn is_move(key: &str) -> bool {
    key.split_once('/').is_some_and(|(alias, file)| Name::new(alias).is_ok() && number(file).is_some())
}

/// No more digits than there can ever be moves.
fn number(file: &str) -> Option<u64> {
    let digits = file.strip_suffix(".json").filter(|digits| digits.len() < 16)?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}
