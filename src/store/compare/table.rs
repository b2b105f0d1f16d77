use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{available_parallelism, scope};

use super::cell::Digester;
use super::gathered::Gathered;
use super::rows::{Joined, join, join_rest, only};
use super::shift::{histograms, shift};
use super::source::{SHORT_FLOAT, Source};
use crate::domain::compare::{ChangedRow, ColumnDifference, KeyedRows, TableDifference};

/// More at once only take more memory.
const WORKERS: usize = 4;
/// Changed rows that are shown, of each column, and in all.
const OF_A_COLUMN: usize = 2;
const EXAMPLES: usize = 6;

/// Compares two tables by their content. `key`: columns by whose values rows are told apart; empty for none.
///
/// # Errors
/// One of them cannot be read.
pub(super) fn compare(
    mut old: Source,
    mut new: Source,
    key: &[String],
    given_up: &AtomicBool,
) -> Result<TableDifference, String> {
    old.distinct()?;
    new.distinct()?;
    old.lean_on(&new);
    new.lean_on(&old);
    let difference = compared(&old, &new, key, given_up)?;
    // Of a document, what it says is told, and not that its one row is another.
    if key.is_empty()
        && !difference.is_same()
        && let (Some(was), Some(is)) = (old.flat(given_up), new.flat(given_up))
    {
        old.lay(was);
        new.lay(is);
        return compared(&old, &new, key, given_up);
    }
    Ok(difference)
}

fn compared(
    old: &Source,
    new: &Source,
    key: &[String],
    given_up: &AtomicBool,
) -> Result<TableDifference, String> {
    let sides = Sides { old, new, key, digester: Digester::new(), given_up };
    let mut difference =
        TableDifference { old_rows: old.rows, new_rows: new.rows, ..TableDifference::default() };
    let joined = sides.join(&mut difference.notes)?;
    let names: Vec<&str> = sides.names();
    let work = Work {
        sides: &sides,
        names: &names,
        changed: joined.iter().flat_map(|joined| &joined.pairs).map(|_| AtomicBool::new(false)).collect(),
        joined,
        sums: Mutex::new(Sums::default()),
    };
    let mut columns = work.columns()?;
    columns.sort_unstable_by_key(|found| found.at);
    let Work { joined, changed, sums, .. } = work;
    match &joined {
        Some(joined) => {
            let changed = changed.iter().filter(|changed| changed.load(Ordering::Relaxed)).count() as u64;
            let mut keyed = KeyedRows {
                key: key.to_vec(),
                removed: joined.removed,
                added: joined.added,
                changed,
                matched: joined.pairs.len() as u64,
                examples: Vec::new(),
            };
            keyed.examples = sides.examples(&keyed.key, &columns)?;
            (difference.gone, difference.come) = (joined.removed + changed, joined.added + changed);
            difference.keyed = Some(keyed);
        }
        None => {
            let mut sums = sums.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
            sums.old.resize(size(old.rows), 0);
            sums.new.resize(size(new.rows), 0);
            (difference.gone, difference.come) = only(&mut sums.old, &mut sums.new);
        }
    }
    difference.columns = columns.into_iter().map(|found| found.difference).collect();
    Ok(difference)
}

fn size(rows: u64) -> usize {
    usize::try_from(rows).unwrap_or(usize::MAX)
}

/// The two tables.
struct Sides<'a> {
    old: &'a Source,
    new: &'a Source,
    key: &'a [String],
    digester: Digester,
    given_up: &'a AtomicBool,
}

impl<'a> Sides<'a> {
    /// All columns: in the order of the newer table, and then those that are gone.
    fn names(&self) -> Vec<&'a str> {
        let gone = self.old.columns.iter().filter(|column| self.new.column(&column.name).is_none());
        self.new.columns.iter().chain(gone).map(|column| column.name.as_str()).collect()
    }

    /// Who sums the values of a column.
    fn of(&self, name: &str) -> Digester {
        let (old, new) = (self.old.kind(name), self.new.kind(name));
        match self.is_key(name) {
            true => self.digester.exact(),
            false if old.is_some() && old == new => self.digester,
            false => self.digester.beside_integers(),
        }
    }

    fn is_key(&self, name: &str) -> bool {
        self.key.iter().any(|key| key == name)
    }

    /// Who sums a key by what of it is no noise, and is the same however long its floats are.
    fn nearly(&self, name: &str) -> Digester {
        let (old, new) = (self.old.kind(name), self.new.kind(name));
        let certain = self.digester.certain();
        if old != new && [old, new].contains(&Some(SHORT_FLOAT)) { certain.short() } else { certain }
    }

    /// By all digits of a key, and what is left by those that are no noise: what was computed twice may differ in its last.
    fn join(&self, notes: &mut Vec<String>) -> Result<Option<Joined>, String> {
        let key = self.key;
        if key.is_empty() {
            return Ok(None);
        }
        let lacks = |source: &Source| key.iter().find(|name| source.column(name).is_none()).cloned();
        if let Some(name) = lacks(self.old).or_else(|| lacks(self.new)) {
            notes.push(format!(
                "rows are not told apart by {}: there is no column `{name}` in both",
                key.join(", ")
            ));
            return Ok(None);
        }
        let kinds = key.iter().flat_map(|name| [self.old.kind(name), self.new.kind(name)]);
        let may_be_float = kinds.into_iter().any(|kind| kind.is_none_or(|kind| kind.contains("FLOAT")));
        let keys = |source, of: &dyn Fn(&str) -> Digester| self.keys(source, of);
        let all = |name: &str| self.of(name);
        let mut joined = match join(&keys(self.old, &all)?, &keys(self.new, &all)?) {
            Ok(joined) => joined,
            Err(shared) => {
                let key = key.join(", ");
                let note = "of them share theirs with another";
                notes.push(format!("rows are not told apart by {key}: {shared} {note}"));
                return Ok(None);
            }
        };
        if may_be_float && joined.removed > 0 && joined.added > 0 {
            let nearly = |name: &str| self.nearly(name);
            join_rest(&mut joined, &keys(self.old, &nearly)?, &keys(self.new, &nearly)?);
        }
        Ok(Some(joined))
    }

    fn keys(&self, source: &Source, of: &dyn Fn(&str) -> Digester) -> Result<Vec<u128>, String> {
        let mut keys = vec![0u128; size(source.rows)];
        for (at, name) in self.key.iter().enumerate() {
            let gathered = source.gather(&[name], of, self.given_up)?;
            add(&mut keys, &gathered[0].digests, at, self.digester);
        }
        Ok(keys)
    }

    /// The first value that only the one has, and that only the other has, in full.
    fn example(&self, name: &str, old: &Gathered, new: &Gathered) -> Option<(String, String)> {
        let lone = |source: &Source, one: &Gathered, other: &Gathered, quoted: bool| {
            let others: HashSet<u64> = other.digests.iter().copied().collect();
            let row = one.digests.iter().position(|digest| !others.contains(digest))?;
            let picked = source.pick(&[name], &[u32::try_from(row).ok()?], quoted, self.given_up).ok()?;
            picked.into_iter().next()?.into_iter().next().flatten()
        };
        let both = |quoted: bool| {
            let both = Some((lone(self.old, old, new, quoted)?, lone(self.new, new, old, quoted)?));
            both.filter(|(was, is)| was != is)
        };
        // A text and a number may have the same letters.
        both(false).or_else(|| both(true))
    }

    /// Of the columns in which most rows have changed, how a few of them did.
    fn examples(&self, key: &[String], columns: &[Found]) -> Result<Vec<ChangedRow>, String> {
        let mut most: Vec<&Found> = columns.iter().filter(|column| !column.changed.is_empty()).collect();
        most.sort_by_key(|column| std::cmp::Reverse(column.difference.changed));
        most.truncate(EXAMPLES / OF_A_COLUMN);
        let mut examples = Vec::new();
        for column in most {
            let (olds, news): (Vec<u32>, Vec<u32>) = column.changed.iter().copied().unzip();
            let mut sorted = news.clone();
            sorted.sort_unstable();
            let name = column.difference.name.as_str();
            let names: Vec<&str> = key.iter().map(String::as_str).chain([name]).collect();
            let mut keys = self.old.pick(&names, &olds, false, self.given_up)?;
            let mut before = keys.pop().unwrap_or_default();
            let of_new = |quoted: bool| -> Result<Vec<Option<String>>, String> {
                Ok(self.new.pick(&[name], &sorted, quoted, self.given_up)?.pop().unwrap_or_default())
            };
            let mut after = of_new(false)?;
            let value = |column: &[Option<String>], row: usize| column.get(row).cloned().flatten();
            let now = |row: usize| sorted.binary_search(&news[row]).unwrap_or_default();
            if (0..news.len()).any(|row| value(&before, row) == value(&after, now(row))) {
                let quoted = self.old.pick(&[name], &olds, true, self.given_up)?.pop();
                (before, after) = (quoted.unwrap_or_default(), of_new(true)?);
            }
            examples.extend((0..news.len()).map(|row| ChangedRow {
                key: keys.iter().map(|column| value(column, row)).collect(),
                column: name.to_owned(),
                old: value(&before, row),
                new: value(&after, now(row)),
            }));
        }
        Ok(examples)
    }
}

/// Sums over the rows of both, a column at a time.
#[derive(Default)]
struct Sums {
    old: Vec<u128>,
    new: Vec<u128>,
}

fn add(sums: &mut Vec<u128>, digests: &[u64], column: usize, digester: Digester) {
    sums.resize(digests.len(), 0);
    for (sum, digest) in sums.iter_mut().zip(digests) {
        *sum = sum.wrapping_add(digester.placed(*digest, column));
    }
}

/// A column that has been compared.
struct Found {
    at: usize,
    difference: ColumnDifference,
    /// The first rows in which it has changed.
    changed: Vec<(u32, u32)>,
}

struct Work<'a> {
    sides: &'a Sides<'a>,
    names: &'a [&'a str],
    joined: Option<Joined>,
    /// Of each pair.
    changed: Vec<AtomicBool>,
    sums: Mutex<Sums>,
}

impl Work<'_> {
    fn columns(&self) -> Result<Vec<Found>, String> {
        let ((one, by_one), (other, by_other)) = (self.sides.old.at_once(), self.sides.new.at_once());
        let group = one.min(other);
        let groups: Vec<(usize, &[&str])> =
            self.names.chunks(group).enumerate().map(|(at, names)| (at * group, names)).collect();
        let cores = available_parallelism().map_or(1, usize::from);
        let workers = cores.min(WORKERS).min(by_one).min(by_other).min(groups.len());
        let next = AtomicUsize::new(0);
        let work = || {
            let mut found = Vec::new();
            while let Some((at, names)) = groups.get(next.fetch_add(1, Ordering::Relaxed)) {
                found.extend(self.group(*at, names)?);
            }
            Ok(found)
        };
        scope(|scope| {
            let others: Vec<_> = (1..workers).map(|_| scope.spawn(work)).collect();
            let mut found = work();
            for other in others {
                let other = other.join().unwrap_or_else(|_| Err("a column cannot be compared".to_owned()));
                found = found.and_then(|mut found| {
                    found.extend(other?);
                    Ok(found)
                });
            }
            found
        })
    }

    fn group(&self, first: usize, names: &[&str]) -> Result<Vec<Found>, String> {
        let of = |source: &Source| -> Result<Vec<Option<Gathered>>, String> {
            let there: Vec<&str> =
                names.iter().copied().filter(|name| source.column(name).is_some()).collect();
            let gathered = source.gather(&there, |name| self.sides.of(name), self.sides.given_up)?;
            let mut gathered = gathered.into_iter();
            Ok(names.iter().map(|name| there.contains(name).then(|| gathered.next()).flatten()).collect())
        };
        let (old, new) = (of(self.sides.old)?, of(self.sides.new)?);
        let sides = old.into_iter().zip(new).zip(names);
        Ok(sides
            .enumerate()
            .map(|(at, ((old, new), name))| self.column(first + at, name, old, new))
            .collect())
    }

    fn column(&self, at: usize, name: &str, mut old: Option<Gathered>, mut new: Option<Gathered>) -> Found {
        // Where neither its file nor a value tells, it is of the other's type.
        let told = |source: &Source, side: &Option<Gathered>| {
            let guessed = || side.as_ref().filter(|side| side.has_values()).map(Gathered::guessed);
            source.kind(name).or_else(guessed).map(str::to_owned)
        };
        let (was, is) = (told(self.sides.old, &old), told(self.sides.new, &new));
        [&mut old, &mut new]
            .into_iter()
            .flatten()
            .for_each(|side| side.numbers.sort_unstable_by(f64::total_cmp));
        let facts = |side: &Option<Gathered>, kind: Option<&String>| {
            side.as_ref().map(|side| side.facts(kind.map_or_else(|| side.guessed(), String::as_str)))
        };
        let mut difference = ColumnDifference {
            name: name.to_owned(),
            old: facts(&old, was.as_ref().or(is.as_ref())),
            new: facts(&new, is.as_ref().or(was.as_ref())),
            ..ColumnDifference::default()
        };
        let is_key = self.sides.is_key(name);
        let mut changed = Vec::new();
        if let (Some(old), Some(new)) = (&old, &new) {
            match &self.joined {
                Some(joined) => {
                    // Rows that are the same by it have the same key.
                    let count;
                    (count, changed) = if is_key { (0, Vec::new()) } else { self.changed(joined, old, new) };
                    difference.changed = Some(count);
                }
                None => {
                    let mut sums = self.sums.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
                    add(&mut sums.old, &old.digests, at, self.sides.digester);
                    add(&mut sums.new, &new.digests, at, self.sides.digester);
                }
            }
            let all_paired = |joined: &Joined| joined.removed == 0 && joined.added == 0;
            difference.same = old.digests == new.digests
                || is_key && self.joined.as_ref().is_some_and(all_paired)
                || only(&mut old.digests.clone(), &mut new.digests.clone()) == (0, 0);
            if let (false, Some(was), Some(is)) = (difference.same, &difference.old, &difference.new) {
                difference.shift = shift(old, new, (was, is));
                if difference.needs_example() {
                    difference.example = self.sides.example(name, old, new);
                }
            }
        }
        let numbers = |side: &Option<Gathered>| {
            let numbers = side.as_ref().filter(|side| side.is_number()).map(|side| side.numbers.clone());
            numbers.unwrap_or_default()
        };
        let [was, is] = histograms(&numbers(&old), &numbers(&new));
        for (facts, bars) in [(&mut difference.old, was), (&mut difference.new, is)] {
            if let Some(facts) = facts {
                facts.histogram = bars;
            }
        }
        Found { at, difference, changed }
    }

    fn changed(&self, joined: &Joined, old: &Gathered, new: &Gathered) -> (u64, Vec<(u32, u32)>) {
        let (mut count, mut first) = (0, Vec::new());
        for ((before, after), changed) in joined.pairs.iter().zip(&self.changed) {
            if old.digests.get(*before as usize) != new.digests.get(*after as usize) {
                changed.store(true, Ordering::Relaxed);
                count += 1;
                if first.len() < OF_A_COLUMN {
                    first.push((*before, *after));
                }
            }
        }
        (count, first)
    }
}
