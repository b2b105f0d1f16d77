use super::world::*;
use crate::git::{GitError, Worktree};

fn within() -> camino::Utf8PathBuf {
    std::env::temp_dir().try_into().unwrap()
}

#[test]
fn a_commit_is_checked_out_beside_and_leaves_no_trace() {
    let world = World::new();
    let folder = &world.ana;
    let first = open(folder).resolve("HEAD").unwrap();
    commit_file(folder, "a.sql", "select 2\n");
    folder.write("a.sql", "not committed");
    let proof = folder.root.join(".git/proof");
    write_hook(&folder.root.join(".git/hooks/post-checkout"), &format!("touch {proof}"));
    let before = (refs_of(folder), folder.git(&["status", "--porcelain"]));
    let worktree = Worktree::add(&open(folder), &first, &within()).unwrap();
    let path = worktree.path().to_owned();
    assert_eq!(fs_err::read_to_string(path.join("a.sql")).unwrap(), "select 1\n");
    assert_eq!(crate::git::Repository::open(&path).unwrap().head().unwrap().commit, Some(first));
    fs_err::write(path.join("a.sql"), "a run may change it").unwrap();
    fs_err::write(path.join("made"), "and add to it").unwrap();
    drop(worktree);
    assert!(!path.exists() && !proof.exists());
    assert_eq!((refs_of(folder), folder.git(&["status", "--porcelain"])), before);
    assert_eq!(folder.git(&["worktree", "list"]).lines().count(), 1);
}

#[test]
fn filters_work_as_the_person_has_them() {
    let world = World::new();
    let (folder, config) = (&world.ana, |key: &str, value: &str| world.ana.git(&["config", key, value]));
    config("filter.large.clean", "sed s/content/pointer/");
    config("filter.large.smudge", "sed s/pointer/content/");
    folder.write(".gitattributes", "*.parquet filter=large\n");
    let head = commit_file(folder, "x.parquet", "content\n");
    let repository = open(folder);
    assert_eq!(repository.file(&head, "x.parquet".as_ref()).unwrap().unwrap(), b"pointer\n");
    let worktree = Worktree::add(&repository, &head, &within()).unwrap();
    assert_eq!(fs_err::read_to_string(worktree.path().join("x.parquet")).unwrap(), "content\n");
    config("filter.large.smudge", "false");
    config("filter.large.required", "true");
    let Err(GitError::Failed { said, .. }) = Worktree::add(&repository, &head, &within()) else {
        panic!("it cannot")
    };
    assert!(said.contains("x.parquet"), "{said}");
    drop(worktree);
    assert_eq!(folder.git(&["worktree", "list"]).lines().count(), 1);
}
