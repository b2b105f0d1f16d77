use std::cmp::Ordering;

/// The order of names in which people count: `2-a` before `10-a`. Names that are the same number written otherwise stay
/// apart.
pub fn natural(a: &[u8], b: &[u8]) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let (Some(x), Some(y)) = (left.first(), right.first()) else {
            return left.len().cmp(&right.len()).then_with(|| a.cmp(b));
        };
        let order = match (x.is_ascii_digit(), y.is_ascii_digit()) {
            (true, true) => number(&mut left, &mut right),
            _ if x == y => {
                (left, right) = (&left[1..], &right[1..]);
                continue;
            }
            _ => x.cmp(y),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// The numbers at the beginning of both, which go.
fn number(left: &mut &[u8], right: &mut &[u8]) -> Ordering {
    let (a, b) = (digits(left), digits(right));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// Without zeros before them: a longer number is a larger one, however long it is.
fn digits<'a>(text: &mut &'a [u8]) -> &'a [u8] {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    *text = rest;
    &digits[digits.iter().position(|byte| *byte != b'0').unwrap_or(digits.len())..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_counted_and_letters_are_spelled() {
        let sorted = [
            "",
            "-",
            "0",
            "00",
            "1",
            "01",
            "1-a",
            "1-b",
            "2-a",
            "10-a",
            "99999999999999999999999",
            "A",
            "a",
            "a1",
            "a1b2",
            "a1b10",
            "a2",
            "a10",
            "b",
        ];
        for (at, a) in sorted.iter().enumerate() {
            for (other, b) in sorted.iter().enumerate() {
                let order = natural(a.as_bytes(), b.as_bytes());
                // The same number is in the order of its letters.
                let same = ["0", "00", "1", "01"];
                assert!(
                    order == at.cmp(&other) || same.contains(a) && same.contains(b),
                    "{a} {b}: {order:?}"
                );
                assert_eq!(order == Ordering::Equal, a == b);
            }
        }
    }
}
