use super::Material;
use super::roster::{SIGNERS_FILE, SIGNERS_REVOKED, SPEC_FILE};
use crate::domain::figures::{count, seconds, size};
use crate::domain::lineage::{Break, Broken};
use crate::domain::text::safe;
use crate::domain::track::{
    Amounts, CheckStatus, ColumnShift, OutputChange, Risk, SealedPackage, Shift, StepCost, TreeChange,
    Weight, given,
};

/// Steps that are over too soon to be compared, in milliseconds.
const TOO_SHORT: u64 = 2_000;
/// Memory that is little enough anyway, in bytes.
const TOO_SMALL: u64 = 64 << 20;

/// What may hurt, the worst first.
pub(super) fn risks(
    package: Option<&SealedPackage>,
    material: &Material<'_>,
    costs: &[StepCost],
    outputs: &[OutputChange],
) -> Vec<Risk> {
    let checks = package.map(SealedPackage::checks).unwrap_or_default();
    let checks = checks.iter().filter_map(|check| {
        let weight = match check.status {
            CheckStatus::Failed => Weight::Grave,
            CheckStatus::Warned => Weight::Notable,
            _ => return None,
        };
        let (title, id) = (safe(&check.title).into_owned(), safe(&check.id));
        // What it found is the risk; what it makes sure of reads as if all were well.
        Some(match &check.why {
            Some(found) => Risk { weight, what: safe(found).into_owned(), why: format!("the check {id}") },
            None => Risk { weight, what: title, why: format!("the check {id} {}", check.status.as_str()) },
        })
    });
    let mut risks: Vec<Risk> = material.files.iter().filter_map(signers).collect();
    risks.extend(material.people.iter().map(|what| Risk {
        weight: Weight::Grave,
        what: safe(what).into_owned(),
        why: "it says whose signatures count".to_owned(),
    }));
    risks.extend(material.wrong.iter().map(|what| Risk {
        weight: Weight::Grave,
        what: safe(what).into_owned(),
        why: "in what the merge comes to, and on neither side of it".to_owned(),
    }));
    risks.extend(checks);
    risks.extend(material.unseen.iter().map(|step| Risk {
        weight: Weight::Notable,
        what: format!("{} is changed too", safe(step)),
        why: "no packaged run shows what it does now".to_owned(),
    }));
    risks.extend(material.breaks.iter().map(broken));
    let others =
        material.before.zip(material.runs.last()).is_some_and(|(old, new)| !given(old, new).is_empty());
    risks.extend(outputs.iter().filter_map(|change| output(change, others)));
    risks.extend(outputs.iter().flat_map(|output| columns(output, material)));
    risks.extend(costs.iter().flat_map(step_cost));
    if risks.is_empty() {
        risks.extend(largest(material.files));
    }
    // Stable: of one weight in the order above.
    risks.sort_by_key(|risk| std::cmp::Reverse(risk.weight));
    risks
}

fn signers(file: &TreeChange) -> Option<Risk> {
    let end = file.path.rsplit('/').next().unwrap_or_default();
    let was = file.was.as_deref().and_then(|was| was.rsplit('/').next()).unwrap_or_default();
    let named = |names: &[&str]| names.contains(&end) || names.contains(&was);
    let what = format!("{} is changed", safe(&file.path));
    if named(&[SIGNERS_FILE, SIGNERS_REVOKED]) {
        return Some(Risk { weight: Weight::Grave, what, why: "it says whose signatures count".to_owned() });
    }
    let why = "it says who the people are, in which roles, and the images of all steps".to_owned();
    named(&[SPEC_FILE]).then_some(Risk { weight: Weight::Notable, what, why })
}

fn broken(broken: &Break) -> Risk {
    let data = safe(&broken.data);
    let what = match &broken.what {
        Broken::Whole => format!("{data} is not made any more"),
        Broken::Column(name) => format!("{data} loses the column {}", safe(name)),
        Broken::Retyped { column, from, to } => format!("{data}.{} turns from {from} to {to}", safe(column)),
    };
    match broken.readers.is_empty() {
        true => Risk { weight: Weight::Notable, what, why: "nobody is known to read it".to_owned() },
        false => {
            let readers = broken.readers.join(", ");
            Risk { weight: Weight::Breaking, what, why: format!("read by {}", safe(&readers)) }
        }
    }
}

/// `others`: the runs were given other parameters.
fn output(change: &OutputChange, others: bool) -> Option<Risk> {
    let Amounts { before: Some(before), after } = change.rows else { return None };
    let name = safe(&change.output);
    let of = if others { ", which were given other parameters" } else { "" };
    let why = format!("on the target's last packaged run and on this one{of}");
    let Some(after) = after else {
        let what = format!("{name} is not made any more; it had {} rows", count(before));
        return Some(Risk { weight: Weight::Breaking, what, why });
    };
    let what = format!("{name} went from {} rows to {}", count(before), count(after));
    let weight = match (before, after) {
        (1.., 0) => Weight::Breaking,
        _ if after * 2 < before || before * 2 < after => Weight::Notable,
        _ => return None,
    };
    Some(Risk { weight, what, why })
}

/// What runs have made, whichever language wrote it: who reads it is not known.
fn columns<'a>(change: &'a OutputChange, material: &'a Material<'_>) -> impl Iterator<Item = Risk> + 'a {
    let of_risk = change.columns.iter().filter(|column| column.what.is_risk());
    let once = of_risk
        .filter(move |column| !material.breaks.iter().any(|told| is_told(told, change, column, material)));
    once.map(move |column| {
        let what = format!("{}.{}", safe(&change.output), safe(&column.to_string()));
        let why = "in what the target's last packaged run made, and in what this one made".to_owned();
        Risk { weight: Weight::Notable, what, why }
    })
}

/// What the specs tell of the very column, with who reads it: of this output, or of a table that it came to.
fn is_told(told: &Break, change: &OutputChange, column: &ColumnShift, material: &Material<'_>) -> bool {
    let same = match (&told.what, &column.what) {
        (Broken::Column(name), Shift::Gone) => *name == column.column,
        (Broken::Retyped { column: name, from: was, to: is }, Shift::Retyped { from, to }) => {
            *name == column.column && was.as_str() == from && is.as_str() == to
        }
        _ => false,
    };
    let artifact = material.runs.last().map(|run| format!("{}.{}", run.name, change.output));
    let of_output = artifact.as_ref() == Some(&told.data) || told.data.split('.').count() == 2;
    same && of_output
}

fn step_cost(cost: &StepCost) -> impl Iterator<Item = Risk> {
    let grown = |amounts: &Amounts, least: u64| match amounts {
        Amounts { before: Some(before), after: Some(after) }
            if *after > least && *after >= before.saturating_mul(2) =>
        {
            Some((*before, *after))
        }
        _ => None,
    };
    let step = safe(&cost.step).into_owned();
    let told = |what: String| Risk {
        weight: Weight::Notable,
        what,
        why: "twice as much as today, or more".to_owned(),
    };
    let wall = grown(&cost.wall_milliseconds, TOO_SHORT).map(|(before, after)| {
        let text = |milliseconds: u64| seconds(milliseconds as f64 / 1_000.0);
        told(format!("{step} took {} instead of {}", text(after), text(before)))
    });
    let memory = grown(&cost.peak_memory_bytes, TOO_SMALL).map(|(before, after)| {
        told(format!("{step} used {} of memory instead of {}", size(after), size(before)))
    });
    wall.into_iter().chain(memory)
}

/// Where nothing else stands out.
fn largest(files: &[TreeChange]) -> Option<Risk> {
    let lines = |file: &TreeChange| file.lines.map_or(0, |(come, gone)| come + gone);
    let file = files.iter().max_by_key(|file| lines(file))?;
    let what = format!("{} has the most changed lines", safe(&file.path));
    Some(Risk { weight: Weight::Small, what, why: "nothing else stands out".to_owned() })
}
