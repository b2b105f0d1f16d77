use crate::domain::{ParamType, Value};

/// A parameter that was typed without a type: the narrowest that its text fits.
pub(super) fn typed(text: &str) -> Value {
    // `007` is a code, and `nan` or `inf` are words.
    let digits = text.strip_prefix('-').unwrap_or(text);
    let number = digits.starts_with(|first: char| first.is_ascii_digit())
        && !(digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0."));
    let kinds: &[ParamType] = match number {
        true => &[ParamType::Int, ParamType::Float, ParamType::Date, ParamType::Datetime],
        false => &[ParamType::Bool, ParamType::Date, ParamType::Datetime],
    };
    let found = kinds.iter().find_map(|kind| kind.parse(text).ok());
    found.unwrap_or_else(|| Value::String(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_has_the_type_that_its_text_shows() {
        assert_eq!(typed("7"), Value::Int(7));
        assert_eq!(typed("-7"), Value::Int(-7));
        assert_eq!(typed("0.5"), Value::Float(0.5));
        assert_eq!(typed("true"), Value::Bool(true));
        assert!(matches!(typed("2013-01-31"), Value::Date(_)));
        assert!(matches!(typed("2013-01-31T06:00:00"), Value::Datetime(_)));
        for text in ["", "UA", "007", "nan", "inf", "2013-02-31", "1 OR 1", "it's"] {
            assert_eq!(typed(text), Value::String(text.to_owned()), "{text}");
        }
    }
}
