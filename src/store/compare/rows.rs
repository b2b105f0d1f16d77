//! Rows of two tables told apart by a sum of each.

use std::cmp::Ordering;

/// Rows that two tables have by their keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Joined {
    /// Their numbers in the old and in the new table, in the order of the old one.
    pub(super) pairs: Vec<(u32, u32)>,
    pub(super) removed: u64,
    pub(super) added: u64,
}

/// By the sums of their keys. The error: rows of the one or the other table that share theirs.
pub(super) fn join(old: &[u128], new: &[u128]) -> Result<Joined, u64> {
    let sorted = |keys: &[u128]| {
        let mut sorted: Vec<(u128, u32)> = keys.iter().copied().zip(0..).collect();
        sorted.sort_unstable();
        sorted
    };
    let (old, new) = (sorted(old), sorted(new));
    let shared = |keys: &[(u128, u32)]| {
        let groups = keys.chunk_by(|one, other| one.0 == other.0).filter(|group| group.len() > 1);
        groups.map(|group| group.len() as u64).sum::<u64>()
    };
    match shared(&old).max(shared(&new)) {
        0 => {}
        shared => return Err(shared),
    }
    let mut joined = Joined::default();
    let (mut left, mut right) = (old.iter().peekable(), new.iter().peekable());
    while let (Some((a, old)), Some((b, new))) = (left.peek(), right.peek()) {
        let order = a.cmp(b);
        match order {
            Ordering::Less => joined.removed += 1,
            Ordering::Greater => joined.added += 1,
            Ordering::Equal => joined.pairs.push((*old, *new)),
        }
        if order.is_le() {
            left.next();
        }
        if order.is_ge() {
            right.next();
        }
    }
    joined.removed += left.count() as u64;
    joined.added += right.count() as u64;
    joined.pairs.sort_unstable();
    Ok(joined)
}

/// Pairs rows that have none yet, by other sums of their keys: such as one row alone has on either side.
pub(super) fn join_rest(joined: &mut Joined, old: &[u128], new: &[u128]) {
    let mut paired = (vec![false; old.len()], vec![false; new.len()]);
    for (before, after) in &joined.pairs {
        (paired.0[*before as usize], paired.1[*after as usize]) = (true, true);
    }
    let alone = |keys: &[u128], paired: &[bool]| {
        let rest = keys.iter().copied().zip(0u32..).filter(|(_, row)| !paired[*row as usize]);
        let mut rest: Vec<(u128, u32)> = rest.collect();
        rest.sort_unstable();
        let groups = rest.chunk_by(|one, other| one.0 == other.0).filter(|group| group.len() == 1);
        groups.map(|group| group[0]).collect::<Vec<_>>()
    };
    let (old, new) = (alone(old, &paired.0), alone(new, &paired.1));
    let found = |(key, before): &(u128, u32)| {
        let at = new.binary_search_by_key(key, |(key, _)| *key).ok()?;
        Some((*before, new[at].1))
    };
    let pairs: Vec<(u32, u32)> = old.iter().filter_map(found).collect();
    joined.removed -= pairs.len() as u64;
    joined.added -= pairs.len() as u64;
    joined.pairs.extend(pairs);
    joined.pairs.sort_unstable();
}

/// How many of each has only the one or only the other; both are put into order.
pub(super) fn only<T: Ord>(old: &mut [T], new: &mut [T]) -> (u64, u64) {
    old.sort_unstable();
    new.sort_unstable();
    let (mut left, mut right) = (old.iter().peekable(), new.iter().peekable());
    let (mut gone, mut come) = (0, 0);
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let order = a.cmp(b);
        if order.is_le() {
            left.next();
            gone += u64::from(order.is_lt());
        }
        if order.is_ge() {
            right.next();
            come += u64::from(order.is_gt());
        }
    }
    (gone + left.count() as u64, come + right.count() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_by_their_keys() {
        let joined = join(&[5, 1, 3], &[3, 9, 5]).unwrap();
        assert_eq!(joined, Joined { pairs: vec![(0, 2), (2, 0)], removed: 1, added: 1 });
        assert_eq!(join(&[1, 2, 1], &[1]), Err(2));
        assert_eq!(join(&[1], &[4, 4, 2, 4, 2, 7]), Err(5));
        // The rest by what they nearly are; not what two of them are.
        let mut joined = join(&[50, 10, 31, 77, 78], &[32, 90, 50, 79]).unwrap();
        join_rest(&mut joined, &[5, 1, 3, 7, 7], &[3, 9, 5, 7]);
        assert_eq!(joined, Joined { pairs: vec![(0, 2), (2, 0)], removed: 3, added: 2 });
    }

    #[test]
    fn each_row_counts_as_often_as_it_is_there() {
        assert_eq!(only(&mut [1, 1, 2], &mut [2, 1, 3, 3]), (1, 2));
        assert_eq!(only::<u8>(&mut [], &mut []), (0, 0));
    }
}
