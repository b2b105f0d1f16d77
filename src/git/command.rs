use std::ffi::OsStr;
use std::io::{self, Seek, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use camino::Utf8Path;

use super::GitError;

/// What would make git look at another repository than the one that `dir` is in, as inside a hook.
pub(super) const ELSEWHERE: [&str; 8] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
];

/// Never asks, never starts a file monitor or a hook that the repository names, never looks at a repository that somebody
/// put into one, never takes a lock that a person's own git would trip over; answers in English.
pub(super) fn git<I: AsRef<OsStr>>(
    dir: &Utf8Path,
    args: impl IntoIterator<Item = I>,
) -> Result<Output, GitError> {
    ended(prepared(dir, args)?.stdin(Stdio::null()))
}

/// The same with another index than the repository's own.
pub(super) fn git_on<I: AsRef<OsStr>>(
    dir: &Utf8Path,
    index: &Path,
    args: impl IntoIterator<Item = I>,
    input: &[u8],
) -> Result<Output, GitError> {
    let mut stdin = tempfile::tempfile().map_err(GitError::Temporary)?;
    stdin.write_all(input).and_then(|()| stdin.rewind()).map_err(GitError::Temporary)?;
    ended(prepared(dir, args)?.env("GIT_INDEX_FILE", index).stdin(stdin))
}

fn ended(command: &mut Command) -> Result<Output, GitError> {
    command.output().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => GitError::Missing,
        _ => GitError::Start(error),
    })
}

fn prepared<I: AsRef<OsStr>>(dir: &Utf8Path, args: impl IntoIterator<Item = I>) -> Result<Command, GitError> {
    refuse_posing(dir)?;
    let mut command = Command::new("git");
    command.arg("--no-optional-locks");
    for set in ["core.fsmonitor=false", "core.hooksPath=/dev/null", "safe.bareRepository=explicit"] {
        command.args(["-c", set]);
    }
    command.arg("-C").arg(dir).args(args);
    // What a partial clone lacks it would fetch, by whatever means its configuration names.
    command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_ALLOW_PROTOCOL", "none");
    command.env("LC_ALL", "C").env("GIT_TERMINAL_PROMPT", "0");
    for name in ELSEWHERE {
        command.env_remove(name);
    }
    Ok(command)
}

/// Files that anybody can commit make a folder a bare repository to git, with a configuration whose filters `status`
/// runs. From 2.38 on git can be told to refuse it; older ones cannot.
pub(super) fn refuse_posing(dir: &Utf8Path) -> Result<(), GitError> {
    let mut above = dir.ancestors().take_while(|dir| !dir.join(".git").exists());
    let posing = above.find(|dir| {
        let has = |part| dir.join(part).symlink_metadata().is_ok();
        has("HEAD") && (has("commondir") || (has("objects") && has("refs")))
    });
    posing.map_or(Ok(()), |folder| Err(GitError::Posing(folder.to_owned())))
}

/// The output of a command that succeeded.
pub(super) fn succeed(what: &'static str, output: Output) -> Result<Vec<u8>, GitError> {
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(GitError::Failed { what, said: said(&output) }),
    }
}

/// What git complained about, on one line.
pub(super) fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let line = lines.iter().find(|line| line.starts_with("fatal:")).or(lines.first());
    line.map(|line| line.trim_start_matches("fatal:").trim().to_owned()).unwrap_or_default()
}
