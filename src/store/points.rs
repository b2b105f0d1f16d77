//! Points of a list that are objects: what they are counted by, and which of their numbers are values.

use indexmap::IndexSet;
use serde_json::{Map, Value};

use crate::domain::counters::{is_place_in_time, place_of};

type Point = Map<String, Value>;

/// The keys under which a list's points have their values: `value`, else all that they are not counted by; of those that
/// nothing counts, the second of two.
pub(super) fn keys_in(points: &[Value]) -> Vec<&str> {
    if let Some(second) = second_of_two(points) {
        return vec![second];
    }
    let objects = || points.iter().filter_map(Value::as_object);
    if objects().any(has_value) {
        return vec![VALUE];
    }
    objects().flat_map(values_of).collect::<IndexSet<&str>>().into_iter().collect()
}

/// What the history is called that a list has under one of its keys.
pub(super) fn called(name: &str, key: &str, keys: &[&str]) -> String {
    if keys.len() > 1 { format!("{name}.{key}") } else { name.to_owned() }
}

/// What the value under a key is drawn over.
pub(super) fn place_beside<'a>(point: &'a Point, key: &str) -> Option<&'a str> {
    let place = place_of(|name| name != key && point.contains_key(name));
    let beside = || point.keys().map(String::as_str).filter(move |name| *name != key);
    // What stands alone beside a value is its place.
    let alone = || beside().next().filter(|_| beside().nth(1).is_none());
    place.or_else(|| beside().find(|name| is_place_in_time(name))).or_else(alone)
}

/// The first point, from 1, of which nobody can tell which of its numbers is the value.
pub(super) fn without_value(points: &[Value]) -> Option<usize> {
    if second_of_two(points).is_some() {
        return None;
    }
    let keys = keys_in(points);
    let lacks = |point: &Value| {
        let point = point.as_object();
        point.is_some_and(
            |point| if keys == [VALUE] { !has_value(point) } else { values_of(point).is_empty() },
        )
    };
    points.iter().position(lacks).map(|at| at + 1)
}

/// Of points that have the same two numbers, of which neither is named as a count or a value, such as those of a
/// calibration: what is drawn over the other.
fn second_of_two(points: &[Value]) -> Option<&str> {
    let keys: Vec<&str> = points.first()?.as_object()?.keys().map(String::as_str).collect();
    let [first, second] = keys[..] else { return None };
    let is_named =
        |name: &str| name == VALUE || is_place_in_time(name) || place_of(|one| one == name).is_some();
    let has_both =
        |point: &Point| point.len() == 2 && point.contains_key(first) && point.contains_key(second);
    let same = points.iter().all(|point| point.as_object().is_some_and(has_both));
    (same && !is_named(first) && !is_named(second)).then_some(second)
}

const VALUE: &str = "value";

fn has_value(point: &Point) -> bool {
    point.contains_key(VALUE)
}

/// Of one that is counted all others, but for the times at which they were; else the only one.
fn values_of(point: &Point) -> Vec<&str> {
    let names = || point.keys().map(String::as_str);
    let place =
        place_of(|name| point.contains_key(name)).or_else(|| names().find(|name| is_place_in_time(name)));
    let beside: Vec<&str> = names().filter(|name| Some(*name) != place).collect();
    if place.is_none() && beside.len() > 1 {
        return Vec::new();
    }
    let timeless: Vec<&str> = beside.iter().copied().filter(|name| !is_place_in_time(name)).collect();
    if timeless.is_empty() { beside } else { timeless }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_beside_the_count_is_the_value() {
        let keys = |text: &str| {
            let points: Vec<Value> = serde_json::from_str(text).unwrap();
            (keys_in(&points).join(" "), without_value(&points))
        };
        for (text, expected, lacks) in [
            (r#"[{"step": 0, "loss": 1}, {"step": 1, "loss": 0.9}]"#, "loss", None),
            (r#"[{"epoch": 0, "seconds": 3, "a": 1}, {"epoch": 1, "a": 2, "b": 3}]"#, "a b", None),
            (r#"[{"epoch": 0, "seconds": 3}]"#, "seconds", None),
            (r#"[{"predicted": 0.1, "value": 0.2, "n": 3}, 4]"#, "value", None),
            (r#"[{"loss": 0.5}, {"loss": null}]"#, "loss", None),
            (r#"[1, [2, 3]]"#, "", None),
            (
                r#"[{"predicted": 0.1, "observed": 0.2}, {"observed": 0.3, "predicted": 0.4}]"#,
                "observed",
                None,
            ),
            (r#"[{"bin": 1, "rate": 0.2}]"#, "rate", None),
            (r#"[{"predicted": 0.1, "observed": 0.2}, {"predicted": 0.4, "rate": 0.3}]"#, "", Some(1)),
            (r#"[{"predicted": 0.1, "observed": 0.2, "rate": 0.3}]"#, "", Some(1)),
            (r#"[{"step": 1, "value": 2}, {"step": 2, "loss": 1}]"#, "value", Some(2)),
            (r#"[1, {"step": 2}]"#, "", Some(2)),
            (r#"[{}]"#, "", Some(1)),
        ] {
            assert_eq!(keys(text), (expected.to_owned(), lacks), "{text}");
        }
    }
}
