use super::{OutlineLine, OutlinePart, Tone};
use crate::domain::compare::amounts::from_to;
use crate::domain::compare::{Change, Comparison, StepDifference, StepOutcome};
use crate::domain::figures::{counted, number, seconds, size};
use crate::domain::text::{pad, safe, truncate, width};
use crate::domain::{DiffLine, FileDiff, Status};

/// Columns of a name.
const WIDEST: usize = 28;
/// A step that took so many times as long, and so much longer, is told of.
const SLOWER: f64 = 1.5;
const NOTED: f64 = 1.0;
/// So many files that no step reads are told by their names.
const NAMED: usize = 3;

pub(super) fn metrics(comparison: &Comparison, all: bool) -> Option<OutlinePart> {
    let told = |metric: &Change<f64>| match (metric.old, metric.new) {
        (Some(old), Some(new)) if old == new => number(new),
        (Some(old), Some(new)) => from_to(old, new),
        (old, new) => {
            let shown = |figure: Option<f64>| figure.map_or_else(|| "none".to_owned(), number);
            format!("{} → {}", shown(old), shown(new))
        }
    };
    listed("metrics", &comparison.metrics, told, all)
}

pub(super) fn params(comparison: &Comparison, all: bool) -> Option<OutlinePart> {
    listed("parameters", &comparison.params, Change::told, all)
}

pub(super) fn images(comparison: &Comparison, all: bool) -> Option<OutlinePart> {
    listed("images", &comparison.images, Change::told, all)
}

fn listed<T: PartialEq>(
    title: &str,
    changes: &[Change<T>],
    told: impl Fn(&Change<T>) -> String,
    all: bool,
) -> Option<OutlinePart> {
    let differing = changes.iter().filter(|change| !change.is_same()).count();
    let shown: Vec<&Change<T>> = changes.iter().filter(|change| all || !change.is_same()).collect();
    let names = columns(shown.iter().map(|change| change.name.as_str()));
    let line = |change: &&Change<T>| named(&change.name, names).with(tone(change), told(change));
    OutlinePart::new(title, of(differing, changes.len()), shown.iter().map(line).collect())
}

fn of(differing: usize, all: usize) -> String {
    match differing {
        0 => "the same".to_owned(),
        _ if differing == all => format!("{differing} differ{}", if differing == 1 { "s" } else { "" }),
        _ => format!("{differing} of {all} differ{}", if differing == 1 { "s" } else { "" }),
    }
}

fn tone<T: PartialEq>(change: &Change<T>) -> Tone {
    match (&change.old, &change.new) {
        (Some(_), None) => Tone::Gone,
        (None, Some(_)) => Tone::Come,
        _ if change.is_same() => Tone::Dim,
        _ => Tone::Differs,
    }
}

fn named(name: &str, columns: usize) -> OutlineLine {
    OutlineLine::of(Tone::Name, pad(&truncate(&safe(name), columns), columns)).with(Tone::Plain, "  ")
}

fn columns<'a>(names: impl Iterator<Item = &'a str>) -> usize {
    names.map(|name| width(&safe(name))).max().unwrap_or(0).min(WIDEST)
}

/// What steps were told otherwise.
pub(super) fn spec(comparison: &Comparison, all: bool) -> Option<OutlinePart> {
    of_steps("spec", comparison, all, |step| step.spec.iter().collect())
}

/// What steps have read otherwise. What others made otherwise is told where those are.
pub(super) fn inputs(comparison: &Comparison, all: bool) -> Option<OutlinePart> {
    of_steps("inputs", comparison, all, |step| {
        let given = step.inputs.iter().filter(|_| all);
        given.chain(&step.reads).collect()
    })
}

fn of_steps(
    title: &str,
    comparison: &Comparison,
    all: bool,
    changes: impl Fn(&StepDifference) -> Vec<&Change<String>>,
) -> Option<OutlinePart> {
    let named_change = |step: &StepDifference, change: &Change<String>| {
        (format!("{}.{}", step.title, change.name), change.clone())
    };
    let shown: Vec<(String, Change<String>)> = comparison
        .steps
        .iter()
        .flat_map(|step| {
            changes(step).into_iter().map(|change| named_change(step, change)).collect::<Vec<_>>()
        })
        .filter(|(_, change)| all || !change.is_same())
        .collect();
    let names = columns(shown.iter().map(|(name, _)| name.as_str()));
    let differing = shown.iter().filter(|(_, change)| !change.is_same()).count();
    let line = |(name, change): &(String, Change<String>)| {
        // A script is told by the code that it is part of, or by its spec.
        let told = match change.told() {
            long if long.contains('\n') => {
                if change.is_same() { "is the same text" } else { "is another text" }.to_owned()
            }
            short => short,
        };
        named(name, names).with(tone(change), told)
    };
    let summary = match differing {
        0 => "the same".to_owned(),
        many => format!("{many} differ{}", if many == 1 { "s" } else { "" }),
    };
    OutlinePart::new(title, summary, shown.iter().map(line).collect())
}

/// Files that a step which differs reads line by line, and others by their names, or by their number where they are many.
pub(super) fn code(comparison: &Comparison, all: bool) -> Option<OutlinePart> {
    let (told, named): (Vec<_>, Vec<_>) = comparison.code.iter().partition(|file| !file.lines.is_empty());
    let lines = |file: &&FileDiff| {
        let head = OutlineLine::of(Tone::Name, &file.path);
        std::iter::once(head).chain(file.lines.iter().map(diff_line)).collect::<Vec<_>>()
    };
    let mut shown: Vec<OutlineLine> = told.iter().flat_map(lines).collect();
    if all || named.len() <= NAMED {
        if !named.is_empty() && !told.is_empty() {
            shown.push(OutlineLine::of(Tone::Dim, "no step that differs reads these:"));
        }
        shown.extend(named.iter().map(|file| OutlineLine::of(Tone::Dim, &file.path)));
    } else {
        let files = counted(named.len() as u64, "file");
        shown.push(OutlineLine::of(Tone::Dim, format!("{files} that no step that differs reads")));
    }
    let files = comparison.code.len();
    OutlinePart::new(
        "code",
        format!("{} differ{}", counted(files as u64, "file"), if files == 1 { "s" } else { "" }),
        shown,
    )
}

fn diff_line(line: &DiffLine) -> OutlineLine {
    match line {
        DiffLine::Same(text) => OutlineLine::of(Tone::Plain, format!("  {text}")),
        DiffLine::Gone(text) => OutlineLine::of(Tone::Gone, format!("- {text}")),
        DiffLine::Come(text) => OutlineLine::of(Tone::Come, format!("+ {text}")),
        DiffLine::Told(text) => OutlineLine::of(Tone::Dim, format!("  {text}")),
        DiffLine::Gap => OutlineLine::of(Tone::Dim, "  ⋯"),
    }
}

/// How steps ended, how long they took, and how much memory. That alone is no difference.
pub(super) fn steps(comparison: &Comparison, all: bool) -> Option<OutlinePart> {
    let slower = |step: &StepDifference| {
        let took = |side: &Option<StepOutcome>| side.as_ref().and_then(|outcome| outcome.seconds);
        took(&step.old)
            .zip(took(&step.new))
            .is_some_and(|(old, new)| (new - old).abs() >= NOTED && new.max(old) >= new.min(old) * SLOWER)
    };
    let tells = |step: &&StepDifference| {
        all || step.ended_otherwise().is_some() || slower(step) || !step.is_in_both()
    };
    let shown: Vec<&StepDifference> = comparison.steps.iter().filter(tells).collect();
    let names = columns(shown.iter().map(|step| step.title.as_str()));
    let took: Vec<String> = shown.iter().map(|step| pair(step, |side| side.seconds.map(seconds))).collect();
    let times = columns(took.iter().map(String::as_str));
    let line = |(step, took): (&&StepDifference, &String)| {
        let ended = step.ended_otherwise();
        let same =
            || step.new.as_ref().and_then(|side| side.status).map_or("not run", Status::as_str).to_owned();
        let tone = if ended.is_some() { Tone::Differs } else { Tone::Dim };
        let memory = pair(step, |side| side.peak_memory_bytes.map(size));
        let line = named(&step.title, names).with(Tone::Plain, format!("{}  ", pad(took, times)));
        let line = line.with(tone, ended.unwrap_or_else(same));
        let line = if memory.is_empty() { line } else { line.with(Tone::Dim, format!("  {memory}")) };
        match step.new.as_ref().and_then(|side| side.taken_from) {
            Some(run) => line.with(Tone::Dim, format!("  taken from {}", run.short())),
            None => line,
        }
    };
    let lines = shown.iter().zip(&took).map(line).collect();
    OutlinePart::new("steps", total(comparison), lines)
}

fn total(comparison: &Comparison) -> String {
    match (comparison.old.seconds, comparison.new.seconds) {
        (Some(old), Some(new)) => format!("took {} → {}", seconds(old), seconds(new)),
        _ => String::new(),
    }
}

/// Of both sides; once where it is the same.
fn pair(step: &StepDifference, of: impl Fn(&StepOutcome) -> Option<String>) -> String {
    let [old, new] = [&step.old, &step.new].map(|side| side.as_ref().and_then(&of));
    match (old, new) {
        (None, None) => String::new(),
        (Some(old), Some(new)) if old == new => new,
        (old, new) => {
            let shown = |side: Option<String>| side.unwrap_or_else(|| "−".to_owned());
            format!("{} → {}", shown(old), shown(new))
        }
    }
}
