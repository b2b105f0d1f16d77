use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{Name, Span, Status, Token, Value, Version};

/// A text with `${{ … }}` expressions in it, as written; literal text is a template without any.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    pub text: String,
    /// Where it stands in the spec.
    pub span: Span,
}

/// What a template may name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scope {
    pub params: IndexMap<Name, Value>,
    pub run: Option<RunScope>,
    pub steps: IndexMap<Name, StepScope>,
    pub matrix: IndexMap<Name, Value>,
    /// `schedule.date` and `schedule.previous_date`; only when a schedule's parameters are bound.
    pub schedule: Option<(jiff::civil::Date, jiff::civil::Date)>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct RunScope {
    pub project: Name,
    pub env: Name,
    pub name: Name,
    pub version: Version,
    pub token: Token,
}

/// Another step as a template sees it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StepScope {
    /// Output → its path as a step sees it (below `/store`).
    pub outputs: IndexMap<Name, String>,
    /// Known only to `when`, after the step ended.
    pub status: Option<Status>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TemplateError {
    pub message: String,
    pub help: String,
}

/// Evaluates templates: no side effects, bounded in time and size. `spec` implements it; `plan` and `engine` use it.
pub trait Templates: Send + Sync {
    /// A scalar that is only one expression keeps its type; anything else becomes a string.
    fn render(&self, template: &Template, scope: &Scope) -> Result<Value, TemplateError>;

    /// Evaluates a `when`, which may be written with or without `${{ }}`; anything but a bool is an error.
    fn holds(&self, condition: &Template, scope: &Scope) -> Result<bool, TemplateError>;

    /// The steps whose `status` the expression names; such a `when` is also evaluated after they failed.
    fn names_status_of(&self, condition: &Template) -> Vec<Name>;

    /// The steps whose `status` or outputs the expression names.
    fn names(&self, condition: &Template) -> Vec<Name>;

    /// The parameters that the template names.
    fn params(&self, template: &Template) -> Vec<Name>;

    /// Each step and output that the template reads, once, in the order they appear.
    fn reads(&self, template: &Template) -> Vec<(Name, Name)>;
}
