use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use twox_hash::XxHash3_64;

/// Significant digits by which floats are told apart.
const DIGITS: i32 = 12;
/// Those that every float has, whatever it was computed from; of a key what differs behind them alone is noise.
const CERTAIN: i32 = 15;
/// Whole floats below this are exact with so many digits.
const WHOLE: f64 = 1e12;
/// Below this a float is any integer that it is compared with.
pub(super) const EXACT: f64 = 9_007_199_254_740_992.0;
/// What fits into 64 bits as an integer is less.
const INTEGERS: f64 = 9_223_372_036_854_775_808.0;
/// Powers of ten that a float holds exactly.
const EXACT_POWERS: u32 = 22;

/// One value of a table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cell<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    /// A number with a point that nothing rounds, as its digits are written.
    Decimal(&'a str),
    Text(&'a [u8]),
    /// Of a format that does not tell types: what reads as a number is one.
    Untyped(&'a str),
    /// A list or an object, as the JSON it is; a text with the same letters is another value.
    Nested(&'a str),
}

/// Sums of values, the same in both tables of one comparison and in no other: nobody can make two values that meet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Digester {
    seed: u64,
    /// Below this, whole floats are told apart at all of their digits: as the integers that they are.
    whole: f64,
    /// All others are told apart by so many first digits alone; None: by all.
    digits: Option<i32>,
    /// By what a float of half the length keeps of them.
    short: bool,
}

impl Digester {
    pub(super) fn new() -> Self {
        Self {
            seed: RandomState::new().hash_one("greenroom"),
            whole: WHOLE,
            digits: Some(DIGITS),
            short: false,
        }
    }

    /// For a column whose values are integers in the one table and floats in the other, or may be: an integer beside a
    /// null is a float in many a program.
    pub(super) fn beside_integers(self) -> Self {
        Self { whole: EXACT, ..self }
    }

    /// By all that values are, as whoever expects them to be unique looks at them.
    pub(super) fn exact(self) -> Self {
        Self { whole: INTEGERS, digits: None, ..self }
    }

    /// By all digits that are no noise.
    pub(super) fn certain(self) -> Self {
        Self { whole: INTEGERS, digits: Some(CERTAIN), ..self }
    }

    /// For a column that has floats of half the length in one table alone: what is 0.1 in both is the same.
    pub(super) fn short(self) -> Self {
        Self { short: true, ..self }
    }

    /// How many more values whole floats are than they have digests. They are in order.
    pub(super) fn merged(self, numbers: &[f64]) -> u64 {
        let mut wholes: Vec<f64> =
            numbers.iter().copied().filter(|number| !self.is_exact(*number) && is_whole(*number)).collect();
        wholes.dedup();
        let mut digests: Vec<u64> = wholes.iter().map(|number| self.float(*number)).collect();
        digests.dedup();
        (wholes.len() - digests.len()) as u64
    }

    fn is_exact(self, number: f64) -> bool {
        number.fract() == 0.0 && number.abs() < self.whole
    }

    pub(super) fn of(self, cell: Cell) -> u64 {
        match cell {
            Cell::Null => self.parts(0, 0),
            Cell::Bool(flag) => self.parts(1, flag.into()),
            Cell::Int(number) => self.parts(2, number as u64),
            Cell::Float(number) => self.float(number),
            Cell::Decimal(text) => match digits(text) {
                Some((digits, scale)) => self.decimal(digits, scale),
                None => self.text(text.as_bytes()),
            },
            Cell::Text(bytes) => self.text(bytes),
            Cell::Nested(json) => self.parts(5, self.text(json.as_bytes())),
            Cell::Untyped(text) => match number(text) {
                Some(Number::Int(number)) => self.parts(2, number as u64),
                Some(Number::Float(number)) => self.float(number),
                Some(Number::Large(number)) => self.large(text, number),
                None => self.text(text.as_bytes()),
            },
        }
    }

    /// For a place in a sum over a row: which column it is of counts.
    pub(super) fn placed(self, digest: u64, column: usize) -> u128 {
        let low =
            mixed(digest ^ self.seed.rotate_left(17) ^ (column as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let high = mixed(low ^ digest.rotate_left(32) ^ self.seed);
        u128::from(high) << 64 | u128::from(low)
    }

    /// Of so many nanoseconds since 1970, in whatever unit a file has them.
    pub(super) fn moment(self, nanos: i128) -> u64 {
        match u64::try_from(nanos) {
            Ok(nanos) => self.parts(7, nanos),
            Err(_) => self.parts(8, self.text(&nanos.to_le_bytes())),
        }
    }

    fn text(self, bytes: &[u8]) -> u64 {
        XxHash3_64::oneshot_with_seed(self.seed, bytes)
    }

    /// Different numbers of a kind never meet.
    fn parts(self, kind: u64, number: u64) -> u64 {
        mixed(number ^ mixed(self.seed.wrapping_add(kind)))
    }

    /// Of a whole number and by how many powers of ten it is too large: the same however many zeros end it, and the same as
    /// that of a float where that tells all of it.
    pub(super) fn decimal(self, mut digits: i128, mut scale: u32) -> u64 {
        while scale > 0 && digits % 10 == 0 {
            digits /= 10;
            scale -= 1;
        }
        match i64::try_from(digits) {
            Ok(whole) if scale == 0 => self.parts(2, whole as u64),
            Ok(few) if (few.unsigned_abs() as f64) < WHOLE && scale <= EXACT_POWERS => {
                self.float(few as f64 / 10f64.powi(scale as i32))
            }
            _ => self.parts(6, self.text(format!("{digits}e-{scale}").as_bytes())),
        }
    }

    /// Of a whole number beyond those of 64 bits, at all of its digits; as a float where its first digits are all of it.
    fn large(self, text: &str, number: f64) -> u64 {
        let shown = text.trim_start_matches('-').trim_end_matches('0');
        match digits(text) {
            _ if shown.len() <= DIGITS as usize => self.float(number),
            Some((digits, scale)) => self.decimal(digits, scale),
            None => self.text(text.as_bytes()),
        }
    }

    fn float(self, number: f64) -> u64 {
        let number = if self.short { f64::from(number as f32) } else { number };
        if self.is_exact(number) {
            // As the integer that it is, also where the other table has it as one.
            return self.parts(2, number as i64 as u64);
        }
        if !number.is_finite() {
            let which = if number.is_nan() { 0 } else { number.to_bits() };
            return self.parts(3, which);
        }
        let Some(digits) = self.digits else { return self.parts(9, number.to_bits()) };
        let (digits, power) = rounded(number, digits);
        // What its digits say is whole is as the integer too.
        let scale = 10i64.saturating_pow(power.unsigned_abs());
        let whole = match power {
            0.. => (digits % scale == 0).then(|| digits / scale),
            _ => digits.checked_mul(scale),
        };
        match whole {
            Some(whole) => self.parts(2, whole as u64),
            None => self.parts(4, mixed(digits as u64) ^ power as u64),
        }
    }
}

/// It is one of the integers that each have a float of their own.
fn is_whole(number: f64) -> bool {
    number.fract() == 0.0 && number.abs() <= EXACT
}

/// A float at the digits by which it is told apart; a whole one at all that it has.
pub(super) fn significant(number: f64) -> f64 {
    match number.is_finite() && !is_whole(number) {
        true => format!("{number:.places$e}", places = DIGITS as usize - 1).parse().unwrap_or(number),
        // Neither is the zero below 0 another.
        false => number + 0.0,
    }
}

/// What is written before and after the point as one whole number, and how many digits are after it.
fn digits(text: &str) -> Option<(i128, u32)> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    Some((format!("{whole}{part}").parse().ok()?, u32::try_from(part.len()).ok()?))
}

/// The first digits of a finite number that is not zero, and the power of ten of the last of them.
fn rounded(number: f64, first: i32) -> (i64, i32) {
    let scaled = |power: i32| match power {
        // What is larger than any float would be infinite.
        300.. => number * 1e300 * 10f64.powi(power - 300),
        0.. => number * 10f64.powi(power),
        _ => number / 10f64.powi(-power),
    };
    let most = 10f64.powi(first);
    let mut power = first - 1 - number.abs().log10().floor() as i32;
    let mut digits = scaled(power).round();
    // The logarithm is as inexact as the number, and rounding may carry.
    if digits.abs() >= most {
        power -= 1;
        digits = scaled(power).round();
    } else if digits.abs() < most / 10.0 {
        power += 1;
        digits = scaled(power).round();
    }
    (digits as i64, power)
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    Int(i64),
    Float(f64),
    /// A whole one, written with more digits than any float has; and about what it is.
    Large(f64),
}

impl Number {
    pub(super) fn float(self) -> f64 {
        match self {
            Self::Int(number) => number as f64,
            Self::Float(number) | Self::Large(number) => number,
        }
    }
}

/// What a text without a type is, if it is a number as programs write it: `007` and `+1` are names of something.
pub(super) fn number(text: &str) -> Option<Number> {
    let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
    let padded = digits.len() > 1 && digits[0] == b'0' && digits[1].is_ascii_digit();
    if !digits.first()?.is_ascii_digit() {
        return not_finite(text).map(Number::Float);
    }
    if padded {
        return None;
    }
    match text.parse() {
        Ok(number) => Some(Number::Int(number)),
        Err(_) => {
            let kind = if digits.iter().all(u8::is_ascii_digit) { Number::Large } else { Number::Float };
            text.parse().ok().filter(|number: &f64| number.is_finite()).map(kind)
        }
    }
}

/// The names that programs give to what is no number, or is larger than any. In a column of texts they are texts.
fn not_finite(text: &str) -> Option<f64> {
    let name = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_one = ["nan", "inf", "infinity"].iter().any(|one| name.eq_ignore_ascii_case(one));
    text.parse().ok().filter(|_| is_one)
}

/// A permutation of all numbers after which near ones are far from each other.
fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn floats_are_told_apart_at_twelve_digits() {
        let digester = Digester::new();
        let same = |a: Cell, b: Cell| digester.of(a) == digester.of(b);
        assert!(same(Cell::Float(0.1 + 0.2), Cell::Float(0.3)));
        assert!(same(Cell::Float(1e300 / 3.0), Cell::Float(1e300 / 3.0 * (1.0 + 1e-15))));
        assert!(same(Cell::Float(3.0), Cell::Int(3)) && same(Cell::Float(-0.0), Cell::Float(0.0)));
        assert!(same(Cell::Untyped("0.50"), Cell::Float(0.5)) && same(Cell::Untyped("7"), Cell::Int(7)));
        assert!(!same(Cell::Float(0.3), Cell::Float(0.300_000_000_01)));
        // Also beside a whole number.
        for (near, whole) in
            [(0.999_999_999_999_999_9, 1), (3.000_000_000_000_000_4, 3), (-99.999_999_999_999_99, -100)]
        {
            assert!(same(Cell::Float(near), Cell::Float(f64::from(whole))), "{near}");
            assert!(same(Cell::Float(near), Cell::Int(whole.into())), "{near}");
            assert!(same(Cell::Untyped(&near.to_string()), Cell::Untyped(&whole.to_string())), "{near}");
        }
        assert!(same(Cell::Float(999_999_999_999.999_9), Cell::Float(1e12)));
        assert!(same(Cell::Float(1e12), Cell::Int(1_000_000_000_000)));
        assert!(same(Cell::Float(-1.5e18), Cell::Int(-1_500_000_000_000_000_000)));
        assert!(same(Cell::Float(12_345_678_901_234.0), Cell::Float(12_345_678_901_230.4)));
        assert!(!same(Cell::Float(1e30), Cell::Int(i64::MAX)));
        assert!(
            !same(Cell::Float(0.999_999_999_99), Cell::Int(1)) && !same(Cell::Float(1e-13), Cell::Int(0))
        );
        assert!(!same(Cell::Untyped("007"), Cell::Untyped("7")) && !same(Cell::Null, Cell::Text(b"")));
        assert!(!same(Cell::Float(f64::NAN), Cell::Float(f64::INFINITY)));
        assert_ne!(digester.placed(1, 0), digester.placed(1, 1));
    }

    #[test]
    fn beside_integers_a_whole_float_is_one_at_all_of_its_digits() {
        let digester = Digester::new().beside_integers();
        let same = |a: Cell, b: Cell| digester.of(a) == digester.of(b);
        for whole in [1_357_016_400_123i64, -1_357_016_400_123, (1 << 53) - 1] {
            assert!(same(Cell::Float(whole as f64), Cell::Int(whole)), "{whole}");
            assert!(!same(Cell::Float(whole as f64), Cell::Int(whole - 1)), "{whole}");
            assert!(same(Cell::Untyped(&format!("{whole}.0")), Cell::Untyped(&whole.to_string())), "{whole}");
        }
        assert!(same(Cell::Float(0.1 + 0.2), Cell::Float(0.3)));
        assert!(same(Cell::Float(999_999_999_999.999_9), Cell::Int(1_000_000_000_000)));
    }

    #[test]
    fn the_floats_of_a_key_are_told_apart_at_all_of_their_digits() {
        let digester = Digester::new().exact();
        let same = |a: Cell, b: Cell| digester.of(a) == digester.of(b);
        for whole in [1_357_016_400_123i64, -7, 0, 1 << 53, 1 << 60] {
            assert!(same(Cell::Float(whole as f64), Cell::Int(whole)), "{whole}");
        }
        assert!(!same(Cell::Float(1_357_016_400.123_456), Cell::Float(1_357_016_400.123_457)));
        assert!(same(Cell::Float(1.5), Cell::Untyped("1.50")) && same(Cell::Float(-0.0), Cell::Int(0)));
        assert!(same(Cell::Float(f64::NAN), Cell::Float(-f64::NAN)));
        assert!(same(Cell::Float(1e300), Cell::Untyped("1e300")));
    }

    #[test]
    fn decimals_are_told_apart_at_every_digit() {
        let digester = Digester::new();
        let same = |a: Cell, b: Cell| digester.of(a) == digester.of(b);
        assert!(same(Cell::Decimal("1498.50"), Cell::Decimal("1498.5")));
        assert!(same(Cell::Decimal("-1498.5"), Cell::Float(-1498.5)));
        assert!(same(Cell::Decimal("15.0"), Cell::Int(15)) && same(Cell::Decimal("0.00"), Cell::Int(0)));
        let long = "12345678901234567890.12";
        assert!(!same(Cell::Decimal(long), Cell::Decimal("12345678901234567890.13")));
        assert!(same(Cell::Decimal(long), Cell::Decimal("12345678901234567890.120")));
        assert_eq!(digester.decimal(1250, 2), digester.of(Cell::Decimal("12.5")));
    }

    #[test]
    fn whole_numbers_of_many_digits_are_told_apart_at_every_digit() {
        let digester = Digester::new();
        let same = |a: &str, b: &str| digester.of(Cell::Untyped(a)) == digester.of(Cell::Untyped(b));
        assert!(!same("12345678901234567890", "12345678901234567891"));
        assert!(!same("-12345678901234567890", "12345678901234567890"));
        let wide = "7".repeat(60);
        assert!(same(&wide, &wide) && !same(&wide, &format!("{}8", &wide[1..])));
        assert!(same("100000000000000000000", "1e20"));
    }

    proptest! {
        #[test]
        fn a_float_is_what_its_first_digits_are(number in proptest::num::f64::NORMAL | proptest::num::f64::SUBNORMAL) {
            let again: f64 = format!("{number:.11e}").parse().unwrap();
            let (digits, power) = rounded(number, DIGITS);
            let (other, same_power) = rounded(again, DIGITS);
            prop_assert_eq!(power, same_power);
            // What lies between two of them may fall to either.
            prop_assert!((digits - other).abs() <= 1, "{} {}", digits, other);
            prop_assert!((100_000_000_000..1_000_000_000_000).contains(&digits.abs()), "{}", digits);
        }
    }
}
