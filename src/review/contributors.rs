use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::persons::{called, meant};
use super::{CommitFacts, Mail};
use crate::domain::track::{Contributors, Unsigned};
use crate::domain::{Name, Person};

/// Who has a hand in these commits: whoever is named in one as its author, committer or co-author, or has signed it.
pub(super) fn contributors(commits: &[CommitFacts], people: &IndexMap<Name, Person>) -> Contributors {
    let mut told = Contributors { commits: commits.len() as u64, ..Contributors::default() };
    let mut strangers = BTreeSet::new();
    for commit in commits {
        let signers = commit.signed_by.iter().flatten().flat_map(|listed| listed.split(',')).map(principal);
        let signers: Vec<Mail> = signers.collect();
        let parts = [("author", &commit.author), ("committer", &commit.committer)];
        let parts = parts.into_iter().chain(commit.co_authors.iter().map(|mail| ("co-author", mail)));
        for (part, mail) in parts.chain(signers.iter().map(|mail| ("signer", mail))) {
            let known = meant(people, mail);
            if known.is_empty() {
                let said = [&mail.email, &mail.name].into_iter().find(|text| !text.trim().is_empty());
                let stranger = said.map_or("", |text| text.trim());
                for name in called(people, mail) {
                    let how = || format!("by name {part} of {}, as {stranger}", commit.id.short());
                    told.persons.entry(name.clone()).or_insert_with(how);
                }
                strangers.insert(stranger.to_owned());
            }
            for name in known {
                let how = || format!("{part} of {}", commit.id.short());
                told.persons.entry(name.clone()).or_insert_with(how);
            }
        }
        let authors = meant(people, &commit.author);
        let own = |signer: &Mail| {
            let same = signer.email.trim().eq_ignore_ascii_case(commit.author.email.trim());
            same || meant(people, signer).iter().any(|name| authors.contains(name))
        };
        if !signers.iter().any(own) {
            told.unsigned.push(Unsigned {
                commit: commit.id.clone(),
                email: commit.author.email.clone(),
                person: authors.first().map(|name| (*name).clone()),
            });
        }
    }
    told.strangers = strangers.into_iter().collect();
    told
}

/// An address or a name, as the list of signers has it.
fn principal(text: &str) -> Mail {
    Mail { name: String::new(), email: text.trim().to_owned() }
}
