use super::{Item, Offer, Outline, Spelling, fitting, last_word};

/// What a run tells of itself.
const RUN: [(&str, &str); 5] = [
    ("project", "name of the project"),
    ("env", "environment, such as dev"),
    ("name", "name of the workflow"),
    ("version", "version of the workflow"),
    ("token", "the run's own name"),
];
const SCHEDULE: [(&str, &str); 2] =
    [("date", "local day on which it is started"), ("previous_date", "the day before")];

/// The expression that is open before the cursor.
pub fn open(before: &str) -> Option<&str> {
    let inner = &before[before.rfind("${{")? + 3..];
    (!inner.contains("}}")).then_some(inner)
}

/// The names that can stand in a template.
pub fn offer(spelling: Spelling<'_>, path: &[String], expression: &str) -> Offer {
    let outline = Outline::of(spelling.lines);
    let here = match path {
        [group, name, ..] if group == "steps" || group == "components" => outline.step(name),
        _ => None,
    };
    let word = last_word(expression, ".");
    let (group, typed) = word.rsplit_once('.').unwrap_or(("", word));
    let fixed = |all: &[(&str, &str)]| all.iter().map(|(name, about)| Item::word(*name, *about)).collect();
    let scheduled = path.first().is_some_and(|key| key == "schedule");
    let names = group.split('.').collect::<Vec<_>>();
    let items: Vec<Item> = match names.as_slice() {
        [""] => {
            let groups = [
                ("params", "a parameter of the run", !outline.params.is_empty()),
                ("steps", "what an earlier step made", !scheduled && outline.steps.len() > 1),
                ("run", "what the run is", !scheduled),
                ("matrix", "a value of this step's matrix", here.is_some_and(|step| !step.matrix.is_empty())),
                ("schedule", "when it is started", scheduled),
            ];
            let possible = groups.into_iter().filter(|(_, _, possible)| *possible);
            possible
                .map(|(name, about, _)| Item { insert: format!("{name}."), ..Item::word(name, about) })
                .collect()
        }
        ["params"] => outline.params.iter().map(|param| Item::word(&param.name, &param.kind)).collect(),
        ["run"] => fixed(&RUN),
        ["schedule"] if scheduled => fixed(&SCHEDULE),
        ["matrix"] => {
            here.into_iter().flat_map(|step| &step.matrix).map(|name| Item::word(name, "")).collect()
        }
        ["steps"] => {
            let others = outline.steps.iter().filter(|step| here.is_none_or(|here| here.name != step.name));
            others
                .map(|step| Item {
                    insert: format!("{}.outputs.", step.name),
                    ..Item::word(&step.name, &step.uses)
                })
                .collect()
        }
        ["steps", _] => {
            fixed(&[("outputs", "the files that it left"), ("status", "succeeded, failed or skipped")])
        }
        ["steps", name, "outputs"] => outputs(spelling, &outline, name),
        _ => Vec::new(),
    };
    fitting(items, typed, true)
}

/// Of a step: those that it declares, and those of its operator.
fn outputs(spelling: Spelling<'_>, outline: &Outline, name: &str) -> Vec<Item> {
    let Some(step) = outline.step(name) else { return Vec::new() };
    let mut names = step.outputs.clone();
    if let Some(operator) = spelling.known.operators.get(step.uses.as_str()) {
        match operator.output_named_as_step {
            true => names.push(step.name.clone()),
            false => names.extend(operator.outputs.keys().map(ToString::to_string)),
        }
    }
    names.sort();
    names.dedup();
    names.into_iter().map(|name| Item::word(name, "")).collect()
}
