use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use super::Value;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ParamType {
    String,
    Int,
    Float,
    Bool,
    Date,
    Datetime,
    /// One of these, as strings.
    Enum(Vec<String>),
}

impl ParamType {
    pub fn name(&self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Int => "int",
            Self::Float => "float",
            Self::Bool => "bool",
            Self::Date => "date",
            Self::Datetime => "datetime",
            Self::Enum(_) => "enum",
        }
    }

    /// Reads what was typed on the command line or written in a spec. The error says what is expected.
    pub fn parse(&self, text: &str) -> Result<Value, String> {
        let wrong = |what: &str| format!("`{text}` is not {what}");
        match self {
            Self::String => Ok(Value::String(text.to_owned())),
            Self::Int => text.parse().map(Value::Int).map_err(|_| wrong("a whole number")),
            Self::Float => match text.parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(Value::Float(number)),
                _ => Err(wrong("a number")),
            },
            Self::Bool => match text {
                "true" => Ok(Value::Bool(true)),
                "false" => Ok(Value::Bool(false)),
                _ => Err(wrong("true or false")),
            },
            // jiff alone would also take `20130101` or a date with a time behind it.
            Self::Date => match text.parse() {
                Ok(date) if text.len() == 10 => Ok(Value::Date(date)),
                _ => Err(wrong("a date such as 2013-01-31")),
            },
            Self::Datetime => text
                .parse()
                .map(Value::Datetime)
                .map_err(|_| wrong("a date and time such as 2013-01-31T06:00:00")),
            Self::Enum(values) if values.iter().any(|v| v == text) => Ok(Value::String(text.to_owned())),
            Self::Enum(values) => Err(wrong(&format!("one of {}", values.join(", ")))),
        }
    }
}

impl ParamType {
    /// Some value of it, for where none is known and any will do.
    pub fn example(&self) -> Value {
        match self {
            Self::String => Value::String(String::new()),
            Self::Int => Value::Int(1),
            Self::Float => Value::Float(1.0),
            Self::Bool => Value::Bool(true),
            Self::Date => Value::Date(Date::constant(2013, 1, 1)),
            Self::Datetime => Value::Datetime(DateTime::constant(2013, 1, 1, 0, 0, 0, 0)),
            Self::Enum(values) => Value::String(values.first().cloned().unwrap_or_default()),
        }
    }
}

/// A parameter of a workflow. Without a default it must be given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Param {
    #[serde(rename = "type")]
    pub kind: ParamType,
    pub default: Option<Value>,
    pub description: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_type() {
        assert!(ParamType::Date.parse("2013-02-28").is_ok());
        for bad in ["2013-02-30", "20130228", "2013-2-28", "2013-02-28T00:00", "today"] {
            assert!(ParamType::Date.parse(bad).is_err(), "{bad}");
        }
        assert!(ParamType::Bool.parse("yes").is_err());
        assert!(ParamType::Float.parse("NaN").is_err());
        assert!(ParamType::Enum(vec!["a".into()]).parse("b").is_err());
    }
}
