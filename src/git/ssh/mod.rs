//! Signatures by `ssh-keygen -Y`, with the keys that git signs with.

mod armour;
mod key;
mod sign;
mod signers;
mod verify;

use std::io;
use std::process::Command;

use super::process::{Ended, Prompt, run};
use super::{GitError, words};

pub use key::SigningKey;
pub use signers::{ends, lines_without_key};
pub use verify::{BadSignature, Verified, Verifier};

/// What a signature of the ledger is for: one made for git, or for anything else, does not count.
pub const NAMESPACE: &str = "greenroom-track-v1";

fn ssh_keygen(program: &str, args: &[&str], input: &[u8], prompt: Prompt) -> Result<Ended, GitError> {
    let mut command = Command::new(program);
    // Dates without a zone in a list of signers are the same for everybody.
    command.args(args).env("LC_ALL", "C").env("TZ", "UTC");
    if prompt == Prompt::Never {
        command.env("SSH_ASKPASS_REQUIRE", "never");
    }
    run(command, input, prompt).map_err(|error| match error.kind() {
        io::ErrorKind::TimedOut => GitError::silent(program),
        _ => GitError::SshKeygen(error),
    })
}

fn said(ended: &Ended) -> String {
    words::words(&ended.stderr)
}

/// A file that only this person can read, for as long as it is needed.
fn private_file(content: &[u8]) -> Result<tempfile::NamedTempFile, GitError> {
    let write = || {
        let mut file = tempfile::NamedTempFile::new()?;
        io::Write::write_all(&mut file, content)?;
        Ok(file)
    };
    write().map_err(GitError::Temporary)
}

fn text_of(file: &tempfile::NamedTempFile) -> Result<&str, GitError> {
    file.path().to_str().ok_or_else(|| GitError::Temporary(io::ErrorKind::InvalidFilename.into()))
}
