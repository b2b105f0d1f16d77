use jiff::{SignedDuration, Timestamp};

use super::desk::Desk;
use crate::cli::UserError;
use crate::domain::Name;
use crate::domain::figures::counted;
use crate::git::ssh::ends;
use crate::review::Roster;

/// How long before a key ends that is told.
const BEFORE: SignedDuration = SignedDuration::from_hours(24 * 30);

/// What keeps what an ended key has signed of people and keys. A clone that knew them goes on by what it knows: what others
/// lack is signed for in one of theirs.
pub(super) const ANEW: &str = "what a key has signed of people and keys counts, in clones that are made once it has ended, when another engineer signs for that in such a clone: greenroom track vouch";

impl Desk {
    /// Tells whose key ends soon, of those who may say who signs.
    pub fn tell_ending(&self) -> Result<(), UserError> {
        let told = ending(&self.roster()?, Timestamp::now());
        if !told.is_empty() {
            self.warn(&format!("{}\n{ANEW}", told.join("\n")));
        }
        Ok(())
    }
}

/// A signature tells no time: who comes after a key has ended cannot see that it counted, and those whom it alone has brought
/// count for nothing there. Whose key ends soon, a sentence each.
pub(super) fn ending(roster: &Roster, now: Timestamp) -> Vec<String> {
    let told = roster.signers.allowed.lines().map(str::trim).filter_map(|line| {
        let end = ends(line)?;
        let left = end.duration_since(now);
        let listed = line.split_whitespace().next()?.trim_matches('"').to_owned();
        let names: Vec<&str> =
            listed.split(',').flat_map(|one| roster.persons(one)).map(Name::as_str).collect();
        let is_near = left.is_positive() && left <= BEFORE;
        if line.starts_with('#') || !is_near || !roster.may_vouch(std::slice::from_ref(&listed)) {
            return None;
        }
        let days = u64::try_from(left.as_hours() / 24).unwrap_or_default();
        Some(format!("the key of {} ends in {}", names.join(" and "), counted(days, "day")))
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;

    use super::*;
    use crate::domain::{Person, Role};
    use crate::review::Signers;

    #[test]
    fn whose_key_ends_soon_is_told_of_those_who_say_who_signs() {
        let person = |(name, role): (&str, Role)| {
            (Name::new(name).unwrap(), Person { email: format!("{name}@example.com"), role })
        };
        let people = [("ana", Role::Analyst), ("eli", Role::Engineer), ("emma", Role::Engineer)];
        let line = |who: &str, option: &str| format!("{who}@example.com {option}ssh-ed25519 AAAAkey{who}\n");
        let roster = |eli: &str, emma: &str| Roster {
            target: "refs/heads/stage".parse().unwrap(),
            tip: "0".repeat(40).parse().unwrap(),
            people: IndexMap::from(people.map(person)),
            signers: Signers {
                allowed: line("ana", "valid-before=\"20260110\" ") + &line("eli", eli) + &line("emma", emma),
                revoked: String::new(),
            },
        };
        let now: Timestamp = "2026-01-01T12:00:00Z".parse().unwrap();
        let soon = roster("namespaces=\"git\",valid-before=\"20260113\" ", "valid-before=\"20260301\" ");
        assert_eq!(ending(&soon, now), ["the key of eli ends in 11 days"]);
        // Neither once it has ended, nor where it does not end.
        assert!(ending(&roster("valid-before=\"20260101\" ", ""), now).is_empty());
    }
}
