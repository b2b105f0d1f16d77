use std::collections::HashSet;

use indexmap::IndexMap;

use super::context::{Lower, Place, Used};
use crate::domain::{Name, Param, ParamType, Step};
use crate::spec::suggest::Suggest;
use crate::spec::templates::{Fault, Known, check, check_condition};

/// What the templates of a workflow may name, known before any run.
pub(super) struct Names<'a> {
    pub params: &'a IndexMap<Name, Param>,
    /// Those that could be read.
    pub steps: &'a IndexMap<Name, Step>,
    /// Steps that are written but wrong: nobody is told that they do not exist.
    pub place: Place<'a>,
    pub unclear: &'a HashSet<&'a str>,
    pub suggest: &'a Suggest,
}

const RUN: [&str; 5] = ["project", "env", "name", "version", "token"];

impl Known for Names<'_> {
    fn names(&self, group: &str) -> Option<Vec<&str>> {
        let matrix = match self.place {
            Place::Value { step } | Place::When { step } => self.steps.get(step).map(|step| &step.matrix),
            Place::Schedule => None,
        };
        match (group, self.place) {
            ("schedule", Place::Schedule) => Some(vec!["date", "previous_date"]),
            (_, Place::Schedule) => None,
            ("params", _) => Some(self.params.keys().map(Name::as_str).collect()),
            ("run", _) => Some(RUN.to_vec()),
            ("matrix", _) => matrix.filter(|m| !m.is_empty()).map(|m| m.keys().map(Name::as_str).collect()),
            _ => None,
        }
    }

    fn step_like(&self, name: &str) -> String {
        self.suggest.did_you_mean(name, "steps", self.steps.keys().map(Name::as_str))
    }

    fn outputs(&self, step: &str) -> Option<Vec<&str>> {
        self.steps.get(step).map(|step| step.outputs.keys().map(Name::as_str).collect())
    }

    fn is_unclear(&self, step: &str) -> bool {
        self.unclear.contains(step)
    }

    fn status(&self) -> bool {
        matches!(self.place, Place::When { .. })
    }

    fn reads(&self) -> bool {
        matches!(self.place, Place::Value { .. })
    }

    fn no_bool(&self, parts: &[&str]) -> Option<&'static str> {
        match parts {
            ["params", name] => match self.params.get(*name)?.kind {
                ParamType::Bool => None,
                ParamType::Int | ParamType::Float => Some("a number"),
                ParamType::Date => Some("a date"),
                ParamType::Datetime => Some("a date and time"),
                ParamType::String | ParamType::Enum(_) => Some("a text"),
            },
            ["run", _] => Some("a text"),
            ["steps", _, "status"] => Some("a status"),
            _ => None,
        }
    }
}

impl<'a> Lower<'a> {
    /// Checks every template of the file; answers which steps each step names.
    pub(super) fn check_templates(
        &mut self,
        params: &IndexMap<Name, Param>,
        steps: &IndexMap<Name, Step>,
    ) -> Vec<(&'a str, String, crate::domain::Span)> {
        let mut named = Vec::new();
        let unclear = self.unclear.clone();
        // Its own: what is told before must not leave the needs of the first steps without a help.
        let suggest = Suggest::default();
        for used in std::mem::take(&mut self.templates) {
            let names = Names { params, steps, place: used.place, unclear: &unclear, suggest: &suggest };
            let checked = match used.place {
                Place::When { .. } => check_condition(&used.scalar.text, &names),
                _ => check(&used.scalar.text, &names),
            };
            for fault in checked.faults {
                self.tell(&used, fault);
            }
            if let Place::Value { step } | Place::When { step } = used.place {
                named.extend(checked.steps.into_iter().map(|other| (step, other, used.span)));
            }
        }
        named
    }

    fn tell(&mut self, used: &Used<'a>, fault: Fault) {
        let source = self.text.get(used.scalar.source.clone()).unwrap_or_default();
        let start = match source.match_indices("${{").nth(fault.index) {
            Some((at, open)) => at + open.len(),
            // A `when` without braces.
            None => source.find(used.scalar.text.trim()).unwrap_or_default(),
        };
        let span = self.place(used.scalar, used.span, start + fault.at.start, fault.at.len());
        self.problems.error(fault.code, span, fault.message).help = fault.help;
    }
}
