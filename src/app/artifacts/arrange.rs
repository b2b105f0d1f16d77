use crate::app::filter::fitting;
use crate::domain::{EntryFacts, Listing};

/// Up to so many entries letters fit that stand apart; in more, only those that stand together.
const FUZZY: usize = 50_000;
/// Entries between two looks whether the answer is still wanted.
const LOOK: usize = 4096;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FolderOrder {
    /// Folders first; of runs the newest first.
    #[default]
    Name,
    /// The largest first.
    Size,
    Newest,
}

impl FolderOrder {
    const ALL: [Self; 3] = [Self::Name, Self::Size, Self::Newest];

    pub fn next(self) -> Self {
        let at = Self::ALL.iter().position(|order| *order == self).unwrap_or_default();
        Self::ALL[(at + 1) % Self::ALL.len()]
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Name => "by name",
            Self::Size => "largest first",
            Self::Newest => "newest first",
        }
    }
}

/// The numbers of those entries that fit what was typed, in order; with letters that stand apart, the best first. `facts`
/// tells of an entry by its number, where the order is theirs. None: nobody wants to know any more.
pub fn arrange(
    listing: &Listing,
    text: &str,
    order: FolderOrder,
    facts: &[Option<EntryFacts>],
    given_up: &dyn Fn() -> bool,
) -> Option<Vec<u32>> {
    let text = text.trim();
    if !text.is_empty() && listing.len() <= FUZZY {
        let names = listing.iter().map(|(_, entry)| entry.text().into_owned());
        // Positions are numbers here.
        return Some(fitting(text, names).into_iter().filter_map(|at| u32::try_from(at).ok()).collect());
    }
    let wanted = text.to_lowercase();
    let mut numbers = Vec::new();
    for (number, entry) in listing.iter() {
        if (number as usize).is_multiple_of(LOOK) && given_up() {
            return None;
        }
        if wanted.is_empty() || entry.text().to_lowercase().contains(&wanted) {
            numbers.push(number);
        }
    }
    let name = |a: u32, b: u32| match (listing.get(a), listing.get(b)) {
        (Some(a), Some(b)) => a.by_name(b),
        _ => a.cmp(&b),
    };
    let fact = |number: u32| facts.get(number as usize).copied().flatten();
    let compare = |a: &u32, b: &u32| match order {
        FolderOrder::Name => name(*a, *b),
        FolderOrder::Size => {
            let size = |number| fact(number).map(|fact| fact.bytes);
            size(*b).cmp(&size(*a)).then_with(|| name(*a, *b))
        }
        FolderOrder::Newest => {
            let modified = |number| fact(number).and_then(|fact| fact.modified);
            modified(*b).cmp(&modified(*a)).then_with(|| name(*a, *b))
        }
    };
    numbers.sort_unstable_by(compare);
    (!given_up()).then_some(numbers)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::{Entries, Entry, EntryKind};

    fn listing(names: &[(&str, EntryKind)]) -> Listing {
        let (mut listing, mut entries) = (Listing::default(), Entries::default());
        for (name, kind) in names {
            entries.push(Entry { name: name.as_bytes(), kind: *kind });
        }
        listing.add(Arc::new(entries));
        listing
    }

    fn names<'a>(listing: &'a Listing, numbers: &[u32]) -> Vec<&'a str> {
        numbers.iter().map(|at| std::str::from_utf8(listing.get(*at).unwrap().name).unwrap()).collect()
    }

    #[test]
    fn what_people_look_for_comes_first() {
        let (old, new) = ("01900000-0000-7000-8000-000000000001", "01910000-0000-7000-8000-000000000000");
        use EntryKind::{File, Folder};
        let all = listing(&[("_run", Folder), ("b", File), (old, Folder), (new, Folder), ("a", File)]);
        let arranged = |text: &str, order, facts: &[Option<EntryFacts>]| {
            let numbers = arrange(&all, text, order, facts, &|| false).unwrap();
            names(&all, &numbers)
        };
        assert_eq!(arranged("", FolderOrder::Name, &[]), [new, old, "a", "b", "_run"]);
        assert_eq!(arranged("_r", FolderOrder::Name, &[]), ["_run"]);
        let fact = |bytes| Some(EntryFacts { bytes, modified: None });
        let facts = [fact(1), fact(9), None, fact(3), fact(9)];
        assert_eq!(arranged("", FolderOrder::Size, &facts), ["a", "b", new, "_run", old]);
        assert_eq!(arrange(&all, "", FolderOrder::Name, &[], &|| true), None);
    }

    #[test]
    fn in_a_very_large_folder_letters_stand_together() {
        let many: Vec<String> = (0..=FUZZY).map(|number| format!("Part-{number:06}")).collect();
        let many: Vec<_> = many.iter().map(|name| (name.as_str(), EntryKind::File)).collect();
        let all = listing(&many);
        let found = arrange(&all, "part-00004", FolderOrder::Name, &[], &|| false).unwrap();
        assert_eq!((found.len(), names(&all, &found)[0]), (10, "Part-000040"));
        assert!(arrange(&all, "p7", FolderOrder::Name, &[], &|| false).unwrap().is_empty());
    }
}
