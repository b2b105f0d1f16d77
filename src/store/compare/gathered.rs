use std::collections::HashMap;

use super::cell::{Cell, Digester, EXACT};
use super::measure::Measure;
use crate::domain::compare::ColumnFacts;
use crate::domain::{Frequent, Shape};

/// Different texts of a column that are counted; of more nobody reads a list.
const COUNTED: usize = 256;
/// Of them, those that are kept.
const KEPT: usize = 20;
/// Bytes of a value that are kept.
const LONGEST: usize = 200;

/// Who takes in the values of a column, one after the other.
pub(super) trait Sink {
    fn take(&mut self, cell: Cell, measure: Measure);
}

/// What is kept of a column: for each row a few bytes.
pub(super) struct Gathered {
    digester: Digester,
    measure: Measure,
    /// Of each row's value.
    pub(super) digests: Vec<u64>,
    nulls: u64,
    /// Those that are numbers, in no order.
    pub(super) numbers: Vec<f64>,
    /// The least and the greatest of those whole ones that are larger than floats tell apart.
    large: Option<(i128, i128)>,
    nans: u64,
    /// Below all numbers, and above them.
    pub(super) infinite: [u64; 2],
    /// The rows of a format without types that have a name of what is no number, and the digests of those names: what
    /// such a value is, only the whole column tells.
    named: Vec<(u32, u64)>,
    /// By their digests; None: there are too many, or none is a text.
    texts: Option<HashMap<u64, (String, u64)>>,
    ends: Option<(Vec<u8>, Vec<u8>)>,
    shape: Shape,
}

impl Gathered {
    pub(super) fn new(digester: Digester) -> Self {
        Self {
            digester,
            measure: Measure::Text,
            digests: Vec::new(),
            nulls: 0,
            numbers: Vec::new(),
            large: None,
            nans: 0,
            infinite: [0; 2],
            named: Vec::new(),
            texts: Some(HashMap::new()),
            ends: None,
            shape: Shape::default(),
        }
    }

    fn text(&mut self, bytes: &[u8], digest: u64) {
        let start = &bytes[..bytes.len().min(LONGEST)];
        match &mut self.ends {
            None => self.ends = Some((start.to_owned(), start.to_owned())),
            Some((min, max)) => {
                for (end, further) in [(min, std::cmp::Ordering::Less), (max, std::cmp::Ordering::Greater)] {
                    if start.cmp(end.as_slice()) == further {
                        start.clone_into(end);
                    }
                }
            }
        }
        let Some(texts) = &mut self.texts else { return };
        if let Some((_, count)) = texts.get_mut(&digest) {
            *count += 1;
        } else if texts.len() == COUNTED {
            self.texts = None;
        } else {
            texts.insert(digest, (String::from_utf8_lossy(start).into_owned(), 1));
        }
    }

    fn number(&mut self, number: f64) {
        match number {
            _ if number.is_nan() => self.nans += 1,
            f64::NEG_INFINITY => self.infinite[0] += 1,
            f64::INFINITY => self.infinite[1] += 1,
            _ => self.numbers.push(number),
        }
    }

    /// A number, of which a float tells only the beginning.
    fn whole(&mut self, about: f64, cell: Cell, measure: Measure) {
        if about.abs() < EXACT || !matches!(measure, Measure::Number { scale: 0 } | Measure::Untyped) {
            return;
        }
        let exact = match cell {
            Cell::Int(number) => Some(number.into()),
            Cell::Decimal(text) | Cell::Untyped(text) => text.parse::<i128>().ok(),
            _ => None,
        };
        let Some(exact) = exact else { return };
        let (least, greatest) = self.large.unwrap_or((exact, exact));
        self.large = Some((least.min(exact), greatest.max(exact)));
    }

    /// All values are there: in a column of texts `nan` is one of them, and another than `NaN`.
    pub(super) fn settle(&mut self) {
        let named = std::mem::take(&mut self.named);
        if !self.is_number() {
            (self.nans, self.infinite) = (0, [0; 2]);
            for (row, digest) in named {
                self.digests[row as usize] = digest;
            }
        }
    }

    pub(super) fn has_values(&self) -> bool {
        self.nulls < self.digests.len() as u64
    }

    /// The type of a column whose file tells none.
    pub(super) fn guessed(&self) -> &'static str {
        self.shape.kind().as_str()
    }

    /// All but the histogram. `numbers` have been put into order.
    pub(super) fn facts(&self, kind: &str) -> ColumnFacts {
        let mut distinct = self.digests.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let rows = self.digests.len() as u64;
        // Integers beyond those that floats hold are told apart already.
        let merged = if kind.starts_with("FLOAT") { self.digester.merged(&self.numbers) } else { 0 };
        let mut facts = ColumnFacts {
            kind: kind.to_owned(),
            rows,
            nulls: self.nulls,
            distinct: distinct.len() as u64 - u64::from(self.nulls > 0) + merged,
            nans: self.nans,
            infinite: self.infinite.iter().sum(),
            ..ColumnFacts::default()
        };
        if self.is_number() {
            let [below, above] = self.infinite;
            let (low, high) =
                ((below > 0).then_some(f64::NEG_INFINITY), (above > 0).then_some(f64::INFINITY));
            let (first, last) = (self.numbers.first().copied(), self.numbers.last().copied());
            let nan = (self.nans > 0).then_some(f64::NAN);
            let shown = |end: Option<f64>, exact: Option<i128>| {
                let exact = exact.filter(|exact| end == Some(*exact as f64)).map(|exact| exact.to_string());
                exact.or_else(|| end.map(|number| self.measure.shown(number)))
            };
            facts.min = shown(low.or(first).or(high).or(nan), self.large.map(|(least, _)| least));
            facts.max = shown(high.or(last).or(low).or(nan), self.large.map(|(_, greatest)| greatest));
            let is_averaged = matches!(self.measure, Measure::Number { .. } | Measure::Untyped);
            if is_averaged && !self.numbers.is_empty() {
                let (mean, deviation) = moments(&self.numbers);
                (facts.mean, facts.deviation) = (Some(mean), Some(deviation));
            }
            return facts;
        }
        let shown = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
        if let Some((min, max)) = &self.ends {
            (facts.min, facts.max) = (Some(shown(min)), Some(shown(max)));
        }
        let counted = self.texts.iter().flat_map(HashMap::values);
        facts.frequent =
            counted.map(|(value, count)| Frequent { value: value.clone(), count: *count }).collect();
        facts.frequent.sort_unstable_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        facts.frequent.truncate(KEPT);
        facts
    }

    /// All of its values are; of a column of a format without types, all that there are.
    pub(super) fn is_number(&self) -> bool {
        let numbers = self.numbers.len() as u64 + self.nans + self.infinite.iter().sum::<u64>();
        numbers > 0 && numbers + self.nulls == self.digests.len() as u64
            || matches!(self.measure, Measure::Number { .. })
    }
}

/// Mean and standard deviation, by steps in which no sum becomes too large.
fn moments(numbers: &[f64]) -> (f64, f64) {
    let (mut mean, mut squares) = (0.0, 0.0);
    for (index, number) in numbers.iter().enumerate() {
        let away = number - mean;
        mean += away / (index + 1) as f64;
        squares += away * (number - mean);
    }
    (mean, (squares / numbers.len().max(1) as f64).sqrt())
}

impl Sink for Gathered {
    fn take(&mut self, cell: Cell, measure: Measure) {
        self.measure = measure;
        let digest = match (cell, measure) {
            (Cell::Int(number), Measure::Number { scale: scale @ 1.. }) => {
                self.digester.decimal(number.into(), scale.unsigned_abs())
            }
            (Cell::Int(number), Measure::Moment { .. }) => {
                self.digester.moment(measure.nanos(number).unwrap_or_default())
            }
            _ => self.digester.of(cell),
        };
        self.digests.push(digest);
        match cell {
            Cell::Null => self.nulls += 1,
            Cell::Text(bytes) => {
                self.shape.add_quoted(&String::from_utf8_lossy(bytes));
                self.text(bytes, digest);
            }
            Cell::Nested(json) => {
                self.shape.add(json);
                self.text(json.as_bytes(), digest);
            }
            Cell::Bool(flag) => {
                let text = if flag { "true" } else { "false" };
                self.shape.add(text);
                self.text(text.as_bytes(), digest);
            }
            Cell::Untyped(text) => {
                self.shape.add(text);
                let (number, mut of_text) = (measure.number(cell), digest);
                if number.is_some_and(|number| !number.is_finite()) {
                    of_text = self.digester.of(Cell::Text(text.as_bytes()));
                    // No table that is compared has more rows.
                    self.named.extend(u32::try_from(self.digests.len() - 1).map(|row| (row, of_text)));
                }
                if let Some(number) = number {
                    self.number(number);
                    self.whole(number, cell, measure);
                }
                self.text(text.as_bytes(), of_text);
            }
            Cell::Int(_) | Cell::Float(_) | Cell::Decimal(_) => {
                if let Some(number) = measure.number(cell) {
                    self.number(number);
                    self.whole(number, cell, measure);
                }
            }
        }
    }
}

/// The values of some rows, as texts.
pub(super) struct Picked<'a> {
    /// In order.
    wanted: &'a [u32],
    row: u32,
    /// What a format that tells no types has as a text is written in quotes, and no number is.
    quoted: bool,
    pub(super) texts: Vec<Option<String>>,
}

impl<'a> Picked<'a> {
    pub(super) fn new(wanted: &'a [u32], quoted: bool) -> Self {
        Self { wanted, row: 0, quoted, texts: Vec::new() }
    }
}

impl Sink for Picked<'_> {
    fn take(&mut self, cell: Cell, measure: Measure) {
        while self.wanted.get(self.texts.len()) == Some(&self.row) {
            let mut text = match cell {
                Cell::Text(bytes) if self.quoted && measure == Measure::Untyped => {
                    Some(serde_json::Value::from(String::from_utf8_lossy(bytes)).to_string())
                }
                _ => measure.text(cell),
            };
            if let Some(text) = text.as_mut().filter(|text| text.len() > LONGEST) {
                let end = (0..=LONGEST).rev().find(|end| text.is_char_boundary(*end));
                text.truncate(end.unwrap_or_default());
            }
            self.texts.push(text);
        }
        self.row += 1;
    }
}
