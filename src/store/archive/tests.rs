use std::os::unix::fs::{MetadataExt, PermissionsExt};

use proptest::prelude::*;
use serde_json::{Value, json};
use tar::EntryType;

use super::super::testing::{hold, node, output, plan_of, temp};
use super::super::{Imported, Origin, OwnRuns, Runs, Standing, add_note, is_imported, manifests, read_notes};
use super::testing::{Raw, a_success, below, pack, packed, taken_in, unpacked};
use super::*;
use crate::domain::{Digest, Note, OutputType, Plan, RunLayout, Token};

#[test]
fn what_was_packed_is_taken_in_as_it_was_and_is_foreign_for_ever() {
    let (_dir, root) = temp();
    let (old, file) = packed(&root);
    let own = OwnRuns::at(&root.join("state"));
    let token: Token = old.dir().file_name().unwrap().parse().unwrap();
    own.mark(&plan_of(token), &old).unwrap();
    assert_eq!(own.plan(&old).unwrap().1, Origin::Here);

    let new = taken_in(&root, &file).unwrap().remove(0);
    assert_eq!(new.dir(), root.join("to/flights/dev/daily").join("0.1.0").join(token.to_string()));
    let mut gone = below(old.dir());
    gone.retain(|path| !below(new.dir()).contains(path) && !path.starts_with("_run/scratch/"));
    assert_eq!(gone, ["_run/lock", "_run/scratch", "_run/work", "_run/work/b.1", "_run/work/b.1/half"]);
    let made = |layout: &RunLayout| manifests(layout, token).unwrap().remove(0).1.unwrap();
    assert_eq!(made(&new), made(&old));
    for file in &made(&new).files {
        let path = new.dir().join("a/x-1").as_std_path().join(super::index::plain(&file.path).unwrap());
        assert_eq!(Digest::of(&fs_err::read(&path).unwrap()), file.sha256);
        assert_eq!(fs_err::metadata(path).unwrap().mode() & 0o7777, 0o444);
    }
    // Also for whoever made it: what came as an archive anybody may have packed.
    assert!(is_imported(&new) && !is_imported(&old));
    fs_err::rename(old.dir(), root.join("away")).unwrap();
    assert_eq!(own.plan(&new).unwrap().1, Origin::Unpacked);

    assert!(taken_in(&root, &file).unwrap().is_empty(), "it is there already");
    fs_err::write(new.notes(), "{}").unwrap();
    assert!(taken_in(&root, &file).unwrap().is_empty(), "notes are added to");
    fs_err::write(new.events(), "").unwrap();
    let why = taken_in(&root, &file).unwrap_err().to_string();
    assert!(why.contains("is there already") && why.contains("events.jsonl"), "{why}");
    assert_eq!(below(&root.join("to")).iter().filter(|path| path.contains("importing")).count(), 0);
}

#[test]
fn the_same_run_gives_the_same_bytes_and_nothing_is_overwritten() {
    let (_dir, root) = temp();
    let (layout, file) = packed(&root);
    let again = root.join("again");
    let told = export(std::slice::from_ref(&layout), &again, &|_| true).unwrap();
    assert_eq!(fs_err::read(&file).unwrap(), fs_err::read(&again).unwrap());
    assert_eq!(told.sha256, Digest::of(&fs_err::read(&again).unwrap()));
    let why = export(std::slice::from_ref(&layout), &again, &|_| true).unwrap_err().to_string();
    assert!(why.contains("is there already"), "{why}");
    // An archive that was taken in gives the same again.
    let new = taken_in(&root, &file).unwrap().remove(0);
    export(&[new], &root.join("third"), &|_| true).unwrap();
    assert_eq!(fs_err::read(&file).unwrap(), fs_err::read(root.join("third")).unwrap());
}

#[test]
fn a_run_that_is_not_whole_is_not_packed_and_leaves_no_file() {
    for (meddle, why) in [
        ("a/x-1/d/x", "was changed after it was made"),
        ("_run/steps/a.x-1.json", "torn or was edited"),
        ("_run/plan.json", "torn or was edited"),
        ("_run/events.jsonl", "events.jsonl"),
        ("_run/run.json", "torn or was edited"),
        ("_run/code.tar.zst", "lacks _run/code.tar.zst"),
    ] {
        let (_dir, root) = temp();
        let layout = a_success(&root);
        let path = layout.dir().join(meddle);
        fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        match meddle.ends_with("zst") {
            true => fs_err::remove_file(&path).unwrap(),
            false => fs_err::write(&path, "{}\n").unwrap(),
        }
        let error = export(std::slice::from_ref(&layout), &root.join("packed"), &|_| true).unwrap_err();
        assert!(error.to_string().contains(why), "{meddle}: {error}");
        assert_eq!(fs_err::read_dir(&root).unwrap().count(), 1, "{meddle}");
    }
    let (_dir, root) = temp();
    let layout = a_success(&root);
    let stopped = export(std::slice::from_ref(&layout), &root.join("packed"), &|_| false);
    assert!(matches!(stopped, Err(ArchiveError::Stopped)));
    let _lock = hold(&layout);
    fs_err::write(
        layout.events(),
        fs_err::read_to_string(layout.events()).unwrap().lines().next().unwrap().to_owned() + "\n",
    )
    .unwrap();
    let error = export(&[layout], &root.join("packed"), &|_| true).unwrap_err().to_string();
    assert!(error.contains("is running"), "{error}");
    assert_eq!(fs_err::read_dir(&root).unwrap().count(), 1);
}

#[test]
fn a_token_is_one_run_wherever_it_lies_and_no_pin_comes_along() {
    let (_dir, root) = temp();
    let old = a_success(&root);
    let note = Note {
        ts: jiff::Timestamp::UNIX_EPOCH,
        user: "ana".to_owned(),
        text: Some("the best".to_owned()),
        pinned: Some(true),
    };
    add_note(&old, &note).unwrap();
    let file = root.join("packed");
    export(std::slice::from_ref(&old), &file, &|_| true).unwrap();
    let new = taken_in(&root, &file).unwrap().remove(0);
    let notes = read_notes(&new).unwrap();
    assert!(!notes.is_pinned() && notes.say("the best"));
    // Under another version it would be another run of the same token.
    let moved = root.join("to/flights/dev/daily/9.0.0");
    fs_err::create_dir_all(&moved).unwrap();
    let moved = moved.join(new.dir().file_name().unwrap());
    fs_err::rename(new.dir(), &moved).unwrap();
    let refused = taken_in(&root, &file).unwrap_err();
    assert!(matches!(&refused, ArchiveError::Known { place, .. } if *place == moved), "{refused}");
    assert!(!new.dir().exists());
}

/// Whoever has removed a run and takes in another of its token sees that one.
#[test]
fn what_is_taken_in_is_what_is_listed() {
    let (_dir, root) = temp();
    let (old, file) = packed(&root);
    let run = crate::store::read_run(&old).unwrap();
    let branches = || {
        let listing = Runs::new(&root.join("to"), &run.project, &run.env).list(None, 9);
        listing.runs.into_iter().map(|found| found.run.branch).collect::<Vec<_>>()
    };
    let new = taken_in(&root, &file).unwrap().remove(0);
    assert_eq!(branches(), [None]);
    let branch = Some("other".to_owned());
    crate::store::write_run(&old, &crate::domain::Run { branch: branch.clone(), ..run.clone() }).unwrap();
    let other = root.join("other");
    export(std::slice::from_ref(&old), &other, &|_| true).unwrap();
    super::super::remove_tree::remove_tree(new.dir()).unwrap();
    taken_in(&root, &other).unwrap();
    assert_eq!(branches(), [branch]);
}

#[test]
fn nothing_is_taken_in_while_somebody_lets_runs_go() {
    let (_dir, root) = temp();
    let (_, file) = packed(&root);
    fs_err::create_dir_all(root.join("to")).unwrap();
    let alone = Standing::alone([root.join("to").as_path()]).unwrap();
    std::thread::scope(|scope| {
        let taking = scope.spawn(|| taken_in(&root, &file).unwrap().len());
        // It waits, however long: all that can be seen of that is that it has not gone on.
        std::thread::sleep(std::time::Duration::from_millis(100));
        assert!(!taking.is_finished() && !root.join("to/flights").exists());
        drop(alone);
        assert_eq!(taking.join().unwrap(), 1);
    });
}

type Meddle = fn(&mut Value, &mut Vec<Raw>);

fn at(index: &Value, entries: &[Raw], path: &str) -> (usize, usize) {
    let files = index["runs"][0]["files"].as_array().unwrap();
    let file = files.iter().position(|file| file["path"] == path).unwrap();
    let entry = entries.iter().position(|entry| entry.name.ends_with(path.as_bytes())).unwrap();
    (file, entry)
}

/// The file `a/x-1/d/x` under another name, in the index and as an entry.
fn renamed(index: &mut Value, entries: &mut [Raw], to: &str) {
    let (file, entry) = at(index, entries, "a/x-1/d/x");
    index["runs"][0]["files"][file]["path"] = to.into();
    let token = index["run"].as_str().unwrap().to_owned();
    entries[entry].name = format!("{token}/{to}").into_bytes();
}

/// One more file, at the end.
fn added(index: &mut Value, entries: &mut Vec<Raw>, path: &str) {
    let (file, entry) = at(index, entries, "a/x-1/d/x");
    let (mut file, mut entry) = (index["runs"][0]["files"][file].clone(), entries[entry].clone());
    file["path"] = path.into();
    entry.name = format!("{}/{path}", index["run"].as_str().unwrap()).into_bytes();
    index["runs"][0]["files"].as_array_mut().unwrap().push(file);
    index["bytes"] = json!(index["bytes"].as_u64().unwrap() + 3);
    entries.push(entry);
}

const HOSTILE: &[(&str, Meddle)] = &[
    ("leads out", |index, entries| renamed(index, entries, "../../x")),
    ("leads out", |index, entries| renamed(index, entries, "/etc/passwd")),
    ("leads out", |index, entries| renamed(index, entries, "a/../../x")),
    ("leads out", |index, entries| renamed(index, entries, "a//x")),
    ("leads out", |index, entries| renamed(index, entries, "a/./x")),
    ("leads out", |index, entries| renamed(index, entries, r"\x2e\x2e/x")),
    ("leads out", |index, entries| renamed(index, entries, "")),
    ("leads out", |index, entries| renamed(index, entries, &format!("a/{}", "x".repeat(256)))),
    ("nothing that a run has", |index, entries| renamed(index, entries, "_run/lock")),
    ("nothing that a run has", |index, entries| renamed(index, entries, "_run/imported.json")),
    ("nothing that a run has", |index, entries| renamed(index, entries, "_RUN/run.json")),
    ("nothing that a run has", |index, entries| renamed(index, entries, "_run/work/a.1/x")),
    ("nothing that a run has", |index, entries| renamed(index, entries, "A/x")),
    ("nothing that a run has", |index, entries| renamed(index, entries, "x")),
    ("twice", |index, entries| renamed(index, entries, "_run/run.json")),
    ("as a file and as a folder", |index, entries| renamed(index, entries, "a/x-1")),
    ("lacks d/x of a.x-1", |index, entries| renamed(index, entries, "b/x")),
    ("which no manifest names", |index, entries| added(index, entries, "b/x")),
    ("where its index tells of", |_, entries| entries.swap(0, 1)),
    ("where its index tells of", |index, entries| {
        let (log, _) = at(index, entries, "_run/logs/a.x-1.1.log");
        index["runs"][0]["files"][log]["path"] = "_run/logs/b.9.log".into();
    }),
    ("lacks _run/plan.json", |index, entries| {
        let (plan, entry) = at(index, entries, "_run/plan.json");
        let bytes = index["runs"][0]["files"][plan]["bytes"].as_u64().unwrap();
        index["runs"][0]["files"].as_array_mut().unwrap().remove(plan);
        index["bytes"] = json!(index["bytes"].as_u64().unwrap() - bytes);
        entries.remove(entry);
    }),
    ("a symbolic link", |_, entries| entries[2].kind = EntryType::Symlink),
    ("a hard link", |_, entries| entries[2].kind = EntryType::Link),
    ("a folder", |_, entries| entries[2].kind = EntryType::Directory),
    ("a FIFO", |_, entries| entries[2].kind = EntryType::Fifo),
    ("a device", |_, entries| entries[2].kind = EntryType::Char),
    ("a file with holes", |_, entries| entries[2].kind = EntryType::GNUSparse),
    ("another kind", |_, entries| entries[2].kind = EntryType::XHeader),
    ("another kind", |_, entries| entries[2].kind = EntryType::XGlobalHeader),
    ("not what its sum", |index, entries| {
        let (_, entry) = at(index, entries, "a/x-1/d/x");
        entries[entry].content = b"abd".to_vec();
    }),
    ("and the index says", |_, entries| entries[0].size = Some(1 << 40)),
    ("and the index says", |_, entries| entries[0].content.clear()),
    ("the archive lacks", |_, entries| drop(entries.pop())),
    ("more than its index", |_, entries| {
        let more = entries[0].clone();
        entries.push(more);
    }),
    ("and it says", |index, _| index["bytes"] = json!(1)),
    ("are no sizes", |index, _| {
        for file in [0, 1] {
            index["runs"][0]["files"][file]["bytes"] = json!(u64::MAX);
        }
    }),
    ("at most 1.0 MiB are taken in", |index, _| {
        let bytes = index["bytes"].as_u64().unwrap();
        let first = index["runs"][0]["files"][0]["bytes"].as_u64().unwrap();
        index["runs"][0]["files"][0]["bytes"] = json!(first + (1 << 40));
        index["bytes"] = json!(bytes + (1 << 40));
    }),
    ("lacks d/x of a.x-1", |index, entries| {
        let (file, entry) = at(index, entries, "a/x-1/d/x");
        index["runs"][0]["files"].as_array_mut().unwrap().remove(file);
        index["bytes"] = json!(index["bytes"].as_u64().unwrap() - 3);
        entries.remove(entry);
    }),
    ("twice", |index, _| {
        let run = index["runs"][0].clone();
        index["runs"].as_array_mut().unwrap().push(run);
    }),
    ("does not come last", |index, _| index["run"] = "01900000-0000-7000-8000-000000003f2a".into()),
    ("does not come last", |index, _| index["runs"] = json!([])),
    ("is damaged", |index, _| index["run"] = "../x".into()),
    ("is damaged", |index, _| index["runs"][0]["project"] = "../x".into()),
    ("is damaged", |index, _| index["runs"][0]["version"] = "1/../../x".into()),
    ("is not the one", |index, _| index["runs"][0]["project"] = "other".into()),
    ("is not the one", |index, _| index["runs"][0]["version"] = "9.9.9".into()),
    ("take a newer version", |index, _| index["greenroom"] = json!(2)),
    ("not a `run_archive`", |index, _| index["kind"] = "project".into()),
];

#[test]
fn what_would_do_harm_is_refused_and_leaves_nothing() {
    let (_dir, root) = temp();
    let (_, file) = packed(&root);
    let (good, entries) = unpacked(&file);
    let bad = root.join("bad");
    pack(&bad, &serde_json::to_vec(&good).unwrap(), &entries);
    fs_err::create_dir(root.join("to")).unwrap();
    let before = below(&root);
    for (number, (why, meddle)) in HOSTILE.iter().enumerate() {
        let (mut index, mut entries) = (good.clone(), entries.clone());
        meddle(&mut index, &mut entries);
        pack(&bad, &serde_json::to_vec(&index).unwrap(), &entries);
        let error = taken_in(&root, &bad).expect_err(&format!("{number}: {why}")).to_string();
        assert!(error.contains(why), "{number}: {error}, and not {why}");
        assert_eq!(below(&root), before, "{number}: {why}");
    }
    // The run of another token in the folder of this one.
    let (mut index, mut others) = (good.clone(), entries.clone());
    let other = Token::generate().to_string();
    let token = good["run"].as_str().unwrap();
    (index["run"], index["runs"][0]["token"]) = (other.clone().into(), other.clone().into());
    for entry in &mut others {
        entry.name.splice(..token.len(), other.bytes());
    }
    pack(&bad, &serde_json::to_vec(&index).unwrap(), &others);
    assert!(taken_in(&root, &bad).unwrap_err().to_string().contains("is not the one"));
    assert_eq!(below(&root), before);
    pack(&bad, &serde_json::to_vec(&good).unwrap(), &entries);
    // And what whoever takes it in does not want.
    let note = |sum| Imported::new(jiff::Timestamp::UNIX_EPOCH, "ana".into(), "packed".into(), sum);
    let unwanted = |_: &RunLayout| Err("its code is too long".to_owned());
    let archive = Archive::open(&bad, 1 << 20).unwrap();
    let refused = archive.unpack(&Target::Store(root.join("to")), note, &unwanted, &|_| true);
    assert!(matches!(&refused, Err(ArchiveError::Bad(why)) if why.contains("too long")), "{refused:?}");
    assert_eq!(below(&root), before);
    assert_eq!(taken_in(&root, &bad).unwrap().len(), 1, "what was packed by hand is as good");
}

#[test]
fn a_plan_that_leads_out_of_the_run_is_refused() {
    let (_dir, root) = temp();
    let (_, file) = packed(&root);
    let (good, entries) = unpacked(&file);
    fs_err::create_dir(root.join("to")).unwrap();
    let bad = root.join("bad");
    let with = |meddle: &dyn Fn(&mut Plan)| {
        let (mut index, mut entries) = (good.clone(), entries.clone());
        let plan = entries.iter_mut().find(|entry| entry.name.ends_with(b"_run/plan.json")).unwrap();
        let mut read: Plan = serde_json::from_slice(&plan.content).unwrap();
        meddle(&mut read);
        plan.content = serde_json::to_vec(&read).unwrap();
        let files = index["runs"][0]["files"].as_array_mut().unwrap();
        let told = files.iter_mut().find(|file| file["path"] == "_run/plan.json").unwrap();
        let before = told["bytes"].as_u64().unwrap();
        told["bytes"] = plan.content.len().into();
        told["sha256"] = json!(Digest::of(&plan.content));
        index["bytes"] = (index["bytes"].as_u64().unwrap() + plan.content.len() as u64 - before).into();
        pack(&bad, &serde_json::to_vec(&index).unwrap(), &entries);
        taken_in(&root, &bad)
    };
    let making = |path: &str| {
        let refused = with(&|plan| plan.nodes.push(node("a", &[("x", output(path, OutputType::File))])));
        refused.map_err(|error| error.to_string())
    };
    for path in ["../../../etc/passwd", "d/../../x", "/etc/passwd"] {
        let why = making(path).unwrap_err();
        assert!(why.contains("leave its directory") && why.contains(path), "{why}");
    }
    let why = with(&|plan| plan.file = "../../../../etc/passwd".into()).unwrap_err().to_string();
    assert!(why.contains("outside of any project"), "{why}");
    assert!(below(&root.join("to")).is_empty());
    assert_eq!(making("d/x").unwrap().len(), 1);
}

#[test]
fn a_note_that_is_torn_is_neither_packed_nor_taken_in() {
    let (_dir, root) = temp();
    let (old, bad) = (a_success(&root), root.join("bad"));
    let text = Some("the best".to_owned());
    let note = Note { ts: jiff::Timestamp::UNIX_EPOCH, user: "ana".to_owned(), text, pinned: None };
    add_note(&old, &note).unwrap();
    export(std::slice::from_ref(&old), &root.join("packed"), &|_| true).unwrap();
    let (mut index, mut entries) = unpacked(&root.join("packed"));
    let (file, entry) = at(&index, &entries, "_run/notes.jsonl");
    let whole = entries[entry].content.len();
    let torn = entries[entry].content[..whole / 2].to_vec();
    entries[entry].content.clone_from(&torn);
    index["runs"][0]["files"][file]["bytes"] = torn.len().into();
    index["runs"][0]["files"][file]["sha256"] = json!(Digest::of(&torn));
    index["bytes"] = (index["bytes"].as_u64().unwrap() - (whole - torn.len()) as u64).into();
    pack(&bad, &serde_json::to_vec(&index).unwrap(), &entries);
    let why = taken_in(&root, &bad).unwrap_err().to_string();
    assert!(why.contains("notes.jsonl is no note"), "{why}");
    assert!(below(&root.join("to")).is_empty());
    fs_err::write(old.notes(), torn).unwrap();
    let why = export(&[old], &root.join("again"), &|_| true).unwrap_err().to_string();
    assert!(why.contains("notes.jsonl is no note"), "{why}");
}

#[test]
fn what_an_export_that_was_killed_has_left_goes_when_the_next_is_made() {
    let (_dir, root) = temp();
    let layout = a_success(&root);
    // One that was killed; one that somebody is at, though it has not grown for long; one that has only just begun.
    let [left, busy, begun] = ["a", "b", "c"].map(|name| root.join(format!(".greenroom-export-{name}")));
    for path in [&left, &busy, &begun] {
        fs_err::write(path, "half").unwrap();
    }
    for path in [&left, &busy] {
        std::fs::File::options().write(true).open(path).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
    }
    let lock = fs_err::File::open(&busy).unwrap().into_file();
    lock.lock().unwrap();
    let before = below(&root);
    export(std::slice::from_ref(&layout), &root.join("packed"), &|_| true).unwrap();
    let (after, file) = (below(&root), "packed".to_owned());
    assert_eq!(
        before.iter().filter(|path| !after.contains(path)).collect::<Vec<_>>(),
        [".greenroom-export-a"]
    );
    assert_eq!(after.iter().filter(|path| !before.contains(path)).collect::<Vec<_>>(), [&file]);
}

#[test]
fn what_is_no_archive_or_ends_too_early_is_refused() {
    let (_dir, root) = temp();
    let (_, file) = packed(&root);
    let whole = fs_err::read(&file).unwrap();
    fs_err::create_dir(root.join("to")).unwrap();
    let (bad, before) = (root.join("packed"), below(&root));
    for part in 0..40 {
        fs_err::write(&bad, &whole[..whole.len() * part / 40]).unwrap();
        assert!(taken_in(&root, &bad).is_err(), "{part}");
        assert_eq!(below(&root), before, "{part}");
    }
    let other = zstd::encode_all(vec![0; 1 << 20].as_slice(), 1).unwrap();
    for text in [b"greenroom: 1".to_vec(), other, whole[4..].to_vec()] {
        fs_err::write(&bad, text).unwrap();
        assert!(taken_in(&root, &bad).is_err());
    }
    assert!(taken_in(&root, &root).unwrap_err().to_string().contains("is no file"));
    let fifo = root.join("fifo");
    rustix::fs::mknodat(rustix::fs::CWD, fifo.as_std_path(), rustix::fs::FileType::Fifo, 0o600.into(), 0)
        .unwrap();
    assert!(taken_in(&root, &fifo).unwrap_err().to_string().contains("is no file"));
}

#[test]
fn a_link_in_the_store_leads_no_run_elsewhere_and_what_was_killed_is_cleared_away() {
    let (_dir, root) = temp();
    let (_, file) = packed(&root);
    fs_err::create_dir_all(root.join("to/flights")).unwrap();
    fs_err::create_dir(root.join("elsewhere")).unwrap();
    std::os::unix::fs::symlink(root.join("elsewhere"), root.join("to/flights/dev")).unwrap();
    // One that somebody was killed at, and one that somebody is at.
    let (left, busy) = (root.join("to/.importing-a"), root.join("to/.importing-b"));
    for folder in [&left, &busy] {
        fs_err::create_dir(folder).unwrap();
        fs_err::write(folder.join(".lock"), "").unwrap();
    }
    let lock = std::fs::File::open(busy.join(".lock")).unwrap();
    lock.lock().unwrap();
    let why = taken_in(&root, &file).unwrap_err();
    assert!(std::error::Error::source(&why).unwrap().to_string().contains("is a link"), "{why}");
    assert!(!below(&root.join("elsewhere")).iter().any(|path| path.contains("run.json")));
    assert!(!left.exists() && busy.exists());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever happened to its bytes on the way, it is refused or was what it is.
    #[test]
    fn a_damaged_archive_is_refused_or_nothing_is_missing(at in 0.0..1.0f64, byte in any::<u8>(), inside in any::<bool>()) {
        let (_dir, root) = temp();
        let (old, file) = packed(&root);
        let mut bytes = fs_err::read(&file).unwrap();
        if inside {
            bytes = zstd::decode_all(bytes.as_slice()).unwrap();
        }
        let place = (at * bytes.len() as f64) as usize;
        bytes[place] = byte;
        let bytes = if inside { zstd::encode_all(bytes.as_slice(), 1).unwrap() } else { bytes };
        fs_err::write(&file, bytes).unwrap();
        match taken_in(&root, &file) {
            Ok(new) => {
                let text = |layout: &RunLayout| fs_err::read(layout.dir().join("a/x-1/d/x")).unwrap();
                prop_assert_eq!(text(&new[0]), text(&old));
            }
            Err(_) => prop_assert!(below(&root.join("to")).is_empty()),
        }
    }
}
