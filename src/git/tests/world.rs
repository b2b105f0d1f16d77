//! A bare remote with clones of it.

use camino::Utf8PathBuf;

use crate::domain::track::{CommitId, RefName, Signed};
use crate::git::testing::Repository as Folder;
use crate::git::{Chain, Lease, Pushed, Repository, TrackRefs, Update};

pub const TRACK: &str = "daily-a1b2c3";

/// A bare repository with one commit on `main`, and a clone.
pub struct World {
    pub remote: Folder,
    pub ana: Folder,
}

impl World {
    pub fn new() -> Self {
        let remote = Folder::bare_folder();
        remote.git(&["init", "-q", "--bare", "-b", "main"]);
        let ana = Folder::new(&[("greenroom.yaml", "greenroom: 1\n"), ("a.sql", "select 1\n")]);
        ana.git(&["remote", "add", "origin", remote.root.as_str()]);
        ana.git(&["push", "-q", "-u", "origin", "main"]);
        identify(&ana);
        Self { remote, ana }
    }

    /// A script that the remote runs at every push.
    pub fn hook(&self, name: &str, script: &str) {
        write_hook(&self.remote.root.join("hooks").join(name), script);
    }

    /// Somebody else's clone, by the remote's path.
    pub fn clone(&self, options: &[&str]) -> Folder {
        clone_of(self.remote.root.as_str(), options)
    }
}

pub fn clone_of(url: &str, options: &[&str]) -> Folder {
    let clone = Folder::bare_folder();
    let into = clone.root.as_str();
    clone.git(&[&["-c", "protocol.file.allow=always", "clone", "-q"], options, &["--", url, into]].concat());
    identify(&clone);
    clone
}

fn identify(folder: &Folder) {
    for (key, value) in [("user.name", "T"), ("user.email", "t@example.com"), ("commit.gpgSign", "false")] {
        folder.git(&["config", key, value]);
    }
}

pub fn write_hook(path: &Utf8PathBuf, script: &str) {
    use std::os::unix::fs::PermissionsExt;
    fs_err::create_dir_all(path.parent().unwrap()).unwrap();
    fs_err::write(path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

pub fn open(folder: &Folder) -> Repository {
    Repository::open(&folder.root).unwrap()
}

pub fn name(text: &str) -> RefName {
    text.parse().unwrap()
}

pub fn commit_file(folder: &Folder, path: &str, content: &str) -> CommitId {
    folder.write(path, content);
    folder.commit();
    open(folder).resolve("HEAD").unwrap()
}

/// An entry that says `text`.
pub fn entry(repository: &Repository, parent: Option<&CommitId>, text: &str) -> CommitId {
    Chain::of(repository).append(parent, &signed(text.as_bytes(), b"signature"), &[]).unwrap()
}

pub fn signed(statement: &[u8], signature: &[u8]) -> Signed {
    Signed { statement: statement.to_vec(), signature: signature.to_vec() }
}

pub fn statements(repository: &Repository, tip: &CommitId) -> Vec<String> {
    let links = Chain::of(repository).read(tip).unwrap();
    links.into_iter().map(|link| String::from_utf8(link.content.unwrap().statement).unwrap()).collect()
}

pub fn update(local: &CommitId, remote_ref: &str, lease: Lease) -> Update {
    Update { local: local.clone(), remote_ref: name(remote_ref), lease }
}

/// Pushes the ledger of [`TRACK`], and the head along with it.
pub fn push_both(repository: &Repository, refs: TrackRefs, tip: &CommitId, lease: Lease) -> Pushed {
    let head = repository.head().unwrap();
    let branch = head.branch.unwrap();
    let ledger = Update { local: tip.clone(), remote_ref: refs.name(TRACK).unwrap(), lease };
    let branch = Update { local: head.commit.unwrap(), remote_ref: branch, lease: Lease::FastForward };
    repository.push("origin", &[branch, ledger]).unwrap()
}

/// Every ref of a folder, to be compared.
pub fn refs_of(folder: &Folder) -> String {
    folder.git(&["for-each-ref", "--format=%(refname) %(objectname)"])
}
