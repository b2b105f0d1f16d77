//! The room as a whole, on real files.

use std::ffi::OsStr;
use std::fs::Permissions;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use camino::{Utf8Path, Utf8PathBuf};

use super::*;
use crate::domain::Digest;

struct Bench {
    root: Utf8PathBuf,
    snapshots: Snapshots,
    _keep: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let keep = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(keep.path()).unwrap().canonicalize_utf8().unwrap();
        Self { snapshots: Snapshots::at(root.join(".greenroom/snapshots")), root, _keep: keep }
    }

    fn with(files: &[(&str, &str)]) -> Self {
        let bench = Self::new();
        files.iter().for_each(|(path, content)| bench.write(path, content));
        bench
    }

    fn write(&self, path: impl AsRef<Path>, content: &str) {
        let path = self.root.as_std_path().join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, content).unwrap();
    }

    /// Every file there is, as a walk finds them.
    fn paths(&self) -> Vec<PathBuf> {
        let walk = walkdir::WalkDir::new(&self.root).into_iter().flatten();
        walk.filter(|entry| !entry.file_type().is_dir())
            .map(|entry| entry.path().strip_prefix(&self.root).unwrap().to_owned())
            .collect()
    }

    fn freeze(&self) -> Freeze {
        self.snapshots.freeze(&self.root, &self.paths()).unwrap()
    }

    fn tree(&self) -> Frozen {
        self.freeze().frozen
    }
}

fn names(frozen: &Frozen) -> Vec<String> {
    frozen.files.iter().map(|file| file.path.to_string_lossy().into_owned()).collect()
}

fn in_folder(folder: &Utf8Path) -> Vec<String> {
    let walk = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().flatten();
    walk.filter(|entry| !entry.file_type().is_dir())
        .map(|entry| entry.path().strip_prefix(folder).unwrap().to_string_lossy().into_owned())
        .collect()
}

fn globs(patterns: &[&str]) -> Vec<String> {
    patterns.iter().map(ToString::to_string).collect()
}

#[test]
fn equal_trees_share_one_snapshot_and_an_edit_makes_another() {
    let bench = Bench::with(&[("a.sql", "select 1"), ("d/b.py", "print(1)"), (".git/config", "x")]);
    let first = bench.tree();
    assert_eq!(names(&first), ["a.sql", "d/b.py"]);
    let view = bench.snapshots.view(&first, None).unwrap();
    assert_eq!(in_folder(&view), ["a.sql", "d/b.py"]);
    assert_eq!(bench.tree(), first);

    bench.write("a.sql", "select 2");
    let second = bench.tree();
    assert_ne!(second.tree, first.tree);
    assert_eq!(second.changed_since(&first), [Change::Changed("a.sql".into())]);
    assert_eq!(fs_err::read_to_string(view.join("a.sql")).unwrap(), "select 1", "what runs is frozen");
    let later = bench.snapshots.view(&second, None).unwrap();
    assert_eq!(fs_err::read_to_string(later.join("a.sql")).unwrap(), "select 2");
    let inode = |dir: &Utf8Path| fs_err::metadata(dir.join("d/b.py")).unwrap().ino();
    assert_eq!(inode(&view), inode(&later), "what did not change is there once");

    bench.write("a.sql", "select 1");
    assert_eq!(bench.tree().tree, first.tree);
    assert_eq!(bench.snapshots.open(&first.tree).unwrap(), first);
}

#[test]
fn files_are_read_only_and_keep_their_executable_bit() {
    let bench = Bench::with(&[("plain", "same"), ("tool.sh", "same")]);
    let plain = bench.tree();
    fs_err::set_permissions(bench.root.join("tool.sh"), std::fs::Permissions::from_mode(0o700)).unwrap();
    let frozen = bench.tree();
    assert_ne!(plain.tree, frozen.tree);
    let view = bench.snapshots.view(&frozen, None).unwrap();
    let mode = |name: &str| fs_err::metadata(view.join(name)).unwrap().mode() & 0o7777;
    assert_eq!((mode("plain"), mode("tool.sh")), (0o444, 0o555));
}

/// Written in the same tick, of the same length, with its old mtime put back: only a cache that trusts racy
/// timestamps, or mtime alone, would miss it.
#[test]
fn a_frozen_copy_that_somebody_changed_is_not_run() {
    let project = Bench::new();
    project.write("s.sql", "SELECT 1");
    let frozen = project.tree();
    let view = project.snapshots.view(&frozen, None).unwrap();
    let copy = view.join("s.sql");
    // As good as before: a clock that was set, rights that somebody gave.
    fs_err::set_permissions(&copy, Permissions::from_mode(0o644)).unwrap();
    assert!(project.snapshots.open(&frozen.tree).is_ok());
    fs_err::write(&copy, "SELECT 2").unwrap();
    let changed = |result: Result<Frozen, SnapshotError>| match result {
        Err(SnapshotError::Changed { path, .. }) => path,
        other => panic!("{other:?}"),
    };
    assert_eq!(changed(project.snapshots.open(&frozen.tree)), Path::new("s.sql"));
    let listed = project.paths();
    let again = project.snapshots.freeze(&project.root, &listed).map(|freeze| freeze.frozen);
    assert_eq!(changed(again), Path::new("s.sql"));
    fs_err::set_permissions(&copy, Permissions::from_mode(0o444)).unwrap();
    assert_eq!(changed(project.snapshots.open(&frozen.tree)), Path::new("s.sql"));
    fs_err::remove_dir_all(&project.snapshots.state).unwrap();
    assert_eq!(project.tree(), frozen);
}

#[test]
fn an_edit_is_seen_however_quick_or_sly() {
    let bench = Bench::with(&[("a", "0000")]);
    for round in 1..200 {
        bench.write("a", &format!("{round:04}"));
        let frozen = bench.tree();
        let sum = frozen.digest("a".into()).unwrap();
        assert_eq!(sum, Digest::of(format!("{round:04}").as_bytes()), "round {round}");
    }
    let path = bench.root.join("a");
    let before = fs_err::metadata(&path).unwrap().modified().unwrap();
    fs_err::write(&path, "sly!").unwrap();
    std::fs::File::options().write(true).open(&path).unwrap().set_modified(before).unwrap();
    assert_eq!(bench.tree().digest("a".into()), Some(Digest::of(b"sly!")));
}

#[test]
fn an_unchanged_file_is_not_read_again_but_no_cache_is_believed_that_cannot_be() {
    let bench = Bench::with(&[("a", "content"), ("b", "another")]);
    let cache = bench.root.join(".greenroom/snapshots/stat_cache");
    let sum = |text: &str| Digest::of(text.as_bytes());
    // Frozen until both files' timestamps lie before the moment of a freeze: then the cache holds them.
    let held = |text: &[u8], digest: &Digest| text.windows(64).any(|w| w == digest.as_str().as_bytes());
    let settled =
        || fs_err::read(&cache).is_ok_and(|c| held(&c, &sum("content")) && held(&c, &sum("another")));
    while !settled() {
        bench.tree();
    }
    let forge = |from: &Digest, to: &Digest| {
        let mut text = fs_err::read(&cache).unwrap();
        let at = text.windows(64).position(|w| w == from.as_str().as_bytes()).unwrap();
        text[at..at + 64].copy_from_slice(to.as_str().as_bytes());
        fs_err::write(&cache, text).unwrap();
    };
    forge(&sum("content"), &sum("another"));
    assert_eq!(bench.tree().digest("a".into()), Some(sum("another")), "it was read, not looked up");
    forge(&sum("another"), &sum("nobody has this"));
    assert_eq!(bench.tree().digest("a".into()), Some(sum("content")));
}

#[test]
fn odd_names_survive() {
    let bench = Bench::new();
    let long = "n".repeat(255);
    let odd: Vec<&[u8]> =
        vec![b"with space", b"new\nline", b"\xff\xfe.bin", b"-rf", b"*", "日本".as_bytes(), long.as_bytes()];
    for name in &odd {
        bench.write(Path::new("odd dir").join(OsStr::from_bytes(name)), "x");
    }
    let deep: PathBuf = (0..12).map(|_| "d".repeat(200)).collect();
    bench.write(deep.join("leaf"), "deep");
    let frozen = bench.tree();
    assert_eq!(frozen.files.len(), odd.len() + 1);
    let view = bench.snapshots.view(&frozen, None).unwrap();
    for name in &odd {
        let path = view.as_std_path().join("odd dir").join(OsStr::from_bytes(name));
        assert_eq!(fs_err::read(path).unwrap(), b"x");
    }
    let archive = bench.root.join("code.tar.zst");
    bench.snapshots.pack(&frozen, &archive).unwrap();
    let elsewhere = Bench::new();
    assert_eq!(elsewhere.snapshots.unpack(&frozen.tree, &archive).unwrap(), frozen);
    let view = elsewhere.snapshots.view(&frozen, None).unwrap();
    assert_eq!(fs_err::read(view.as_std_path().join(deep).join("leaf")).unwrap(), b"deep");
}

#[test]
fn links_stay_inside_or_are_left_out() {
    let bench = Bench::with(&[("data/x.csv", "1"), ("ignored/secret", "s")]);
    let link = |to: &str, at: &str| symlink(to, bench.root.join(at)).unwrap();
    link("data/x.csv", "good");
    link(bench.root.join("data").as_str(), "absolute_inside");
    link("/etc/passwd", "absolute");
    link("../../etc/passwd", "up");
    link("nowhere", "dangling");
    link("ignored/secret", "to_ignored");
    link(".git", "to_git");
    bench.write(".git/config", "x");
    let paths: Vec<_> = bench.paths().into_iter().filter(|p| !p.starts_with("ignored")).collect();
    let freeze = bench.snapshots.freeze(&bench.root, &paths).unwrap();
    assert_eq!(names(&freeze.frozen), ["absolute_inside", "data/x.csv", "good"]);
    let left: Vec<_> = freeze.left_out.iter().map(|left| left.path.to_str().unwrap()).collect();
    assert_eq!(left, ["absolute", "dangling", "to_git", "to_ignored", "up"]);
    assert!(freeze.left_out[0].to_string().contains("a link to /etc/passwd"), "{}", freeze.left_out[0]);

    let view = bench.snapshots.view(&freeze.frozen, None).unwrap();
    assert_eq!(fs_err::read_link(view.join("absolute_inside")).unwrap(), Path::new("data"));
    assert_eq!(fs_err::read_to_string(view.join("absolute_inside/x.csv")).unwrap(), "1");
    let content = bench.snapshots.read(&freeze.frozen, Path::new("absolute_inside/x.csv")).unwrap();
    assert_eq!(content.as_deref(), Some(&b"1"[..]));
    assert_eq!(freeze.frozen.digest("good".into()), Some(Digest::of(b"1")));
}

#[test]
fn a_folder_that_became_a_link_is_not_followed() {
    let outside = Bench::with(&[("passwd", "root")]);
    let bench = Bench::with(&[("a/passwd", "mine"), ("b", "")]);
    let paths = bench.paths();
    fs_err::remove_dir_all(bench.root.join("a")).unwrap();
    symlink(&outside.root, bench.root.join("a")).unwrap();
    let freeze = bench.snapshots.freeze(&bench.root, &paths).unwrap();
    assert_eq!(names(&freeze.frozen), ["b"]);
}

#[test]
fn what_is_no_file_is_told_and_nothing_waits_for_it() {
    let bench = Bench::with(&[("a", "")]);
    rustix::fs::mkfifoat(rustix::fs::CWD, bench.root.join("pipe").as_std_path(), 0o600.into()).unwrap();
    fs_err::create_dir(bench.root.join("submodule")).unwrap();
    let paths = ["a", "pipe", "submodule/", "deleted", "a/below"].map(PathBuf::from);
    let freeze = bench.snapshots.freeze(&bench.root, &paths).unwrap();
    assert_eq!(names(&freeze.frozen), ["a"]);
    let told: Vec<_> = freeze.left_out.iter().map(ToString::to_string).collect();
    assert!(told[0].contains("pipe is left out: it is neither a file"), "{told:?}");
    assert!(told[1].contains("submodule") && told.len() == 2, "{told:?}");
    for bad in ["/etc/passwd", "../x", "a/../../x"] {
        let refused = bench.snapshots.freeze(&bench.root, &[bad.into()]);
        assert!(matches!(refused, Err(SnapshotError::Path(_))), "{bad}");
    }
}

#[test]
fn a_step_sees_only_what_its_files_name() {
    let bench = Bench::with(&[
        ("report.py", ""),
        ("sql/a.sql", ""),
        ("sql/deep/b.sql", ""),
        ("lib/m.py", ""),
        ("sqlx", ""),
    ]);
    symlink("../lib", bench.root.join("sql/lib")).unwrap();
    symlink("sql/lib/m.py", bench.root.join("entry.py")).unwrap();
    let frozen = bench.tree();
    let seen = |patterns: &[&str]| {
        in_folder(&bench.snapshots.view(&frozen, Some(&globs(patterns))).unwrap()).join(" ")
    };
    assert_eq!(seen(&["report.py"]), "report.py");
    assert_eq!(seen(&["./*.py"]), "entry.py lib/m.py report.py sql/lib");
    assert_eq!(seen(&["sql/*.sql"]), "sql/a.sql");
    assert_eq!(seen(&["sql"]), "lib/m.py sql/a.sql sql/deep/b.sql sql/lib");
    assert_eq!(seen(&["sql/deep/", "**/m.py"]), "lib/m.py sql/deep/b.sql");
    assert_eq!(seen(&["{report,entry}.py"]), "entry.py lib/m.py report.py sql/lib");
    assert_eq!(seen(&["."]), seen(&["**"]));

    let same = bench.snapshots.view(&frozen, Some(&globs(&["report.py"]))).unwrap();
    assert_eq!(same, bench.snapshots.view(&frozen, Some(&globs(&["report.py"]))).unwrap());
    let nothing = bench.snapshots.view(&frozen, Some(&globs(&["report.py", "*.txt"])));
    assert_eq!(nothing.unwrap_err().to_string(), "no file of the project matches `*.txt`");
    let bad = bench.snapshots.view(&frozen, Some(&globs(&["a["]))).unwrap_err().to_string();
    assert!(bad.starts_with("`a[` is not a pattern of files"), "{bad}");

    let digest = |frozen: &Frozen| frozen.digest_of(&globs(&["sql"])).unwrap();
    let before = digest(&frozen);
    bench.write("sqlx", "changed");
    assert_eq!(digest(&bench.tree()), before);
    bench.write("lib/m.py", "changed");
    assert_ne!(digest(&bench.tree()), before, "it is seen through a link");
}

#[test]
fn a_tree_comes_back_from_its_archive_and_only_that_tree() {
    let bench = Bench::with(&[("a.sql", "select 1"), ("d/tool", "#!/bin/sh")]);
    fs_err::set_permissions(bench.root.join("d/tool"), std::fs::Permissions::from_mode(0o755)).unwrap();
    symlink("d/tool", bench.root.join("t")).unwrap();
    let frozen = bench.tree();
    let away = tempfile::tempdir().unwrap();
    let away = Utf8Path::from_path(away.path()).unwrap();
    let (one, two) = (away.join("one"), away.join("two"));
    bench.snapshots.pack(&frozen, &one).unwrap();
    bench.snapshots.pack(&frozen, &two).unwrap();
    assert_eq!(fs_err::read(&one).unwrap(), fs_err::read(&two).unwrap());

    fs_err::remove_dir_all(bench.root.join(".greenroom")).unwrap();
    assert!(matches!(bench.snapshots.open(&frozen.tree), Err(SnapshotError::Gone(_))));
    assert!(matches!(bench.snapshots.view(&frozen, None), Err(SnapshotError::Gone(_))));
    assert_eq!(bench.snapshots.unpack(&frozen.tree, &one).unwrap(), frozen);
    let view = bench.snapshots.view(&frozen, None).unwrap();
    assert_eq!(in_folder(&view), ["a.sql", "d/tool", "t"]);
    assert_eq!(fs_err::metadata(view.join("t")).unwrap().mode() & 0o777, 0o555);

    let other = Digest::of(b"another tree");
    let refused = bench.snapshots.unpack(&other, &one).unwrap_err().to_string();
    assert!(refused.contains("does not hold the tree"), "{refused}");
    let mut bytes = fs_err::read(&one).unwrap();
    bytes.truncate(bytes.len() / 2);
    fs_err::write(&two, bytes).unwrap();
    let elsewhere = Bench::new();
    assert!(matches!(elsewhere.snapshots.unpack(&frozen.tree, &two), Err(SnapshotError::Damaged { .. })));
    assert!(matches!(elsewhere.snapshots.open(&frozen.tree), Err(SnapshotError::Gone(_))));
}

/// An archive made by somebody who wants to write elsewhere, or to pass off another content.
#[test]
fn a_forged_archive_is_refused() {
    let sum = Digest::of(b"good");
    let list = format!("f {sum} 4 a\0\0");
    let archive = |list: &str, entries: &[(&str, &str)]| {
        let mut tar = tar::Builder::new(zstd::Encoder::new(Vec::new(), 1).unwrap());
        let mut add = |path: &str, content: &str| {
            let mut header = tar::Header::new_gnu();
            header.as_gnu_mut().unwrap().name[..path.len()].copy_from_slice(path.as_bytes());
            header.set_size(content.len() as u64);
            header.set_cksum();
            tar.append(&header, content.as_bytes()).unwrap();
        };
        add(".greenroom/tree", list);
        entries.iter().for_each(|(path, content)| add(path, content));
        tar.into_inner().unwrap().finish().unwrap()
    };
    let bench = Bench::new();
    let path = bench.root.join("forged");
    let unpack = |list: &str, entries: &[(&str, &str)]| {
        fs_err::write(&path, archive(list, entries)).unwrap();
        bench.snapshots.unpack(&Digest::of(list.as_bytes()), &path)
    };
    for entries in [&[("a", "evil")][..], &[("a", "goods")], &[], &[("a", "good"), ("b", "more")]] {
        assert!(matches!(unpack(&list, entries), Err(SnapshotError::Damaged { .. })), "{entries:?}");
    }
    for list in ["f {} 4 ../a\0\0", "f {} 4 /tmp/a\0\0", "l {} 4 a\0/etc\0"] {
        let list = list.replace("{}", sum.as_str());
        assert!(matches!(unpack(&list, &[("a", "good")]), Err(SnapshotError::Damaged { .. })), "{list}");
    }
    // A name in the archive decides nothing.
    unpack(&list, &[("../../escaped", "good")]).unwrap();
    assert_eq!(in_folder(&bench.root).iter().filter(|path| path.contains("escaped")).count(), 0);
}

/// A few bytes that stand for a disk full of zeros.
#[test]
fn of_a_tree_that_is_only_looked_into_no_more_is_unpacked_than_there_is_room_for() {
    let bench = Bench::with(&[("a", "short"), ("z", "late")]);
    bench.write("holes", &"\0".repeat(8 << 20));
    let frozen = bench.tree();
    let archive = bench.root.join("code.tar.zst");
    bench.snapshots.pack(&frozen, &archive).unwrap();
    assert!(fs_err::metadata(&archive).unwrap().len() < 64 << 10);
    assert_eq!(Snapshots::listed(&frozen.tree, &archive).unwrap(), frozen);
    assert!(Snapshots::listed(&Digest::of(b"another"), &archive).is_err());

    let away = tempfile::tempdir().unwrap();
    let elsewhere = Snapshots::at(Utf8Path::from_path(away.path()).unwrap());
    let looked = |room: Room| {
        let seen = elsewhere.unpack_some(&frozen.tree, &archive, room).unwrap();
        assert_eq!(seen, frozen);
        ["a", "holes", "z"].map(|path| elsewhere.read(&seen, Path::new(path)).is_ok())
    };
    let bytes = 4 << 20;
    assert_eq!(looked(Room { a_file: bytes, all: bytes, read: bytes }), [true, false, false]);
    assert_eq!(looked(Room { a_file: bytes, all: bytes, read: 4 * bytes }), [true, false, true]);
    assert_eq!(looked(Room { a_file: 4 * bytes, all: 4 * bytes, read: 4 * bytes }), [true; 3]);
    assert!(matches!(elsewhere.open(&frozen.tree), Err(SnapshotError::Gone(_))));
}

#[test]
fn what_no_run_refers_to_goes_and_the_rest_is_whole() {
    let bench = Bench::with(&[("a", "old"), ("shared", "same"), ("run.sh", "echo")]);
    let first = bench.tree();
    let of_a = globs(&["a"]);
    let gone =
        [bench.snapshots.view(&first, None).unwrap(), bench.snapshots.view(&first, Some(&of_a)).unwrap()];
    bench.write("a", "new");
    let second = bench.tree();
    let kept = bench.snapshots.view(&second, Some(&of_a)).unwrap();
    let unseen = bench.snapshots.view(&second, Some(&globs(&["shared"]))).unwrap();
    let needed = Needed::from([(second.tree.clone(), [of_a.clone()].into())]);
    let spare = bench.snapshots.spare(&needed).unwrap();
    assert_eq!((spare.trees, spare.bytes > 0), (1, true));
    // As long as somebody is starting a run, nothing may go.
    let starting = bench.freeze();
    assert!(bench.snapshots.alone().unwrap().is_none());
    drop(starting);
    let alone = bench.snapshots.alone().unwrap().unwrap();
    bench.snapshots.let_go(&spare, &alone).unwrap();
    drop(alone);
    assert!(gone.iter().chain([&unseen]).all(|folder| !folder.exists()) && kept.join("a").exists());
    assert!(matches!(bench.snapshots.open(&first.tree), Err(SnapshotError::Gone(_))));
    assert_eq!(bench.snapshots.read(&second, Path::new("shared")).unwrap().unwrap(), b"same");
    assert!(bench.snapshots.spare(&needed).unwrap().is_empty());
    // What the cache knows of comes back with the tree.
    bench.write("a", "old");
    assert_eq!(bench.tree().tree, first.tree);
    assert_eq!(bench.snapshots.read(&first, Path::new("a")).unwrap().unwrap(), b"old");
    // What was not shown does not go.
    let nothing = bench.snapshots.spare(&Needed::new()).unwrap().of(&Spare::default());
    assert!(nothing.is_empty() && nothing.bytes == 0);
}

#[test]
fn many_at_once_make_one_whole_snapshot() {
    let bench = Bench::new();
    for n in 0..300 {
        bench.write(format!("d{}/f{n}", n % 7), &n.to_string());
    }
    let paths = bench.paths();
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..6)
            .map(|_| {
                scope.spawn(|| {
                    let frozen = bench.snapshots.freeze(&bench.root, &paths).unwrap().frozen;
                    let view = bench.snapshots.view(&frozen, None).unwrap();
                    assert_eq!(in_folder(&view).len(), 300);
                    frozen.tree
                })
            })
            .collect();
        let trees: Vec<_> = runs.into_iter().map(|run| run.join().unwrap()).collect();
        assert!(trees.windows(2).all(|pair| pair[0] == pair[1]));
    });
    let left = in_folder(&bench.snapshots.state).into_iter().filter(|path| path.contains(".new-"));
    assert_eq!(left.count(), 0);
}

/// What a crash leaves is a draft with another name: never a tree that lacks files.
#[test]
fn a_crash_half_way_leaves_nothing_that_is_believed() {
    let bench = Bench::with(&[("a", "1"), ("b", "2")]);
    let frozen = bench.tree();
    let draft = bench.root.join(".greenroom/snapshots/trees/.new-crashed");
    fs_err::create_dir_all(&draft).unwrap();
    fs_err::write(draft.join("a"), "half").unwrap();
    // The list is written last; without it everything is made again from the project.
    fs_err::remove_file(bench.snapshots.list(&frozen.tree)).unwrap();
    let objects = bench.root.join(".greenroom/snapshots/objects");
    fs_err::remove_dir_all(objects).unwrap();
    assert_eq!(bench.tree(), frozen);
    assert_eq!(in_folder(&bench.snapshots.view(&frozen, None).unwrap()), ["a", "b"]);
}

#[test]
fn files_that_were_perhaps_meant_to_be_ignored_are_named() {
    let bench = Bench::with(&[("small", "")]);
    let big = std::fs::File::create(bench.root.join("big.bin")).unwrap();
    big.set_len(50 * 1024 * 1024 + 1).unwrap();
    let frozen = bench.tree();
    assert_eq!(frozen.large().map(|file| file.path.to_str().unwrap()).collect::<Vec<_>>(), ["big.bin"]);
}
