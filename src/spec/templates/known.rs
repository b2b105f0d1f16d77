use crate::domain::Scope;
use crate::domain::nearest::did_you_mean;

/// What the names of an expression may be. The same rules hold while a spec is read, when values are not known yet,
/// and when a template is rendered.
pub(in crate::spec) trait Known {
    /// The names below `params`, `run`, `matrix` or `schedule`; None where there is no such group here.
    fn names(&self, group: &str) -> Option<Vec<&str>>;
    /// A help for a step's name that there is not.
    fn step_like(&self, name: &str) -> String;
    /// A step's outputs; None if there is no such step.
    fn outputs(&self, step: &str) -> Option<Vec<&str>>;
    /// What a step makes is not known, and that has been told.
    fn is_unclear(&self, step: &str) -> bool;
    /// A step's `status` may be named.
    fn status(&self) -> bool;
    /// A step's `outputs` may be named.
    fn reads(&self) -> bool;
    /// What a name stands for, if that is known and can be neither true nor false.
    fn no_bool(&self, parts: &[&str]) -> Option<&'static str>;
}

pub(super) const RUN: [&str; 5] = ["project", "env", "name", "version", "token"];
pub(super) const SCHEDULE: [&str; 2] = ["date", "previous_date"];
const GROUPS: [&str; 5] = ["params", "run", "steps", "matrix", "schedule"];

/// What is wrong with a name: a code, a message and a help.
pub(super) type Wrong = (&'static str, String, String);

pub(super) fn resolve(parts: &[&str], known: &dyn Known) -> Result<(), Wrong> {
    const NAME: &str = "unknown-name";
    match parts {
        ["steps", rest @ ..] => step(rest, known),
        [group, rest @ ..] if GROUPS.contains(group) => {
            let Some(names) = known.names(group) else {
                return Err((NAME, format!("`{group}` is not known here"), absent(group).to_owned()));
            };
            match rest {
                [] => {
                    let help = did_you_mean(".", &format!("names below `{group}`"), names);
                    Err((NAME, format!("`{group}` alone has no value"), help))
                }
                [name, ..] if !names.contains(name) => {
                    let help = did_you_mean(name, &format!("names below `{group}`"), names);
                    Err((NAME, format!("there is no `{group}.{name}`"), help))
                }
                [_] => Ok(()),
                [name, more, ..] => {
                    let message = format!("`{group}.{name}` has nothing below it, such as `{more}`");
                    Err((NAME, message, format!("write {group}.{name}")))
                }
            }
        }
        [name, ..] => {
            let message = format!("there is no `{name}`");
            // The most frequent slip is to leave the group out.
            let group =
                GROUPS.iter().find(|group| known.names(group).is_some_and(|names| names.contains(name)));
            let help = match group {
                Some(group) => format!("did you mean `{group}.{name}`?"),
                None if known.outputs(name).is_some() => format!("did you mean `steps.{name}.outputs.…`?"),
                None if matches!(*name, "yes" | "on") => "in YAML 1.2 that is a text; write true".to_owned(),
                None if matches!(*name, "no" | "off") => "in YAML 1.2 that is a text; write false".to_owned(),
                None => did_you_mean(name, "names", GROUPS),
            };
            Err((NAME, message, help))
        }
        [] => Ok(()),
    }
}

fn absent(group: &str) -> &'static str {
    match group {
        "schedule" => {
            "schedule.date is known in `schedule.params` only: bind a parameter there, and use that"
        }
        "matrix" => "this step has no `matrix`",
        _ => "use a parameter",
    }
}

fn step(rest: &[&str], known: &dyn Known) -> Result<(), Wrong> {
    let Some(name) = rest.first() else {
        return Err((
            "unknown-name",
            "`steps` alone has no value".into(),
            "write steps.NAME.outputs.OUTPUT".into(),
        ));
    };
    let Some(outputs) = known.outputs(name) else {
        let message = format!("there is no step `{name}` to refer to");
        return Err(("unknown-step", message, known.step_like(name)));
    };
    match &rest[1..] {
        ["status"] if known.status() => Ok(()),
        ["status"] => {
            let help = "use `needs`, and `when` on the step that depends on it".to_owned();
            Err(("unknown-name", "a step's status is known in `when` only".into(), help))
        }
        ["outputs", ..] if !known.reads() => {
            let help = format!("write steps.{name}.status, or read the output in the step");
            Err(("unknown-name", "a step's output is not known here".into(), help))
        }
        ["outputs", output] if outputs.contains(output) || known.is_unclear(name) => Ok(()),
        ["outputs", output, ..] => {
            let message = match outputs.contains(output) {
                true => format!("an output has nothing below it: `steps.{name}.outputs.{output}` is a path"),
                false => format!("the step `{name}` has no output `{output}`"),
            };
            let help = match outputs.is_empty() {
                true => format!("add it to the step: outputs: {{{output}: {{path: …}}}}"),
                false => did_you_mean(output, "outputs", outputs),
            };
            Err(("unknown-output", message, help))
        }
        ["outputs"] => {
            let help = did_you_mean(".", "outputs", outputs);
            Err(("unknown-output", format!("name one output: steps.{name}.outputs.OUTPUT"), help))
        }
        [other, ..] => {
            let help = match outputs.contains(other) {
                true => format!("did you mean `steps.{name}.outputs.{other}`?"),
                false => did_you_mean(other, "parts of a step", ["outputs", "status"]),
            };
            Err(("unknown-name", format!("a step has no `{other}`"), help))
        }
        [] => {
            let help = format!("write steps.{name}.outputs.OUTPUT");
            Err(("unknown-name", format!("`steps.{name}` alone has no value"), help))
        }
    }
}

/// When values are known, all that they hold may be named.
impl Known for Scope {
    fn names(&self, group: &str) -> Option<Vec<&str>> {
        match group {
            "params" => Some(self.params.keys().map(|name| name.as_str()).collect()),
            "matrix" if !self.matrix.is_empty() => {
                Some(self.matrix.keys().map(|name| name.as_str()).collect())
            }
            "run" if self.run.is_some() => Some(RUN.to_vec()),
            "schedule" if self.schedule.is_some() => Some(SCHEDULE.to_vec()),
            _ => None,
        }
    }

    fn step_like(&self, name: &str) -> String {
        did_you_mean(name, "steps", self.steps.keys().map(|name| name.as_str()))
    }

    fn outputs(&self, step: &str) -> Option<Vec<&str>> {
        self.steps.get(step).map(|step| step.outputs.keys().map(|name| name.as_str()).collect())
    }

    fn is_unclear(&self, _: &str) -> bool {
        false
    }

    fn status(&self) -> bool {
        true
    }

    fn reads(&self) -> bool {
        true
    }

    /// The value itself tells.
    fn no_bool(&self, _: &[&str]) -> Option<&'static str> {
        None
    }
}
