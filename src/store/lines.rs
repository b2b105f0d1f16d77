//! JSON Lines of figures, and the texts that tell them apart.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use crate::domain::apart::{is_key, label};
use crate::domain::counters::place_of;

/// Texts of one key that tell lines apart, and letters of each.
const MOST_APART: usize = 50;
const LONGEST: usize = 40;
/// Lines that each of these texts has, on average, and where the lines' counts come again.
const OF_EACH: usize = 3;
const OF_EACH_COUNTED: usize = 2;

/// What a line is counted by.
pub(super) fn place_in(line: &Map<String, Value>) -> Option<&'static str> {
    place_of(|name| line.get(name).is_some_and(Value::is_number))
}

/// What stands behind the names of a line's figures; `telling`: in order.
pub(super) fn label_of(line: &Map<String, Value>, telling: &[String]) -> String {
    let texts = telling.iter().filter_map(|key| Some((key, line.get(key)?.as_str()?)));
    texts.map(|(key, text)| label(key, text)).collect()
}

/// Under one key of all lines.
#[derive(Default)]
struct Texts {
    different: HashSet<String>,
    lines: usize,
}

/// Keys, in order, of the texts that tell one history from another, such as the name of a fold: short, no times, and each in
/// several lines; or in every line, and no more of them than lines that stand at one place.
pub(super) fn telling(lines: impl Iterator<Item = Map<String, Value>>) -> Vec<String> {
    let mut keys: HashMap<String, Texts> = HashMap::new();
    // Lines that have the same count, or none.
    let (mut count, mut places): (usize, HashMap<Option<u64>, usize>) = Default::default();
    for line in lines {
        count += 1;
        let place = place_in(&line).and_then(|name| line[name].as_f64());
        *places.entry(place.map(f64::to_bits)).or_default() += 1;
        for (key, value) in &line {
            let Some(text) = value.as_str() else { continue };
            let known = keys.entry(key.clone()).or_default();
            known.lines += 1;
            if known.different.len() <= MOST_APART {
                known.different.insert(text.chars().take(LONGEST + 1).collect());
            }
        }
    }
    let again = places.iter().any(|(place, lines)| place.is_some() && *lines > 1);
    let of_each = if again { OF_EACH_COUNTED } else { OF_EACH };
    let together = places.into_values().max().unwrap_or_default();
    let tells = |(key, texts): &(String, Texts)| {
        let all = texts.different.len();
        is_key(key)
            && (2..=MOST_APART).contains(&all)
            && (all * of_each <= count || texts.lines == count && all <= together)
            && texts.different.iter().all(|text| text.chars().count() <= LONGEST && !is_time(text))
    };
    let mut telling: Vec<String> = keys.into_iter().filter(tells).map(|(key, _)| key).collect();
    telling.sort();
    telling
}

/// `19:10:06`, `2026-01-02`.
fn is_time(text: &str) -> bool {
    let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    text.as_bytes().windows(4).any(|four| four[1] == b':' && digits(&four[..1]) && digits(&four[2..]))
        || text
            .as_bytes()
            .windows(7)
            .any(|seven| matches!(seven[4], b'-' | b'/' | b'.') && digits(&seven[..4]) && digits(&seven[5..]))
}

#[cfg(test)]
mod tests {
    use super::super::metrics::object;
    use super::*;

    fn told(text: &str) -> Vec<String> {
        telling(text.lines().map(|line| object(line).ok().unwrap()))
    }

    #[test]
    fn texts_tell_lines_apart_that_would_be_one_history() {
        // Of several, each at the same place.
        let folds = "{\"epoch\": 2, \"fold\": \"a\"}\n{\"epoch\": 2, \"fold\": \"b\"}\n";
        assert_eq!(told(folds), ["fold"]);
        let both = "{\"fold\": \"a\", \"part\": \"x\"}\n{\"fold\": \"a\", \"part\": \"y\"}\n\
                    {\"part\": \"x\", \"fold\": \"b\"}\n{\"fold\": \"b\", \"part\": \"y\"}\n";
        assert_eq!(told(both), ["fold", "part"]);
        let line = object(both.lines().nth(2).unwrap()).ok().unwrap();
        assert_eq!(label_of(&line, &told(both)), " fold=b part=x");
        // One that all have tells nothing, nor do notes along the way, also where somebody went it twice.
        assert!(told(&"{\"epoch\": 1, \"model\": \"gbm\"}\n".repeat(4)).is_empty());
        let noted = |at: usize| format!("{{\"epoch\": {}, \"note\": \"n{at}\"}}\n", at % 3);
        assert!(told(&(0..3).map(noted).collect::<String>()).is_empty());
        assert!(told(&(0..6).map(noted).collect::<String>()).is_empty());
    }
}
