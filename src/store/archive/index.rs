use std::collections::HashSet;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

use super::contents::belongs;
use crate::domain::escape::{escape, shown, unescape};
use crate::domain::figures::size;
use crate::domain::{Artifact, Name, Token, Version};

/// The format of an archive.
const FORMAT: u32 = 1;
/// What an archive of this kind says it is.
const KIND: &str = "run_archive";
/// No file system takes longer names, and no layout needs deeper paths.
const LONGEST_NAME: usize = 255;
const LONGEST_PATH: usize = 3000;

/// The first entry of an archive: what it holds, in this order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Index {
    pub greenroom: u32,
    pub kind: String,
    /// The run that was packed; others are those that it refers to.
    pub run: Token,
    /// Each after those that it took over outputs of.
    pub runs: Vec<PackedRun>,
    /// Of all files.
    pub bytes: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PackedRun {
    pub token: Token,
    pub project: Name,
    pub env: Name,
    pub name: Name,
    pub version: Version,
    /// Relative to the run's directory, in order of path.
    pub files: Vec<Artifact>,
}

impl Index {
    /// `runs`: the one that is meant comes last.
    pub(super) fn new(run: Token, runs: Vec<PackedRun>) -> Self {
        let bytes = runs.iter().flat_map(|run| &run.files).map(|file| file.bytes).sum();
        Self { greenroom: FORMAT, kind: KIND.to_owned(), run, runs, bytes }
    }

    /// Bytes that its files may take at most of a disk that gives them out in blocks.
    pub(super) fn on_disk(&self) -> u64 {
        self.bytes.saturating_add(self.files().count() as u64 * ENTRY)
    }

    /// Each run and file, in the order of their entries.
    pub(super) fn files(&self) -> impl Iterator<Item = (&PackedRun, &Artifact)> {
        self.runs.iter().flat_map(|run| run.files.iter().map(move |file| (run, file)))
    }

    /// The run that was packed, if there is one of that token.
    pub fn the_run(&self) -> Option<&PackedRun> {
        self.runs.last().filter(|run| run.token == self.run)
    }

    /// Why it cannot be the index of an archive that was packed here. `most`: bytes that all files may come to.
    pub(super) fn check(&self, most: u64) -> Result<(), String> {
        if self.kind != KIND {
            return Err(format!("it says that it is a `{}`, not a `{KIND}`", self.kind));
        }
        if self.greenroom != FORMAT {
            let newer = if self.greenroom > FORMAT { ": take a newer version of Greenroom" } else { "" };
            return Err(format!(
                "it is of format {}, and this version knows {FORMAT}{newer}",
                self.greenroom
            ));
        }
        if self.the_run().is_none() {
            return Err(format!("the run {} that it is of does not come last in it", self.run));
        }
        // Before any of them is looked at.
        too_many(self.runs.iter().map(|run| run.files.len()).sum())?;
        let mut tokens = HashSet::new();
        let (mut total, mut entries): (u64, usize) = (0, 0);
        for run in &self.runs {
            if !tokens.insert(run.token) {
                return Err(format!("it holds run {} twice", run.token));
            }
            entries += run.entries(&[])?;
            too_many(entries)?;
            run.has_needed()?;
            for file in &run.files {
                total = total.checked_add(file.bytes).ok_or("its sizes are no sizes")?;
            }
        }
        if total != self.bytes {
            return Err(format!("its files come to {total} bytes, and it says {}", self.bytes));
        }
        if total > most {
            let (total, most) = (size(total), size(most));
            return Err(format!("it holds {total}, and at most {most} are taken in"));
        }
        Ok(())
    }
}

pub(super) fn too_many(entries: usize) -> Result<(), String> {
    match entries > MOST_ENTRIES {
        true => Err(format!("it has {entries} files and folders, and an archive may have {MOST_ENTRIES}")),
        false => Ok(()),
    }
}

/// Folders within each other: no step makes more.
const DEEPEST: usize = 64;

/// Files, and folders that they lie in, of all runs of an archive: each is one on the disk, however few bytes it has. 256
/// cells with a thousand files each are fewer.
const MOST_ENTRIES: usize = 300_000;
/// What an empty file or a folder may take of the disk.
const ENTRY: u64 = 4096;

/// Without these it is no run.
const NEEDED: [&str; 4] = ["_run/code.tar.zst", "_run/events.jsonl", "_run/plan.json", "_run/run.json"];

/// The path that an index tells; None where it is not written as one alone can be.
pub(super) fn plain(text: &str) -> Option<PathBuf> {
    let path = unescape(text)?;
    let bytes = path.as_os_str().as_bytes();
    let parts: Vec<&[u8]> = bytes.split(|byte| *byte == b'/').collect();
    // `a//b` and `a/./b` would be second names of `a/b`.
    let whole = parts.iter().all(|part| !part.is_empty() && *part != b"." && part.len() <= LONGEST_NAME);
    (whole && bytes.len() <= LONGEST_PATH).then_some(path)
}

impl PackedRun {
    /// Why it is none that was packed.
    pub(super) fn has_needed(&self) -> Result<(), String> {
        match NEEDED.iter().find(|path| self.files.iter().all(|file| file.path != **path)) {
            Some(lacks) => Err(format!("run {} lacks {lacks}, or it is no plain file", self.token.short())),
            None => Ok(()),
        }
    }

    /// How many files and folders it is. Each path once, none above another, and all of them such as a run has. `hollow`:
    /// folders in which none of its files lies.
    pub(super) fn entries(&self, hollow: &[PathBuf]) -> Result<usize, String> {
        let wrong = |path: &Path, why: &str| Err(format!("it names `{}`, {why}", shown(path)));
        let mut paths = Vec::with_capacity(self.files.len() + hollow.len());
        for file in &self.files {
            let Some(path) = plain(&file.path) else {
                return wrong(Path::new(&file.path), "which leads out of the run's directory or is no path");
            };
            if !belongs(&path) {
                return wrong(&path, "which is nothing that a run has");
            }
            paths.push(path);
        }
        for folder in hollow {
            paths.push(plain(&escape(folder)).ok_or("a folder that is no path")?);
        }
        if let Some(path) = paths.iter().find(|path| path.components().count() > DEEPEST) {
            return wrong(path, "which is nested too deep");
        }
        // By components: what lies below a path follows it at once, so each needs to be held to its neighbour alone.
        paths.sort_unstable();
        let (mut entries, mut before) = (0, Path::new(""));
        for path in &paths {
            match path.strip_prefix(before) {
                Ok(rest) if rest.as_os_str().is_empty() => return wrong(path, "twice"),
                Ok(_) if !before.as_os_str().is_empty() => {
                    return wrong(before, "as a file and as a folder");
                }
                _ => {}
            }
            let shared =
                path.components().zip(before.components()).take_while(|(ours, theirs)| ours == theirs);
            entries += path.components().count() - shared.count();
            before = path;
        }
        Ok(entries)
    }

    /// `$project/$env/$name/$version/$token`
    pub fn below_root(&self) -> Utf8PathBuf {
        let Self { token, project, env, name, version, .. } = self;
        format!("{project}/{env}/{name}/{version}/{token}").into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Digest;
    use crate::store::testing::name;

    fn of(paths: impl Iterator<Item = String>) -> Index {
        let token = Token::generate();
        let paths = paths.chain(NEEDED.map(str::to_owned));
        let files = paths.map(|path| Artifact { path, bytes: 0, sha256: Digest::of(b"") }).collect();
        let (project, env, name) = (name("p"), name("dev"), name("m"));
        Index::new(token, vec![PackedRun { token, project, env, name, version: Version::INITIAL, files }])
    }

    #[test]
    fn neighbours_tell_what_is_twice_and_what_is_both() {
        let check = |paths: &[&str]| of(paths.iter().map(|path| (*path).to_owned())).check(1);
        assert_eq!(check(&["a/b", "a/b.c", "a/b-c", "a/c/d", "a/c/e"]), Ok(()));
        assert!(check(&["a/b", "a/c", "a/b"]).unwrap_err().ends_with("twice"));
        // Between the two by their letters alone.
        let both = check(&["a/b/c", "a/b.c", "a/b-c", "a/b"]).unwrap_err();
        assert!(both.contains("`a/b`, as a file and as a folder"), "{both}");
    }

    #[test]
    fn folders_count_that_an_archive_would_make() {
        let paths = |files: usize, deep: usize| {
            let below = "/a".repeat(deep);
            of((0..files).map(move |number| format!("a/{number}{below}")))
        };
        let run = &paths(3, 2).runs[0];
        // a, a/0, a/0/a, a/0/a/a, and so on; and a folder of four records.
        assert_eq!(run.entries(&[]), Ok(15));
        assert_eq!(run.entries(&["a/0/a/b".into(), "b/c/d".into()]), Ok(15 + 1 + 3));
        for (folder, why) in [("a/0/a/a", "twice"), ("a/0", "as a file and as a folder")] {
            assert!(run.entries(&[folder.into()]).unwrap_err().ends_with(why), "{folder}");
        }
        let below = run.entries(&["a/0/a/a/b".into()]).unwrap_err();
        assert!(below.ends_with("as a file and as a folder"), "{below}");
        assert_eq!(paths(5_000, 1).check(1), Ok(()));
        let why = paths(5_000, 61).check(1).unwrap_err();
        assert!(why.contains("310006 files and folders, and an archive may have 300000"), "{why}");
        let why = paths(300_001, 0).check(1).unwrap_err();
        assert!(why.contains("300005 files"), "{why}");
    }
}
