use std::collections::BTreeMap;

use super::super::words::words;
use super::kept::branch_here;
use super::{GitError, Repository, TrackRefs};
use crate::domain::track::{CommitId, Parted, RefName};

/// What a remote had when it was last fetched from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    pub tracks: Vec<RemoteTrack>,
    /// The branches that were asked for; None: the remote has none of that name.
    pub branches: BTreeMap<RefName, Option<CommitId>>,
}

/// The ledger of a track on a remote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteTrack {
    /// As the ref has it; nobody has checked it.
    pub id: String,
    pub tip: CommitId,
    /// Where it is kept there.
    pub kept: TrackRefs,
    /// The remote has another ledger of that name as a ref of the other kind, which is not this one.
    pub other: Option<CommitId>,
    /// Neither goes on from the other: nobody can tell by them which is right.
    pub parted: Option<Box<Parted>>,
}

/// More than any ledger has. Git's own word for a depth without end makes the whole clone a deep one.
const WHOLE: &str = "--depth=1000000";

impl Repository {
    /// Fetches every ledger and these branches below `refs/greenroom/remotes/<remote>/`, and touches nothing else: no
    /// branch, no tag, no remote-tracking branch. What is gone there is gone here too.
    pub fn fetch_ledgers(&self, remote: &str, branches: &[RefName]) -> Result<Fetched, GitError> {
        self.known(remote)?;
        let below = format!("refs/greenroom/remotes/{remote}");
        let ledgers = TrackRefs::ALL.map(|refs| format!("+{}*:{below}/{}/*", refs.prefix(), refs.folder()));
        let mut asked: Vec<&RefName> = branches.iter().collect();
        let _turn = self.turn();
        if self.is_shallow() || self.is_partial() {
            // What a branch brings stays as this clone is; a ledger is wanted whole.
            let whole: &[&str] = if self.is_shallow() { &["--no-filter", WHOLE] } else { &["--no-filter"] };
            self.fetch_with(remote, whole, &ledgers, &mut Vec::new())?;
            self.fetch_with(remote, &[], &[], &mut asked)?;
        } else {
            self.fetch_with(remote, &[], &ledgers, &mut asked)?;
        }
        let tip = |name: &RefName| match asked.contains(&name) {
            true => Ok::<_, GitError>((name.clone(), self.branch_tip(remote, name)?)),
            false => Ok((name.clone(), None)),
        };
        let branches = branches.iter().map(tip).collect::<Result<_, _>>()?;
        Ok(Fetched { tracks: self.remote_tracks(remote)?, branches })
    }

    /// Two commands of one clone at once would move the same refs, and git lets one of them fail. Where files
    /// cannot be locked that is all there is.
    pub(super) fn turn(&self) -> Option<std::fs::File> {
        let file = self.lock_file("fetch.lock")?;
        file.lock().is_ok().then_some(file)
    }

    /// The same for whoever says something, from the look to the push. `wait`: what is held while another has its turn.
    pub fn say_in_turn<T>(&self, wait: impl FnOnce() -> T) -> Option<std::fs::File> {
        let file = self.lock_file("say.lock")?;
        if file.try_lock().is_ok() {
            return Some(file);
        }
        let _wait = wait();
        file.lock().is_ok().then_some(file)
    }

    fn lock_file(&self, name: &str) -> Option<std::fs::File> {
        let folder = self.own_folder().ok()?.join("greenroom");
        fs_err::create_dir_all(&folder).ok()?;
        std::fs::File::create(folder.join(name)).ok()
    }

    /// The ledgers that the last fetch from a remote brought, by id.
    pub fn remote_tracks(&self, remote: &str) -> Result<Vec<RemoteTrack>, GitError> {
        let mut tracks = BTreeMap::new();
        for kept in TrackRefs::ALL {
            let below = format!("refs/greenroom/remotes/{remote}/{}/", kept.folder());
            for (name, tip) in self.refs(&below)? {
                let id = name.as_str()[below.len()..].to_owned();
                let found = RemoteTrack { id: id.clone(), tip: tip.clone(), kept, other: None, parted: None };
                let track = tracks.entry(id.clone()).or_insert(found);
                if track.tip == tip {
                    continue;
                }
                let goes_on = |from: &CommitId, to: &CommitId| self.is_ancestor(from, to).unwrap_or(false);
                if goes_on(&track.tip, &tip) {
                    // Where a remote took refs of that kind once and does so no more, the ledger went on as the other.
                    *track = RemoteTrack { kept, other: Some(track.tip.clone()), tip, ..track.clone() };
                    continue;
                }
                if !goes_on(&tip, &track.tip) {
                    let named = |kept: TrackRefs| kept.name(&id).map_err(|_| GitError::Unknown(id.clone()));
                    let refs = [(named(track.kept)?, track.tip.clone()), (named(kept)?, tip.clone())];
                    track.parted = Some(Box::new(Parted { remote: remote.to_owned(), refs }));
                }
                track.other = Some(tip);
            }
        }
        Ok(tracks.into_values().collect())
    }

    /// Where a ledger should be and something else is: the name of the track, as the ref has it.
    pub fn no_ledgers(&self, remote: &str) -> Result<Vec<String>, GitError> {
        let mut found = Vec::new();
        for kept in TrackRefs::ALL {
            let below = format!("refs/greenroom/remotes/{remote}/{}/", kept.folder());
            found.extend(
                self.refs_to_no_commit(&below)?
                    .iter()
                    .map(|name| format!("{}{}", kept.prefix(), &name.as_str()[below.len()..])),
            );
        }
        Ok(found)
    }

    /// Fails as a whole where a single branch is not there: those are taken out of `branches` and it is tried again.
    pub(super) fn fetch_with(
        &self,
        remote: &str,
        options: &[&str],
        ledgers: &[String],
        branches: &mut Vec<&RefName>,
    ) -> Result<(), GitError> {
        while !(branches.is_empty() && ledgers.is_empty()) {
            let mut args =
                vec!["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--prune", "--refmap="];
            args.extend(["--recurse-submodules=no", "--no-auto-maintenance"]);
            args.extend(options);
            let mut wanted: Vec<String> = ledgers.to_vec();
            for name in branches.iter() {
                wanted.push(format!("+{name}:{}", branch_here(remote, name)?));
            }
            let wanted = wanted.iter().map(String::as_str);
            let ended = self.own().run(args.into_iter().chain(["--", remote]).chain(wanted), b"")?;
            // Asked to deepen what it finds nothing of, git fails, and says nothing.
            let nothing = branches.is_empty() && ended.status.code() == Some(1) && ended.stderr.is_empty();
            if ended.status.success() || nothing {
                return Ok(());
            }
            let text = String::from_utf8_lossy(&ended.stderr);
            let missing = text
                .lines()
                .find_map(|line| line.split_once("couldn't find remote ref "))
                .map(|(_, name)| name);
            let before = branches.len();
            // What is gone there is gone here: it would be taken for what the remote has.
            for name in branches.iter().filter(|name| Some(name.as_str()) == missing) {
                self.remove_ref(&branch_here(remote, name)?)?;
            }
            branches.retain(|name| Some(name.as_str()) != missing);
            if branches.len() == before {
                let said = words(&ended.stderr);
                return Err(GitError::Unreachable { remote: remote.to_owned(), said });
            }
        }
        Ok(())
    }
}
