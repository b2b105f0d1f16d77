use std::fmt;

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

/// A typed scalar: a parameter's value, or a cell's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "lowercase")]
pub enum Value {
    String(String),
    Int(i64),
    Float(f64),
    Bool(bool),
    Date(Date),
    /// A civil date and time, without a zone, as BigQuery's DATETIME.
    Datetime(DateTime),
}

impl Value {
    /// Without the type, as a JSON document shows it. Dates become strings.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::String(text) => text.as_str().into(),
            Self::Int(number) => (*number).into(),
            Self::Float(number) => (*number).into(),
            Self::Bool(flag) => (*flag).into(),
            Self::Date(_) | Self::Datetime(_) => self.to_string().into(),
        }
    }
}

/// As an environment variable or a path segment sees it.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String(text) => f.write_str(text),
            Self::Int(number) => write!(f, "{number}"),
            Self::Float(number) => {
                // The shortest that reads back the same: in full, `1e308` has 309 digits.
                let size = number.abs();
                match size >= 1e21 || size > 0.0 && size < 1e-6 {
                    true => write!(f, "{number:e}"),
                    false => write!(f, "{number}"),
                }
            }
            Self::Bool(flag) => write!(f, "{flag}"),
            Self::Date(date) => write!(f, "{date}"),
            Self::Datetime(time) => write!(f, "{time}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_short_as_they_read_back_the_same() {
        let known = [
            (0.0, "0"),
            (1.0, "1"),
            (-0.05, "-0.05"),
            (1e20, "100000000000000000000"),
            (1e21, "1e21"),
            (1e308, "1e308"),
            (f64::MAX, "1.7976931348623157e308"),
            (0.000_001, "0.000001"),
            (1e-8, "1e-8"),
            (-2.5e-300, "-2.5e-300"),
            (5e-324, "5e-324"),
        ];
        for (number, text) in known {
            assert_eq!(Value::Float(number).to_string(), text);
            assert_eq!(text.parse(), Ok(number));
            assert_eq!(crate::domain::typed(&number.into()), text);
        }
    }
}
