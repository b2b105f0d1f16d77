use std::ffi::OsStr;
use std::io;
use std::process::Command;
use std::time::Duration;

use camino::Utf8Path;

use super::GitError;
use super::command::ELSEWHERE;
use super::process::{Ended, LONGEST, Prompt, run_within};
use super::words::words;

/// The person's own git, as in their own shell: with their hooks, credentials, filters, ssh configuration and signing.
/// It answers in English.
pub(super) struct OwnGit<'a> {
    pub dir: &'a Utf8Path,
    pub prompt: Prompt,
}

impl OwnGit<'_> {
    pub fn run<I: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = I>,
        input: &[u8],
    ) -> Result<Ended, GitError> {
        self.run_with(&[], args, input)
    }

    /// The output of a command that succeeds, asks for nothing, and is ended where it takes longer.
    pub fn succeed_within<I: AsRef<OsStr>>(
        &self,
        limit: Duration,
        what: &'static str,
        args: impl IntoIterator<Item = I>,
    ) -> Result<Vec<u8>, GitError> {
        let own = OwnGit { dir: self.dir, prompt: Prompt::Never };
        let ended = own.ended(limit, &[], args, b"")?;
        match ended.status.success() {
            true => Ok(ended.stdout),
            false => Err(GitError::Failed { what, said: words(&ended.stderr) }),
        }
    }

    /// `env`: variables of its own.
    pub fn run_with<I: AsRef<OsStr>>(
        &self,
        env: &[(&str, &str)],
        args: impl IntoIterator<Item = I>,
        input: &[u8],
    ) -> Result<Ended, GitError> {
        self.ended(LONGEST, env, args, input)
    }

    fn ended<I: AsRef<OsStr>>(
        &self,
        limit: Duration,
        env: &[(&str, &str)],
        args: impl IntoIterator<Item = I>,
        input: &[u8],
    ) -> Result<Ended, GitError> {
        let mut command = Command::new("git");
        command.arg("-C").arg(self.dir).args(args).env("LC_ALL", "C");
        // What stands for another object here does not stand for it elsewhere.
        command.env("GIT_NO_REPLACE_OBJECTS", "1");
        if self.prompt == Prompt::Never {
            // No window opens either.
            command
                .env("GIT_TERMINAL_PROMPT", "0")
                .env("GIT_ASKPASS", "")
                .env("SSH_ASKPASS_REQUIRE", "never");
        }
        for name in ELSEWHERE {
            command.env_remove(name);
        }
        command.envs(env.iter().copied());
        run_within(limit, command, input, self.prompt).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => GitError::Missing,
            io::ErrorKind::TimedOut => GitError::silent("git"),
            _ => GitError::Start(error),
        })
    }

    /// The output of a command that succeeds.
    pub fn succeed<I: AsRef<OsStr>>(
        &self,
        what: &'static str,
        args: impl IntoIterator<Item = I>,
        input: &[u8],
    ) -> Result<Vec<u8>, GitError> {
        let ended = self.run(args, input)?;
        match ended.status.success() {
            true => Ok(ended.stdout),
            false => Err(GitError::Failed { what, said: words(&ended.stderr) }),
        }
    }

    /// A value of the configuration, None where it is not set or empty.
    pub fn config(&self, key: &str) -> Result<Option<String>, GitError> {
        let ended = self.run(["config", "--get", key], b"")?;
        let text = String::from_utf8_lossy(&ended.stdout).trim().to_owned();
        Ok((ended.status.success() && !text.is_empty()).then_some(text))
    }
}
