use std::collections::BTreeMap;

use super::{Roster, Signatures, Unverified, Verified};
use crate::domain::Digest;
use crate::domain::track::Signed;

/// Signatures are verified by a program that takes some milliseconds each. What a signature proves about its bytes never
/// changes, and whose a key is does not depend on the bytes: so of each key one signature is verified at a time of asking,
/// and the others of that key are known by their sums. One that is bad is asked about once by each list of signers.
pub(super) struct Keys<'a, 's> {
    signatures: &'a dyn Signatures,
    known: &'s mut BTreeMap<Digest, String>,
    /// Signers and key → whose it is now.
    owners: BTreeMap<(Digest, String), Result<Verified, Unverified>>,
    /// Signers and sum → why the signature does not count.
    bad: BTreeMap<(Digest, Digest), Unverified>,
}

impl<'a, 's> Keys<'a, 's> {
    pub(super) fn new(signatures: &'a dyn Signatures, known: &'s mut BTreeMap<Digest, String>) -> Self {
        Self { signatures, known, owners: BTreeMap::new(), bad: BTreeMap::new() }
    }

    /// The key of a signature that was once good.
    pub(super) fn known(&self, signed: &Signed) -> Option<String> {
        self.known.get(&sum(signed)).cloned()
    }

    /// Asked where something else is wrong, which would be told first.
    pub(super) fn is_revoked(&mut self, roster: &Roster, signed: &Signed) -> bool {
        let any = !roster.signers.revoked.trim().is_empty();
        any && self.verify(roster, signed) == Err(Unverified::Revoked)
    }

    pub(super) fn verify(&mut self, roster: &Roster, signed: &Signed) -> Result<Verified, Unverified> {
        let signers = roster.signers_digest();
        let sum = sum(signed);
        let ask = || self.signatures.verify(&roster.signers, &signed.statement, &signed.signature);
        if let Some(key) = self.known.get(&sum) {
            return self.owners.entry((signers, key.clone())).or_insert_with(ask).clone();
        }
        let asked = (signers, sum);
        if let Some(why) = self.bad.get(&asked) {
            return Err(why.clone());
        }
        match ask() {
            Ok(verified) => {
                let (signers, sum) = asked;
                self.known.insert(sum, verified.key.clone());
                self.owners.insert((signers, verified.key.clone()), Ok(verified.clone()));
                Ok(verified)
            }
            Err(why) => {
                self.bad.insert(asked, why.clone());
                Err(why)
            }
        }
    }
}

fn sum(signed: &Signed) -> Digest {
    let length = signed.statement.len().to_le_bytes();
    Digest::of(&[&length[..], &signed.statement, &signed.signature].concat())
}
