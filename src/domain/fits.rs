use super::ColumnType;

impl ColumnType {
    /// Could a value of a format without types be of this type?
    pub fn fits(self, text: &str) -> bool {
        match self {
            Self::String | Self::Bytes | Self::Json => true,
            Self::Int64 => text.parse::<i64>().is_ok(),
            Self::Float64 => text.parse::<f64>().is_ok(),
            Self::Numeric => text.parse::<f64>().is_ok_and(f64::is_finite),
            Self::Bool => text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false"),
            // jiff alone would also take `20130101`, or a date with a time behind it.
            Self::Date => text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok(),
            Self::Datetime => text.parse::<jiff::civil::DateTime>().is_ok(),
            Self::Time => text.parse::<jiff::civil::Time>().is_ok(),
            Self::Timestamp => {
                text.parse::<jiff::Timestamp>().is_ok() || text.parse::<jiff::civil::DateTime>().is_ok()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_apart_by_type() {
        for (text, kind, expected) in [
            ("-3", ColumnType::Int64, true),
            ("3.5", ColumnType::Int64, false),
            ("3.5", ColumnType::Float64, true),
            ("NaN", ColumnType::Numeric, false),
            ("2013-01-01", ColumnType::Date, true),
            ("2013-02-30", ColumnType::Date, false),
            ("2013-01-01 05:00:00+00", ColumnType::Timestamp, true),
            ("05:00", ColumnType::Timestamp, false),
            ("True", ColumnType::Bool, true),
        ] {
            assert_eq!(kind.fits(text), expected, "{text} {kind}");
        }
    }
}
