//! Two amounts beside each other, as exact as it takes to tell them apart.

use super::super::figures;

/// Decimals that are tried.
const MOST: usize = 12;

/// `0.74 → 0.69`: as few decimals as show how far it went, within a quarter of that.
pub fn from_to(old: f64, new: f64) -> String {
    let whole = |number: f64| number.fract() == 0.0 && number.abs() < 1e15;
    if whole(old) && whole(new) {
        return format!("{old:.0} → {new:.0}");
    }
    let largest = old.abs().max(new.abs());
    let way = (new - old).abs();
    if !(1e-4..1e15).contains(&largest) || !way.is_finite() {
        let (was, is) = (figures::number(old), figures::number(new));
        return match was == is && old != new {
            true => in_full(old, new),
            false => format!("{was} → {is}"),
        };
    }
    let shows = |decimals: &usize| {
        let round =
            |number: f64| format!("{number:.decimals$}", decimals = *decimals).parse().unwrap_or(number);
        ((round(new) - round(old)).abs() - way).abs() <= way / 4.0
    };
    let least = if largest >= 1000.0 { 1 } else { 2 };
    let decimals = (least..MOST).find(shows).unwrap_or(MOST);
    let (was, is) = (format!("{old:.decimals$}"), format!("{new:.decimals$}"));
    if was == is && old != new { in_full(old, new) } else { format!("{was} → {is}") }
}

/// The same of two values of a column of this type, as they are written. None: no digit of theirs can be spared.
pub fn shortened(kind: &str, old: &str, new: &str) -> Option<(String, String)> {
    let (was, is) = (fraction(kind, old)?, fraction(kind, new)?);
    let told = from_to(was, is);
    let (before, now) = told.split_once(" → ")?;
    let spared = before.len() + now.len() < old.len() + new.len() && was != is;
    spared.then(|| (before.to_owned(), now.to_owned()))
}

/// The number that is written, where it may have more digits than anybody reads.
pub fn fraction(kind: &str, text: &str) -> Option<f64> {
    let fractions = ["FLOAT", "NUMERIC", "BIGNUMERIC"].iter().any(|name| kind.starts_with(name));
    text.parse().ok().filter(|number: &f64| fractions && number.is_finite())
}

/// With all their digits.
fn in_full(old: f64, new: f64) -> String {
    format!("{} → {}", figures::exact(old), figures::exact(new))
}

/// `2 % → 11 %`, of shares between 0 and 1.
pub fn shares(old: f64, new: f64) -> String {
    let (old, new) = (old * 100.0, new * 100.0);
    // None is something else than few, and so are all.
    let hides = |share: f64, decimals: usize| {
        let shown = format!("{share:.decimals$}");
        let is = |whole: f64| shown == format!("{whole:.decimals$}") && share != whole;
        is(0.0) || is(100.0)
    };
    let same = |decimals: usize| format!("{old:.decimals$}") == format!("{new:.decimals$}") && old != new;
    let tells = |decimals: &usize| !hides(old, *decimals) && !hides(new, *decimals) && !same(*decimals);
    let decimals = (0..6).find(tells).unwrap_or(6);
    format!("{old:.decimals$} % → {new:.decimals$} %")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_exact_as_it_takes() {
        for (old, new, told) in [
            (0.74, 0.69, "0.74 → 0.69"),
            (0.743_21, 0.691_1, "0.74 → 0.69"),
            (0.745_1, 0.744_9, "0.7451 → 0.7449"),
            (12.0, 14.0, "12 → 14"),
            (12.64, 14.1, "12.64 → 14.10"),
            (12_345.678, 13_000.5, "12345.7 → 13000.5"),
            (1e-9, 2e-9, "1.000e-9 → 2.000e-9"),
            (f64::NAN, 1.5, "NaN → 1.5"),
            (3.3330001e25, 3.3330002e25, "3.3330001e25 → 3.3330002e25"),
            (0.5, 0.500_000_000_000_000_1, "0.5 → 0.5000000000000001"),
        ] {
            assert_eq!(from_to(old, new), told);
        }
    }

    #[test]
    fn digits_that_tell_nothing_are_spared() {
        let told =
            |kind: &str, old: &str, new: &str| shortened(kind, old, new).map(|(old, new)| old + " → " + &new);
        for (old, new, expected) in [
            ("0.7432109876543", "0.6911234567891", Some("0.74 → 0.69")),
            ("12345.678901234", "12345.678901299", Some("12345.67890123 → 12345.67890130")),
            ("-0.5", "3.1415926535897", Some("-0.50 → 3.14")),
            ("7.25", "8.25", None),
            ("12345678901234567890.12", "12345678901234567890.13", None),
            ("null", "0.7432109876543", None),
        ] {
            assert_eq!(told("FLOAT64", old, new).as_deref(), expected, "{old} {new}");
        }
        assert_eq!(told("STRING", "0.7432109876543", "0.6911234567891"), None);
    }

    #[test]
    fn shares_are_told_in_percent() {
        for (old, new, told) in [
            (0.02, 0.11, "2 % → 11 %"),
            (0.0, 0.001, "0.0 % → 0.1 %"),
            (0.021, 0.022, "2.1 % → 2.2 %"),
            (0.0, 1.0, "0 % → 100 %"),
        ] {
            assert_eq!(shares(old, new), told);
        }
    }
}
