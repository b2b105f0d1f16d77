use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::cell::Cell;

const MICROS: f64 = 1e6;

/// What the values of a column mean, as far as their type tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    /// Integers are so many powers of ten too large.
    Number {
        scale: i32,
    },
    /// Days since 1970.
    Date,
    /// Since 1970, so many in a second.
    Moment {
        a_second: i64,
        /// Else it is what a clock on the wall shows.
        zoned: bool,
    },
    Flag,
    Text,
    /// What only looks may tell.
    Untyped,
}

impl Measure {
    /// A value as a number, where it is one; a moment in microseconds, whatever its file has.
    pub(super) fn number(self, cell: Cell) -> Option<f64> {
        let number = match cell {
            Cell::Int(number) => number as f64,
            Cell::Float(number) => number,
            Cell::Decimal(text) => text.parse().ok()?,
            Cell::Untyped(text) => super::cell::number(text)?.float(),
            _ => return None,
        };
        Some(match self {
            Self::Number { scale: 0 } | Self::Date | Self::Untyped => number,
            Self::Moment { a_second, .. } if a_second as f64 > MICROS => number / (a_second as f64 / MICROS),
            Self::Moment { a_second, .. } => number * (MICROS / a_second as f64),
            Self::Number { scale } => number / 10f64.powi(scale),
            Self::Flag | Self::Text => return None,
        })
    }

    /// Of such a number, as people read it.
    pub(super) fn shown(self, number: f64) -> String {
        let date =
            || Date::constant(1970, 1, 1).checked_add(SignedDuration::from_hours(number as i64 * 24)).ok();
        let shown = match self {
            Self::Date if number.abs() < 4e6 => date().map(|date| date.to_string()),
            Self::Moment { .. } => self.at(i128::from(number.round() as i64) * 1_000),
            _ => None,
        };
        shown.unwrap_or_else(|| match number.abs() {
            size if size == 0.0 || (1e-4..1e15).contains(&size) => number.to_string(),
            _ => format!("{number:e}"),
        })
    }

    /// A moment in nanoseconds since 1970.
    pub(super) fn nanos(self, number: i64) -> Option<i128> {
        match self {
            Self::Moment { a_second, .. } => {
                Some(i128::from(number) * i128::from(1_000_000_000 / a_second.max(1)))
            }
            _ => None,
        }
    }

    /// A value as people read it; None is null.
    pub(super) fn text(self, cell: Cell) -> Option<String> {
        match cell {
            Cell::Null => None,
            Cell::Bool(flag) => Some(flag.to_string()),
            Cell::Text(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
            Cell::Untyped(text) | Cell::Nested(text) | Cell::Decimal(text) => Some(text.to_owned()),
            Cell::Int(number) if self == (Self::Number { scale: 0 }) => Some(number.to_string()),
            Cell::Int(whole) => self
                .nanos(whole)
                .and_then(|nanos| self.at(nanos))
                .or_else(|| self.number(cell).map(|number| self.shown(number))),
            Cell::Float(number) => Some(self.shown(number)),
        }
    }

    fn at(self, nanos: i128) -> Option<String> {
        let at = Timestamp::from_nanosecond(nanos).ok()?;
        Some(match self {
            Self::Moment { zoned: false, .. } => TimeZone::UTC.to_datetime(at).to_string(),
            _ => at.to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_as_people_write_them() {
        let moment = Measure::Moment { a_second: 1_000_000, zoned: true };
        let clock = Measure::Moment { a_second: 1_000_000, zoned: false };
        assert_eq!(clock.text(Cell::Int(1_357_016_400_000_000)).unwrap(), "2013-01-01T05:00:00");
        assert_eq!(Measure::Date.text(Cell::Int(15_706)).unwrap(), "2013-01-01");
        assert_eq!(moment.text(Cell::Int(1_357_016_400_000_000)).unwrap(), "2013-01-01T05:00:00Z");
        let nanos = Measure::Moment { a_second: 1_000_000_000, zoned: true };
        let exact = Cell::Int(1_357_016_400_000_000_001);
        assert_eq!(nanos.text(exact).unwrap(), "2013-01-01T05:00:00.000000001Z");
        assert_eq!(nanos.shown(nanos.number(exact).unwrap()), "2013-01-01T05:00:00Z");
        assert_eq!(Measure::Number { scale: 2 }.text(Cell::Int(1250)).unwrap(), "12.5");
        assert_eq!(Measure::Number { scale: 0 }.text(Cell::Int(i64::MAX)).unwrap(), i64::MAX.to_string());
        assert_eq!(Measure::Date.text(Cell::Int(i64::MIN)).unwrap(), "-9.223372036854776e18");
        assert!(moment.text(Cell::Int(i64::MAX)).is_some());
        assert_eq!(Measure::Text.text(Cell::Null), None);
    }
}
