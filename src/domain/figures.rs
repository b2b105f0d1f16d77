//! Amounts as people read them.

use std::time::Duration;

use jiff::Timestamp;

use super::show_duration;

/// `512 B`, `1.2 MiB`: one decimal below 100, none above.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut amount = bytes as f64 / 1024.0;
    let mut unit = 0;
    // What would be shown as 1024 is one of the next unit.
    while amount >= 1023.5 && unit + 1 < UNITS.len() {
        amount /= 1024.0;
        unit += 1;
    }
    match amount < 99.95 {
        true => format!("{amount:.1} {}", UNITS[unit]),
        false => format!("{amount:.0} {}", UNITS[unit]),
    }
}

/// `336,776`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut shown = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// `2.719`: at most three decimals, and none that say nothing; `1.500e300` where that would be too long.
pub fn number(number: f64) -> String {
    let size = number.abs();
    if size >= 1e15 || size > 0.0 && size < 1e-3 {
        return format!("{number:.3e}");
    }
    let text = format!("{number:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// With all digits that it has: what is read back from it is the same.
pub fn exact(number: f64) -> String {
    match number == 0.0 || (1e-4..1e15).contains(&number.abs()) {
        true => format!("{number}"),
        false => format!("{number:e}"),
    }
}

/// The same as `number`, with as many more digits as it takes to see on which side of each bound it lies.
pub fn beside(value: f64, bounds: impl IntoIterator<Item = f64>) -> String {
    let bounds: Vec<f64> = bounds.into_iter().collect();
    telling(value, |shown| bounds.iter().all(|bound| shown.partial_cmp(bound) == value.partial_cmp(bound)))
}

/// The same as `number`, with as many more digits as it takes until what is shown tells enough.
pub fn telling(value: f64, mut enough: impl FnMut(f64) -> bool) -> String {
    let tells = |text: &String| enough(text.parse().unwrap_or(f64::NAN));
    let longer = (4..=12).map(|decimals| format!("{value:.decimals$}"));
    std::iter::once(number(value)).chain(longer).find(tells).unwrap_or_else(|| exact(value))
}

/// `1 row`, `45 rows`; the plural is the noun and an s.
pub fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(number), if number == 1 { "" } else { "s" })
}

/// Counts as a row of bars; what is there at all can be seen.
pub fn bars(counts: &[u64]) -> String {
    let highest = counts.iter().max().copied().unwrap_or_default();
    counts.iter().map(|count| bar(*count, highest)).collect()
}

/// One of them, beside the highest.
pub fn bar(count: u64, highest: u64) -> &'static str {
    const BARS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
    let steps = BARS.len() - 1;
    let level = (count as f64 / highest.max(1) as f64 * steps as f64).ceil() as usize;
    BARS[level.min(steps)]
}

/// As a spec would have it: `90m` is `1h30m`, nothing is rounded but below a millisecond.
pub fn exact_duration(time: Duration) -> String {
    let mut millis = time.as_millis();
    let mut text = String::new();
    for (unit, scale) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)] {
        if millis >= scale {
            text += &format!("{}{unit}", millis / scale);
            millis %= scale;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

/// Seconds as events have them. What no clock can have measured (negative, not a number) shows as nothing.
pub fn seconds(seconds: f64) -> String {
    Duration::try_from_secs_f64(seconds).map(show_duration).unwrap_or_default()
}

/// Between two moments; none if the second lies before the first.
pub fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}

/// `just now`, `2 min ago`, and the date (UTC) after 30 days.
pub fn ago(then: Timestamp, now: Timestamp) -> String {
    // Of a machine whose clock goes before this one's.
    let ahead = between(now, then).as_secs();
    match ahead {
        0..10 => {}
        10..60 => return format!("in {ahead} s"),
        60..3600 => return format!("in {} min", ahead / 60),
        3600..172_800 => return format!("in {} h", ahead / 3600),
        _ => return then.strftime("%Y-%m-%d").to_string(),
    }
    let seconds = between(then, now).as_secs();
    match seconds {
        0..10 => "just now".to_owned(),
        10..60 => format!("{seconds} s ago"),
        60..3600 => format!("{} min ago", seconds / 60),
        3600..86_400 => format!("{} h ago", seconds / 3600),
        86_400..172_800 => "yesterday".to_owned(),
        172_800..2_592_000 => format!("{} days ago", seconds / 86_400),
        _ => then.strftime("%Y-%m-%d").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_come_is_not_just_now() {
        let now: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        let told = [-90, -9, 0, 9, 30, 90, 7_200, 86_400 * 30]
            .map(|seconds| ago(now.checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap(), now));
        let expected =
            ["1 min ago", "just now", "just now", "just now", "in 30 s", "in 1 min", "in 2 h", "2026-03-31"];
        assert_eq!(told, expected);
    }

    #[test]
    fn sizes_are_short_and_never_1024() {
        let shown =
            [0, 1, 1023, 1024, 1_258_291, 104_857_600, 1_073_741_823, 1_073_741_824, u64::MAX].map(size);
        assert_eq!(
            shown,
            ["0 B", "1 B", "1023 B", "1.0 KiB", "1.2 MiB", "100 MiB", "1.0 GiB", "1.0 GiB", "16.0 EiB"]
        );
    }

    #[test]
    fn numbers_are_short() {
        let shown = [0.0, 2.5, -2.71949, 1000.0, 12e20, 0.00012, f64::NAN].map(number);
        assert_eq!(shown, ["0", "2.5", "-2.719", "1000", "1.200e21", "1.200e-4", "NaN"]);
    }

    #[test]
    fn a_number_beside_a_bound_is_as_long_as_it_takes() {
        for (value, bound, told) in [
            (0.999_41, 0.9995, "0.999"),
            (0.7, 0.7, "0.7"),
            (0.699_999_999_99, 0.7, "0.69999999999"),
            (0.7 - 1e-16, 0.7, "0.6999999999999998"),
            (0.691_1, 0.7, "0.691"),
            (0.999_5, 0.9995, "0.9995"),
            (1e-7, 2e-7, "1.000e-7"),
            (f64::NAN, 0.5, "NaN"),
        ] {
            assert_eq!(beside(value, [bound]), told);
        }
        assert_eq!(beside(0.123_456, [0.1, 0.1234]), "0.1235");
        assert_eq!(beside(0.123_456, []), "0.123");
        assert_eq!([0.9995, 0.0, 20.0, 1e-9, 3e20].map(exact), ["0.9995", "0", "20", "1e-9", "3e20"]);
    }

    #[test]
    fn a_bar_is_as_high_as_its_share() {
        assert_eq!([0, 1, 50, 100].map(|count| bar(count, 100)), [" ", "▁", "▄", "█"]);
        assert_eq!((bar(0, 0), bars(&[4, 0, 1]).as_str()), (" ", "█ ▂"));
    }

    #[test]
    fn thousands_are_parted() {
        assert_eq!(
            [0, 999, 1_000, 336_776, 1_000_000].map(count),
            ["0", "999", "1,000", "336,776", "1,000,000"]
        );
        assert_eq!([1, 2].map(|n| counted(n, "row")), ["1 row", "2 rows"]);
    }

    #[test]
    fn times_are_told_from_now() {
        let now: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        let before = |seconds: i64| ago(now - jiff::SignedDuration::from_secs(seconds), now);
        let shown = [-5, 3, 42, 150, 7_300, 90_000, 864_000, 3_000_000].map(before);
        let told = [
            "just now",
            "just now",
            "42 s ago",
            "2 min ago",
            "2 h ago",
            "yesterday",
            "10 days ago",
            "2026-01-25",
        ];
        assert_eq!(shown, told);
    }

    #[test]
    fn an_exact_duration_is_read_back_as_the_same() {
        for text in ["5s", "30m", "1h30m", "1d2h3m4s5ms", "500ms"] {
            let time = crate::domain::parse_duration(text).unwrap();
            assert_eq!(exact_duration(time), text);
        }
        assert_eq!(exact_duration(Duration::ZERO), "0s");
    }

    #[test]
    fn a_nonsensical_time_shows_as_nothing() {
        assert_eq!([f64::NAN, -1.0, f64::INFINITY].map(seconds), ["", "", ""]);
        assert_eq!(seconds(125.0), "2m 05s");
    }
}
