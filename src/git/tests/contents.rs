use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::world::*;
use crate::git::{ChangeKind, ContentKind};

const POINTER: &str = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n";

#[test]
fn what_became_of_each_file_is_told() {
    let world = World::new();
    let folder = &world.ana;
    let body: String = (0..50).map(|at| format!("select {at};\n")).collect();
    folder.write("gone.sql", "1");
    folder.write("old/name.sql", &body);
    folder.write("becomes", "a file");
    let from = commit_file(folder, "same.sql", "same");
    for path in ["gone.sql", "old/name.sql", "becomes"] {
        fs_err::remove_file(folder.root.join(path)).unwrap();
    }
    folder.write("new/name.sql", &format!("{body}select 'more';\n"));
    folder.write("model.bin", "a\0b");
    folder.write("large.parquet", POINTER);
    symlink("/etc/passwd", folder.root.join("becomes")).unwrap();
    let odd = OsStr::from_bytes(b"od\x1b[31md\n\xff\xe2\x80\xae.sql");
    folder.write(odd, "x");
    let to = commit_file(folder, "a.sql", "select 1\r\n");

    let repository = open(folder);
    let changes =
        repository.changes(&repository.tree(&from).unwrap(), &repository.tree(&to).unwrap()).unwrap();
    let told: Vec<(&Path, &ChangeKind, Option<ContentKind>)> = changes
        .iter()
        .map(|change| (&*change.path, &change.kind, change.new.as_ref().map(|new| new.kind)))
        .collect();
    let renamed = ChangeKind::Renamed { from: "old/name.sql".into() };
    let expected: [(&Path, &ChangeKind, Option<ContentKind>); 7] = [
        (Path::new("a.sql"), &ChangeKind::Modified, Some(ContentKind::Text)),
        (Path::new("becomes"), &ChangeKind::Modified, Some(ContentKind::Link)),
        (Path::new("gone.sql"), &ChangeKind::Removed, None),
        (Path::new("large.parquet"), &ChangeKind::Added, Some(ContentKind::LfsPointer)),
        (Path::new("model.bin"), &ChangeKind::Added, Some(ContentKind::Binary)),
        (Path::new("new/name.sql"), &renamed, Some(ContentKind::Text)),
        (Path::new(odd), &ChangeKind::Added, Some(ContentKind::Text)),
    ];
    assert_eq!(told, expected);
    let becomes = &changes[1];
    assert_eq!(becomes.old.as_ref().unwrap().kind, ContentKind::Text);
    assert_eq!(repository.content(becomes.new.as_ref().unwrap()).unwrap(), b"/etc/passwd");
    assert_eq!(changes[3].new.as_ref().unwrap().bytes, POINTER.len() as u64);

    assert_eq!(repository.file(&to, Path::new("a.sql")).unwrap().unwrap(), b"select 1\r\n");
    assert_eq!(repository.file(&to, Path::new(odd)).unwrap().unwrap(), b"x");
    for none in ["becomes", "new", "nowhere", "a.sql/x", "", "/etc/passwd", "../a.sql"] {
        assert_eq!(repository.file(&to, Path::new(none)).unwrap(), None, "{none}");
    }
    let to = repository.tree(&to).unwrap();
    assert_eq!(repository.files(&to, Path::new("new")).unwrap(), [Path::new("new/name.sql")]);
    for none in ["nowhere", "/", "..", "a.sql"] {
        assert_eq!(repository.files(&to, Path::new(none)).unwrap(), Vec::<PathBuf>::new(), "{none}");
    }
    let all = repository.files(&to, Path::new("")).unwrap();
    assert!(all.contains(&PathBuf::from(odd)) && !all.contains(&PathBuf::from("becomes")));
    let links = repository.links(&to, Path::new("")).unwrap();
    assert_eq!(links, [("becomes".into(), "/etc/passwd".into())]);
}

#[test]
fn line_ends_are_compared_as_they_were_committed() {
    let world = World::new();
    world.ana.git(&["config", "core.autocrlf", "true"]);
    world.ana.write(".gitattributes", "*.raw -text\n");
    world.ana.write("c.raw", "1\r\n2\r\n");
    let from = commit_file(&world.ana, "c.sql", "1\r\n2\r\n");
    world.ana.write("c.raw", "1\n2\n");
    let to = commit_file(&world.ana, "c.sql", "1\n2\n");
    let repository = open(&world.ana);
    assert_eq!(repository.file(&from, Path::new("c.sql")).unwrap().unwrap(), b"1\n2\n");
    let changes =
        repository.changes(&repository.tree(&from).unwrap(), &repository.tree(&to).unwrap()).unwrap();
    assert_eq!(changes.iter().map(|change| &*change.path).collect::<Vec<_>>(), [Path::new("c.raw")]);
}
