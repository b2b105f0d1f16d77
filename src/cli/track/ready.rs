use camino::Utf8Path;

use crate::domain::{Health, Project};
use crate::git::Repository;
use crate::git::ssh::SigningKey;
use crate::local::doctor::Finding;
use crate::review::SIGNERS_FILE;

const WHAT: &str = "signing";

/// Whether whoever works here could sign what a review needs; None where there is nothing that is reviewed. Nothing runs
/// worse without it, so nothing is missing.
pub fn signing(project: Option<&Project>, dir: &Utf8Path) -> Option<Finding> {
    let project = project.filter(|project| !project.people.is_empty())?;
    let repository = Repository::open(dir).ok()?;
    repository.remotes().ok().filter(|remotes| !remotes.is_empty())?;
    let lacks = |found: String| Finding::new(Health::Warn, WHAT, found);
    let key = match SigningKey::configured(dir) {
        Ok(Some(key)) => key,
        Ok(None) => {
            return Some(lacks("git names no key, so nothing of a review can be signed".to_owned()).to_fix(
                [
                    "if you have none: ssh-keygen -t ed25519",
                    "git config --global gpg.format ssh",
                    "git config --global user.signingKey ~/.ssh/id_ed25519.pub",
                ],
            ));
        }
        Err(error) => return Some(lacks(error.to_string())),
    };
    let public = match key.public_key() {
        Ok(public) => public,
        Err(error) => return Some(lacks(error.to_string())),
    };
    let email = repository.config("user.email").ok().flatten().unwrap_or_default();
    let person = project.people.iter().find(|(_, person)| person.email.eq_ignore_ascii_case(&email));
    let listed = fs_err::read_to_string(dir.join(SIGNERS_FILE)).is_ok_and(|text| text.contains(&public));
    Some(match (person, listed) {
        (Some((name, person)), true) => {
            Finding::new(Health::Ok, WHAT, format!("as {name}, {}", person.role.as_str()))
        }
        (None, _) => lacks(format!("`people:` of greenroom.yaml has nobody with the address {email}"))
            .to_fix(["greenroom track setup --role analyst"]),
        (Some((name, person)), false) => {
            let role = person.role.as_str();
            lacks(format!("the key of {name} is not in {SIGNERS_FILE}"))
                .to_fix([format!("greenroom track setup --role {role}").as_str()])
        }
    })
}
