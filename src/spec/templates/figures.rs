use minijinja::value::ValueKind;

use super::check::Fault;
use super::expression::parse;
use super::minijinja::{FUEL, environment};

/// The names in an expression over figures, each once.
pub(in crate::spec) fn names_in(text: &str) -> Result<Vec<String>, Fault> {
    let expression = parse(text)?;
    if let Some(fault) = expression.faults.into_iter().next() {
        return Err(fault);
    }
    let mut names: Vec<String> = Vec::new();
    for path in expression.paths {
        match path.parts.as_slice() {
            [name] if names.contains(name) => {}
            [name] => names.push(name.clone()),
            _ => return Err(Fault::new(path.at, "a figure's name has no dots")),
        }
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
    let context = minijinja::Value::from_pairs(figures);
    let found = environment.compile_expression(text).and_then(|compiled| compiled.eval(context));
    match found {
        Ok(value) if value.kind() == ValueKind::Bool => Ok(value.is_true()),
        Ok(value) => Err(format!("it gives {value}, which is neither true nor false")),
        Err(error) => Err(error.detail().map_or_else(|| error.kind().to_string(), str::to_owned)),
    }
}
