use std::collections::HashSet;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

use super::super::escape::{shown, unescape};
use super::contents::belongs;
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
        let mut tokens = HashSet::new();
        let mut total: u64 = 0;
        for run in &self.runs {
            if !tokens.insert(run.token) {
                return Err(format!("it holds run {} twice", run.token));
            }
            check_paths(run)?;
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

/// Folders within each other: no step makes more, and each of them is remembered.
const DEEPEST: usize = 64;

/// Each path once, none above another, and all of them such as a run has.
fn check_paths(run: &PackedRun) -> Result<(), String> {
    let wrong = |path: &Path, why: &str| Err(format!("it names `{}`, {why}", shown(path)));
    let (mut files, mut folders) = (HashSet::<PathBuf>::new(), HashSet::<PathBuf>::new());
    for file in &run.files {
        let Some(path) = plain(&file.path) else {
            return wrong(Path::new(&file.path), "which leads out of the run's directory or is no path");
        };
        if !belongs(&path) {
            return wrong(&path, "which is nothing that a run has");
        }
        if path.components().count() > DEEPEST {
            return wrong(&path, "which is nested too deep");
        }
        folders.extend(path.ancestors().skip(1).map(Path::to_owned));
        if !files.insert(path.clone()) {
            return wrong(&path, "twice");
        }
    }
    match files.iter().find(|file| folders.contains(*file)) {
        Some(both) => wrong(both, "as a file and as a folder"),
        None => Ok(()),
    }
}

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
    /// `$project/$env/$name/$version/$token`
    pub fn below_root(&self) -> Utf8PathBuf {
        let Self { token, project, env, name, version, .. } = self;
        format!("{project}/{env}/{name}/{version}/{token}").into()
    }
}
