use std::time::Duration;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a duration; write a number and ms, s, m, h or d, such as 10s or 1h30m")]
pub struct DurationError(String);

const UNITS: [(&str, u64); 5] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

/// Reads a duration of whole units, at most 365 days.
pub fn parse_duration(text: &str) -> Result<Duration, DurationError> {
    let wrong = || DurationError(text.to_owned());
    let mut rest = text.trim();
    let mut millis: u64 = 0;
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let (number, tail) = rest.split_at(digits);
        let letters = tail.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(letters);
        let scale = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(wrong)?.1;
        let count: u64 = number.parse().map_err(|_| wrong())?;
        millis = count.checked_mul(scale).and_then(|m| millis.checked_add(m)).ok_or_else(wrong)?;
        rest = tail;
    }
    if millis > 365 * 86_400_000 { Err(wrong()) } else { Ok(Duration::from_millis(millis)) }
}

/// As it is written to be read again, in the largest unit that it is a multiple of.
pub fn write_duration(time: Duration) -> String {
    let millis = time.as_millis();
    let units = UNITS.iter().filter(|(_, scale)| millis.is_multiple_of(u128::from(*scale)));
    match units.max_by_key(|(_, scale)| *scale) {
        Some((unit, scale)) => format!("{}{unit}", millis / u128::from(*scale)),
        None => format!("{millis}ms"),
    }
}

/// For people, at most two units: `0.4s`, `12s`, `3m 05s`, `1h 02m`.
pub fn show_duration(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..10 => format!("{:.1}s", time.as_secs_f64()),
        10..60 => format!("{seconds}s"),
        60..3600 => format!("{}m {:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h {:02}m", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_add_their_units() {
        assert_eq!(parse_duration("1h30m"), Ok(Duration::from_secs(5400)));
        assert_eq!(parse_duration("500ms"), Ok(Duration::from_millis(500)));
        for bad in ["", "10", "10 s", "-1s", "1w", "s", "1.5h", "99999999999999999999s", "400d"] {
            assert!(parse_duration(bad).is_err(), "{bad}");
        }
    }
    #[test]
    fn what_is_written_is_read_as_the_same() {
        for (text, written) in [("1h30m", "90m"), ("48h", "2d"), ("1500ms", "1500ms"), ("61s", "61s")] {
            let time = parse_duration(text).unwrap();
            assert_eq!(write_duration(time), written);
            assert_eq!(parse_duration(written), Ok(time));
        }
    }
}
