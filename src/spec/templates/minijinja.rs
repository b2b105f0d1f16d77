use std::collections::BTreeMap;

use minijinja::value::ValueKind;
use minijinja::{Environment, UndefinedBehavior, filters, tests as predicates};

use super::check::{Fault, condition};
use super::expression::{Path, parse};
use super::known::resolve;
use super::split::{Part, split};
use crate::domain::{Name, Scope, Template, TemplateError, Templates, Value};

/// What an expression may apply with `|`.
pub(super) const FILTERS: [&str; 16] = [
    "abs", "bool", "default", "first", "float", "int", "join", "last", "length", "lower", "replace", "round",
    "split", "string", "trim", "upper",
];
/// What may follow `is`.
pub(super) const TESTS: [&str; 2] = ["endingwith", "startingwith"];

/// Steps of minijinja's machine; a comparison takes five.
pub(super) const FUEL: u64 = 20_000;
const LONGEST: usize = 64 << 10;

/// Evaluates templates with minijinja.
#[derive(Clone, Copy, Debug, Default)]
pub struct Minijinja;

impl Templates for Minijinja {
    fn render(&self, template: &Template, scope: &Scope) -> Result<Value, TemplateError> {
        let parts =
            split(&template.text).map_err(|_| error("a `${{` is not closed by `}}`", "write ${{ … }}"))?;
        if let [Part::Expression { text, .. }] = parts.as_slice() {
            return evaluate(text, scope);
        }
        let mut rendered = String::new();
        for part in parts {
            match part {
                Part::Literal(text) => rendered.push_str(&text),
                Part::Expression { text, .. } => rendered.push_str(&evaluate(text, scope)?.to_string()),
            }
            if rendered.len() > LONGEST {
                return Err(error("the text it makes is too long", "64 KiB are the most"));
            }
        }
        Ok(Value::String(rendered))
    }

    fn holds(&self, when: &Template, scope: &Scope) -> Result<bool, TemplateError> {
        let (text, _) = condition(&when.text)?;
        match evaluate(text, scope)? {
            Value::Bool(holds) => Ok(holds),
            other => Err(error(
                format!("`when` gives `{other}`, which is neither true nor false"),
                "compare it: a == b",
            )),
        }
    }

    fn names_status_of(&self, when: &Template) -> Vec<Name> {
        let Ok((text, _)) = condition(&when.text) else { return Vec::new() };
        let mut found = Vec::new();
        for path in paths(text) {
            if let ["steps", step, "status"] = path.parts().as_slice() {
                add(&mut found, Name::new(step).ok());
            }
        }
        found
    }

    fn names(&self, when: &Template) -> Vec<Name> {
        let Ok((text, _)) = condition(&when.text) else { return Vec::new() };
        let mut found = Vec::new();
        for path in paths(text) {
            if let ["steps", step, ..] = path.parts().as_slice() {
                add(&mut found, Name::new(step).ok());
            }
        }
        found
    }

    fn params(&self, template: &Template) -> Vec<Name> {
        let mut found = Vec::new();
        // A `when` may be written without braces.
        let bare = condition(&template.text).map(|(text, _)| text.to_owned()).ok();
        let parts = split(&template.text).unwrap_or_default();
        let inside = parts.into_iter().filter_map(|part| match part {
            Part::Expression { text, .. } => Some(text.to_owned()),
            Part::Literal(_) => None,
        });
        for text in inside.chain(bare) {
            for path in paths(&text) {
                if let ["params", name] = path.parts().as_slice() {
                    add(&mut found, Name::new(name).ok());
                }
            }
        }
        found
    }

    fn reads(&self, template: &Template) -> Vec<(Name, Name)> {
        let Ok(parts) = split(&template.text) else { return Vec::new() };
        let mut found = Vec::new();
        for part in parts {
            let Part::Expression { text, .. } = part else { continue };
            for path in paths(text) {
                if let ["steps", step, "outputs", output] = path.parts().as_slice() {
                    add(&mut found, Name::new(step).ok().zip(Name::new(output).ok()));
                }
            }
        }
        found
    }
}

fn paths(text: &str) -> Vec<Path> {
    parse(text).map(|expression| expression.paths).unwrap_or_default()
}

fn add<T: PartialEq>(found: &mut Vec<T>, item: Option<T>) {
    if let Some(item) = item.filter(|item| !found.contains(item)) {
        found.push(item);
    }
}

fn error(message: impl Into<String>, help: &str) -> TemplateError {
    TemplateError { message: message.into(), help: help.to_owned() }
}

impl From<Fault> for TemplateError {
    fn from(fault: Fault) -> Self {
        Self { message: fault.message, help: fault.help }
    }
}

fn evaluate(text: &str, scope: &Scope) -> Result<Value, TemplateError> {
    let expression = parse(text)?;
    if let Some(fault) = expression.faults.into_iter().next() {
        return Err(fault.into());
    }
    for path in &expression.paths {
        resolve(&path.parts(), scope).map_err(|(_, message, help)| TemplateError { message, help })?;
    }
    if let (true, Some(path)) = (expression.is_path, expression.paths.first()) {
        return look_up(path, scope);
    }
    let mut environment = environment();
    environment.set_fuel(Some(FUEL));
    let result = environment
        .compile_expression(text)
        .and_then(|compiled| context(&expression.paths, scope).map(|context| (compiled, context)))
        .and_then(|(compiled, context)| compiled.eval(context))
        .map_err(|cause| match cause.kind() {
            minijinja::ErrorKind::OutOfFuel => error("this takes too long", "do it in a step"),
            kind => {
                error(format!("{kind}{}", cause.detail().map(|d| format!(": {d}")).unwrap_or_default()), "")
            }
        })?;
    of_minijinja(&result)
}

pub(super) fn environment<'s>() -> Environment<'s> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_filter("abs", filters::abs);
    environment.add_filter("bool", filters::bool);
    environment.add_filter("default", filters::default);
    environment.add_filter("first", filters::first);
    environment.add_filter("float", filters::float);
    environment.add_filter("int", filters::int);
    environment.add_filter("join", filters::join);
    environment.add_filter("last", filters::last);
    environment.add_filter("length", filters::length);
    environment.add_filter("lower", filters::lower);
    environment.add_filter("replace", filters::replace);
    environment.add_filter("round", filters::round);
    environment.add_filter("split", filters::split);
    environment.add_filter("string", filters::string);
    environment.add_filter("trim", filters::trim);
    environment.add_filter("upper", filters::upper);
    environment.add_test("endingwith", predicates::is_endingwith);
    environment.add_test("startingwith", predicates::is_startingwith);
    environment
}

/// The value of one name, with its type. `resolve` has said that it is there.
fn look_up(path: &Path, scope: &Scope) -> Result<Value, TemplateError> {
    let value = match path.parts().as_slice() {
        ["params", name] => scope.params.get(*name).cloned(),
        ["matrix", name] => scope.matrix.get(*name).cloned(),
        ["run", field] => scope.run.as_ref().map(|run| {
            Value::String(match *field {
                "project" => run.project.to_string(),
                "env" => run.env.to_string(),
                "name" => run.name.to_string(),
                "version" => run.version.to_string(),
                _ => run.token.to_string(),
            })
        }),
        ["schedule", field] => {
            scope.schedule.map(|(date, previous)| Value::Date(if *field == "date" { date } else { previous }))
        }
        ["steps", step, "status"] => {
            let status = scope.steps.get(*step).and_then(|step| step.status);
            status.map(|status| Value::String(status.as_str().to_owned()))
        }
        ["steps", step, "outputs", output] => {
            scope.steps.get(*step).and_then(|step| step.outputs.get(*output)).cloned().map(Value::String)
        }
        _ => None,
    };
    value.ok_or_else(|| error(format!("`{}` is not known yet", path.parts.join(".")), ""))
}

/// Only what the expression names: a workflow may have thousands of steps.
fn context(paths: &[Path], scope: &Scope) -> Result<minijinja::Value, minijinja::Error> {
    let mut root = Tree::default();
    for path in paths {
        let value = look_up(path, scope)
            .map_err(|e| minijinja::Error::new(minijinja::ErrorKind::UndefinedError, e.message))?;
        root.put(&path.parts(), value);
    }
    Ok(root.into_value())
}

#[derive(Default)]
struct Tree {
    value: Option<Value>,
    below: BTreeMap<String, Tree>,
}

impl Tree {
    fn put(&mut self, path: &[&str], value: Value) {
        match path {
            [] => self.value = Some(value),
            [first, rest @ ..] => self.below.entry((*first).to_owned()).or_default().put(rest, value),
        }
    }

    fn into_value(self) -> minijinja::Value {
        match self.value {
            Some(Value::Bool(flag)) => flag.into(),
            Some(Value::Int(number)) => number.into(),
            Some(Value::Float(number)) => number.into(),
            Some(other) => other.to_string().into(),
            None => minijinja::Value::from_pairs(
                self.below.into_iter().map(|(key, tree)| (key, tree.into_value())),
            ),
        }
    }
}

fn of_minijinja(value: &minijinja::Value) -> Result<Value, TemplateError> {
    let made = match value.kind() {
        ValueKind::Bool => Some(Value::Bool(value.is_true())),
        ValueKind::Number if value.is_integer() => i64::try_from(value.clone()).ok().map(Value::Int),
        ValueKind::Number => f64::try_from(value.clone()).ok().filter(|n| n.is_finite()).map(Value::Float),
        ValueKind::String => {
            value.as_str().filter(|text| text.len() <= LONGEST).map(|text| Value::String(text.into()))
        }
        kind => return Err(error(format!("it gives a {kind}, not a single value"), "")),
    };
    made.ok_or_else(|| error("the value it gives is too large", ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Span, Status, StepScope};

    #[test]
    fn names_are_found_in_an_expression_of_several() {
        let mut scope = Scope::default();
        let failed = StepScope { status: Some(Status::Failed), ..StepScope::default() };
        scope.steps.insert(Name::new("delays").unwrap(), failed);
        scope.params.insert(Name::new("depth").unwrap(), Value::Int(3));
        let holds = |text: &str| {
            let when = Template { text: text.to_owned(), span: Span::START };
            Minijinja.holds(&when, &scope).map_err(|error| error.message)
        };
        assert_eq!(holds("${{ steps.delays.status == 'failed' and params.depth > 2 }}"), Ok(true));
        assert_eq!(holds("steps.delays.status == 'succeeded'"), Ok(false));
        assert!(holds("params.depth").is_err(), "a number is neither true nor false");
    }
}
