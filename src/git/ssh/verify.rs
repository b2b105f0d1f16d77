use super::armour::Armour;
use super::signers::{is_name, principals_of};
use super::{Ended, GitError, Prompt, armour, private_file, said, ssh_keygen, text_of};

/// A signature that is good now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Everybody of the list whose key it is, and for whom it is good: more than one share a key.
    pub principals: Vec<String>,
    /// `SHA256:…`
    pub key_fingerprint: String,
}

/// Why a signature does not count.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSignature {
    #[error("it is no signature")]
    Malformed,
    #[error("it was made for something else: `{}`", crate::domain::text::safe(.0))]
    OtherNamespace(String),
    #[error("its key belongs to none of the allowed signers")]
    UnknownKey,
    #[error("its key has expired")]
    Expired,
    #[error("its key is not valid yet")]
    NotYet,
    #[error("its key may not sign this")]
    NotPermitted,
    #[error("its key was revoked")]
    Revoked,
    #[error("what was signed is not what is here")]
    Altered,
    /// In ssh-keygen's words.
    #[error("{0}")]
    Other(String),
}

/// A principal of a list that is made for one key.
const ANYBODY: &str = "anybody";

/// A list of allowed signers and of revoked keys, against which signatures are verified as of now.
pub struct Verifier {
    allowed_signers: String,
    allowed: tempfile::NamedTempFile,
    revoked: Option<tempfile::NamedTempFile>,
}

impl Verifier {
    /// `allowed_signers`: as ssh-keygen(1) has it; `revoked`: public keys, one a line, or a KRL; empty: none.
    pub fn new(allowed_signers: &str, revoked: &[u8]) -> Result<Self, GitError> {
        let revoked = (!revoked.trim_ascii().is_empty()).then(|| private_file(revoked)).transpose()?;
        // As an editor of another system may have saved it.
        let allowed_signers = allowed_signers.replace("\r\n", "\n");
        Ok(Self { allowed: private_file(allowed_signers.as_bytes())?, allowed_signers, revoked })
    }

    /// # Errors
    /// Where it cannot be told, because ssh-keygen does not start; a bad signature is an answer.
    pub fn verify(
        &self,
        namespace: &str,
        bytes: &[u8],
        signature: &[u8],
    ) -> Result<Result<Verified, BadSignature>, GitError> {
        let Some(armour) = armour::read(signature) else { return Ok(Err(BadSignature::Malformed)) };
        if armour.namespace != namespace {
            return Ok(Err(BadSignature::OtherNamespace(armour.namespace)));
        }
        let file = private_file(signature)?;
        let file = text_of(&file)?;
        let mut who = principals_of(&armour.key, &self.allowed_signers);
        if who.is_empty() {
            who = self.certified(file)?;
        }
        let mut verified = Verified { principals: Vec::new(), key_fingerprint: String::new() };
        let mut why = BadSignature::UnknownKey;
        for principal in who {
            let ended = ask(&self.allowed, &principal, (namespace, bytes, file), self.revoked.as_ref())?;
            if let Some(key) = fingerprint(&ended) {
                verified.key_fingerprint = key;
                verified.principals.push(principal);
                continue;
            }
            // Of a revoked key it says nothing at all.
            let silent = self.revoked.is_some() && ended.stderr.is_empty();
            let without = || ask(&self.allowed, &principal, (namespace, bytes, file), None);
            let good = silent && fingerprint(&without()?).is_some();
            why = if good { BadSignature::Revoked } else { reason(&ended) };
        }
        if !verified.principals.is_empty() {
            return Ok(Ok(verified));
        }
        let revoked = why != BadSignature::Revoked && self.revokes(&armour, (namespace, bytes, file))?;
        Ok(Err(if revoked { BadSignature::Revoked } else { why }))
    }

    /// Whether the key of a signature that is good in itself is revoked, though the list has it no more, or not for this:
    /// whoever revokes a key mostly takes its line out as well.
    fn revokes(&self, armour: &Armour, signed: (&str, &[u8], &str)) -> Result<bool, GitError> {
        let word = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
        let Some(revoked) = self.revoked.as_ref().filter(|_| word(&armour.kind)) else { return Ok(false) };
        let anybody = private_file(format!("{ANYBODY} {} {}\n", armour.kind, armour.key).as_bytes())?;
        let with = ask(&anybody, ANYBODY, signed, Some(revoked))?;
        let silent = !with.status.success() && with.stderr.is_empty();
        Ok(silent && fingerprint(&ask(&anybody, ANYBODY, signed, None)?).is_some())
    }

    /// Whose key is not in the list, but that of an authority who vouches for it.
    fn certified(&self, signature: &str) -> Result<Vec<String>, GitError> {
        let args = ["-Y", "find-principals", "-f", text_of(&self.allowed)?, "-s", signature];
        let ended = ssh_keygen("ssh-keygen", &args, b"", Prompt::Never)?;
        let told = String::from_utf8_lossy(&ended.stdout);
        let names = told.lines().map(str::trim).filter(|name| is_name(name)).map(str::to_owned).collect();
        Ok(if ended.status.success() { names } else { Vec::new() })
    }
}

/// Whether a principal of a list has signed this, for a namespace, with a file that holds the signature.
fn ask(
    allowed: &tempfile::NamedTempFile,
    principal: &str,
    (namespace, bytes, signature): (&str, &[u8], &str),
    revoked: Option<&tempfile::NamedTempFile>,
) -> Result<Ended, GitError> {
    let mut args = vec!["-Y", "verify", "-f", text_of(allowed)?, "-I", principal];
    args.extend(["-n", namespace, "-s", signature]);
    if let Some(revoked) = revoked {
        args.extend(["-r", text_of(revoked)?]);
    }
    ssh_keygen("ssh-keygen", &args, bytes, Prompt::Never)
}

/// Of `Good "…" signature for … with ED25519 key SHA256:…`.
fn fingerprint(ended: &Ended) -> Option<String> {
    let told = String::from_utf8_lossy(&ended.stdout);
    let key = told.trim().rsplit(' ').next().filter(|key| key.starts_with("SHA256:"));
    key.filter(|_| ended.status.success()).map(str::to_owned)
}

fn reason(ended: &Ended) -> BadSignature {
    let said = said(ended);
    let known = [
        ("key has expired", BadSignature::Expired),
        ("certificate has expired", BadSignature::Expired),
        ("not yet valid", BadSignature::NotYet),
        ("not permitted for use in signature namespace", BadSignature::NotPermitted),
        ("incorrect signature", BadSignature::Altered),
    ];
    let found = known.into_iter().find(|(part, _)| said.contains(part)).map(|(_, why)| why);
    found.unwrap_or(if said.is_empty() { BadSignature::UnknownKey } else { BadSignature::Other(said) })
}
