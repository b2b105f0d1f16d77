use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use jiff::Timestamp;

use super::{Token, natural};

/// In a run's directory, the record of it.
const RECORD: &[u8] = b"_run";

/// What stands in a folder under a name, behind no link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    Folder,
    File,
    Link,
    /// A FIFO, socket or device: never opened.
    Other,
}

/// Some entries of a folder: in a million, each string of its own would cost more than the name in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entries {
    names: Vec<u8>,
    /// Where each name ends.
    ends: Vec<u32>,
    kinds: Vec<EntryKind>,
}

/// One of them. A name is bytes, and may be no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    pub name: &'a [u8],
    pub kind: EntryKind,
}

/// What only a look at the file itself tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryFacts {
    pub bytes: u64,
    pub modified: Option<Timestamp>,
}

impl Entry<'_> {
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.name)
    }

    /// Runs before other folders, the newest first, as their names tell; others as people count; folders before files; a run's record behind all.
    pub fn by_name(self, other: Entry<'_>) -> Ordering {
        let place = |entry: Entry<'_>| match (entry.kind, entry.token()) {
            _ if entry.name == RECORD => 3,
            (_, Some(_)) => 0,
            (EntryKind::Folder, None) => 1,
            _ => 2,
        };
        // A token has one name, so that names tell of two of them what they tell.
        let (a, b) = (place(self), place(other));
        a.cmp(&b)
            .then_with(|| if a == 0 { other.name.cmp(self.name) } else { natural(self.name, other.name) })
    }

    /// Of the run whose directory it is.
    fn token(self) -> Option<Token> {
        const LENGTH: usize = 36;
        let is_one = self.kind == EntryKind::Folder && self.name.len() == LENGTH;
        std::str::from_utf8(self.name).ok().filter(|_| is_one)?.parse().ok()
    }
}

impl Entries {
    /// False, and nothing is added: it is full.
    pub fn push(&mut self, entry: Entry<'_>) -> bool {
        let Ok(end) = u32::try_from(self.names.len() + entry.name.len()) else { return false };
        self.names.extend_from_slice(entry.name);
        self.ends.push(end);
        self.kinds.push(entry.kind);
        true
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// In memory.
    pub fn bytes(&self) -> usize {
        self.names.len() + self.len() * (size_of::<u32>() + size_of::<EntryKind>())
    }

    pub fn get(&self, index: usize) -> Option<Entry<'_>> {
        let end = *self.ends.get(index)? as usize;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        Some(Entry { name: &self.names[start..end], kind: self.kinds[index] })
    }

    pub fn iter(&self) -> impl Iterator<Item = Entry<'_>> {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    /// The same, in order of name, and with no more memory than they need.
    pub fn sorted(&self) -> Self {
        let mut entries: Vec<Entry<'_>> = self.iter().collect();
        entries.sort_unstable_by(|a, b| a.by_name(*b));
        let mut sorted = Self {
            names: Vec::with_capacity(self.names.len()),
            ends: Vec::with_capacity(self.len()),
            kinds: Vec::with_capacity(self.len()),
        };
        for entry in entries {
            sorted.push(entry);
        }
        sorted
    }
}

/// All that is known of a folder's entries, in the batches in which they were read; a copy shares them. A number names
/// an entry.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    batches: Vec<Arc<Entries>>,
    /// The number of each batch's first entry.
    starts: Vec<u32>,
    count: u32,
}

impl Listing {
    /// Takes as many as there are numbers for.
    pub fn add(&mut self, batch: Arc<Entries>) {
        let room = u32::MAX - self.count;
        self.starts.push(self.count);
        self.count += u32::try_from(batch.len()).unwrap_or(room).min(room);
        self.batches.push(batch);
    }

    pub fn len(&self) -> usize {
        self.count as usize
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub fn get(&self, number: u32) -> Option<Entry<'_>> {
        let batch = self.starts.partition_point(|start| *start <= number).checked_sub(1)?;
        self.batches[batch].get((number - self.starts[batch]) as usize)
    }

    pub fn iter(&self) -> impl Iterator<Item = (u32, Entry<'_>)> {
        (0..self.count).zip(self.batches.iter().flat_map(|batch| batch.iter()))
    }
}

/// The same batches, not only the same names: what is asked about one listing is no answer to another.
impl PartialEq for Listing {
    fn eq(&self, other: &Self) -> bool {
        let same = |(a, b): (&Arc<Entries>, &Arc<Entries>)| Arc::ptr_eq(a, b);
        self.count == other.count && self.batches.iter().zip(&other.batches).all(same)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(names: &[&str]) -> Entries {
        let mut entries = Entries::default();
        for name in names {
            assert!(entries.push(Entry { name: name.as_bytes(), kind: EntryKind::File }));
        }
        entries
    }

    #[test]
    fn what_people_look_for_comes_first() {
        let (old, new) = ("01900000-0000-7000-8000-000000000001", "01910000-0000-7000-8000-000000000000");
        let folders = ["_run", "01905", old, "a", new];
        let mut all = Entries::default();
        for name in folders {
            all.push(Entry { name: name.as_bytes(), kind: EntryKind::Folder });
        }
        all.push(Entry { name: b"0", kind: EntryKind::File });
        let names: Vec<String> = all.sorted().iter().map(|entry| entry.text().into_owned()).collect();
        assert_eq!(names, [new, old, "01905", "a", "0", "_run"]);
    }

    #[test]
    fn numbers_in_names_are_counted() {
        let names = ["10-a", "2-a", "1-b", "1-a"];
        let sorted: Vec<String> =
            entries(&names).sorted().iter().map(|entry| entry.text().into_owned()).collect();
        assert_eq!(sorted, ["1-a", "1-b", "2-a", "10-a"]);
    }

    #[test]
    fn entries_of_several_batches_are_counted_through() {
        let mut listing = Listing::default();
        for batch in [entries(&["c", "a"]), entries(&[]), entries(&["", "d\u{e9}"])] {
            listing.add(Arc::new(batch.sorted()));
        }
        let names: Vec<String> = listing.iter().map(|(_, entry)| entry.text().into_owned()).collect();
        assert_eq!(names, ["a", "c", "", "d\u{e9}"]);
        for (number, entry) in listing.iter() {
            assert_eq!(listing.get(number), Some(entry));
        }
        assert_eq!((listing.len(), listing.get(4)), (4, None));
    }
}
