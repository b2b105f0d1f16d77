//! What can be told of a workflow without running it. One check a file; each says in one sentence what it looks at.

mod duplicate_flow;
mod failure_points;
mod images;
mod inputs;
mod monitors;
mod owners;
mod resources;
mod secrets;
mod specs;
mod subject;

pub use subject::{History, MeasuredStep, Places, Subject, Trace, TraceKind};

use crate::domain::track::Check;

/// A check, by its id and what it makes sure of.
type Named = (&'static str, &'static str, fn(&Subject<'_>, Check) -> Check);

/// The check that takes a second run.
pub const TWICE: (&str, &str) = ("idempotent", "Two runs with the same parameters make the same");

/// In the order in which they are told.
const ALL: [Named; 7] = [
    ("inputs-known", "What is read is made by somebody", inputs::check),
    ("duplicate-flow", "No other workflow makes the same", duplicate_flow::check),
    ("owners", "Each side has an owner", owners::check),
    ("monitors", "Somebody is told when it goes wrong", monitors::check),
    ("images-pinned", "Images are pinned by digest", images::check),
    ("resources", "Resource requests are set and near what was measured", resources::check),
    ("points-of-failure", "It survives a bad day", failure_points::check),
];

/// The ids of those without which a package cannot be approved: these, and what its own run tells. What no run on this
/// machine can tell is none of them, nor what only a second one can.
pub fn required() -> Vec<String> {
    let named = ALL.into_iter().map(|(id, ..)| id);
    std::iter::once("specs-valid")
        .chain(named)
        .chain(["secrets-absent", "expectations"])
        .map(str::to_owned)
        .collect()
}

/// Those that go by the specs alone: they say the same on every machine.
pub fn of_specs(subject: &Subject<'_>) -> Vec<Check> {
    let told = ALL.into_iter().filter(|(id, ..)| BY_SPECS.contains(id));
    told.map(|(id, title, check)| check(subject, Check::passed(id, title))).collect()
}

const BY_SPECS: [&str; 4] = ["duplicate-flow", "owners", "monitors", "images-pinned"];

/// All of them. Those that have nothing to look at say so.
pub fn all(subject: &Subject<'_>) -> Vec<Check> {
    let mut checks = vec![specs::check(subject, Check::passed("specs-valid", "The specs are valid"))];
    checks.extend(ALL.into_iter().map(|(id, title, check)| match subject.asked.is_empty() {
        true => Check::not_checked(id, title, "there is no workflow or blueprint without errors", ""),
        false => check(subject, Check::passed(id, title)),
    }));
    let secrets = Check::passed("secrets-absent", "No secret in specs, logs and artifacts");
    checks.push(secrets::check(subject, secrets));
    checks.push(not_twice(
        "it takes a second run, and these checks run nothing",
        "greenroom package makes one, unless it is told --once",
    ));
    checks
}

/// Whether two runs make the same, where there is no second one.
pub fn not_twice(why: &str, help: &str) -> Check {
    Check::not_checked(TWICE.0, TWICE.1, why, help)
}
