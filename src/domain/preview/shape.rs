use crate::domain::ColumnType;

/// What the texts of a column have in common, where its file tells no type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    seen: bool,
    /// Of `CANDIDATES`, a bit for each that no text has refuted.
    refuted: u8,
}

/// The narrowest first.
const CANDIDATES: [ColumnType; 6] = [
    ColumnType::Int64,
    ColumnType::Float64,
    ColumnType::Bool,
    ColumnType::Date,
    ColumnType::Datetime,
    ColumnType::Timestamp,
];

impl Shape {
    /// A text that its format tells to be one: neither number nor bool, whatever it looks like.
    pub fn add_quoted(&mut self, text: &str) {
        self.refuted |= 0b111;
        self.add(text);
    }

    pub fn add(&mut self, text: &str) {
        self.seen = true;
        for (bit, kind) in CANDIDATES.iter().enumerate() {
            if self.refuted & (1 << bit) == 0 && !kind.fits(text) {
                self.refuted |= 1 << bit;
            }
        }
    }

    /// Text where nothing narrower fits all.
    pub fn kind(self) -> ColumnType {
        let stands = |(bit, _): &(usize, &ColumnType)| self.seen && self.refuted & (1 << bit) == 0;
        CANDIDATES.iter().enumerate().find(stands).map_or(ColumnType::String, |(_, kind)| *kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrowest_type_that_fits_all_is_taken() {
        let of = |texts: &[&str]| {
            let mut shape = Shape::default();
            texts.iter().for_each(|text| shape.add(text));
            shape.kind()
        };
        assert_eq!(of(&["1", "-2"]), ColumnType::Int64);
        assert_eq!(of(&["1", "2.5"]), ColumnType::Float64);
        assert_eq!(of(&["true", "False"]), ColumnType::Bool);
        assert_eq!(of(&["2013-01-01"]), ColumnType::Date);
        assert_eq!(of(&["2013-01-01 05:00:00"]), ColumnType::Datetime);
        assert_eq!(of(&["2013-01-01T05:00:00Z"]), ColumnType::Timestamp);
        assert_eq!(of(&["1", "UA"]), ColumnType::String);
        assert_eq!(of(&[]), ColumnType::String);
        let quoted = |text: &str| {
            let mut shape = Shape::default();
            shape.add_quoted(text);
            shape.kind()
        };
        assert_eq!((quoted("7"), quoted("true")), (ColumnType::String, ColumnType::String));
        assert_eq!(quoted("2013-01-01"), ColumnType::Date);
    }
}
