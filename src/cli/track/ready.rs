use camino::Utf8Path;
use jiff::Timestamp;

use super::beginning::{KEY, beginning, unmade};
use super::desk::{Desk, roster_at};
use super::ending::{ANEW, ending};
use crate::domain::text::safe;
use crate::domain::track::RefName;
use crate::domain::{Health, Name, Person, Project};
use crate::git::ssh::{BadSignature, NAMESPACE, SigningKey, Verifier};
use crate::git::{Prompt, Repository};
use crate::local::doctor::Finding;
use crate::review::{Roster, SIGNERS_FILE};

const WHAT: &str = "signing";

/// What is signed for a try, and thrown away.
const TRIED: &[u8] = b"whether this key signs";

/// Whether whoever works here could sign what a review needs, and whether that would count; what it takes to begin, where
/// nobody signs yet. None where there is nothing that could be reviewed. Nothing runs worse without it, so nothing is
/// missing. No remote is asked.
pub fn signing(project: Option<&Project>, dir: &Utf8Path) -> Option<Finding> {
    let project = project?;
    let repository = Repository::open(dir).ok()?;
    if project.people.is_empty() {
        let has_key = matches!(SigningKey::configured(dir), Ok(Some(_)));
        let told = "nobody signs here yet; nothing but a review needs it, and it takes these, in this order:";
        return Some(Finding::new(Health::Ok, WHAT, told).to_fix(beginning(project, &repository, has_key)));
    }
    repository.remotes().ok().filter(|remotes| !remotes.is_empty())?;
    let lacks = |found: String| Finding::new(Health::Warn, WHAT, found);
    let key = match SigningKey::configured(dir) {
        Ok(Some(key)) => key,
        Ok(None) => {
            return Some(
                lacks("git names no key, so nothing of a review can be signed".to_owned()).to_fix(KEY),
            );
        }
        Err(error) => return Some(lacks(error.to_string())),
    };
    let public = match key.public_key() {
        Ok(public) => public,
        Err(error) => return Some(lacks(error.to_string())),
    };
    // A key in hardware would have to be touched, and another program may open a window.
    let silent = !public.starts_with("sk-") && key.is_silent();
    let signed = silent.then(|| key.sign(NAMESPACE, TRIED, Prompt::Never)).transpose();
    let signature = match signed {
        Ok(signature) => signature,
        Err(error) => return Some(unable(&key, lacks(error.to_string()))),
    };
    let email = repository.config("user.email").ok().flatten().unwrap_or_default();
    let known = Desk::known(Some(dir)).ok().map(|(desk, _)| desk);
    let known = known.filter(|desk| desk.tip_there(&desk.target).is_ok_and(|tip| tip.is_some()));
    let there = match &known {
        Some(desk) => desk.roster().ok(),
        // Nobody has asked yet to which branch tracks lead, or for that branch.
        None => committed(&repository),
    };
    let branch = known.as_ref().map(|desk| safe(desk.target.short()).into_owned());
    let place = branch.as_ref().map_or_else(|| "the commit here".to_owned(), |branch| format!("`{branch}`"));
    let counts =
        there.as_ref().map_or(Ok(Vec::new()), |roster| owners(roster, &public, signature.as_deref()));
    let of = |people: &indexmap::IndexMap<Name, Person>| {
        let found = people.iter().find(|(_, person)| person.email.eq_ignore_ascii_case(&email));
        found.map(|(name, person)| (name.clone(), person.role.as_str()))
    };
    let listed = fs_err::read_to_string(dir.join(SIGNERS_FILE));
    let listed = listed.is_ok_and(|text| listed_for(&text, &public).next().is_some());
    let is = |name: &Name| there.as_ref().and_then(|roster| roster.people.get(name)).is_some();
    // People with one address are one person.
    let own = |name: &Name| {
        let person = there.as_ref().and_then(|roster| roster.people.get(name));
        person.is_some_and(|person| person.email.eq_ignore_ascii_case(&email))
    };
    let fetched = branch.as_ref().map(|branch| format!("\n`{branch}` is as it was last fetched"));
    let finding = match (counts, of(&project.people), there.as_ref().and_then(|roster| of(&roster.people))) {
        (Err(why), ..) => lacks(format!("on {place} this key does not count: {why}"))
            .to_fix(["git config user.signingKey KEY names another"]),
        (Ok(owners), _, Some((name, role))) if owners.contains(&name) && owners.iter().all(own) => {
            let told = there.as_ref().map(|roster| ending(roster, Timestamp::now())).unwrap_or_default();
            let found = format!("as {name}, {role}");
            let unmade = unmade(project, &repository).filter(|_| known.is_none());
            if let Some(command) = unmade {
                let found =
                    format!("{found}; the remote has no branch of stage yet, to which tracks would lead");
                return Some(lacks(found).to_fix([command]));
            }
            match told.is_empty() {
                true => Finding::new(Health::Ok, WHAT, found),
                false => lacks(format!("{found}; {}", told.join("; "))).to_fix([ANEW]),
            }
        }
        (Ok(owners), me, there) if owners.iter().any(is) => {
            let owners: Vec<&str> = owners.iter().map(Name::as_str).collect();
            let me = there.or(me).map_or_else(
                || format!("not of {}", safe(&email)),
                |(name, _)| format!("and you are {name}"),
            );
            lacks(format!("on {place} this key is of {}, {me}", owners.join(" and "))).to_fix([
                "git config user.signingKey KEY, with a key of your own",
                "or git config user.email, if you are somebody else",
            ])
        }
        (Ok(_), None, _) => {
            lacks(format!("`people:` of greenroom.yaml has nobody with the address {}", safe(&email)))
                .to_fix(["greenroom track setup --role analyst"])
        }
        (Ok(_), Some((name, role)), _) if !listed => {
            lacks(format!("the key of {name} is not in {SIGNERS_FILE}"))
                .to_fix([format!("greenroom track setup --role {role}")])
        }
        (Ok(_), Some((name, _)), _) if said_there(known.as_ref(), &name) => {
            let (desk, counts) = (known.as_ref(), there.as_ref());
            let how = desk.zip(counts).map(|(desk, counts)| desk.how_to_vouch(counts)).unwrap_or_default();
            lacks(format!(
                "the key of {name} is on {place}, and nobody whose signature counted before has signed for it"
            ))
            .to_fix(how)
        }
        (Ok(_), Some((name, _)), _) => {
            let branch = branch.unwrap_or_else(|| "the branch that tracks lead to".to_owned());
            lacks(format!("the key of {name} is written down here, and not on {place} yet")).to_fix([
                format!("git add greenroom.yaml {SIGNERS_FILE} && git commit, if they are not committed"),
                format!("bring that commit to {branch}, and then: greenroom track list"),
            ])
        }
    };
    let found = finding.found + &fetched.unwrap_or_default();
    Some(Finding { found, ..finding })
}

impl Desk {
    /// Whose key the one is that git signs with here, as these signers have it.
    pub(super) fn owners_of_key(&self, roster: &Roster) -> Vec<Name> {
        let public = self.keys.own.as_ref().and_then(|key| key.public_key().ok());
        public.and_then(|public| owners(roster, &public, None).ok()).unwrap_or_default()
    }
}

/// Why a key signs nothing where nobody is asked for anything, and what to do.
fn unable(key: &SigningKey, told: Finding) -> Finding {
    let Some(path) = key.private_file() else {
        return told.to_fix(["ssh-add -L lists the keys that the agent holds"]);
    };
    let agent = std::env::var_os("SSH_AUTH_SOCK").is_none().then(|| "eval \"$(ssh-agent)\"".to_owned());
    let add = format!("if it has a passphrase, have an agent hold it: ssh-add {path}");
    told.to_fix(agent.into_iter().chain([add]))
}

/// Whether the target says so itself, though that does not count yet.
fn said_there(desk: Option<&Desk>, name: &Name) -> bool {
    let says = |desk: &Desk| {
        let tip = desk.tip_there(&desk.target).ok().flatten()?;
        Some(desk.trusted_at(&tip).ok()?.unvouched?.says.people.contains_key(name))
    };
    desk.and_then(says).unwrap_or(false)
}

/// As the commit that is checked out has it.
fn committed(repository: &Repository) -> Option<Roster> {
    let head = repository.head().ok()?;
    let commit = head.commit?;
    let nowhere = RefName::branch("here").ok()?;
    roster_at(repository, &nowhere, &commit).ok()
}

/// Whose key it is, or why it counts for nobody.
fn owners(roster: &Roster, public: &str, signature: Option<&[u8]>) -> Result<Vec<Name>, String> {
    let principals = match signature {
        None => listed_for(&roster.signers.allowed, public).map(str::to_owned).collect(),
        Some(signature) => {
            let verifier = Verifier::new(&roster.signers.allowed, roster.signers.revoked.as_bytes());
            let told = verifier.and_then(|verifier| verifier.verify(NAMESPACE, TRIED, signature));
            match told.map_err(|error| error.to_string())? {
                Ok(good) => good.principals,
                Err(BadSignature::UnknownKey) => Vec::new(),
                Err(why) => return Err(why.to_string()),
            }
        }
    };
    let mut names: Vec<Name> = principals
        .iter()
        .flat_map(|listed| listed.split(','))
        .flat_map(|one| roster.persons(one))
        .cloned()
        .collect();
    names.sort();
    names.dedup();
    Ok(names)
}

/// The principals of the lines that list a key.
fn listed_for<'a>(signers: &'a str, public: &'a str) -> impl Iterator<Item = &'a str> {
    let lines = signers.lines().filter(move |line| line.contains(public) && !line.starts_with('#'));
    lines.filter_map(|line| line.split_whitespace().next())
}
