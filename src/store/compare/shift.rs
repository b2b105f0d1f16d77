//! How far the distribution of a column has moved.

use super::gathered::Gathered;
use super::rows::only;
use crate::domain::compare::ColumnFacts;

/// Bars of a histogram.
const BARS: usize = 12;

/// Between 0 and 1. The numbers of both have been put into order.
pub(super) fn shift(old: &Gathered, new: &Gathered, facts: (&ColumnFacts, &ColumnFacts)) -> f64 {
    if old.is_number() && new.is_number() {
        return distance((&old.numbers, old.infinite), (&new.numbers, new.infinite));
    }
    // Of few values by their shares, so that another number of rows alone moves nothing.
    let few =
        |facts: &ColumnFacts| !facts.frequent.is_empty() && facts.frequent.len() as u64 == facts.distinct;
    if few(facts.0) && few(facts.1) {
        let present = |facts: &ColumnFacts| (facts.rows - facts.nulls).max(1) as f64;
        let share = |facts: &ColumnFacts, value: &str| {
            let found = facts.frequent.iter().find(|frequent| frequent.value == value);
            found.map_or(0.0, |found| found.count as f64 / present(facts))
        };
        let new_only = facts.1.frequent.iter().filter(|value| share(facts.0, &value.value) == 0.0);
        let all = facts.0.frequent.iter().chain(new_only);
        return all.map(|of| (share(facts.0, &of.value) - share(facts.1, &of.value)).abs()).sum::<f64>()
            / 2.0;
    }
    let (mut one, mut other) = (old.digests.clone(), new.digests.clone());
    let most = one.len().max(other.len()).max(1) as f64;
    let fewer = one.len().abs_diff(other.len()) as u64;
    let (gone, come) = only(&mut one, &mut other);
    (gone.max(come) - fewer.min(gone.max(come))) as f64 / most
}

/// The largest distance between the shares that are no larger than a number: Kolmogorov and Smirnov's. Numbers, and how
/// many lie below and above all of them.
fn distance((old, old_beyond): (&[f64], [u64; 2]), (new, new_beyond): (&[f64], [u64; 2])) -> f64 {
    let all = |numbers: &[f64], beyond: [u64; 2]| numbers.len() as f64 + (beyond[0] + beyond[1]) as f64;
    let (olds, news) = (all(old, old_beyond), all(new, new_beyond));
    if olds == 0.0 || news == 0.0 {
        // What has become null altogether is told of as that.
        return 0.0;
    }
    let share = |numbers: usize, below: u64, all: f64| (numbers as f64 + below as f64) / all;
    let apart = |i, j| (share(i, old_beyond[0], olds) - share(j, new_beyond[0], news)).abs();
    let (mut i, mut j, mut far) = (0, 0, apart(0, 0).max(apart(old.len(), new.len())));
    while i < old.len() && j < new.len() {
        let at = old[i].min(new[j]);
        while i < old.len() && old[i] <= at {
            i += 1;
        }
        while j < new.len() && new[j] <= at {
            j += 1;
        }
        far = far.max(apart(i, j));
    }
    far
}

/// Counts of both within the same equal parts.
pub(super) fn histograms(old: &[f64], new: &[f64]) -> [Vec<u64>; 2] {
    let ends = |numbers: &[f64]| Some((*numbers.first()?, *numbers.last()?));
    let (Some((first, last)), Some((low, high))) = (ends(old).or(ends(new)), ends(new).or(ends(old))) else {
        return [Vec::new(), Vec::new()];
    };
    let (first, last) = (first.min(low), last.max(high));
    // Halved, for so may be the distance of the two.
    let width = last / 2.0 - first / 2.0;
    [old, new].map(|numbers| {
        let mut bars = vec![0; if width > 0.0 { BARS } else { 1 }];
        for number in numbers {
            let place = if width > 0.0 { (number / 2.0 - first / 2.0) / width } else { 0.0 };
            let bar = ((place * bars.len() as f64) as usize).min(bars.len() - 1);
            bars[bar] += 1;
        }
        bars
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distribution_that_has_moved_is_as_far_as_it_has() {
        let finite = |old: &[f64], new: &[f64]| distance((old, [0; 2]), (new, [0; 2]));
        assert_eq!(finite(&[1.0, 2.0, 3.0, 4.0], &[1.0, 2.0, 3.0, 4.0]), 0.0);
        assert_eq!(finite(&[1.0, 2.0, 3.0, 4.0], &[3.0, 4.0, 5.0, 6.0]), 0.5);
        assert_eq!(finite(&[1.0], &[2.0]), 1.0);
        assert_eq!(finite(&[], &[2.0]), 0.0);
        // What lies beyond all numbers is as far from itself on the other side.
        assert_eq!(distance((&[1.0, 2.0], [2, 0]), (&[1.0, 2.0], [0, 2])), 0.5);
        assert_eq!(distance((&[], [0, 3]), (&[], [3, 0])), 1.0);
        assert_eq!(distance((&[1.0], [1, 1]), (&[1.0], [1, 1])), 0.0);
    }

    #[test]
    fn both_histograms_have_the_same_parts() {
        let [old, new] = histograms(&[0.0, 1.0], &[6.0, 12.0]);
        assert_eq!((old[0], old[1], new[6], new[11]), (1, 1, 1, 1));
        assert_eq!(histograms(&[2.0], &[2.0, 2.0]), [vec![1], vec![2]]);
        assert_eq!(histograms(&[f64::MIN], &[f64::MAX])[1].iter().sum::<u64>(), 1);
    }
}
