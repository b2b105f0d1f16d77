use std::path::Path;

use serde_json::Value;

/// Metrics are figures, not data.
pub(super) const LARGEST: u64 = 16 * 1024 * 1024;

/// One JSON object of name → number or list of points, or JSON Lines of objects that hold numbers (and texts to tell
/// them apart, such as the name of a fold). A point is a number, a list of numbers, or an object of numbers.
pub(super) fn check(path: &Path) -> Result<(), String> {
    let bytes = fs_err::metadata(path).map_err(|error| error.to_string())?.len();
    if bytes > LARGEST {
        return Err(format!("it has {bytes} bytes; a metrics file has at most {LARGEST}"));
    }
    let text = fs_err::read_to_string(path).map_err(|_| "it is not text in UTF-8".to_owned())?;
    match serde_json::from_str(&text) {
        Ok(Value::Object(metrics)) => metrics.iter().try_for_each(|(name, value)| match value {
            Value::Number(_) => Ok(()),
            Value::Array(points) if points.iter().all(is_point) => Ok(()),
            other => Err(format!("metric `{name}` is {}, not a number or a list of points", kind(other))),
        }),
        Ok(other) => Err(format!("it is {}, not a JSON object of name → number", kind(&other))),
        Err(_) => match text.lines().enumerate().find_map(|(at, line)| Some((at + 1, no_number(line)?))) {
            Some((line, word)) => {
                Err(format!("line {line}: `{word}` is no JSON number: leave out what has no value"))
            }
            None => text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).try_for_each(line),
        },
    }
    .and_then(|()| if text.trim().is_empty() { Err("it is empty".to_owned()) } else { Ok(()) })
}

/// What languages write for a number that is none, outside of texts.
fn no_number(line: &str) -> Option<&str> {
    let (mut quoted, mut escaped, mut start) = (false, false, None);
    for (at, c) in line.char_indices().chain([(line.len(), ' ')]) {
        if quoted {
            quoted = escaped || c != '"';
            escaped = c == '\\' && !escaped;
            continue;
        }
        if c.is_alphanumeric() || "-+._".contains(c) {
            start.get_or_insert(at);
            continue;
        }
        if let Some(word) = start.take().map(|start| &line[start..at])
            && matches!(
                word.trim_start_matches(['-', '+']).to_lowercase().as_str(),
                "nan" | "inf" | "infinity"
            )
        {
            return Some(word);
        }
        quoted = c == '"';
    }
    None
}

fn line((number, text): (usize, &str)) -> Result<(), String> {
    let number = number + 1;
    let fields = match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => fields,
        Ok(other) => return Err(format!("line {number} is {}, not a JSON object", kind(&other))),
        Err(error) => return Err(format!("line {number} is not JSON: {error}")),
    };
    match fields.iter().find(|(_, value)| !value.is_number() && !value.is_string()) {
        Some((name, value)) => Err(format!("line {number}: `{name}` is {}, not a number", kind(value))),
        None => Ok(()),
    }
}

fn is_point(value: &Value) -> bool {
    match value {
        Value::Number(_) => true,
        Value::Array(numbers) => numbers.iter().all(Value::is_number),
        Value::Object(fields) => fields.values().all(Value::is_number),
        _ => false,
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a bool",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(text: &str) -> Result<(), String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs_err::write(file.path(), text).unwrap();
        check(file.path())
    }

    #[test]
    fn numbers_points_and_lines_are_metrics() {
        for good in [
            r#"{"auc": 0.9, "loss": [1, [2, 0.5], {"step": 3, "value": 0.4}]}"#,
            "{\"step\": 1, \"loss\": 0.5}\n\n{\"step\": 2, \"fold\": \"a\"}\n",
        ] {
            assert_eq!(checked(good), Ok(()), "{good}");
        }
        for (text, why) in [
            ("", "empty"),
            ("[1]", "a list"),
            (r#"{"auc": "high"}"#, "`auc` is a string"),
            (r#"{"auc": NaN}"#, "`NaN` is no JSON number"),
            ("{\n  \"auc\": 0.5,\n  \"loss\": [1, -Infinity]\n}", "line 3: `-Infinity` is no JSON number"),
            ("{\"a\": 1}\n{\"b\": nan}\n", "line 2: `nan` is no JSON number"),
            ("{\"auc\": x, \"name\": \"NaN: none\"}", "line 1 is not JSON"),
            ("{\"a\": 1}\n{\"b\": null}", "line 2: `b` is null"),
        ] {
            assert!(checked(text).unwrap_err().contains(why), "{text}");
        }
    }
}
