use super::changed::changed;
use super::desk::Desk;
use super::ending::ANEW;
use super::trusted::{NAMESPACE, able, signatures};
use super::wrong::{of_git, of_review};
use crate::cli::{Exit, UserError};
use crate::domain::text::safe;
use crate::domain::{Name, Person};
use crate::git::ssh::Verifier;
use crate::review::{Change, Roster, SIGNERS_VOUCHED, Trusted, change_of_signers};
use crate::store::atomic_replace;

/// What somebody has signed for.
pub struct Signed {
    pub by: Name,
    /// What becomes of people and keys, in words.
    pub changes: Vec<String>,
    pub file: &'static str,
    /// Who else has to sign, where histories have parted: one of each of these, and where their keys are.
    pub lacks: Vec<String>,
    /// What to do where one of those cannot.
    pub without: Vec<String>,
}

impl Desk {
    /// Signs that people and signers may become what the commit that is checked out says, and writes that beside them.
    pub fn vouch(&self) -> Result<Signed, UserError> {
        let target = safe(self.target.short()).into_owned();
        let before = self.roster()?;
        let trusted = self.trusted_at(&before.tip)?;
        let (by, _) = self.person_of_any(&before, &trusted)?;
        let head = self.repository.head().map_err(|error| of_git(&error))?.commit;
        let head = head
            .ok_or_else(|| UserError::wrong("nothing is committed yet").to_do("git add . && git commit"))?;
        let after = self.roster_at(&self.target, &head).map_err(|error| of_review(&error))?;
        if after.is_same(&before) && trusted.unvouched.is_some() {
            let error = UserError::wrong(format!(
                "who may sign is the same here as what counts on `{target}`, and `{target}` says otherwise by now"
            ));
            return Err(error
                .because(format!("{} is checked out here, which does not have that change", head.short()))
                .to_do(format!(
                    "have it here, and look at it: git switch --create BRANCH {}",
                    before.tip.short()
                )));
        }
        if after.is_same(&before) {
            return Err(UserError::wrong(format!("who may sign is the same here as on `{target}`"))
                .because(format!("that is what {} says, the commit that is checked out", head.short()))
                .to_do("switch to the branch that changes it, or commit the change first")
                .to_do(ANEW));
        }
        let for_them: Vec<&Roster> = trusted.by.iter().filter(|one| one.vouching().contains(&by)).collect();
        if for_them.is_empty() {
            let error = UserError::wrong(format!("{by} may not say who signs on `{target}`"))
                .to_do(format!("ask one who may: {}", able(&trusted.vouching())));
            return Err(self.without_them(&trusted).into_iter().fold(error, UserError::to_do));
        }
        let key = self.keys.own.as_ref().ok_or_else(|| {
            UserError::not_ready("git names no key to sign with")
                .to_do("greenroom doctor tells what signing needs")
        })?;
        let text = change_of_signers(
            &self.folder(),
            Change { before: &before, begun: &trusted.begun, after: &after },
        )
        .map_err(|error| of_review(&error))?;
        let signature = key.sign(NAMESPACE, &text, self.keys.prompt).map_err(|error| of_git(&error))?;
        let mut fault = None;
        for one in for_them {
            match self.is_by(one, &text, &signature)? {
                Ok(()) => {
                    fault = None;
                    break;
                }
                Err(why) => fault = Some(why),
            }
        }
        if let Some(why) = fault {
            return Err(UserError::not_ready("your signature would not count").because(why));
        }
        let path = self.workspace.root().join(SIGNERS_VOUCHED);
        let mut held = self.others(&trusted, &text, &fs_err::read(&path).unwrap_or_default())?;
        held.extend(signature);
        atomic_replace(&path, &held).map_err(|error| {
            UserError::from_error(Exit::NotReady, format!("{SIGNERS_VOUCHED} cannot be written"), &error)
        })?;
        let mut lacks = Vec::new();
        for one in &trusted.by {
            if !self.is_signed(one, &text, &held)? {
                lacks.push(self.keys_of(one));
            }
        }
        let without = if lacks.is_empty() { Vec::new() } else { self.without_them(&trusted) };
        Ok(Signed { by, changes: changed(&before, &after), file: SIGNERS_VOUCHED, lacks, without })
    }

    /// Who this clone's person is; where histories have parted, to any of those who sign for what they come to.
    fn person_of_any(&self, before: &Roster, trusted: &Trusted) -> Result<(Name, Person), UserError> {
        let mut any = trusted.by.iter().filter_map(|one| self.person(one).ok());
        self.person(before).or_else(|error| any.next().ok_or(error))
    }

    /// Whether a signature is that of one who may, by one of the lists that tell; else why not.
    fn is_by(&self, by: &Roster, text: &[u8], signature: &[u8]) -> Result<Result<(), String>, UserError> {
        let verifier = Verifier::new(&by.signers.allowed, by.signers.revoked.as_bytes());
        let told = verifier.and_then(|verifier| verifier.verify(NAMESPACE, text, signature));
        Ok(match told.map_err(|error| of_git(&error))? {
            Ok(good) if by.may_vouch(&good.principals) => Ok(()),
            Ok(good) => {
                let (target, whose) = (safe(self.target.short()), good.principals.join(", "));
                Err(format!("on `{target}` this key is of {}", safe(&whose)))
            }
            Err(why) => Err(why.to_string()),
        })
    }

    /// Whether one of those who may by this list has signed.
    fn is_signed(&self, by: &Roster, text: &[u8], held: &[u8]) -> Result<bool, UserError> {
        for signature in signatures(held) {
            if self.is_by(by, text, &signature)?.is_ok() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What others have signed for the same, where it takes more than one.
    fn others(&self, trusted: &Trusted, text: &[u8], held: &[u8]) -> Result<Vec<u8>, UserError> {
        let mut others = Vec::new();
        if trusted.by.len() < 2 {
            return Ok(others);
        }
        for signature in signatures(held) {
            for one in &trusted.by {
                if self.is_by(one, text, &signature)?.is_ok() {
                    others.extend(signature);
                    break;
                }
            }
        }
        Ok(others)
    }
}
