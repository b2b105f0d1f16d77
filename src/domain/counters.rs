//! Numbers that tell how far something went or how much there was, and nothing of how good it is.

use super::apart::stem;

/// By which points that follow each other are counted; of several the first.
const PLACES: [&str; 6] = ["step", "epoch", "iteration", "round", "tree", "batch"];
const TIMES: [&str; 6] = ["time", "ts", "timestamp", "date", "day", "seconds"];
/// What no list of points of one thing is counted by, but a drawing may be.
const AXES: [&str; 2] = ["x", "n"];
const AMOUNTS: [&str; 11] =
    ["row", "sample", "example", "record", "count", "item", "document", "token", "support", "total", "size"];
/// In which something else than goodness is told: of memory, and of time.
const UNITS: [&str; 12] =
    ["bytes", "kb", "mb", "gb", "kib", "mib", "gib", "ms", "sec", "secs", "min", "minutes"];
/// Before what is counted.
const NUMBER_OF: [&str; 3] = ["n", "num", "number"];
/// They make something else of what they stand before: a loss by epoch is no epoch.
const RELATIONS: [&str; 5] = ["per", "by", "at", "of", "in"];

/// A list of such points tells what came one after the other.
pub fn is_place_in_time(name: &str) -> bool {
    PLACES.contains(&name) || TIMES.contains(&name)
}

/// What a point is drawn over, of what it has.
pub fn place_of(has: impl Fn(&str) -> bool) -> Option<&'static str> {
    PLACES.into_iter().chain(AXES).find(|name| has(name))
}

/// As far as its name tells: `train.fit.trees`, `rows`, `n_flights`, `late_count`.
pub fn only_counts(figure: &str) -> bool {
    let figure = stem(figure);
    let name = figure.rsplit('.').next().unwrap_or(figure).to_ascii_lowercase();
    let words: Vec<&str> = name.split(['_', '-']).collect();
    let is_counter = |word: &str| {
        let is_one = |word: &str| is_place_in_time(word) || AMOUNTS.contains(&word) || UNITS.contains(&word);
        let singular = [word.strip_suffix('s'), word.strip_suffix("es")];
        is_one(word) || singular.into_iter().flatten().any(is_one)
    };
    match words.as_slice() {
        // The least of something.
        ["min"] => false,
        [first, _, ..] if NUMBER_OF.contains(first) => true,
        [.., last] => is_counter(last) && !words.iter().any(|word| RELATIONS.contains(word)),
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_counts_is_told_by_its_name() {
        for name in [
            "epoch",
            "train.fit.trees",
            "tree",
            "rows",
            "test_rows",
            "evaluate.metrics.Rows",
            "n_flights",
            "late_count",
            "batches",
            "best_iteration",
            "fit_seconds",
            "num_leaves",
            "items",
            "support",
            "total",
            "memory_mb",
            "iterations",
            "took_ms",
            "train.fit.rows share=0.5",
        ] {
            assert!(only_counts(name), "{name}");
        }
        for name in [
            "auc",
            "n",
            "loss_per_batch",
            "error_by_row",
            "leaves",
            "counted",
            "steepness",
            "accuracy_at_step",
            "min",
            "supported",
            "loss part=rows",
            "",
        ] {
            assert!(!only_counts(name), "{name}");
        }
    }
}
