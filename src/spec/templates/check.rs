use std::ops::Range;

use super::expression::{Expression, parse};
use super::known::{Known, resolve};
use super::split::{Part, Unclosed, split};

/// What is wrong with an expression, and where in it, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::spec) struct Fault {
    pub code: &'static str,
    pub at: Range<usize>,
    /// Which `${{` of the template it is in.
    pub index: usize,
    pub message: String,
    pub help: String,
}

impl Fault {
    pub fn new(at: Range<usize>, message: impl Into<String>) -> Self {
        Self { code: "template-syntax", at, index: 0, message: message.into(), help: String::new() }
    }
}

/// The steps a template names, and all that is wrong with it.
#[derive(Debug, Default)]
pub(in crate::spec) struct Checked {
    /// Steps whose outputs or status it names, with where.
    pub steps: Vec<String>,
    pub faults: Vec<Fault>,
}

/// A text with expressions in it.
pub(in crate::spec) fn check(text: &str, known: &dyn Known) -> Checked {
    let mut checked = Checked::default();
    match split(text) {
        Ok(parts) => {
            for part in parts {
                if let Part::Expression { text, index, .. } = part {
                    checked.expression(text, index, known);
                }
            }
        }
        Err(unclosed) => checked.faults.push(not_closed(unclosed)),
    }
    checked
}

/// A `when`: one expression, with or without `${{ }}`.
pub(in crate::spec) fn check_condition(text: &str, known: &dyn Known) -> Checked {
    let mut checked = Checked::default();
    match condition(text) {
        Ok((text, index)) => {
            if let Some(gives) = checked.expression(text, index, known) {
                let (start, end) = (text.len() - text.trim_start().len(), text.trim_end().len());
                checked.faults.push(Fault {
                    code: "wrong-type",
                    index,
                    help: "compare it: a == b".into(),
                    ..Fault::new(start..end, format!("`when` is true or false, and this is {gives}"))
                });
            }
        }
        Err(fault) => checked.faults.push(fault),
    }
    checked
}

/// The expression of a `when`.
pub(super) fn condition(text: &str) -> Result<(&str, usize), Fault> {
    let parts = split(text.trim()).map_err(not_closed)?;
    match parts.as_slice() {
        [Part::Expression { text, index, .. }] => Ok((text, *index)),
        [Part::Literal(_)] if !super::has_template(text) => Ok((text, 0)),
        _ => Err(Fault {
            help: "write ${{ a and b }}, not ${{ a }} and ${{ b }}".into(),
            ..Fault::new(0..text.len(), "a `when` is one expression")
        }),
    }
}

fn not_closed(unclosed: Unclosed) -> Fault {
    Fault {
        index: unclosed.index,
        help: "write ${{ … }}; $${{ for the characters themselves".into(),
        ..Fault::new(0..0, "this `${{` is not closed by `}}`")
    }
}

impl Checked {
    /// Answers what it gives, if that is surely neither true nor false.
    fn expression(&mut self, text: &str, index: usize, known: &dyn Known) -> Option<&'static str> {
        let Expression { paths, faults, is_path, gives, .. } = match parse(text) {
            Ok(expression) => expression,
            Err(fault) => {
                self.faults.push(Fault { index, ..fault });
                return None;
            }
        };
        let named = paths.first().filter(|_| is_path).and_then(|path| known.no_bool(&path.parts()));
        self.faults.extend(faults.into_iter().map(|fault| Fault { index, ..fault }));
        for path in paths {
            let parts = path.parts();
            match resolve(&parts, known) {
                Ok(()) => {
                    if let ["steps", step, ..] = parts.as_slice() {
                        self.steps.push((*step).to_owned());
                    }
                }
                Err((code, message, help)) => {
                    self.faults.push(Fault { code, at: path.at.clone(), index, message, help });
                }
            }
        }
        gives.or(named)
    }
}
