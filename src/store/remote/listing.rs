use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::{TryStreamExt, stream};
use jiff::Timestamp;

use super::RemoteError;
use super::held::{Held, is_fetched};
use super::place::Mirror;
use crate::domain::{Name, RunLayout, Token, Version};
use crate::store::remove_tree::remove_tree;

/// Requests that are made at once.
const AT_ONCE: usize = 16;

/// A run that failed so long ago is not asked whether somebody has gone on with it. Who names it still asks.
const SETTLED: Duration = Duration::from_secs(14 * 24 * 3600);

struct Found {
    layout: RunLayout,
    token: Token,
}

impl Mirror {
    /// Learns which runs and aliases the bucket has, of one name or all. Answers what was not believed.
    pub fn refresh(
        &self,
        project: &Name,
        env: &Name,
        name: Option<&Name>,
    ) -> Result<Vec<String>, RemoteError> {
        self.bucket.wait(async {
            let base = format!("{project}/{env}");
            let refused = Mutex::new(Vec::new());
            let names = match name {
                Some(name) => vec![name.clone()],
                None => {
                    let listed = self.parsed(&base, |text| Name::new(text).ok()).await;
                    match unless_refused(listed, &refused)? {
                        Some(names) => {
                            self.forget_names(&base, &names);
                            names
                        }
                        // Of those that are known here the bucket can be asked all the same.
                        None => self.known_names(&base),
                    }
                }
            };
            stream::iter(names.into_iter().map(Ok))
                .try_for_each_concurrent(4, |name| self.refresh_name((project, env), name, &refused))
                .await?;
            let mut refused = refused.into_inner().unwrap_or_else(PoisonError::into_inner);
            refused.extend(self.bucket.odd());
            refused.sort_unstable();
            refused.dedup();
            Ok(refused)
        })
    }

    async fn refresh_name(
        &self,
        (project, env): (&Name, &Name),
        name: Name,
        refused: &Mutex<Vec<String>>,
    ) -> Result<(), RemoteError> {
        let base = format!("{project}/{env}/{name}");
        let (mut found, mut whole) = (Vec::new(), true);
        let Some(folders) = unless_refused(self.bucket.folders(&base).await, refused)? else { return Ok(()) };
        for folder in folders {
            if folder == "_aliases" {
                unless_refused(self.fetch_aliases(&base).await, refused)?;
            } else if let Some(version) = folder.parse::<Version>().ok().filter(|v| v.to_string() == folder) {
                let tokens =
                    self.parsed(&format!("{base}/{version}"), |text| text.parse::<Token>().ok()).await;
                let Some(tokens) = unless_refused(tokens, refused)? else {
                    whole = false;
                    continue;
                };
                let at = |token| Found {
                    layout: RunLayout::new(&self.root, project, env, &name, version, token),
                    token,
                };
                found.extend(tokens.into_iter().map(at));
            }
        }
        if whole {
            self.forget_gone(&base, &found);
        }
        let now = Timestamp::now();
        let asked: Vec<_> =
            found.into_iter().filter_map(|run| Some((self.unsettled(&run, now)?, run))).collect();
        stream::iter(asked.into_iter().map(Ok))
            .try_for_each_concurrent(AT_ONCE, |(known, run)| self.refresh_run(known, run, refused))
            .await
    }

    async fn refresh_run(
        &self,
        known: Option<Held>,
        run: Found,
        refused: &Mutex<Vec<String>>,
    ) -> Result<(), RemoteError> {
        match unless_refused(self.fetch_run(&run.layout, run.token, known).await, refused) {
            // One that is still being sent has no record.
            Ok(_) | Err(RemoteError::NotThere(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// What is known of a run that the bucket is to be asked about; None: it need not be asked.
    fn unsettled(&self, run: &Found, now: Timestamp) -> Option<Option<Held>> {
        if !is_fetched(&run.layout) {
            // One of this machine is what it is here.
            return (!run.layout.dir().exists()).then_some(None);
        }
        let Some(held) = Held::read(&run.layout).filter(|_| run.layout.run_json().exists()) else {
            return Some(None);
        };
        let old = held.finished_at.is_some_and(|end| now.duration_since(end).unsigned_abs() > SETTLED);
        if held.succeeded || old { None } else { Some(Some(held)) }
    }

    /// Names below a key that are written as what they are read as: others are nobody's.
    async fn parsed<T: ToString>(
        &self,
        below: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, RemoteError> {
        let names = self.bucket.folders(below).await?;
        Ok(names.iter().filter_map(|name| parse(name).filter(|read| read.to_string() == *name)).collect())
    }

    fn known_names(&self, base: &str) -> Vec<Name> {
        let known = self.root.join(base).read_dir_utf8().into_iter().flatten().flatten();
        known.filter_map(|entry| Name::new(entry.file_name()).ok()).collect()
    }

    /// The same where the bucket has nothing of a name any more.
    fn forget_names(&self, base: &str, names: &[Name]) {
        for entry in self.root.join(base).read_dir_utf8().into_iter().flatten().flatten() {
            if Name::new(entry.file_name()).is_ok_and(|name| !names.contains(&name)) {
                self.forget_gone(&format!("{base}/{}", entry.file_name()), &[]);
            }
        }
    }

    /// Runs that came from the bucket and are not in it any more.
    fn forget_gone(&self, base: &str, found: &[Found]) {
        let there: HashSet<Token> = found.iter().map(|run| run.token).collect();
        let versions = self.root.join(base).read_dir_utf8().into_iter().flatten().flatten();
        for version in versions.filter(|entry| entry.file_name().parse::<Version>().is_ok()) {
            for run in version.path().read_dir_utf8().into_iter().flatten().flatten() {
                let gone = run.file_name().parse().is_ok_and(|token| !there.contains(&token));
                if gone && is_fetched(&RunLayout::at(run.path())) {
                    // What cannot be removed is shown once more.
                    remove_tree(run.path()).ok();
                }
            }
        }
    }
}

/// What somebody has put among the runs keeps nobody from the others. None: nothing is known of what was asked for.
fn unless_refused<T>(
    asked: Result<T, RemoteError>,
    refused: &Mutex<Vec<String>>,
) -> Result<Option<T>, RemoteError> {
    match asked {
        Err(RemoteError::Refused(why)) => {
            refused.lock().unwrap_or_else(PoisonError::into_inner).push(why);
            Ok(None)
        }
        asked => asked.map(Some),
    }
}
