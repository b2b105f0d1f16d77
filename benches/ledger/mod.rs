//! A track's ledger of 1,000 entries: read with its signatures known, folded, and shown as a card.

use divan::Bencher;
use greenroom::domain::track::bodies::{Opened, Said, Sealing};
use greenroom::domain::track::{
    CommitId, Event, Link, Merge, Package, Present, Seen, Signed, Target, TrackId, Transition, TreeChange,
    TreeChangeKind, TreeContent, TreeId,
};
use greenroom::domain::{Digest, Name, Person, Role};
use greenroom::review::{
    Circumstances, CommitFacts, Mail, Material, PortError, Repository, Roster, Signatures, Signers,
    TargetCommit, Trust, Unverified, Verified, card, encode, fold, gather, markdown, verify,
};

/// Signatures that are all good, each of the person whom its bytes name; and a repository of one commit.
struct World;

impl Signatures for World {
    fn verify(&self, _: &Signers, _: &[u8], signature: &[u8]) -> Result<Verified, Unverified> {
        let key = String::from_utf8(signature.to_vec());
        let key = key.map_err(|error| Unverified::Other(error.to_string()))?;
        Ok(Verified { principals: vec![format!("{key}@example.com")], key })
    }
    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, PortError> {
        Ok(b"ana".to_vec())
    }
}

impl Repository for World {
    fn file(&self, _: &CommitId, _: &str) -> Result<Option<Vec<u8>>, PortError> {
        Ok(None)
    }
    fn commits(&self, _: &CommitId, _: &CommitId, _: &Signers) -> Result<Vec<CommitFacts>, PortError> {
        let mail = Mail { name: "Ana".to_owned(), email: "ana@example.com".to_owned() };
        let facts = CommitFacts {
            id: commit(1),
            author: mail.clone(),
            committer: mail,
            co_authors: Vec::new(),
            signed_by: Some(vec!["ana@example.com".to_owned()]),
        };
        Ok(vec![facts])
    }
    fn line(&self, _: &CommitId, _: &CommitId) -> Result<Vec<TargetCommit>, PortError> {
        Ok(Vec::new())
    }
    fn changes(&self, _: &TreeId, _: &TreeId) -> Result<Vec<TreeChange>, PortError> {
        Ok(Vec::new())
    }
    fn tree(&self, _: &CommitId) -> Result<TreeId, PortError> {
        Ok(tree())
    }
    fn target_commit(&self, id: &CommitId) -> Result<TargetCommit, PortError> {
        Ok(TargetCommit { id: id.clone(), parent: commit(0), tree: tree() })
    }
    fn is_ancestor(&self, _: &CommitId, _: &CommitId) -> Result<bool, PortError> {
        Ok(true)
    }
    fn distance(&self, _: &CommitId, _: &CommitId) -> Result<u64, PortError> {
        Ok(0)
    }
    fn merge_tree(&self, _: &CommitId, _: &CommitId) -> Result<Merge, PortError> {
        Ok(Merge::Tree(tree()))
    }
}

fn commit(number: usize) -> CommitId {
    format!("{number:040x}").parse().unwrap()
}

fn tree() -> TreeId {
    "f".repeat(40).parse().unwrap()
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

struct Ledger {
    id: TrackId,
    roster: Roster,
    links: Vec<Link>,
}

fn ledger(entries: usize) -> Ledger {
    let people = [("ana", Role::Analyst), ("eli", Role::Engineer)];
    let people = people.map(|(who, role)| (name(who), Person { email: format!("{who}@example.com"), role }));
    let id = TrackId::of(&name("daily_delays"), [7; 8]);
    let roster = Roster {
        target: "refs/heads/stage".parse().unwrap(),
        tip: commit(0),
        people: people.into_iter().collect(),
        signers: Signers { allowed: "a line\n".repeat(100), revoked: String::new() },
    };
    let mut links: Vec<Link> = Vec::new();
    for number in 0..entries {
        let transition = match number {
            0 => Transition::Opened(Opened {
                workflow: name("daily_delays"),
                need: "Figures".to_owned(),
                inputs: Vec::new(),
                outputs: Vec::new(),
                owners: vec![name("ana"), name("eli")],
                operators: Vec::new(),
                branch: None,
                checks: Vec::new(),
            }),
            _ if number % 10 == 1 => Transition::Sealed(Box::new(Sealing { manifest: package(&id, number) })),
            _ => Transition::Said(Said { text: format!("remark {number}"), place: None, answers: None }),
        };
        let package = match &transition {
            Transition::Sealed(sealing) => Some(digest(&sealing.manifest)),
            _ => None,
        };
        let event = Event {
            track: id.clone(),
            transition,
            person: name("ana"),
            role: Role::Analyst,
            at: jiff::Timestamp::from_second(1_700_000_000 + number as i64).unwrap(),
            expires: None,
            previous: links.last().map(|link| link.commit.clone()),
            target: Target { name: roster.target.clone(), tip: commit(0) },
            seen: Some(commit(0)),
            head: commit(number + 1),
            merge_tree: Some(tree()),
            package,
        };
        let signed = Signed { statement: encode(&event).unwrap(), signature: b"ana".to_vec() };
        let parent = links.last().map(|link| link.commit.clone());
        links.push(Link { commit: commit(number + 10_000), parent, content: Ok(signed) });
    }
    Ledger { id, roster, links }
}

/// As it is sealed: over keys in their order.
fn digest(package: &Package) -> Digest {
    let mut value = serde_json::to_value(package).unwrap();
    value.sort_all_objects();
    Digest::of(&serde_json::to_vec(&value).unwrap())
}

fn package(id: &TrackId, number: usize) -> Package {
    Package {
        greenroom: 1,
        track: id.clone(),
        target: "refs/heads/stage".parse().unwrap(),
        branch: "refs/heads/ana/delays".parse().unwrap(),
        head: commit(number + 1),
        base: commit(0),
        merge_tree: tree(),
        runs: Vec::new(),
        checks: Vec::new(),
        diffs: Vec::new(),
    }
}

/// Bound: 1 s when the signatures are known, 100 ms the next time.
#[divan::bench]
fn verify_and_fold_a_ledger_of_1_000(bencher: Bencher) {
    let ledger = ledger(1_000);
    let mut seen = Seen::default();
    let track = |seen: &mut Seen| {
        let trust = Trust {
            track: &ledger.id,
            rosters: std::slice::from_ref(&ledger.roster),
            earlier: &|roster, _| Ok(roster.clone()),
            signatures: &World,
            repository: &World,
            now: jiff::Timestamp::from_second(1_800_000_000).unwrap(),
        };
        let checked = verify(&ledger.links, &trust, seen);
        let present = Present { head: commit(992), base: commit(0), merge: Merge::Tree(tree()) };
        let people = ledger.roster.people.clone();
        let given = Circumstances {
            now: trust.now,
            people,
            tip: Some(commit(0)),
            present: Some(present),
            ..Circumstances::default()
        };
        fold(&ledger.id, &checked, &gather(&checked.entries, &World, &Vec::new(), given))
    };
    let first = track(&mut seen);
    assert_eq!((first.invalid.len(), first.remarks.len()), (0, 899));
    bencher.bench_local(|| track(&mut seen));
}

/// Bound: 300 ms for all of it, the repository's part included.
#[divan::bench]
fn decision_card_of_200_files(bencher: Bencher) {
    let ledger = ledger(20);
    let trust = Trust {
        track: &ledger.id,
        rosters: std::slice::from_ref(&ledger.roster),
        earlier: &|roster, _| Ok(roster.clone()),
        signatures: &World,
        repository: &World,
        now: jiff::Timestamp::from_second(1_800_000_000).unwrap(),
    };
    let checked = verify(&ledger.links, &trust, &mut Seen::default());
    let given = Circumstances {
        now: trust.now,
        people: ledger.roster.people.clone(),
        tip: Some(commit(0)),
        ..Circumstances::default()
    };
    let track = fold(&ledger.id, &checked, &gather(&checked.entries, &World, &Vec::new(), given));
    let change = |number: usize| TreeChange {
        path: format!("sql/{number}.sql"),
        was: None,
        kind: TreeChangeKind::Modified,
        content: TreeContent::Text,
        lines: Some((number as u64, 3)),
    };
    let files: Vec<TreeChange> = (0..200).map(change).collect();
    bencher.bench_local(|| markdown(&card(&track, &Material { files: &files, ..Material::default() })));
}
