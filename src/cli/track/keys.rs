use std::cell::RefCell;
use std::rc::Rc;

use crate::git::Prompt;
use crate::git::ssh::{BadSignature, NAMESPACE, SigningKey, Verifier};
use crate::review::{PortError, Signatures, Signers, Unverified, Verified};

/// Signatures of the ledger: made with the person's own key, and verified by ssh-keygen.
pub(super) struct Keys {
    /// None: git's configuration names none.
    pub own: Option<SigningKey>,
    pub prompt: Prompt,
    /// One for each list of signers that was asked for.
    verifiers: RefCell<Vec<(Signers, Rc<Verifier>)>>,
}

impl Keys {
    pub fn new(own: Option<SigningKey>, prompt: Prompt) -> Self {
        Self { own, prompt, verifiers: RefCell::default() }
    }

    fn verifier(&self, signers: &Signers) -> Result<Rc<Verifier>, String> {
        let mut known = self.verifiers.borrow_mut();
        if let Some((_, verifier)) = known.iter().find(|(of, _)| of == signers) {
            return Ok(verifier.clone());
        }
        let made = Verifier::new(&signers.allowed, signers.revoked.as_bytes());
        let made = Rc::new(made.map_err(|error| error.to_string())?);
        known.push((signers.clone(), made.clone()));
        Ok(made)
    }
}

impl Signatures for Keys {
    fn verify(&self, signers: &Signers, statement: &[u8], signature: &[u8]) -> Result<Verified, Unverified> {
        let verifier = self.verifier(signers).map_err(Unverified::Other)?;
        let told = verifier.verify(NAMESPACE, statement, signature);
        let good = told.map_err(|error| Unverified::Other(error.to_string()))?.map_err(|why| match why {
            BadSignature::Revoked => Unverified::Revoked,
            why => Unverified::Other(why.to_string()),
        })?;
        Ok(Verified { principals: good.principals, key: good.key_fingerprint })
    }

    fn sign(&self, statement: &[u8]) -> Result<Vec<u8>, PortError> {
        let key = self.own.as_ref().ok_or_else(|| PortError("git names no signing key".to_owned()))?;
        key.sign(NAMESPACE, statement, self.prompt).map_err(|error| PortError(error.to_string()))
    }
}
