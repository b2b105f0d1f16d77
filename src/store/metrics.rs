use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;

use serde_json::{Map, Value};

use super::points::without_value;
use crate::domain::text::truncate;

/// Metrics are figures, not data.
pub(super) const LARGEST: u64 = 16 * 1024 * 1024;

/// Lines that are named of those that have something which is no number, and what stands there.
const NAMED: usize = 3;
/// Columns of what stands there.
const WORD: usize = 20;
/// A point as any reads it.
const EXAMPLE: &str = r#"{"step": 1, "value": 0.5}"#;

/// One JSON object of name → number or list of points, or JSON Lines of objects that hold numbers (and texts to tell
/// them apart, such as the name of a fold). A point is a number, a list of numbers, or an object of numbers of
/// which one is its value: what is called `value`, or stands beside its count, or is the second of two in every point.
/// What a number came to that is none (NaN, Infinity, null, one beyond what a computer counts to) is absent: it loses
/// nothing else.
pub(super) fn check(path: &Path) -> Result<(), String> {
    let text = read(path)?;
    // Of JSON Lines that have only begun, one is there: as every other, it may hold texts.
    let begun = path.extension().is_some_and(|kind| kind == "jsonl") && text.trim().lines().count() == 1;
    match object(&text) {
        Ok(metrics) => metrics.iter().try_for_each(|(name, value)| match value {
            Value::Number(_) | Value::Null => Ok(()),
            Value::String(_) if begun => Ok(()),
            Value::Array(points) => match points.iter().find_map(none_of_point) {
                None => match without_value(points) {
                    None => Ok(()),
                    Some(at) => Err(format!(
                        "metric `{name}`: nobody can tell which number of point {at} is its value: write {EXAMPLE}"
                    )),
                },
                Some(wrong) => {
                    Err(format!("metric `{name}` has {} among its points{}", kind(wrong), mend(wrong)))
                }
            },
            other => {
                let (what, mend) = (kind(other), mend(other));
                Err(format!("metric `{name}` is {what}, not a number or a list of points{mend}"))
            }
        }),
        Err(NoObject::Other(other)) => Err(format!("it is {other}, not a JSON object of name → number")),
        Err(NoObject::NoJson(error)) => match begins_with_a_line(&text) {
            true => text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).try_for_each(line),
            false => Err(no_json("it", &text, &error)),
        },
    }
    .and_then(|()| if text.trim().is_empty() { Err("it is empty".to_owned()) } else { Ok(()) })
}

/// JSON Lines, however they go on; an object that spans lines begins with half a one.
fn begins_with_a_line(text: &str) -> bool {
    let first = text.lines().find(|line| !line.trim().is_empty());
    first.is_none_or(|line| !matches!(object(line), Err(NoObject::NoJson(_))))
}

/// `line 1 is not JSON: …`; of what Python writes, what to write instead.
fn no_json(what: &str, text: &str, error: &serde_json::Error) -> String {
    let line = text.lines().nth(error.line().saturating_sub(1)).unwrap_or_default();
    let behind = line.get(error.column().saturating_sub(1)..).unwrap_or_default();
    let word = [("True", 1), ("False", 0)].into_iter().find(|(word, _)| behind.starts_with(word));
    match word {
        Some((word, number)) => format!("{what} is not JSON: {error}: `{word}` is Python's, write {number}"),
        None => format!("{what} is not JSON: {error}"),
    }
}

/// What of a file that is as it should be counts as absent, for people; None: nothing.
pub(super) fn absent(path: &Path) -> Option<String> {
    let text = read(path).ok()?;
    let (mut lines, mut words) = (Vec::new(), Vec::new());
    for (at, line) in (1..).zip(text.lines()) {
        for place in no_numbers(line) {
            let word = format!("`{}`", truncate(line.get(place).unwrap_or_default(), WORD));
            if !words.contains(&word) {
                words.push(word);
            }
            lines.push(at.to_string());
        }
    }
    lines.dedup();
    if lines.is_empty() {
        return None;
    }
    let line = if lines.len() == 1 { "line" } else { "lines" };
    let is = if words.len() == 1 { "is no number: it counts" } else { "are no numbers: they count" };
    Some(format!("{} in {line} {} {is} as absent", first(&words), first(&lines)))
}

/// The first few of them, and how many more there are.
fn first(all: &[String]) -> String {
    let told = all.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match all.len().saturating_sub(NAMED) {
        0 => told,
        more => format!("{told} and {more} more"),
    }
}

fn read(path: &Path) -> Result<String, String> {
    let bytes = fs_err::metadata(path).map_err(|error| error.to_string())?.len();
    if bytes > LARGEST {
        return Err(format!("it has {bytes} bytes; a metrics file has at most {LARGEST}"));
    }
    fs_err::read_to_string(path).map_err(|_| "it is not text in UTF-8".to_owned())
}

pub(super) enum NoObject {
    /// It is JSON, but a list or the like.
    Other(&'static str),
    NoJson(serde_json::Error),
}

/// A JSON object, in which numbers that are none may stand as any language writes them: they are null.
pub(super) fn object(text: &str) -> Result<Map<String, Value>, NoObject> {
    let read = serde_json::from_str(text).or_else(|error| match with_nulls(text) {
        Cow::Borrowed(_) => Err(error),
        Cow::Owned(text) => serde_json::from_str(&text),
    });
    match read {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(other) => Err(NoObject::Other(kind(&other))),
        Err(error) => Err(NoObject::NoJson(error)),
    }
}

fn with_nulls(text: &str) -> Cow<'_, str> {
    let (mut plain, mut taken, mut start) = (String::new(), 0, 0);
    for line in text.split_inclusive('\n') {
        for word in no_numbers(line) {
            plain += &text[taken..start + word.start];
            plain += "null";
            taken = start + word.end;
        }
        start += line.len();
    }
    if taken == 0 { Cow::Borrowed(text) } else { Cow::Owned(plain + &text[taken..]) }
}

/// Where a line has, outside of texts, what languages write for a number that is none, or one too large to be any.
fn no_numbers(line: &str) -> impl Iterator<Item = Range<usize>> {
    let (mut quoted, mut escaped, mut start) = (false, false, None);
    line.char_indices().chain([(line.len(), ' ')]).filter_map(move |(at, c)| {
        if quoted {
            quoted = escaped || c != '"';
            escaped = c == '\\' && !escaped;
            return None;
        }
        if c.is_alphanumeric() || "-+._".contains(c) {
            start.get_or_insert(at);
            return None;
        }
        quoted = c == '"';
        let word = start.take()?..at;
        let plain = line[word.clone()].trim_start_matches(['-', '+']).to_lowercase();
        // `1e999`: more than there are numbers for.
        let too_large = || plain.parse::<f64>().is_ok_and(f64::is_infinite);
        (matches!(plain.as_str(), "nan" | "inf" | "infinity" | "null") || too_large()).then_some(word)
    })
}

fn line((number, text): (usize, &str)) -> Result<(), String> {
    let number = number + 1;
    let fields = match object(text) {
        Ok(fields) => fields,
        Err(NoObject::Other(other)) => return Err(format!("line {number} is {other}, not a JSON object")),
        Err(NoObject::NoJson(error)) => return Err(no_json(&format!("line {number}"), text, &error)),
    };
    match fields.iter().find(|(_, value)| !is_number(value) && !value.is_string()) {
        Some((name, value)) => {
            Err(format!("line {number}: `{name}` is {}, not a number{}", kind(value), mend(value)))
        }
        None => Ok(()),
    }
}

fn is_number(value: &Value) -> bool {
    value.is_number() || value.is_null()
}

/// What in a point is no number.
fn none_of_point(point: &Value) -> Option<&Value> {
    let is_none = |value: &&Value| !is_number(value);
    match point {
        Value::Array(numbers) => numbers.iter().find(is_none),
        Value::Object(fields) => fields.values().find(is_none),
        plain => Some(plain).filter(is_none),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(true) => "`true`",
        Value::Bool(false) => "`false`",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// What to write instead.
fn mend(value: &Value) -> &'static str {
    match value {
        Value::Bool(true) => ": write 1",
        Value::Bool(false) => ": write 0",
        _ => "",
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
            r#"{"calibration": [{"predicted": 0.04, "observed": 0.16}, {"predicted": 0.5, "observed": 0.4}]}"#,
            "{\"step\": 1, \"loss\": 0.5}\n\n{\"step\": 2, \"fold\": \"a\"}\n",
        ] {
            assert_eq!(checked(good), Ok(()), "{good}");
        }
        for (text, why) in [
            ("", "empty"),
            ("[1]", "a list"),
            (r#"{"auc": "high"}"#, "`auc` is a string"),
            ("{\"auc\": x, \"name\": \"NaN: none\"}", "it is not JSON"),
            ("true", "it is `true`, not a JSON object of name → number"),
            ("{\"ok\": false}", "metric `ok` is `false`, not a number or a list of points: write 0"),
            ("{\"ok\": [1, {\"at\": true}]}", "metric `ok` has `true` among its points: write 1"),
            (
                r#"{"loss": [{"fit": 1, "val": 2, "test": 3}]}"#,
                r#"metric `loss`: nobody can tell which number of point 1 is its value: write {"step": 1, "value": 0.5}"#,
            ),
            ("{\"a\": 1}\n{\"ok\": true}", "line 2: `ok` is `true`, not a number: write 1"),
            ("{\n  \"auc\": 0.5,\n  \"ok\": True\n}", "at line 3 column 9: `True` is Python's, write 1"),
            ("{\"a\": 1}\n{\"ok\": False}", "line 2 is not JSON: "),
            ("{\"a\": 1}\n{\"ok\": False}", "`False` is Python's, write 0"),
        ] {
            assert!(checked(text).unwrap_err().contains(why), "{text}");
        }
    }

    #[test]
    fn json_lines_that_have_only_begun_are_lines() {
        let dir = tempfile::tempdir().unwrap();
        let checked = |name: &str, text: &str| {
            fs_err::write(dir.path().join(name), text).unwrap();
            check(&dir.path().join(name))
        };
        let line = "{\"epoch\": 1, \"loss\": 0.3, \"note\": \"x\"}\n";
        assert_eq!(checked("m.jsonl", line), Ok(()));
        assert_eq!(checked("m.jsonl", &line.repeat(2)), Ok(()));
        assert_eq!(checked("m.jsonl", "{\"loss\": [1, 2]}\n"), Ok(()));
        assert_eq!(
            checked("m.json", line).unwrap_err(),
            "metric `note` is a string, not a number or a list of points"
        );
        assert_eq!(
            checked("m.jsonl", "{\"a\": true}\n").unwrap_err(),
            "metric `a` is `true`, not a number or a list of points: write 1"
        );
    }

    #[test]
    fn what_is_no_number_is_absent_and_loses_nothing_else() {
        let told = |text: &str| {
            let file = tempfile::NamedTempFile::new().unwrap();
            fs_err::write(file.path(), text).unwrap();
            assert_eq!(check(file.path()), Ok(()), "{text}");
            absent(file.path())
        };
        let one =
            |word: &str, lines: &str| Some(format!("`{word}` in {lines} is no number: it counts as absent"));
        for (text, expected) in [
            (r#"{"auc": 0.5, "name_of": [1, 2]}"#, None),
            (r#"{"auc": NaN}"#, one("NaN", "line 1")),
            ("{\n  \"auc\": 0.5,\n  \"loss\": [1, -Infinity]\n}", one("-Infinity", "line 3")),
            ("{\"a\": 1}\n{\"b\": nan}\n{\"b\": 2, \"c\": nan}\n", one("nan", "lines 2, 3")),
            ("{\"a\": null}\n{\"b\": 1, \"fold\": \"NaN: \\\" NaN\"}", one("null", "line 1")),
            ("{\"a\": 1, \"b\": 1e999}", one("1e999", "line 1")),
            ("{\"a\": 1, \"b\": -1E+400}\n{\"fold\": \"1e999\"}", one("-1E+400", "line 1")),
            (&format!("{{\"a\": 1{}}}", "0".repeat(400)), one("1000000000000000000…", "line 1")),
            ("{\"a\": 1e-999, \"b\": 1e308}", None),
            (
                "{\"a\": NaN, \"b\": null,\n \"c\": Infinity}",
                Some(
                    "`NaN`, `null`, `Infinity` in lines 1, 2 are no numbers: they count as absent".to_owned(),
                ),
            ),
            (&"{\"a\": NaN}\n".repeat(5), one("NaN", "lines 1, 2, 3 and 2 more")),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
        let found = object("{\"ä\": [NaN, 1, {\"value\": -inf}], \"x\": \"nan\"}").ok().unwrap();
        assert_eq!(Value::Object(found), serde_json::json!({"ä": [null, 1, {"value": null}], "x": "nan"}));
    }
}
