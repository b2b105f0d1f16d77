use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use camino::Utf8Path;
use sha2::{Digest as _, Sha256};

use super::{GitError, Prompt, said, ssh_keygen};
use crate::git::own::OwnGit;

/// The key with which a person signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKey {
    pub(super) key: Key,
    /// Another program than ssh-keygen, as `gpg.ssh.program` names it.
    pub(super) program: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// A file: the private key, or the public one of a key that an agent holds.
    File(String),
    /// The public key itself, of a key that an agent holds.
    Agent(String),
}

impl SigningKey {
    /// What git's configuration names: `greenroom.signingKey`, or `user.signingKey` where `gpg.format` is ssh. None
    /// where it names none.
    pub fn configured(dir: &Utf8Path) -> Result<Option<Self>, GitError> {
        let own = OwnGit { dir, prompt: Prompt::Never };
        let of_git = || match own.config("gpg.format")?.as_deref() {
            Some("ssh") => key(&own, "user.signingKey"),
            _ => Ok(None),
        };
        let Some(key) = key(&own, "greenroom.signingKey")?.map_or_else(of_git, |key| Ok(Some(key)))? else {
            return Ok(None);
        };
        Ok(Some(Self { key, program: own.config("gpg.ssh.program")? }))
    }

    /// A file with a key, such as one that was made for a demonstration.
    pub fn file(path: &Utf8Path) -> Self {
        Self { key: Key::File(path.to_string()), program: None }
    }

    /// Makes a new key without a passphrase, at a path where nothing is: one that is thrown away again.
    pub fn make(path: &Utf8Path, comment: &str) -> Result<Self, GitError> {
        let words = ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", path.as_str()];
        let ended = ssh_keygen("ssh-keygen", &words, b"", Prompt::Never)?;
        match ended.status.success() {
            true => Ok(Self::file(path)),
            false => Err(GitError::PublicKey { path: path.to_string(), said: said(&ended) }),
        }
    }

    /// `ssh-ed25519 AAAA…`, as a line of a list of signers ends.
    pub fn public_key(&self) -> Result<String, GitError> {
        let path = match &self.key {
            Key::Agent(public) => return Ok(type_and_key(public).unwrap_or_else(|| public.clone())),
            Key::File(path) => path,
        };
        let beside = format!("{path}.pub");
        let read =
            |path: &str| fs_err::read_to_string(Path::new(path)).ok().and_then(|text| type_and_key(&text));
        if let Some(public) = read(&beside).or_else(|| read(path)) {
            return Ok(public);
        }
        let ended = ssh_keygen("ssh-keygen", &["-y", "-f", path], b"", Prompt::Never)?;
        let told = type_and_key(&String::from_utf8_lossy(&ended.stdout)).filter(|_| ended.status.success());
        told.ok_or_else(|| GitError::PublicKey { path: path.clone(), said: said(&ended) })
    }

    /// The file that holds the private key; None: only an agent has it.
    pub fn private_file(&self) -> Option<&str> {
        match &self.key {
            Key::File(path) => Some(path.strip_suffix(".pub").unwrap_or(path)),
            Key::Agent(_) => None,
        }
    }

    /// It is ssh-keygen that signs with it, which asks nobody unless it may.
    pub fn is_silent(&self) -> bool {
        self.program.is_none()
    }

    /// `SHA256:…`, as ssh shows a key and a verified signature names it.
    pub fn fingerprint(&self) -> Result<String, GitError> {
        let public = self.public_key()?;
        let blob = public.split_whitespace().nth(1).and_then(|key| STANDARD.decode(key).ok());
        let blob = blob
            .ok_or_else(|| GitError::PublicKey { path: public.clone(), said: "it is no key".to_owned() })?;
        Ok(format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(blob))))
    }
}

fn key(own: &OwnGit<'_>, name: &str) -> Result<Option<Key>, GitError> {
    let Some(text) = own.config(name)? else { return Ok(None) };
    if let Some(public) = text.strip_prefix("key::") {
        return Ok(Some(Key::Agent(public.trim().to_owned())));
    }
    if text.starts_with("ssh-") {
        return Ok(Some(Key::Agent(text)));
    }
    // `~/` is a person's home.
    let path = own.succeed("tell the signing key", ["config", "--type=path", "--get", name], b"")?;
    Ok(Some(Key::File(String::from_utf8_lossy(&path).trim().to_owned())))
}

/// The first two words of a public key's line.
fn type_and_key(line: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    let (kind, key) = (words.next()?, words.next()?);
    let known = ["ssh-", "ecdsa-", "sk-"].iter().any(|start| kind.starts_with(start));
    (known && key.starts_with("AAAA")).then(|| format!("{kind} {key}"))
}
