use serde::Serialize;

use super::amounts::{from_to, shares, shortened};
use super::told_apart::told_apart;
use crate::domain::Frequent;
use crate::domain::figures::counted;
use crate::domain::text::truncate;

/// A share of nulls, or of what is no number, tells more than a distribution that has moved as far: something went
/// missing.
const MISSING: f64 = 3.0;
/// Values that have changed within the same distribution tell less.
const CHANGED: f64 = 0.2;
/// What told rows apart and does no longer tells more than any distribution; a distribution that has moved so far tells
/// why.
const DOUBLED: f64 = 2.0;
const FAR: f64 = 0.05;
/// What has moved less is told of by its values.
const STILL: f64 = 1e-3;
/// Letters of a type with parts.
const LONGEST_TYPE: usize = 60;

/// What all rows of a table tell of a column.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ColumnFacts {
    /// BigQuery's name of its type, with those of its parts.
    #[serde(rename = "type")]
    pub kind: String,
    pub rows: u64,
    pub nulls: u64,
    /// Of numbers: those that are none.
    pub nans: u64,
    /// Those beyond all others, which are in no mean and no histogram.
    pub infinite: u64,
    pub distinct: u64,
    pub min: Option<String>,
    pub max: Option<String>,
    /// Of numbers.
    pub mean: Option<f64>,
    pub deviation: Option<f64>,
    /// How many of the numbers lie in each of equal parts between the smallest and the largest of both tables.
    pub histogram: Vec<u64>,
    /// Of a column of few texts, the most frequent first.
    #[serde(serialize_with = "frequent")]
    pub frequent: Vec<Frequent>,
}

fn frequent<S: serde::Serializer>(values: &[Frequent], to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(values.iter().map(|value| (&value.value, value.count)))
}

impl ColumnFacts {
    /// What is missing among its values, each as a share of its rows between 0 and 1.
    fn missing(&self) -> [(&'static str, f64); 3] {
        [("nulls", self.nulls), ("NaN", self.nans), ("infinite", self.infinite)]
            .map(|(what, count)| (what, share(count, self.rows)))
    }

    /// Of points in time, the first and the last, or the only one.
    fn span(&self) -> Option<String> {
        let of_time = matches!(self.kind.as_str(), "DATE" | "DATETIME" | "TIMESTAMP" | "TIME");
        let (first, last) = self.min.as_ref().zip(self.max.as_ref()).filter(|_| of_time)?;
        Some(match first == last {
            true => format!("`{}`", cut(first)),
            false => format!("`{}`…`{}`", cut(first), cut(last)),
        })
    }

    fn share_of(&self, value: &str) -> f64 {
        let found = self.frequent.iter().find(|frequent| frequent.value == value);
        share(found.map_or(0, |found| found.count), self.rows)
    }
}

fn share(part: u64, all: u64) -> f64 {
    part as f64 / all.max(1) as f64
}

/// A column of two tables.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ColumnDifference {
    pub name: String,
    /// None: that table has no such column.
    pub old: Option<ColumnFacts>,
    pub new: Option<ColumnFacts>,
    /// How far its distribution has moved, between 0 and 1: the largest distance between the two cumulative ones, or the
    /// share of values that are others.
    pub shift: f64,
    /// Of the rows that both tables have by the key, those in which its value is another. None without a key.
    pub changed: Option<u64>,
    /// All values are the same, in whatever order.
    pub same: bool,
    /// A value that only the one has, and one that only the other has, where nothing else shows that they differ.
    #[serde(skip)]
    pub example: Option<(String, String)>,
}

impl ColumnDifference {
    /// It is there in one only, or of another type.
    pub fn is_of_schema(&self) -> bool {
        self.old.as_ref().map(|facts| &facts.kind) != self.new.as_ref().map(|facts| &facts.kind)
    }

    /// How much it tells of where two tables parted; of several, the one that tells most is named.
    pub fn weight(&self, matched: u64) -> f64 {
        if self.is_of_schema() {
            return f64::INFINITY;
        }
        let (Some(old), Some(new)) = (&self.old, &self.new) else { return f64::INFINITY };
        let missing = most(&missing(old, new)) * MISSING;
        let changed = self.changed.map_or(0.0, |changed| share(changed, matched) * CHANGED);
        let doubled = self.doubled(old, new).map_or(0.0, |_| DOUBLED);
        let lone = old.rows == 1 && new.rows == 1 && !self.same && old.min != new.min;
        let shown = if lone || self.example.is_some() { STILL } else { 0.0 };
        missing.max(self.shift).max(changed).max(doubled).max(shown)
    }

    /// In a few words: the one that tells most first. Empty where nothing differs.
    pub fn told(&self, matched: u64) -> Vec<String> {
        let (old, new) = match (&self.old, &self.new) {
            (Some(old), Some(new)) => (old, new),
            (Some(_), None) => return vec!["the column is gone".to_owned()],
            (None, Some(_)) => return vec!["the column is new".to_owned()],
            (None, None) => return Vec::new(),
        };
        let mut told = Vec::new();
        if old.kind != new.kind {
            let (was, is) = (truncate(&old.kind, LONGEST_TYPE), truncate(&new.kind, LONGEST_TYPE));
            told.push(match was == is {
                true => format!("other types within its {}", was.split('<').next().unwrap_or_default()),
                false => format!("{was} → {is}"),
            });
        }
        let missing = missing(old, new);
        let lone = old.rows == 1 && new.rows == 1;
        if !lone {
            told.extend(missing.iter().map(|(what, was, is)| format!("{what} {}", shares(*was, *is))));
        }
        match (lone, &old.min, &new.min) {
            _ if self.same => {}
            (true, from, to) => {
                let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "null".to_owned());
                told.push(match &self.example {
                    Some((was, is)) if from == to => {
                        let (was, is) = told_apart(was, is).unwrap_or_else(|| (was.clone(), is.clone()));
                        format!("{was} → {is}")
                    }
                    _ if from == to => "another value".to_owned(),
                    _ => {
                        let (from, to) = (shown(from), shown(to));
                        let spared = shortened(&new.kind, &from, &to).or_else(|| told_apart(&from, &to));
                        let (from, to) = spared.unwrap_or((from, to));
                        format!("{from} → {to}")
                    }
                });
            }
            (false, ..) => {
                let moved = self.moved(old, new);
                // Another type is why its values are others.
                let first = usize::from(old.kind != new.kind);
                let at = if self.shift > most(&missing) * MISSING { first } else { told.len() };
                told.splice(at..at, moved);
            }
        }
        if let Some(doubled) = self.doubled(old, new) {
            told.insert(0, doubled);
        }
        if let Some(changed) = self.changed.filter(|changed| *changed > 0 && !lone) {
            told.push(format!("changed in {} of its rows", percent(share(changed, matched))));
        }
        if told.is_empty() && !self.same {
            let apart = self.example.as_ref().and_then(|(was, is)| told_apart(was, is));
            told.push(match (&apart, &self.example) {
                (Some((was, is)), _) => format!("other values: {was} before, {is} now"),
                (None, Some((was, is))) if cut(was) == cut(is) => {
                    format!("other values: `{was}` before, `{is}` now")
                }
                (None, Some((was, is))) => {
                    format!("other values: `{}` before, `{}` now", cut(was), cut(is))
                }
                (None, None) => "other values".to_owned(),
            });
        }
        told
    }

    /// What all rows tell of it does not show that it differs.
    pub fn needs_example(&self) -> bool {
        let (Some(old), Some(new)) = (&self.old, &self.new) else { return false };
        let is_seen = match old.rows == 1 && new.rows == 1 {
            true => old.min != new.min,
            false => self.moved(old, new).is_some() || !missing(old, new).is_empty(),
        };
        !self.same && !is_seen
    }

    /// Each row had another value, and some have the same now.
    fn doubled(&self, old: &ColumnFacts, new: &ColumnFacts) -> Option<String> {
        let names = matches!(old.kind.as_str(), "INT64" | "STRING") && old.kind == new.kind;
        let told_apart = old.rows > 1 && old.distinct == old.rows && self.shift < FAR;
        (names && told_apart && new.nulls == 0 && new.distinct < new.rows).then(|| {
            let (values, rows) = (counted(new.distinct, "value"), counted(new.rows, "row"));
            format!("is no longer unique: {values} in {rows}")
        })
    }

    /// What of its distribution shows that it has moved.
    fn moved(&self, old: &ColumnFacts, new: &ColumnFacts) -> Option<String> {
        if self.shift <= STILL {
            return None;
        }
        if let (Some(was), Some(is)) = (old.mean, new.mean) {
            let spread = |facts: &ColumnFacts| facts.deviation.unwrap_or_default();
            let (wide, widened) = (spread(old), spread(new));
            // Of two bells around the same middle the width tells; of what floats cannot tell apart, neither.
            return match (is - was).abs() * 2.0 >= (widened - wide).abs() {
                true => (was != is).then(|| format!("mean {}", from_to(was, is))),
                false => Some(format!("standard deviation {}", from_to(wide, widened))),
            };
        }
        if let (Some(was), Some(is)) = (old.span(), new.span())
            && was != is
        {
            return Some(format!("{was} → {is}"));
        }
        // Of numbers nobody counts each: beside them nothing is known of a share.
        let counted = |facts: &ColumnFacts| facts.nulls == facts.rows || !facts.frequent.is_empty();
        let both = counted(old) && counted(new);
        let values = old.frequent.iter().chain(&new.frequent).filter(|_| both);
        let values = values.map(|frequent| frequent.value.as_str());
        let moved = values.map(|value| (value, old.share_of(value), new.share_of(value)));
        let far = |(_, was, is): &(&str, f64, f64)| (is - was).abs();
        match moved.max_by(|a, b| far(a).total_cmp(&far(b))).filter(|moved| far(moved) > 0.0) {
            Some((value, was, is)) => Some(format!("`{}` {}", cut(value), shares(was, is))),
            None if old.distinct != new.distinct => Some(format!(
                "distinct {} → {}",
                crate::domain::figures::count(old.distinct),
                crate::domain::figures::count(new.distinct)
            )),
            None => Some(format!("{} of the values are others", percent(self.shift))),
        }
    }
}

/// What is missing in another share of the rows than before: the largest step first.
fn missing(old: &ColumnFacts, new: &ColumnFacts) -> Vec<(&'static str, f64, f64)> {
    let both = old.missing().into_iter().zip(new.missing());
    let mut found: Vec<_> =
        both.map(|((what, was), (_, is))| (what, was, is)).filter(|(_, was, is)| was != is).collect();
    found.sort_by(|a, b| (b.2 - b.1).abs().total_cmp(&(a.2 - a.1).abs()));
    found
}

fn most(missing: &[(&str, f64, f64)]) -> f64 {
    missing.first().map_or(0.0, |(_, was, is)| (is - was).abs())
}

/// A value that would fill the line by itself ends in `…`.
fn cut(value: &str) -> std::borrow::Cow<'_, str> {
    truncate(value, 30)
}

/// Of a share from 0 to 1; what is not all of it is not shown as that, nor what is something as nothing.
pub fn percent(share: f64) -> String {
    match share * 100.0 {
        all if all >= 99.5 && share < 1.0 => "nearly all".to_owned(),
        few if few < 1.0 && few > 0.0 => "less than 1 %".to_owned(),
        percent => format!("{percent:.0} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(nulls: u64, mean: f64) -> ColumnFacts {
        let kind = "FLOAT64".to_owned();
        ColumnFacts {
            kind,
            rows: 100,
            nulls,
            distinct: 90,
            mean: Some(mean),
            deviation: Some(1.0),
            ..Default::default()
        }
    }

    fn column(old: ColumnFacts, new: ColumnFacts, shift: f64) -> ColumnDifference {
        ColumnDifference {
            name: "x".to_owned(),
            old: Some(old),
            new: Some(new),
            shift,
            changed: None,
            same: false,
            example: None,
        }
    }

    #[test]
    fn days_are_told_by_the_first_and_the_last() {
        let day = |first: &str, last: &str| ColumnFacts {
            kind: "DATE".to_owned(),
            min: Some(first.to_owned()),
            max: Some(last.to_owned()),
            mean: None,
            deviation: None,
            ..facts(0, 0.0)
        };
        let one = column(day("2013-01-01", "2013-01-01"), day("2013-01-02", "2013-01-02"), 1.0);
        assert_eq!(one.told(0), ["`2013-01-01` → `2013-01-02`"]);
        let month = column(day("2013-01-01", "2013-01-31"), day("2013-02-01", "2013-02-28"), 1.0);
        assert_eq!(month.told(0), ["`2013-01-01`…`2013-01-31` → `2013-02-01`…`2013-02-28`"]);
    }

    #[test]
    fn what_tells_most_is_told_first() {
        let told = |old, new, shift| column(old, new, shift).told(0);
        assert_eq!(told(facts(2, 1.0), facts(11, 1.5), 0.1), ["nulls 2 % → 11 %", "mean 1.00 → 1.50"]);
        assert_eq!(told(facts(2, 1.0), facts(3, 1.5), 0.4), ["mean 1.00 → 1.50", "nulls 2 % → 3 %"]);
        let text = ColumnFacts { kind: "STRING".to_owned(), ..facts(0, 1.0) };
        assert_eq!(told(facts(0, 1.0), text.clone(), 0.0)[0], "FLOAT64 → STRING");
        let text = ColumnFacts { mean: None, ..text };
        assert_eq!(told(facts(0, 1.0), text, 1.0), ["FLOAT64 → STRING", "100 % of the values are others"]);
        let (key, doubled) = (facts(0, 1.0), ColumnFacts { distinct: 99, ..facts(0, 1.0) });
        let kind = "INT64".to_owned();
        let (key, doubled) =
            (ColumnFacts { distinct: 100, kind: kind.clone(), ..key }, ColumnFacts { kind, ..doubled });
        let no_key = column(key, doubled, 0.0001);
        assert_eq!(no_key.told(0), ["is no longer unique: 99 values in 100 rows"]);
        assert!(no_key.weight(0) > 1.0);
        let gone = ColumnDifference { new: None, ..column(facts(0, 1.0), facts(0, 1.0), 0.0) };
        assert_eq!((gone.told(0), gone.weight(0)), (vec!["the column is gone".to_owned()], f64::INFINITY));
        let changed = ColumnDifference { changed: Some(12), ..column(facts(0, 1.0), facts(0, 1.0), 0.0) };
        assert_eq!(changed.told(100), ["changed in 12 % of its rows"]);
    }

    #[test]
    fn what_is_no_number_tells_as_much_as_nulls() {
        let nans = |nans: u64| ColumnFacts { nans, ..facts(0, 1.0) };
        let column = column(nans(0), nans(30), 0.1);
        assert_eq!(column.told(0), ["NaN 0 % → 30 %"]);
        assert_eq!(column.weight(0), 30.0 / 100.0 * MISSING);
        let infinite = ColumnFacts { infinite: 40, nulls: 2, ..nans(30) };
        let both = ColumnDifference { new: Some(infinite), ..column };
        assert_eq!(both.told(0), ["infinite 0 % → 40 %", "NaN 0 % → 30 %", "nulls 0 % → 2 %"]);
    }

    #[test]
    fn of_few_texts_the_one_that_moved_most_is_named() {
        let texts = |ua: u64, aa: u64| ColumnFacts {
            kind: "STRING".to_owned(),
            rows: 100,
            frequent: [("UA", ua), ("AA", aa)]
                .map(|(value, count)| Frequent { value: value.to_owned(), count })
                .to_vec(),
            ..ColumnFacts::default()
        };
        assert_eq!(column(texts(50, 50), texts(80, 10), 0.4).told(0), ["`AA` 50 % → 10 %"]);
        let number = ColumnFacts { kind: "INT64".to_owned(), frequent: Vec::new(), ..texts(0, 0) };
        let told = column(number, texts(98, 2), 0.02).told(0);
        assert!(told[0] == "INT64 → STRING" && !told.iter().any(|told| told.contains("`UA`")), "{told:?}");
    }
}
