use super::{ParamType, Value};

/// A parameter that was typed without a type: the narrowest that its text fits.
///
/// # Errors
/// What looks like a date and is none: as a text it would fail inside the query, at a line that is right.
pub fn guessed(text: &str) -> Result<Value, String> {
    // `007` is a code, and `nan` or `inf` are words.
    let digits = text.strip_prefix('-').unwrap_or(text);
    let number = digits.starts_with(|first: char| first.is_ascii_digit())
        && !(digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0."));
    let kinds: &[ParamType] = match number {
        true => &[ParamType::Int, ParamType::Float, ParamType::Date, ParamType::Datetime],
        false => &[ParamType::Bool, ParamType::Date, ParamType::Datetime],
    };
    if let Some(value) = kinds.iter().find_map(|kind| kind.parse(text).ok()) {
        return Ok(value);
    }
    match text.split_once(['T', ' ']) {
        Some((date, time)) if dated(date) && time.starts_with(|first: char| first.is_ascii_digit()) => {
            ParamType::Datetime.parse(text)
        }
        None if dated(text) => ParamType::Date.parse(text),
        _ => Ok(Value::String(text.to_owned())),
    }
}

/// Year, month and day in digits, whatever they say.
fn dated(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let digits = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.len() == 3
        && parts.iter().all(digits)
        && parts[0].len() == 4
        && parts[1..].iter().all(|part| part.len() <= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_has_the_type_that_its_text_shows() {
        let of = |text: &str| guessed(text).unwrap();
        assert_eq!(of("7"), Value::Int(7));
        assert_eq!(of("-7"), Value::Int(-7));
        assert_eq!(of("0.5"), Value::Float(0.5));
        assert_eq!(of("true"), Value::Bool(true));
        assert!(matches!(of("2013-01-31"), Value::Date(_)));
        assert!(matches!(of("2013-01-31T06:00:00"), Value::Datetime(_)));
        for text in ["", "UA", "007", "nan", "inf", "555-01-31", "1 OR 1", "it's", "2013-01-31 or so"] {
            assert_eq!(of(text), Value::String(text.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_looks_like_a_date_is_one() {
        assert_eq!(guessed("2013-02-30").unwrap_err(), "`2013-02-30` is not a date such as 2013-01-31");
        for text in ["2013-2-3", "2013-02-30T06:00:00", "2013-02-03 25:00:00"] {
            assert!(guessed(text).is_err(), "{text}");
        }
    }
}
