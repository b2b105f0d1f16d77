use parquet::basic::{ConvertedType, LogicalType, TimeUnit};
use parquet::schema::types::Type;
use uuid::Uuid;

use super::super::lake::column_type;
use crate::domain::ColumnType;

/// How values are written of which the library behind this gives the bare ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::store) enum Spelling {
    #[default]
    Plain,
    /// Moments that are of no zone, as a clock on the wall shows them.
    Zoneless,
    Uuid,
    /// Nanoseconds since midnight.
    Clock,
    /// Months, days and milliseconds, of 4 bytes each.
    Interval,
}

impl Spelling {
    pub(in crate::store) fn of(field: &Type) -> Self {
        let info = field.get_basic_info();
        match info.logical_type_ref() {
            _ if column_type(field) == Some(ColumnType::Datetime) => Self::Zoneless,
            Some(LogicalType::Uuid) => Self::Uuid,
            Some(LogicalType::Time(kind)) if matches!(kind.unit, TimeUnit::NANOS) => Self::Clock,
            _ if info.converted_type() == ConvertedType::INTERVAL => Self::Interval,
            _ => Self::Plain,
        }
    }

    /// Of bytes that are no text. None: they are, or are not as many as they should be.
    pub(in crate::store) fn of_bytes(self, bytes: &[u8]) -> Option<String> {
        match self {
            Self::Uuid => Uuid::from_slice(bytes).ok().map(|uuid| uuid.to_string()),
            Self::Interval => {
                let part = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
                let (months, days, millis) = (part(0)?, part(4)?, part(8)?);
                Some(format!("{months} months {days} days {millis} ms"))
            }
            Self::Plain | Self::Zoneless | Self::Clock => None,
        }
    }

    /// Of a whole number that is none.
    pub(in crate::store) fn of_number(self, number: i64) -> Option<String> {
        const SECOND: u64 = 1_000_000_000;
        let nanos = u64::try_from(number).ok().filter(|_| self == Self::Clock)?;
        let (seconds, rest) = (nanos / SECOND, nanos % SECOND);
        Some(format!("{:02}:{:02}:{:02}.{rest:09}", seconds / 3600, seconds / 60 % 60, seconds % 60))
    }
}

#[cfg(test)]
mod tests {
    use parquet::schema::parser::parse_message_type;

    use super::*;

    #[test]
    fn bytes_that_mean_something_are_written_as_that() {
        let columns =
            "required fixed_len_byte_array(16) id (UUID); required fixed_len_byte_array(12) x (INTERVAL);
            required fixed_len_byte_array(16) b; required int64 at (TIMESTAMP(MICROS,false));
            required int64 t (TIME(NANOS,true)); required int64 u (TIME(MICROS,true));";
        let schema = parse_message_type(&format!("message table {{ {columns} }}")).unwrap();
        let found: Vec<Spelling> = schema.get_fields().iter().map(|field| Spelling::of(field)).collect();
        let first = [Spelling::Uuid, Spelling::Interval, Spelling::Plain, Spelling::Zoneless];
        assert_eq!((&found[..4], &found[4..]), (&first[..], &[Spelling::Clock, Spelling::Plain][..]));
        let clock = |nanos| Spelling::Clock.of_number(nanos);
        assert_eq!(clock(1).as_deref(), Some("00:00:00.000000001"));
        assert_eq!(clock(47_445_123_456_789).as_deref(), Some("13:10:45.123456789"));
        assert_eq!((clock(-1), Spelling::Plain.of_number(1)), (None, None));
        let uuid = Spelling::Uuid.of_bytes(&0x0190_0000_0000_7000_8000_0000_0000_3f2a_u128.to_be_bytes());
        assert_eq!(uuid.as_deref(), Some("01900000-0000-7000-8000-000000003f2a"));
        let interval = Spelling::Interval.of_bytes(&[1, 0, 0, 0, 0, 1, 0, 0, 255, 255, 255, 255]);
        assert_eq!(interval.as_deref(), Some("1 months 256 days 4294967295 ms"));
        assert_eq!((Spelling::Uuid.of_bytes(b"short"), Spelling::Plain.of_bytes(&[0; 16])), (None, None));
    }
}
