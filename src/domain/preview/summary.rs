use std::collections::HashMap;

use super::PreviewColumn;
use crate::domain::ColumnType;

/// Bars of a histogram.
const BARS: usize = 16;
/// Values that are named as the most frequent ones.
const NAMED: usize = 5;

/// What some rows tell of a column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ColumnSummary {
    pub nulls: u64,
    pub distinct: u64,
    /// As the values are ordered: numbers by size, all else as text.
    pub min: Option<String>,
    pub max: Option<String>,
    /// Of numbers.
    pub mean: Option<f64>,
    /// How many of the numbers lie in each of so many equal parts between the smallest and the largest.
    pub histogram: Vec<u64>,
    /// Of what is no number.
    pub frequent: Vec<Frequent>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frequent {
    pub value: String,
    pub count: u64,
}

impl ColumnSummary {
    /// Of a column's values, null or not.
    pub fn of<'a>(column: &PreviewColumn, values: impl Iterator<Item = Option<&'a str>>) -> Self {
        let mut counts: HashMap<&str, u64> = HashMap::new();
        let mut summary = Self::default();
        for value in values {
            match value {
                Some(value) => *counts.entry(value).or_default() += 1,
                None => summary.nulls += 1,
            }
        }
        summary.distinct = counts.len() as u64;
        match column.is_number() {
            true => summary.numbers(&counts),
            false => summary.texts(counts, column.kind),
        }
        summary
    }

    fn numbers(&mut self, counts: &HashMap<&str, u64>) {
        let parsed =
            counts.iter().filter_map(|(text, count)| Some((text.parse::<f64>().ok()?, *text, *count)));
        let mut numbers: Vec<(f64, &str, u64)> = parsed.filter(|(number, ..)| number.is_finite()).collect();
        numbers.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (Some(first), Some(last)) = (numbers.first().copied(), numbers.last().copied()) else { return };
        (self.min, self.max) = (Some(first.1.to_owned()), Some(last.1.to_owned()));
        let count: u64 = numbers.iter().map(|(.., count)| count).sum();
        // By parts, for the sum of large numbers may be too large.
        let mean = numbers.iter().map(|(number, _, times)| number * (*times as f64 / count as f64)).sum();
        self.mean = Some(mean);
        // Halved, for so may be the distance of the two.
        let width = last.0 / 2.0 - first.0 / 2.0;
        self.histogram = vec![0; if width > 0.0 { BARS } else { 1 }];
        for (number, _, times) in numbers {
            let place = if width > 0.0 { (number / 2.0 - first.0 / 2.0) / width } else { 0.0 };
            let bar = ((place * self.histogram.len() as f64) as usize).min(self.histogram.len() - 1);
            self.histogram[bar] += times;
        }
    }

    fn texts(&mut self, counts: HashMap<&str, u64>, kind: Option<ColumnType>) {
        if kind.is_some() {
            self.min = counts.keys().min().map(|text| (*text).to_owned());
            self.max = counts.keys().max().map(|text| (*text).to_owned());
        }
        let mut counts: Vec<(&str, u64)> = counts.into_iter().collect();
        counts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        let frequent = counts.into_iter().take(NAMED);
        self.frequent = frequent.map(|(value, count)| Frequent { value: value.to_owned(), count }).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(kind: ColumnType, values: &[Option<&str>]) -> ColumnSummary {
        let column = PreviewColumn { name: "c".to_owned(), kind: Some(kind) };
        ColumnSummary::of(&column, values.iter().copied())
    }

    #[test]
    fn numbers_are_ordered_by_size_and_drawn_as_bars() {
        let of = summary(ColumnType::Int64, &[Some("10"), Some("9"), None, Some("9"), Some("100")]);
        assert_eq!((of.nulls, of.distinct), (1, 3));
        assert_eq!((of.min.as_deref(), of.max.as_deref(), of.mean), (Some("9"), Some("100"), Some(32.0)));
        assert_eq!((of.histogram[0], of.histogram[BARS - 1], of.histogram.iter().sum()), (3, 1, 4u64));
        let odd = [Some("NaN"), Some("-1.7e308"), Some("1.7e308"), Some("inf"), Some("x")];
        let of = summary(ColumnType::Float64, &odd);
        assert!(of.mean.is_some_and(f64::is_finite) && of.histogram.iter().sum::<u64>() == 2, "{of:?}");
        assert_eq!(summary(ColumnType::Int64, &[Some("7"), Some("7")]).histogram, [2]);
        assert_eq!(summary(ColumnType::Int64, &[]), ColumnSummary::default());
    }

    #[test]
    fn the_most_frequent_texts_come_first() {
        let of = summary(ColumnType::String, &[Some("UA"), Some("B6"), Some("UA"), Some("AA"), None]);
        let frequent: Vec<_> = of.frequent.iter().map(|f| (f.value.as_str(), f.count)).collect();
        assert_eq!(frequent, [("UA", 2), ("AA", 1), ("B6", 1)]);
        assert_eq!((of.min.as_deref(), of.max.as_deref(), of.mean), (Some("AA"), Some("UA"), None));
    }
}
