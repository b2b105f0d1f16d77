use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::path::PathBuf;

use camino::Utf8PathBuf;
use jiff::Timestamp;

use super::changed::changed;
use super::desk::Desk;
use super::pinned::Pinned;
use super::wrong::{of_git, of_review};
use crate::cli::UserError;
use crate::domain::text::safe;
use crate::domain::track::{
    CommitId, Event, LedgerState, Merge, Seen, Side, TrackId, Transition, TreeId, Vouched,
};
use crate::domain::{Digest, Name};
use crate::git::ssh::Verifier;
use crate::git::{GitError, RemoteTrack};
use crate::review::{
    Change, Known, Ledger as _, PortError, Repository as _, ReviewError, Roster, RosterCommit, SIGNERS_FILE,
    SIGNERS_REVOKED, SIGNERS_VOUCHED, SPEC_FILE, Trust, Trusted, Unvouched, Vouching, change_of_signers,
    decode, trusted, verify,
};

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
        let found = match self.walked(tip)? {
            Some(found) => found,
            // Nobody has ever said it, and it is told why this does not.
            None => {
                let says = self.roster_at(&self.target, tip).map_err(|error| {
                    of_review(&error).to_do(format!(
                        "set it up, and have it merged to {}: greenroom track setup --role ROLE",
                        self.target.short()
                    ))
                })?;
                let by = vec![says.clone()];
                Trusted { roster: says, begun: tip.clone(), is_said: true, by, unvouched: None }
            }
        };
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
        let settled =
            |found: &&Trusted| found.is_said && found.by.iter().all(|one| one.is_same(&found.roster));
        if let Some(found) = found.as_ref().filter(|found| settled(found) && !commits.is_empty())
            && self.tip_there(&self.target)?.as_ref() == Some(tip)
        {
            self.pin(tip, &found.begun);
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
            // A branch would be followed, wherever whoever can push takes it.
            if named.len() < 7 || !named.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                let what = format!("{KEY} is `{}`, which is no commit's id", safe(&named));
                return Err(UserError::wrong(what).to_do(format!("git config {KEY} $(git rev-parse COMMIT)")));
            }
            let commit = git.resolve(&named).map_err(|error| {
                of_git(&error)
                    .to_do(format!("git config {KEY} COMMIT names another; git config --unset {KEY} none"))
            })?;
            return at(commit.clone(), commit);
        }
        let Some(Pinned { commit: kept, begun, .. }) = self.pinned()? else { return self.elsewhere(tip) };
        if !git.has(&kept) {
            let what = format!(
                "who may sign was known here as of {}, and that commit is gone from this clone",
                kept.short()
            );
            return Err(UserError::not_ready(what)
                .to_do(format!("name the commit from which it is to count: git config {KEY} COMMIT")));
        }
        // Of a commit before it is asked by those who look back. That the target itself went back brings nobody back.
        let before = *tip != kept && git.is_ancestor(tip, &kept).map_err(|error| of_git(&error))?;
        let is_target = self.tip_there(&self.target)?.as_ref() == Some(tip);
        if before && !is_target { Ok(None) } else { at(kept, begun) }
    }

    /// The same files in another folder are another project's; where this one was moved, whoever can push may have written
    /// them there.
    fn elsewhere(&self, tip: &CommitId) -> Result<Option<Known>, UserError> {
        for Pinned { folder, commit, .. } in self.pinned_elsewhere()? {
            let spec = PathBuf::from(&folder).join(SPEC_FILE);
            if self.repository.file(tip, &spec).map_err(|error| of_git(&error))?.is_none() {
                let (target, was) =
                    (safe(self.target.short()), Utf8PathBuf::from(&folder).join(SIGNERS_FILE));
                let now = Utf8PathBuf::from(self.folder()).join(SIGNERS_FILE);
                let what = format!(
                    "who may sign was in {} on {target}, which is gone from there",
                    safe(was.as_str())
                );
                return Err(UserError::not_ready(what)
                    .to_do(format!(
                        "if the project was moved, compare what was known with what is there now: git diff {}:{} {}:{}",
                        commit.short(),
                        safe(was.as_str()),
                        tip.short(),
                        safe(now.as_str())
                    ))
                    .to_do(format!("if it is right: git config {KEY} {}, in each clone", tip.short())));
            }
        }
        Ok(None)
    }

    /// What the target says of people and signers, and nobody who could has signed; one sentence each.
    pub(super) fn unvouched(&self) -> Vec<String> {
        let Some(tip) = self.tip_there(&self.target).ok().flatten() else { return Vec::new() };
        let Ok(trusted) = self.trusted_at(&tip) else { return Vec::new() };
        match &trusted.unvouched {
            Some(unvouched) => self.told_of(&trusted.roster, unvouched),
            None => self.unsaid(&trusted).into_iter().collect(),
        }
    }

    /// Why a target does not say itself who may sign, though it is known.
    pub(super) fn unsaid(&self, trusted: &Trusted) -> Option<String> {
        let tip = &trusted.roster.tip;
        let why = if trusted.is_said { None } else { self.roster_at(&self.target, tip).err() };
        why.map(|why| format!("{why}: who counted before does, until that is mended"))
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
        made: bool,
        change: Change<'_>,
        by: &Roster,
    ) -> Result<bool, PortError> {
        // A merge brings what others have made.
        let own = made && commit.parents.len() == 1;
        Ok(own && self.by_commit(commit, change, by)?
            || self.by_file(commit, change, by)?
            || made && self.by_ledger(commit, change, by)?)
    }

    fn brought(&self, commit: &RosterCommit, change: Change<'_>, by: &Roster) -> Result<bool, PortError> {
        let tree = self.desk.git().tree(&commit.id)?;
        let named = self.named()?;
        if !(named.commits.contains(&commit.id) || named.trees.contains(&tree)) {
            return Ok(false);
        }
        self.is_given(by, |given, able| {
            let event = given.approval;
            let is_all = event.merge_tree.as_ref() == Some(&tree) && self.has_brought(given, &commit.id);
            let recorded = given.is_recorded_as(&commit.id, able) && self.is_said(&event.head, change.after);
            Ok((is_all || recorded) && self.is_about(change, event))
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
        let signed =
            change_of_signers(&self.desk.folder(), change).map_err(|error| PortError(error.to_string()))?;
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
                return Ok(self.is_about(change, event) && self.is_said(&event.head, change.after));
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

    /// What the target had said otherwise before, or says by now, is none of what the package was approved to bring.
    fn is_about(&self, change: Change<'_>, event: &Event) -> bool {
        self.is_since(change, event) && self.is_said(&event.target.tip, change.before)
    }

    /// A commit that is not here tells nothing for it.
    fn is_said(&self, commit: &CommitId, what: &Roster) -> bool {
        self.says(commit).ok().flatten().is_some_and(|said| said.is_same(what))
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
        let seen = self.desk.memory.read(id).map_err(|error| PortError(error.what))?;
        let checked = verify(&links, &trust, &mut Seen { tip: seen.tip, ..Seen::default() });
        // What was taken back may be what is missing.
        if checked.state != LedgerState::Intact {
            return Ok(Vec::new());
        }
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
                // When it was is the word of whoever records it: an analyst's brings nothing back that has run out.
                let at = if able.contains(&event.person) { event.at } else { now };
                if let Some(approval) = same.filter(|given| lasts(given, at)) {
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
