use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::Mail;
use crate::domain::{Name, Person};

/// The addresses of everybody, by all rosters that count: by them one human is told from another, also where one of them
/// has left since.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Persons(BTreeMap<Name, BTreeSet<String>>);

impl Persons {
    pub(super) fn of(people: &IndexMap<Name, Person>) -> Self {
        let mut all = Self::default();
        all.add(people);
        all
    }

    pub(super) fn add(&mut self, people: &IndexMap<Name, Person>) {
        for (name, person) in people {
            self.0.entry(name.clone()).or_default().insert(person.email.to_ascii_lowercase());
        }
    }

    pub(super) fn join(&mut self, other: &Self) {
        for (name, addresses) in &other.0 {
            self.0.entry(name.clone()).or_default().extend(addresses.iter().cloned());
        }
    }

    /// One human: the same name, or two that share an address.
    pub(super) fn same(&self, one: &Name, other: &Name) -> bool {
        let shared = |(one, other): (&BTreeSet<String>, &BTreeSet<String>)| !one.is_disjoint(other);
        one == other || self.0.get(one).zip(self.0.get(other)).is_some_and(shared)
    }

    pub(super) fn knows(&self, name: &Name) -> bool {
        self.0.contains_key(name)
    }

    /// Whether that is an address of theirs.
    pub(super) fn has(&self, name: &Name, email: &str) -> bool {
        self.0.get(name).is_some_and(|all| all.contains(&email.trim().to_ascii_lowercase()))
    }
}

/// Those whom a commit means: by their address; where it tells none, by whatever they could be called.
pub(super) fn meant<'p>(people: &'p IndexMap<Name, Person>, mail: &Mail) -> Vec<&'p Name> {
    let email = mail.email.trim();
    let said = words(&format!("{} {email}", mail.name));
    let is = |name: &Name, person: &Person| match email.contains('@') {
        true => person.email.eq_ignore_ascii_case(email),
        false => {
            let before_at = person.email.split('@').next().unwrap_or_default();
            [name.as_str(), before_at].into_iter().any(|called| contains(&said, &words(called)))
        }
    };
    people.iter().filter(|(name, person)| is(name, person)).map(|(name, _)| name).collect()
}

/// Those who may be meant by an address that is nobody's: whoever writes from home is called the same there. A name proves
/// nothing, so by it somebody is only kept from something, never let.
pub(super) fn called<'p>(people: &'p IndexMap<Name, Person>, mail: &Mail) -> Vec<&'p Name> {
    let before_at = |email: &str| email.split('@').next().unwrap_or_default().to_owned();
    let said = words(&format!("{} {}", mail.name, before_at(&mail.email)));
    let is = |name: &Name, person: &Person| {
        [name.as_str(), &before_at(&person.email)].into_iter().any(|called| contains(&said, &words(called)))
    };
    people.iter().filter(|(name, person)| is(name, person)).map(|(name, _)| name).collect()
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

fn contains(all: &[String], part: &[String]) -> bool {
    !part.is_empty() && all.windows(part.len()).any(|words| words == part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Role;

    fn people() -> IndexMap<Name, Person> {
        let person = |email: &str| Person { email: email.to_owned(), role: Role::Engineer };
        let all =
            [("eli", "e.stone@example.com"), ("ana_maria", "am@example.com"), ("emma", "emma@example.com")];
        all.into_iter().map(|(name, email)| (Name::new(name).unwrap(), person(email))).collect()
    }

    #[test]
    fn who_is_named_without_an_address_is_found_by_any_of_their_names() {
        let people = people();
        let meant = |name: &str, email: &str| -> Vec<&str> {
            let mail = Mail { name: name.to_owned(), email: email.to_owned() };
            meant(&people, &mail).into_iter().map(Name::as_str).collect()
        };
        assert_eq!(meant("Eli", ""), ["eli"]);
        assert_eq!(meant("E. Stone", " "), ["eli"]);
        assert_eq!(meant("Ana-Maria Lopez", ""), ["ana_maria"]);
        assert_eq!(meant("", "EMMA"), ["emma"]);
        assert_eq!(meant("Eliza and Mary Ana", ""), Vec::<&str>::new());
        assert_eq!(meant("Eli", "EMMA@example.com "), ["emma"], "an address says more than a name");
    }

    #[test]
    fn whose_address_is_nobodys_may_be_whoever_is_called_so() {
        let people = people();
        let called = |name: &str, email: &str| -> Vec<&str> {
            let mail = Mail { name: name.to_owned(), email: email.to_owned() };
            called(&people, &mail).into_iter().map(Name::as_str).collect()
        };
        assert_eq!(called("ELI", "me@home.org"), ["eli"]);
        assert_eq!(called("E. Stone", "me@home.org"), ["eli"], "as his known address begins");
        assert_eq!(called("somebody", "123+emma@users.noreply.example"), ["emma"]);
        assert_eq!(called("Eliza", "eliza@eli.org"), Vec::<&str>::new());
    }

    #[test]
    fn two_names_with_one_address_in_any_roster_are_one_human() {
        let name = |text: &str| Name::new(text).unwrap();
        let mut persons = Persons::of(&people());
        let old = Person { email: "EMMA@example.com".to_owned(), role: Role::Analyst };
        assert!(!persons.same(&name("em"), &name("emma")));
        persons.add(&IndexMap::from([(name("em"), old)]));
        assert!(persons.same(&name("em"), &name("emma")) && persons.same(&name("x"), &name("x")));
        assert!(!persons.same(&name("em"), &name("eli")));
        assert!(persons.has(&name("emma"), " Emma@example.com"));
    }
}
