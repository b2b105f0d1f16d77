use super::desk::Desk;
use super::trusted::{NAMESPACE, changed};
use super::wrong::{of_git, of_review};
use crate::cli::{Exit, UserError};
use crate::domain::Name;
use crate::domain::text::safe;
use crate::git::ssh::Verifier;
use crate::review::{Change, SIGNERS_VOUCHED, change_of_signers};
use crate::store::atomic_replace;

/// What somebody has signed for.
pub struct Signed {
    pub by: Name,
    /// What becomes of people and keys, in words.
    pub changes: Vec<String>,
    pub file: &'static str,
}

impl Desk {
    /// Signs that people and signers may become what the commit that is checked out says, and writes that beside them.
    pub fn vouch(&self) -> Result<Signed, UserError> {
        let target = safe(self.target.short()).into_owned();
        let before = self.roster()?;
        let (by, _) = self.person(&before)?;
        let head = self.repository.head().map_err(|error| of_git(&error))?.commit;
        let head = head
            .ok_or_else(|| UserError::wrong("nothing is committed yet").to_do("git add . && git commit"))?;
        let after = self.roster_at(&self.target, &head).map_err(|error| of_review(&error))?;
        if after.is_same(&before) {
            return Err(UserError::wrong(format!("who may sign is the same here as on `{target}`"))
                .because(format!("that is what {} says, the commit that is checked out", head.short()))
                .to_do("switch to the branch that changes it, or commit the change first"));
        }
        let able = before.vouching();
        if !able.contains(&by) {
            let able: Vec<&str> = able.iter().map(Name::as_str).collect();
            return Err(UserError::wrong(format!("{by} may not say who signs on `{target}`"))
                .to_do(format!("ask one who may: {}", able.join(", "))));
        }
        let key = self.keys.own.as_ref().ok_or_else(|| {
            UserError::not_ready("git names no key to sign with")
                .to_do("greenroom doctor tells what signing needs")
        })?;
        let begun = self.trusted_at(&before.tip)?.begun;
        let text = change_of_signers(Change { before: &before, begun: &begun, after: &after })
            .map_err(|error| of_review(&error))?;
        let signature = key.sign(NAMESPACE, &text, self.keys.prompt).map_err(|error| of_git(&error))?;
        let verifier = Verifier::new(&before.signers.allowed, before.signers.revoked.as_bytes());
        let told = verifier.and_then(|verifier| verifier.verify(NAMESPACE, &text, &signature));
        let not = |why: String| UserError::not_ready("your signature would not count").because(why);
        match told.map_err(|error| of_git(&error))? {
            Ok(good) if before.may_vouch(&good.principals) => {}
            Ok(good) => {
                return Err(not(format!(
                    "on `{target}` this key is of {}",
                    safe(&good.principals.join(", "))
                )));
            }
            Err(why) => return Err(not(why.to_string())),
        }
        let path = self.workspace.root().join(SIGNERS_VOUCHED);
        atomic_replace(&path, &signature).map_err(|error| {
            UserError::from_error(Exit::NotReady, format!("{SIGNERS_VOUCHED} cannot be written"), &error)
        })?;
        Ok(Signed { by, changes: changed(&before, &after), file: SIGNERS_VOUCHED })
    }
}
