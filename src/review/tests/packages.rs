//! A package is what its manifest says, by sums.

use std::cell::RefCell;

use serde_json::{Value, json};

use crate::domain::Digest;
use crate::domain::track::{
    Check, CheckStatus, CommitId, DiffKind, Event, Link, Merge, Signed, TEST_RESULT, Target,
};
use crate::review::testing::{BASE, HEAD, MERGED, Scene, changed, commit, run_report, tree};
use crate::review::{
    Assembled, Draft, Ledger, PortError, ReviewError, TargetCommit, assemble, fits, is_evidence, recognise,
    record, unpack,
};

fn checks() -> Vec<Check> {
    let mut warned = Check::passed("resources", "Resources");
    warned.find(CheckStatus::Warned, "asks for 8 GiB, used 1 GiB".to_owned(), None, "memory: 2Gi".to_owned());
    vec![warned, Check::not_checked("stage-run", "Runs in stage", "stage is not reached from here", "")]
}

fn assembled(scene: &Scene, checks: &[Check]) -> Result<Assembled, ReviewError> {
    assemble(&Draft {
        track: &scene.id,
        target: &Target { name: scene.roster.target.clone(), tip: commit(BASE) },
        branch: &"refs/heads/ana/delays".parse().unwrap(),
        head: &commit(HEAD),
        merge: &Merge::Tree(tree(MERGED)),
        runs: &[(run_report(1_000, 50), Digest::of(b"plan"))],
        checks,
        diffs: &[(DiffKind::Lineage, json!([{"dataset": "lake.delays", "columns": []}]))],
    })
}

/// Name and bytes.
type Files = Vec<(String, Vec<u8>)>;

/// Commits of evidence in memory; one file may have been changed.
#[derive(Default)]
struct Shelf {
    entries: RefCell<Vec<(CommitId, Signed, Files)>>,
}

impl Ledger for Shelf {
    fn links(&self, tip: &CommitId) -> Result<Vec<Link>, PortError> {
        let entries = self.entries.borrow();
        let links = entries.iter().scan(None, |parent, (commit, signed, _)| {
            let link = Link { commit: commit.clone(), parent: parent.take(), content: Ok(signed.clone()) };
            *parent = Some(commit.clone());
            Some(link)
        });
        let end = entries.iter().position(|(commit, ..)| commit == tip);
        Ok(links.take(end.map_or(0, |end| end + 1)).collect())
    }

    fn append(
        &self,
        parent: Option<&CommitId>,
        signed: &Signed,
        evidence: &[(String, Vec<u8>)],
    ) -> Result<CommitId, PortError> {
        let mut entries = self.entries.borrow_mut();
        if entries.last().map(|(commit, ..)| commit) != parent {
            return Err(PortError("it does not follow the last".to_owned()));
        }
        let id = commit(char::from_digit(entries.len() as u32, 10).unwrap());
        entries.push((id.clone(), signed.clone(), evidence.to_vec()));
        Ok(id)
    }

    fn evidence(&self, entry: &CommitId, name: &str) -> Result<Option<Vec<u8>>, PortError> {
        let entries = self.entries.borrow();
        let files = entries.iter().find(|(commit, ..)| commit == entry).map(|(.., files)| files);
        let file = files.and_then(|files| files.iter().find(|(of, _)| of == name));
        Ok(file.map(|(_, bytes)| bytes.clone()))
    }
}

#[test]
fn evidence_is_in_toto_and_named_by_its_sum() {
    let scene = Scene::new();
    let made = assembled(&scene, &checks()).unwrap();
    assert_eq!(made, assembled(&scene, &checks()).unwrap(), "the same again");
    let names: Vec<&str> = made.evidence.iter().map(|(name, _)| name.as_str()).collect();
    let run = format!("run.{}.json", run_report(1_000, 50).run);
    assert_eq!(names, [&run, "check.resources.json", "check.stage-run.json", "diff.lineage.json"]);
    let value = |at: usize| serde_json::from_slice::<Value>(&made.evidence[at].1).unwrap();
    assert_eq!(value(0)["predicateType"], "https://slsa.dev/provenance/v1");
    assert_eq!(value(0)["subject"][0]["name"], "delays.delays");
    let made_of = value(0)["predicate"]["buildDefinition"]["resolvedDependencies"].clone();
    let named: Vec<&str> =
        made_of.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(named, ["commit", "image", "table lake.flights"]);
    assert_eq!(value(1)["predicateType"], TEST_RESULT);
    assert_eq!(value(1)["predicate"]["result"], "WARNED");
    assert_eq!(value(2)["predicateType"], "urn:greenroom:check:v1", "what was not checked attests nothing");
    assert_eq!(made.package.checks[1].why.as_deref(), Some("stage is not reached from here"));
    for (evidence, (_, bytes)) in
        made.package.checks.iter().map(|check| &check.evidence).zip(&made.evidence[1..])
    {
        assert!(is_evidence(evidence, bytes) && !is_evidence(evidence, &bytes[1..]));
    }
    let other = assembled(&scene, &checks()[..1]).unwrap();
    assert_ne!(made.digest, other.digest);
}

#[test]
fn a_package_is_sealed_and_unpacked_again() {
    let mut scene = Scene::new();
    let shelf = Shelf::default();
    let open = scene.event("ana", crate::domain::track::Transition::Opened(crate::review::testing::opened()));
    *scene.memory.key.borrow_mut() = "ana-key".to_owned();
    let opened = record(&shelf, &scene.memory, &open, &[]).unwrap();
    let made = assembled(&scene, &checks()).unwrap();
    let seal = Event {
        previous: Some(opened),
        package: Some(made.digest.clone()),
        ..scene.event("ana", made.transition())
    };
    let sealed = record(&shelf, &scene.memory, &seal, &made.evidence).unwrap();
    scene.links = shelf.links(&sealed).unwrap();
    let track = scene.track();
    assert_eq!(track.invalid, []);
    let package = track.package.unwrap();
    assert_eq!((&package.digest, &package.entry), (&made.digest, &sealed));
    let whole = unpack(&shelf, &sealed, &package.manifest).unwrap();
    assert_eq!((whole.runs, whole.broken.len()), (vec![run_report(1_000, 50)], 0));

    let mut entries = shelf.entries.borrow_mut();
    entries[1].2[1].1.push(b' ');
    entries[1].2.pop();
    drop(entries);
    let broken = unpack(&shelf, &sealed, &package.manifest).unwrap().broken;
    assert_eq!(broken, ["check.resources.json is not what was sealed", "diff.lineage.json is missing"]);
}

#[test]
fn nothing_is_sealed_that_conflicts_or_holds_a_name_twice() {
    let scene = Scene::new();
    let twice = [checks(), checks()].concat();
    let error = assembled(&scene, &twice).unwrap_err();
    assert!(matches!(error, ReviewError::Twice(name) if name == "check.resources.json"));
    let draft = Draft {
        track: &scene.id,
        target: &Target { name: scene.roster.target.clone(), tip: commit(BASE) },
        branch: &"refs/heads/ana/delays".parse().unwrap(),
        head: &commit(HEAD),
        merge: &Merge::Conflicts(vec!["sql/a.sql".to_owned()]),
        runs: &[],
        checks: &[],
        diffs: &[],
    };
    let error = assemble(&draft).unwrap_err().to_string();
    assert_eq!(error, "the branch conflicts with the target in sql/a.sql; bring the target into it first");
}

#[test]
fn only_a_good_run_of_exactly_that_commit_is_packaged() {
    let good = run_report(1_000, 50);
    assert_eq!(fits(&good, &commit(HEAD)), Ok(()));
    let mut dirty = good.clone();
    dirty.dirty = true;
    let mut failed = good.clone();
    failed.status = crate::domain::Status::Failed;
    for bad in [&dirty, &failed] {
        assert!(fits(bad, &commit(HEAD)).is_err());
    }
    assert!(fits(&good, &commit('9')).unwrap_err().starts_with("it is of aaaaaaaaaaaa"));
}

#[test]
fn a_merge_is_recognised_however_it_was_made() {
    let mut scene = Scene::new();
    let package = scene.package(&[]);
    let at = |id, parent, holds| TargetCommit { id: commit(id), parent: commit(parent), tree: tree(holds) };
    let found = |scene: &Scene, line: &[TargetCommit]| {
        let found = recognise(&scene.memory, &package, &scene.closures, line).unwrap();
        found.map(|found| found.promoted.commit)
    };
    assert_eq!(found(&scene, &[at('1', BASE, '0'), at('2', '1', MERGED)]), Some(commit('2')));
    assert_eq!(found(&scene, &[at('1', BASE, '0')]), None);
    // In this repository everything merges to the tree `f`.
    let carried = [at('1', BASE, '0'), at('2', '1', 'f'), at('3', '2', 'f')];
    scene.memory.line = carried.to_vec();
    assert_eq!(found(&scene, &carried[2..]), None, "it had come in before");
    assert_eq!(found(&scene, &carried), Some(commit('2')));
    scene.memory.changes = vec![changed("sql/delays.sql")];
    assert_eq!(found(&scene, &carried), None, "what was merged is not what was approved");
}

/// The evidence as somebody sealed it who wrote one thing into it and another into the manifest.
fn unpacked(change: impl FnOnce(&mut Assembled)) -> Vec<String> {
    let scene = Scene::new();
    let mut made = assembled(&scene, &checks()).unwrap();
    change(&mut made);
    let shelf = Shelf::default();
    let signed = Signed { statement: Vec::new(), signature: Vec::new() };
    let entry = shelf.append(None, &signed, &made.evidence).unwrap();
    unpack(&shelf, &entry, &made.package).unwrap().broken
}

#[test]
fn a_manifest_says_what_its_evidence_says() {
    assert_eq!(unpacked(|_| {}), Vec::<String>::new());
    let better = unpacked(|made| made.package.checks[0].status = CheckStatus::Passed);
    assert_eq!(
        better,
        ["check.resources.json is not to be believed: it says WARNED, and the package PASSED"]
    );
    let swapped = unpacked(|made| made.package.checks[0].id = "images".to_owned());
    assert!(swapped[0].ends_with("it is of the check resources, and not images"), "{swapped:?}");
    let quiet = unpacked(|made| made.package.checks[0].why = None);
    assert!(quiet[0].ends_with("the package does not tell what it found"), "{quiet:?}");
    let made_up = unpacked(|made| {
        let text = String::from_utf8(made.evidence[1].1.clone()).unwrap();
        made.evidence[1].1 = text.replace("\"result\":\"WARNED\"", "\"result\":\"PASSED\"").into_bytes();
        made.package.checks[0].evidence.bytes = made.evidence[1].1.len() as u64;
        made.package.checks[0].evidence.sha256 = Digest::of(&made.evidence[1].1);
        made.package.checks[0].status = CheckStatus::Passed;
    });
    assert!(made_up[0].ends_with("it is no result of a check"), "{made_up:?}");
    let moved = unpacked(|made| made.package.head = commit('9'));
    assert_eq!(moved.len(), 3, "the run and both checks are of another commit: {moved:?}");
    assert!(moved[0].contains("it is of aaaaaaaaaaaa, and the branch is at 999999999999"), "{moved:?}");
    let renamed = unpacked(|made| made.package.runs[0].name = crate::review::testing::name("other"));
    assert!(renamed[0].contains("of daily_delays"), "{renamed:?}");
}

#[test]
fn evidence_without_end_is_not_read() {
    let huge = unpacked(|made| made.package.checks[0].evidence.bytes = 300 << 20);
    assert_eq!(huge.len(), 1);
    assert!(huge[0].starts_with("check.resources.json and what comes after it is not read"), "{huge:?}");
    assert!(huge[0].contains("256 MiB"), "{huge:?}");
}
