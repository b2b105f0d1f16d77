use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::path::PathBuf;

use camino::Utf8PathBuf;
use jiff::Timestamp;

use super::desk::Desk;
use super::versions::become_of;
use super::wrong::{of_git, of_review};
use crate::cli::UserError;
use crate::domain::text::safe;
use crate::domain::track::{CommitId, Event, Merge, Seen, Side, TrackId, Transition, TreeId, Vouched};
use crate::domain::{Digest, Name};
use crate::git::ssh::Verifier;
use crate::git::{GitError, RemoteTrack};
use crate::review::{
    Change, Known, Ledger as _, PortError, Repository as _, ReviewError, Roster, RosterCommit, SIGNERS_FILE,
    SIGNERS_REVOKED, SIGNERS_VOUCHED, SPEC_FILE, Trust, Trusted, Unvouched, Vouching, change_of_signers,
    decode, trusted, verify,
};
use crate::store::atomic_write;

/// From which commit on a person takes who may sign for what is written there, whatever came before.
const KEY: &str = "greenroom.signersFrom";

/// What a signature of `.greenroom-signers-vouched` is for.
pub(super) const NAMESPACE: &str = "greenroom-signers-v1";

impl Desk {
    /// Who may sign what at a commit of the target: not what it says, but what was said by those who could say so.
    pub(super) fn trusted_at(&self, tip: &CommitId) -> Result<Trusted, UserError> {
        if let Some(known) = self.trusted.borrow().get(tip) {
            return Ok(known.clone());
        }
        // Where nobody can read it, it is told why.
        let says = self.roster_at(&self.target, tip).map_err(|error| of_review(&error))?;
        let found = self.walked(tip)?;
        let found = found.unwrap_or_else(|| {
            let by = vec![says.clone()];
            Trusted { roster: says, begun: tip.clone(), by, unvouched: None }
        });
        self.trusted.borrow_mut().insert(tip.clone(), found.clone());
        Ok(found)
    }

    fn walked(&self, tip: &CommitId) -> Result<Option<Trusted>, UserError> {
        let wrong = |error: PortError| of_review(&ReviewError::from(error));
        let known = self.known_from(tip)?;
        let folder = self.repository.prefix();
        let paths = [SPEC_FILE, SIGNERS_FILE, SIGNERS_REVOKED, SIGNERS_VOUCHED].map(|file| folder.join(file));
        let told = self.repository.commit_files(known.as_ref().map(|known| &known.commit), tip, &paths);
        let commits: Vec<RosterCommit> = told
            .map_err(|error| of_git(&error))?
            .into_iter()
            .map(|one| RosterCommit { id: one.id, parents: one.parents, files: one.files })
            .collect();
        let vouchers = Vouchers { desk: self, ledgers: self.ledgers()?, named: OnceCell::new() };
        let found = trusted(&vouchers, known, &commits, tip).map_err(wrong)?;
        // What only both of two histories say is nothing to go on from: who signs for a change is told by each.
        let settled = |found: &&Trusted| {
            found.unvouched.is_none() && found.by.iter().all(|one| one.is_same(&found.roster))
        };
        if let Some(found) = found.as_ref().filter(|found| settled(found) && !commits.is_empty())
            && self.tip_there(&self.target)?.as_ref() == Some(tip)
        {
            self.keep(tip, &found.begun);
        }
        Ok(found)
    }

    /// The last commit at which all was as it should be, and who could sign there: what has counted here goes on to count,
    /// though a key that signed for it expires, or the target is written anew.
    fn known_from(&self, tip: &CommitId) -> Result<Option<Known>, UserError> {
        let git = &self.repository;
        let at = |commit: CommitId, begun: CommitId| {
            let roster = self.roster_at(&self.target, &commit).map_err(|error| of_review(&error))?;
            Ok::<_, UserError>(Some(Known { commit, roster, begun }))
        };
        if let Some(named) = git.config(KEY).map_err(|error| of_git(&error))? {
            let commit = git.resolve(&named).map_err(|error| {
                of_git(&error)
                    .to_do(format!("git config {KEY} COMMIT names another; git config --unset {KEY} none"))
            })?;
            return at(commit.clone(), commit);
        }
        let kept = self.kept_at().and_then(|path| fs_err::read_to_string(path).ok());
        let kept = kept.as_deref().and_then(|text| {
            let (commit, begun) = text.trim().split_once(' ')?;
            Some((commit.parse::<CommitId>().ok()?, begun.parse::<CommitId>().ok()?))
        });
        let Some((kept, begun)) = kept.filter(|(commit, _)| git.has(commit)) else { return Ok(None) };
        // Of a commit before it is asked by those who look back. That the target itself went back brings nobody back.
        let before = *tip != kept && git.is_ancestor(tip, &kept).map_err(|error| of_git(&error))?;
        let is_target = self.tip_there(&self.target)?.as_ref() == Some(tip);
        if before && !is_target { Ok(None) } else { at(kept, begun) }
    }

    fn kept_at(&self) -> Option<Utf8PathBuf> {
        let folder = self.repository.own_folder().ok()?.join("greenroom");
        Some(folder.join(format!("signers-{}", Digest::of(self.target.as_str().as_bytes()).short())))
    }

    /// That it cannot be kept makes the next look longer, no more.
    fn keep(&self, tip: &CommitId, begun: &CommitId) {
        let Some(path) = self.kept_at() else { return };
        let text = format!("{tip} {begun}\n");
        if fs_err::read_to_string(&path).is_ok_and(|kept| kept == text) {
            return;
        }
        let made = path.parent().is_some_and(|folder| fs_err::create_dir_all(folder).is_ok());
        let _ = made.then(|| atomic_write(&path, text.as_bytes()));
    }

    /// What the target says of people and signers, and nobody who could has signed; one sentence each.
    pub(super) fn unvouched(&self) -> Vec<String> {
        let tip = self.tip_there(&self.target).ok().flatten();
        let trusted = tip.and_then(|tip| self.trusted_at(&tip).ok());
        trusted
            .as_ref()
            .and_then(|trusted| Some(self.told_of(&trusted.roster, trusted.unvouched.as_ref()?)))
            .unwrap_or_default()
    }

    pub(super) fn told_of(&self, counts: &Roster, unvouched: &Unvouched) -> Vec<String> {
        let target = safe(self.target.short()).into_owned();
        let since = unvouched.since.short();
        let told = changed(counts, &unvouched.says);
        told.iter().map(|what| format!("{}, on {target} since {since}, and nobody whose signature counted before has signed for that: it does not count", safe(what))).collect()
    }

    /// How such a change comes to count.
    pub(super) fn how_to_vouch(&self, counts: &Roster) -> Vec<String> {
        let trusted = self.trusted_at(&counts.tip).ok();
        let each = trusted.as_ref().map_or_else(|| vec![counts.vouching()], Trusted::vouching);
        let (able, target) = (able(&each), safe(self.target.short()).into_owned());
        let how = format!(
            "if it is right, one of those who counted before signs for it, and brings that to {target}: greenroom track vouch ({able})"
        );
        let others = trusted.as_ref().map_or_else(|| vec![none_can()], |trusted| self.without_them(trusted));
        std::iter::once(how).chain(others).collect()
    }

    /// What to do where those who could sign for a change cannot, or are nobody whom anybody knows.
    pub(super) fn without_them(&self, trusted: &Trusted) -> Vec<String> {
        if trusted.by.len() < 2 {
            return vec![none_can()];
        }
        let each: Vec<String> = trusted.by.iter().map(|one| self.keys_of(one)).collect();
        vec![
            format!(
                "histories that know nothing of each other's signers came together in {}: a change takes a signature by a key of each, {}",
                trusted.begun.short(),
                each.join("; and ")
            ),
            format!(
                "if one of them is nobody's whom you know, go by the commit of the other: git config {KEY} COMMIT, in each clone"
            ),
        ]
    }

    /// Who may sign for a change by what a commit says, and where their keys are.
    pub(super) fn keys_of(&self, roster: &Roster) -> String {
        let commit = roster.tip.short();
        let path = self.repository.prefix().join(SIGNERS_FILE);
        let path = path.to_string_lossy();
        format!("{} (git show {commit}:{})", able(&[roster.vouching()]), safe(&path))
    }
}

/// Who may sign for a change, in words.
pub(super) fn able(each: &[Vec<Name>]) -> String {
    let told = |names: &Vec<Name>| names.iter().map(Name::as_str).collect::<Vec<_>>().join(", ");
    match each.iter().filter(|names| !names.is_empty()).map(told).collect::<Vec<_>>().as_slice() {
        [] => "there is nobody left".to_owned(),
        [one] => one.clone(),
        // What has begun apart.
        parted => format!("one of each: {}", parted.join("; ")),
    }
}

fn none_can() -> String {
    format!("if none of them can, and you know that it is right: git config {KEY} COMMIT, in each clone")
}

/// Those that a file holds, one behind the other; a few.
pub(super) fn signatures(held: &[u8]) -> Vec<Vec<u8>> {
    const END: &str = "-----END SSH SIGNATURE-----";
    let text = String::from_utf8_lossy(held);
    let whole = text.split_inclusive(END).map(str::trim).filter(|one| one.ends_with(END));
    whole.take(8).map(|one| format!("{one}\n").into_bytes()).collect()
}

/// What becomes of people and keys.
pub(super) fn changed(before: &Roster, after: &Roster) -> Vec<String> {
    let mut told = become_of(&before.people, &after.people);
    let lines = |text: &str| -> Vec<String> {
        text.lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(str::to_owned)
            .collect()
    };
    let whose = |line: &str| line.split_whitespace().next().unwrap_or_default().to_owned();
    let (old, new) = (lines(&before.signers.allowed), lines(&after.signers.allowed));
    told.extend(
        new.iter()
            .filter(|line| !old.contains(line))
            .map(|line| format!("a key of {} comes to the signers", whose(line))),
    );
    told.extend(
        old.iter()
            .filter(|line| !new.contains(line))
            .map(|line| format!("a key of {} is none of the signers' any more", whose(line))),
    );
    let (old, new) = (lines(&before.signers.revoked), lines(&after.signers.revoked));
    told.extend((old != new).then(|| "the list of revoked keys is another".to_owned()));
    if told.is_empty() && !before.is_same(after) {
        told.push("the list of signers is written otherwise".to_owned());
    }
    told
}

struct Vouchers<'d> {
    desk: &'d Desk,
    ledgers: Vec<(TrackId, RemoteTrack)>,
    named: OnceCell<Named>,
}

/// What approvals and promotions are of, whether they count or not.
#[derive(Default)]
struct Named {
    trees: BTreeSet<TreeId>,
    commits: BTreeSet<CommitId>,
}

fn why(error: GitError) -> PortError {
    PortError(error.to_string())
}

impl Vouching for Vouchers<'_> {
    fn says(&self, commit: &CommitId) -> Result<Option<Roster>, PortError> {
        match self.desk.roster_at(&self.desk.target, commit) {
            Ok(roster) => Ok(Some(roster)),
            Err(ReviewError::Port(error)) => Err(error),
            Err(_) => Ok(None),
        }
    }

    fn vouched(
        &self,
        commit: &RosterCommit,
        own: bool,
        change: Change<'_>,
        by: &Roster,
    ) -> Result<bool, PortError> {
        Ok(own && self.by_commit(commit, change, by)?
            || self.by_file(commit, change, by)?
            || self.by_ledger(commit, change, by)?)
    }

    fn brought(&self, commit: &RosterCommit, change: Change<'_>, by: &Roster) -> Result<bool, PortError> {
        let tree = self.desk.git().tree(&commit.id)?;
        let named = self.named()?;
        if !(named.commits.contains(&commit.id) || named.trees.contains(&tree)) {
            return Ok(false);
        }
        // What is not here tells nothing for it.
        let says = |at: &CommitId| Some(self.says(at).ok()??.is_same(change.after));
        self.is_given(by, |given, able| {
            let event = given.approval;
            // What the target had said before is none of what the package brings.
            if !(self.is_since(change, event) && says(&event.target.tip) == Some(false)) {
                return Ok(false);
            }
            let is_all = event.merge_tree.as_ref() == Some(&tree) && self.has_brought(given, &commit.id);
            let recorded = given.is_recorded_as(&commit.id, able) && says(&event.head) == Some(true);
            Ok(is_all || recorded)
        })
    }
}

impl Vouchers<'_> {
    fn named(&self) -> Result<&Named, PortError> {
        if let Some(named) = self.named.get() {
            return Ok(named);
        }
        let mut read = Named::default();
        for (_, kept) in &self.ledgers {
            let links = self.desk.git().links(&kept.tip)?;
            let signed = links.iter().filter_map(|link| link.content.as_ref().ok());
            for event in signed.filter_map(|signed| Some(decode(&signed.statement).ok()?.event)) {
                match event.transition {
                    Transition::Approved(_) => read.trees.extend(event.merge_tree),
                    Transition::Promoted(body) => read.commits.extend([body.commit]),
                    _ => {}
                }
            }
        }
        Ok(self.named.get_or_init(|| read))
    }

    /// Whoever made the change has signed the commit. That of a branch from before is about what counted then.
    fn by_commit(&self, commit: &RosterCommit, change: Change<'_>, by: &Roster) -> Result<bool, PortError> {
        if !self.desk.git().is_ancestor(change.begun, &commit.id).unwrap_or(false) {
            return Ok(false);
        }
        let verifier = verifier(by)?;
        let signed = self.desk.git().signed_by(&commit.id, &verifier)?;
        Ok(signed.is_some_and(|principals| by.may_vouch(&principals)))
    }

    /// The signature came along, however it came.
    fn by_file(&self, commit: &RosterCommit, change: Change<'_>, by: &Roster) -> Result<bool, PortError> {
        let path: PathBuf = self.desk.repository.prefix().join(SIGNERS_VOUCHED);
        let Some(held) = self.desk.repository.file(&commit.id, &path).map_err(why)? else {
            return Ok(false);
        };
        let signed = change_of_signers(change).map_err(|error| PortError(error.to_string()))?;
        let verifier = verifier(by)?;
        for signature in signatures(&held) {
            let told = verifier.verify(NAMESPACE, &signed, &signature).map_err(why)?;
            if told.is_ok_and(|good| by.may_vouch(&good.principals)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// It came by a package that was approved: its tree, or what its branch comes to on the commit before, or the commit
    /// that an engineer has recorded as its promotion.
    fn by_ledger(&self, commit: &RosterCommit, change: Change<'_>, by: &Roster) -> Result<bool, PortError> {
        let tree = self.desk.git().tree(&commit.id)?;
        self.is_given(by, |given, able| {
            let event = given.approval;
            if given.is_recorded_as(&commit.id, able) {
                return Ok(true);
            }
            if !(self.has_brought(given, &commit.id) && self.is_since(change, event)) {
                return Ok(false);
            }
            if event.merge_tree.as_ref() == Some(&tree) {
                return Ok(true);
            }
            // As `promote`, or a host, merges it where the target went on.
            let merged = commit.parents.len() == 2 && commit.parents[1] == event.head;
            Ok(merged
                && self.desk.git().merge_tree(&commit.parents[0], &event.head)? == Merge::Tree(tree.clone()))
        })
    }

    /// Whether an approval by one of those who may vouch is such a one.
    fn is_given(
        &self,
        by: &Roster,
        is: impl Fn(&Given<'_>, &[Name]) -> Result<bool, PortError>,
    ) -> Result<bool, PortError> {
        let able = by.vouching();
        // What one of two ledgers says, the other may have taken back.
        for (id, kept) in self.ledgers.iter().filter(|(_, kept)| kept.parted.is_none()) {
            let events = self.signed(id, kept, by)?;
            for given in approved(&events, &able, Timestamp::now()) {
                if is(&given, &able)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// What was void once it had been promoted has brought what that had, and no more.
    fn has_brought(&self, given: &Given<'_>, commit: &CommitId) -> bool {
        let up_to = |one: &Recorded<'_>| self.desk.git().is_ancestor(commit, one.commit).unwrap_or(false);
        given.promoted.as_ref().is_none_or(up_to)
    }

    /// What was approved before these counted, or when they counted before, is not about what comes after them.
    fn is_since(&self, change: Change<'_>, event: &Event) -> bool {
        let base = &event.target.tip;
        self.desk.git().is_ancestor(change.begun, base).unwrap_or(false)
    }

    /// What was rightly signed by those who could then, and stands where it was signed for.
    fn signed(&self, id: &TrackId, kept: &RemoteTrack, before: &Roster) -> Result<Vec<Event>, PortError> {
        let links = self.desk.git().links(&kept.tip)?;
        // Nobody is taken at their word here who counted at another time.
        let earlier = |_: &Roster, _: &CommitId| Err(String::new());
        let trust = Trust {
            track: id,
            rosters: std::slice::from_ref(before),
            earlier: &earlier,
            signatures: &self.desk.keys,
            repository: &self.desk.git(),
            now: Timestamp::now(),
        };
        let checked = verify(&links, &trust, &mut Seen::default());
        let good = checked.entries.into_iter().filter(|entry| entry.standing == Ok(Vouched::Now));
        Ok(good.filter_map(|entry| entry.event).collect())
    }
}

/// An approval that stands, or stood when a promotion was recorded.
struct Given<'e> {
    approval: &'e Event,
    /// None: it stands now.
    promoted: Option<Recorded<'e>>,
}

struct Recorded<'e> {
    by: &'e Name,
    commit: &'e CommitId,
}

impl Given<'_> {
    /// One of these has written down that it came by this commit.
    fn is_recorded_as(&self, commit: &CommitId, able: &[Name]) -> bool {
        self.promoted.as_ref().is_some_and(|one| one.commit == commit && able.contains(one.by))
    }
}

/// An approval counts for as long as nothing else is sealed, nobody requests changes, the track goes on and it has not run
/// out: as it does where it is promoted.
fn approved<'e>(events: &'e [Event], able: &[Name], now: Timestamp) -> Vec<Given<'e>> {
    let mut found = Vec::new();
    let mut stands: Option<&'e Event> = None;
    let mut requested: Vec<&CommitId> = Vec::new();
    let lasts = |approval: &Event, at: Timestamp| approval.expires.is_none_or(|end| at < end);
    let mut sealed: Option<&Option<Digest>> = None;
    let side = |event: &&Event| event.transition.side().is_none_or(|side| side == Side::of(event.role));
    for event in events.iter().filter(side) {
        let same = stands.filter(|given| given.package == event.package);
        match &event.transition {
            Transition::Approved(_) if able.contains(&event.person) => {
                let of_it = sealed.is_none_or(|sealed| *sealed == event.package);
                stands = Some(event).filter(|event| of_it && !requested.contains(&&event.head));
            }
            Transition::Sealed(_) => {
                sealed = Some(&event.package);
                stands = same;
            }
            Transition::Requested(_) => {
                requested.push(&event.head);
                stands = stands.filter(|given| given.package != event.package && given.head != event.head);
            }
            Transition::Abandoned(_) => {
                stands = None;
                break;
            }
            Transition::Promoted(body) => {
                if let Some(approval) = same.filter(|given| lasts(given, event.at)) {
                    let promoted = Some(Recorded { by: &event.person, commit: &body.commit });
                    found.push(Given { approval, promoted });
                }
            }
            _ => {}
        }
    }
    let still = stands.filter(|given| lasts(given, now));
    found.extend(still.map(|approval| Given { approval, promoted: None }));
    found
}

fn verifier(roster: &Roster) -> Result<Verifier, PortError> {
    Verifier::new(&roster.signers.allowed, roster.signers.revoked.as_bytes()).map_err(why)
}
