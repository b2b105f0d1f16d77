//! A repository and signatures in memory, in which signatures can misbehave on demand, and short ways to events.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use indexmap::IndexMap;
use jiff::{SignedDuration, Timestamp};

use super::canonical::digest_of;
use super::*;
use crate::domain::track::bodies::{Opened, Sealing};
use crate::domain::track::{
    Check, CheckStatus, InputReport, OutputReport, PackagedCheck, PackagedRun, RunReport, StepReport, Track,
};
use crate::domain::track::{
    CommitId, Entry, Event, Evidence, Link, Merge, Package, Present, Seen, Signed, Target, TrackId,
    Transition, TreeChange, TreeChangeKind, TreeContent, TreeId,
};
use crate::domain::{Digest, Name, Person, Role, Status, Token};

/// A signature is `key|namespace|sha256 of the statement`; signers are lines of `principals key`.
#[derive(Default)]
pub(super) struct Memory {
    /// Whose key signs next.
    pub key: RefCell<String>,
    pub namespace: RefCell<String>,
    pub expired: RefCell<Vec<String>>,
    pub verified: Cell<usize>,
    pub files: BTreeMap<(CommitId, String), String>,
    pub commits: Vec<CommitFacts>,
    pub shallow: bool,
    pub changes: Vec<TreeChange>,
    /// Commits of the target.
    pub line: Vec<TargetCommit>,
    /// Pairs of commits of which the second does not go on from the first.
    pub apart: Vec<(CommitId, CommitId)>,
    /// Pairs of commits of which the second goes on from the first, but not along first parents.
    pub aside: Vec<(CommitId, CommitId)>,
    /// Of the head into the base; `MERGED` where nothing else is said.
    pub merged: Option<Result<Merge, PortError>>,
    pub merges: Cell<usize>,
    /// Where they are others than `changes`.
    pub between: BTreeMap<(TreeId, TreeId), Vec<TreeChange>>,
}

pub(super) const NAMESPACE: &str = "greenroom-track-v1";

impl Signatures for Memory {
    fn verify(&self, signers: &Signers, statement: &[u8], signature: &[u8]) -> Result<Verified, Unverified> {
        self.verified.set(self.verified.get() + 1);
        let other = |why: &str| Err(Unverified::Other(why.to_owned()));
        let Ok(text) = String::from_utf8(signature.to_vec()) else { return other("no signature") };
        let parts: Vec<&str> = text.split('|').collect();
        let [key, namespace, sum] = parts[..] else { return other("no signature") };
        if sum != Digest::of(statement).as_str() {
            return other("it was made over something else");
        }
        if namespace != NAMESPACE {
            return other(&format!("it is of the namespace {namespace}"));
        }
        if signers.revoked.lines().any(|revoked| revoked == key) {
            return Err(Unverified::Revoked);
        }
        if self.expired.borrow().iter().any(|expired| expired == key) {
            return other("the key has expired");
        }
        let lines = signers.allowed.lines().filter_map(|line| line.split_once(' '));
        let principals: Vec<String> =
            lines.filter(|(_, of)| *of == key).map(|(principals, _)| principals.to_owned()).collect();
        match principals.is_empty() {
            true => other("the key is none of the allowed signers'"),
            false => Ok(Verified { principals, key: key.to_owned() }),
        }
    }

    fn sign(&self, statement: &[u8]) -> Result<Vec<u8>, PortError> {
        let (key, namespace) = (self.key.borrow(), self.namespace.borrow());
        Ok(format!("{key}|{namespace}|{}", Digest::of(statement)).into_bytes())
    }
}

impl Repository for Memory {
    fn file(&self, commit: &CommitId, path: &str) -> Result<Option<Vec<u8>>, PortError> {
        Ok(self.files.get(&(commit.clone(), path.to_owned())).map(|text| text.clone().into_bytes()))
    }

    fn commits(&self, _: &CommitId, _: &CommitId, _: &Signers) -> Result<Vec<CommitFacts>, PortError> {
        match self.shallow {
            true => Err(PortError("the clone is shallow".to_owned())),
            false => Ok(self.commits.clone()),
        }
    }

    /// That of `line`, which goes on from any commit.
    fn line(&self, base: &CommitId, tip: &CommitId) -> Result<Vec<TargetCommit>, PortError> {
        let pair = (base.clone(), tip.clone());
        if base == tip || self.apart.contains(&pair) || self.aside.contains(&pair) {
            return Ok(Vec::new());
        }
        let mut line: Vec<TargetCommit> = Vec::new();
        let mut at = tip.clone();
        while let Some(commit) = self.line.iter().find(|commit| commit.id == at).filter(|_| at != *base) {
            at = commit.parent.clone();
            line.push(commit.clone());
        }
        if at != *base {
            line.push(TargetCommit { id: at, parent: base.clone(), tree: tree('0') });
        }
        line.reverse();
        Ok(line)
    }

    fn changes(&self, from: &TreeId, to: &TreeId) -> Result<Vec<TreeChange>, PortError> {
        let between = self.between.get(&(from.clone(), to.clone()));
        Ok(between.unwrap_or(&self.changes).clone())
    }

    fn target_commit(&self, id: &CommitId) -> Result<TargetCommit, PortError> {
        let found = self.line.iter().find(|commit| commit.id == *id).cloned();
        found.ok_or_else(|| PortError(format!("{} is not here", id.short())))
    }

    fn is_ancestor(&self, old: &CommitId, new: &CommitId) -> Result<bool, PortError> {
        Ok(!self.apart.contains(&(old.clone(), new.clone())))
    }

    fn distance(&self, base: &CommitId, head: &CommitId) -> Result<u64, PortError> {
        Ok(if base == head { 0 } else { 14 })
    }

    /// Of any other two, the tree `f`.
    fn merge_tree(&self, base: &CommitId, head: &CommitId) -> Result<Merge, PortError> {
        self.merges.set(self.merges.get() + 1);
        match (*base == commit(BASE) && *head == commit(HEAD), &self.merged) {
            (true, Some(merged)) => merged.clone(),
            (true, None) => Ok(Merge::Tree(tree(MERGED))),
            (false, _) => Ok(Merge::Tree(tree('f'))),
        }
    }

    /// Those of `line` that are in there; `0` of all others.
    fn tree(&self, commit: &CommitId) -> Result<TreeId, PortError> {
        let found = self.line.iter().find(|one| one.id == *commit);
        Ok(found.map_or_else(|| tree('0'), |one| one.tree.clone()))
    }
}

pub(super) fn commit(c: char) -> CommitId {
    String::from(c).repeat(40).try_into().unwrap()
}

pub(super) fn tree(c: char) -> TreeId {
    String::from(c).repeat(40).try_into().unwrap()
}

pub(super) fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

pub(super) fn changed(path: &str) -> TreeChange {
    TreeChange {
        path: path.to_owned(),
        was: None,
        kind: TreeChangeKind::Modified,
        content: TreeContent::Text,
        lines: Some((3, 1)),
    }
}

/// A ledger as it grows, on a project of ana and sam (analyst, scientist), eli and emma (engineers).
pub(super) struct Scene {
    pub memory: Memory,
    pub id: TrackId,
    pub now: Timestamp,
    pub roster: Roster,
    pub links: Vec<Link>,
    pub seen: Seen,
    pub present: Option<Present>,
    pub required: Vec<String>,
    pub needs_stage: Vec<String>,
    pub broken: BTreeMap<CommitId, Vec<String>>,
    pub closures: Vec<Closure>,
}

pub(super) const HEAD: char = 'a';
pub(super) const BASE: char = 'b';
pub(super) const MERGED: char = 'c';

impl Scene {
    pub(super) fn new() -> Self {
        let roles = [
            ("ana", Role::Analyst),
            ("sam", Role::Scientist),
            ("eli", Role::Engineer),
            ("emma", Role::Engineer),
        ];
        let people: IndexMap<Name, Person> = roles
            .into_iter()
            .map(|(who, role)| (name(who), Person { email: format!("{who}@example.com"), role }))
            .collect();
        let allowed = roles.map(|(who, _)| format!("{who}@example.com {who}-key\n")).concat();
        let memory = Memory {
            namespace: RefCell::new(NAMESPACE.to_owned()),
            commits: vec![by(commit('1'), "ana@example.com")],
            ..Memory::default()
        };
        Self {
            memory,
            id: TrackId::of(&name("daily_delays"), [7; 8]),
            now: "2026-01-05T12:00:00Z".parse().unwrap(),
            roster: Roster {
                target: "refs/heads/stage".parse().unwrap(),
                tip: commit(BASE),
                people,
                signers: Signers { allowed, revoked: String::new() },
            },
            links: Vec::new(),
            seen: Seen::default(),
            present: Some(Present {
                head: commit(HEAD),
                base: commit(BASE),
                merge: Merge::Tree(tree(MERGED)),
            }),
            required: Vec::new(),
            needs_stage: Vec::new(),
            broken: BTreeMap::new(),
            closures: vec![
                Closure::new("delays", &["sql/".to_owned(), "workflows/daily.yaml".to_owned()]).unwrap(),
            ],
        }
    }

    pub(super) fn event(&self, person: &str, transition: Transition) -> Event {
        let role = self.roster.people.get(person).map_or(Role::Engineer, |person| person.role);
        Event {
            track: self.id.clone(),
            transition,
            person: name(person),
            role,
            at: self.now.checked_sub(SignedDuration::from_hours(20)).unwrap()
                + SignedDuration::from_secs(self.links.len() as i64),
            expires: None,
            previous: self.links.last().map(|link| link.commit.clone()),
            target: Target { name: self.roster.target.clone(), tip: commit(BASE) },
            seen: Some(self.roster.tip.clone()),
            head: commit(HEAD),
            merge_tree: Some(tree(MERGED)),
            package: None,
        }
    }

    /// Signs it with the person's own key and appends it.
    pub(super) fn add(&mut self, event: &Event) -> CommitId {
        let key = format!("{}-key", event.person);
        self.add_signed(event, &key)
    }

    pub(super) fn add_signed(&mut self, event: &Event, key: &str) -> CommitId {
        *self.memory.key.borrow_mut() = key.to_owned();
        let statement = encode(event).unwrap();
        let signature = self.memory.sign(&statement).unwrap();
        self.link(Signed { statement, signature })
    }

    pub(super) fn link(&mut self, signed: Signed) -> CommitId {
        let parent = self.links.last().map(|link| link.commit.clone());
        let sum = Digest::of(&[&signed.statement[..], &signed.signature].concat());
        let sum = Digest::of(format!("{sum}{parent:?}").as_bytes());
        let commit: CommitId = sum.as_str()[..40].to_owned().try_into().unwrap();
        self.links.push(Link { commit: commit.clone(), parent, content: Ok(signed) });
        commit
    }

    pub(super) fn say(&mut self, person: &str, transition: Transition) -> CommitId {
        let event = self.event(person, transition);
        self.add(&event)
    }

    pub(super) fn check(&mut self) -> Checked {
        self.check_with(&|roster, _| Ok(roster.clone()))
    }

    pub(super) fn check_with(
        &mut self,
        earlier: &dyn Fn(&Roster, &CommitId) -> Result<Roster, String>,
    ) -> Checked {
        let trust = Trust {
            track: &self.id,
            rosters: std::slice::from_ref(&self.roster),
            earlier,
            signatures: &self.memory,
            repository: &self.memory,
            now: self.now,
        };
        verify(&self.links, &trust, &mut self.seen)
    }

    pub(super) fn circumstances(&self, checked: &Checked) -> Circumstances {
        self.circumstances_of(&checked.entries)
    }

    pub(super) fn circumstances_of(&self, entries: &[Entry]) -> Circumstances {
        let given = Circumstances {
            now: self.now,
            people: self.roster.people.clone(),
            signers: self.roster.signers.clone(),
            required: self.required.clone(),
            needs_stage: self.needs_stage.iter().cloned().collect(),
            broken: self.broken.clone(),
            tip: Some(self.roster.tip.clone()),
            present: self.present.clone(),
            ..Circumstances::default()
        };
        gather(entries, &self.memory, &self.closures, given)
    }

    pub(super) fn track(&mut self) -> Track {
        let checked = self.check();
        fold(&self.id, &checked, &self.circumstances(&checked))
    }

    pub(super) fn open(&mut self) -> CommitId {
        self.say("ana", Transition::Opened(opened()))
    }

    /// A package of these checks, sealed by ana.
    pub(super) fn seal(&mut self, checks: &[(&str, CheckStatus)]) -> Event {
        self.seal_package(self.package(checks))
    }

    pub(super) fn seal_package(&mut self, manifest: Package) -> Event {
        let mut event =
            self.event("ana", Transition::Sealed(Box::new(Sealing { manifest: manifest.clone() })));
        event.package = Some(digest_of(&manifest).unwrap());
        event.head = manifest.head.clone();
        event.merge_tree = Some(manifest.merge_tree.clone());
        self.add(&event);
        event
    }

    pub(super) fn package(&self, checks: &[(&str, CheckStatus)]) -> Package {
        let packaged = |(id, status): &(&str, CheckStatus)| PackagedCheck {
            id: (*id).to_owned(),
            title: Check::passed(id, id).title,
            status: *status,
            why: None,
            not_checked: None,
            evidence: Evidence { name: format!("check.{id}.json"), bytes: 2, sha256: Digest::of(b"{}") },
        };
        Package {
            greenroom: 1,
            track: self.id.clone(),
            target: self.roster.target.clone(),
            branch: "refs/heads/ana/delays".parse().unwrap(),
            head: commit(HEAD),
            base: commit(BASE),
            merge_tree: tree(MERGED),
            runs: vec![PackagedRun {
                run: Token::from_bytes([7; 16]),
                name: name("daily_delays"),
                evidence: Evidence { name: "run.json".to_owned(), bytes: 2, sha256: Digest::of(b"{}") },
            }],
            checks: checks.iter().map(packaged).collect(),
            diffs: Vec::new(),
        }
    }

    /// What somebody says about the sealed package.
    pub(super) fn about(&self, sealed: &Event, person: &str, transition: Transition) -> Event {
        let (head, merge_tree) = (sealed.head.clone(), sealed.merge_tree.clone());
        Event { package: sealed.package.clone(), head, merge_tree, ..self.event(person, transition) }
    }
}

pub(super) fn opened() -> Opened {
    Opened {
        workflow: name("daily_delays"),
        need: "Figures per carrier".to_owned(),
        inputs: vec!["lake.flights".to_owned()],
        outputs: vec!["delays".to_owned()],
        owners: vec![name("ana"), name("eli")],
        operators: vec![name("sql_export")],
        branch: Some("ana/delays".to_owned()),
        checks: Vec::new(),
    }
}

pub(super) fn by(id: CommitId, email: &str) -> CommitFacts {
    let mail = Mail { name: email.to_owned(), email: email.to_owned() };
    CommitFacts {
        id,
        author: mail.clone(),
        committer: mail,
        co_authors: Vec::new(),
        signed_by: Some(vec![email.to_owned()]),
    }
}

/// A run at the head of one step that makes so many rows in so many milliseconds.
pub(super) fn run_report(rows: u64, milliseconds: u64) -> RunReport {
    let output = OutputReport {
        bytes: rows * 8,
        rows: Some(rows),
        sha256: Digest::of(&rows.to_le_bytes()),
        columns: None,
    };
    let started_at: Timestamp = "2026-01-04T06:00:00Z".parse().unwrap();
    let read = InputReport {
        table: serde_json::from_value(serde_json::json!("lake.flights")).unwrap(),
        rows: 336_776,
        sha256: Digest::of(b"flights"),
        content: None,
    };
    RunReport {
        run: Token::from_bytes([7; 16]),
        name: name("daily_delays"),
        version: "1.0.0".to_owned(),
        use_case: None,
        status: Status::Succeeded,
        started_at,
        finished_at: Some(started_at + SignedDuration::from_millis(milliseconds as i64)),
        commit: Some(commit(HEAD).to_string()),
        dirty: false,
        params: BTreeMap::new(),
        steps: vec![StepReport {
            step: "delays".to_owned(),
            milliseconds,
            peak_memory_bytes: Some(1 << 20),
            image: format!("sha256:{}", "0".repeat(64)),
            taken: false,
            outputs: BTreeMap::from([(name("delays"), output)]),
            reads: vec![read],
        }],
    }
}
