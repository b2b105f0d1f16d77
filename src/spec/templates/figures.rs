use std::collections::BTreeMap;

use minijinja::value::ValueKind;

use super::check::Fault;
use super::expression::parse;
use super::minijinja::{FUEL, environment};

/// The names in an expression over figures, each once; of one that is known by its output too, with dots.
pub(in crate::spec) fn names_in(text: &str) -> Result<Vec<String>, Fault> {
    let expression = parse(text)?;
    if let Some(fault) = expression.faults.into_iter().next() {
        return Err(fault);
    }
    if let Some((at, what)) = expression.no_numbers.into_iter().next() {
        return Err(Fault::new(at, format!("a figure is a number, and is not compared with {what}")));
    }
    let mut names: Vec<String> = Vec::new();
    for path in expression.paths {
        let name = path.parts.join(".");
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let within =
        |name: &String, other: &String| other.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
    if let Some(name) = names.iter().find(|name| names.iter().any(|other| within(name, other))) {
        return Err(Fault::new(0..text.len(), format!("`{name}` cannot be a figure and an output in one")));
    }
    Ok(names)
}

/// Whether it holds of these figures; else why that cannot be told.
pub(in crate::spec) fn truth<'f>(
    text: &str,
    figures: impl Iterator<Item = (&'f str, f64)>,
) -> Result<bool, String> {
    let mut environment = environment();
    environment.set_fuel(Some(FUEL));
    let mut tree = BTreeMap::new();
    figures.for_each(|(name, value)| insert(&mut tree, name, value));
    let context = Part::Within(tree).value();
    let found = environment.compile_expression(text).and_then(|compiled| compiled.eval(context));
    match found {
        Ok(value) if value.kind() == ValueKind::Bool => Ok(value.is_true()),
        Ok(value) => Err(format!("it gives {value}, which is neither true nor false")),
        Err(error) => Err(error.detail().map_or_else(|| error.kind().to_string(), str::to_owned)),
    }
}

/// What a name, or a part of one, stands for.
enum Part {
    Figure(f64),
    Within(BTreeMap<String, Part>),
}

impl Part {
    fn value(self) -> minijinja::Value {
        match self {
            Self::Figure(value) => value.into(),
            Self::Within(parts) => {
                minijinja::Value::from_pairs(parts.into_iter().map(|(name, part)| (name, part.value())))
            }
        }
    }
}

fn insert(tree: &mut BTreeMap<String, Part>, name: &str, value: f64) {
    let Some((first, rest)) = name.split_once('.') else {
        tree.insert(name.to_owned(), Part::Figure(value));
        return;
    };
    let within = tree.entry(first.to_owned()).or_insert_with(|| Part::Within(BTreeMap::new()));
    if let Part::Within(within) = within {
        insert(within, rest, value);
    }
}
