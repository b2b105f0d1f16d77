use std::fmt;
use std::sync::Arc;

use camino::Utf8Path;
use indexmap::{IndexMap, IndexSet};

use crate::app::Model;
use crate::domain::{Action, Name, Param, ParamType, Scalar, Value, Workflow, guessed, sql};

/// Why a parameter of a query is not bound.
pub(super) enum Unbound {
    /// It has no value.
    Missing(String),
    /// What is typed for it is wrong.
    Wrong { name: String, why: String },
    /// What is typed cannot be read as values.
    Unread(String),
}

impl fmt::Display for Unbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(name) => write!(f, "give @{name} a value: {name}=…"),
            Self::Wrong { name, why } => write!(f, "@{name}: {why}"),
            Self::Unread(why) => f.write_str(why),
        }
    }
}

impl Model {
    /// A value for each parameter that a query names: as typed, else the default that a workflow has for it. Its type is
    /// the one that a workflow declares, and is guessed only where none does. `file`: the query is of this one.
    pub(super) fn query_params(
        &self,
        file: Option<&Utf8Path>,
        query: &str,
    ) -> Result<IndexMap<Name, Value>, Unbound> {
        let names = sql::params(query);
        if names.is_empty() {
            return Ok(IndexMap::new());
        }
        let typed = self.typed_params().map_err(Unbound::Unread)?;
        let mut params = IndexMap::new();
        for name in names {
            let wrong = |why| Unbound::Wrong { name: name.to_owned(), why };
            let missing = || Unbound::Missing(name.to_owned());
            let value = match (typed.get(name), self.declared(file, name)) {
                (Some(text), Some((kind, _))) => kind.parse(text).map_err(wrong)?,
                (Some(text), None) => guessed(text).map_err(wrong)?,
                (None, declared) => declared.and_then(|(_, default)| default).ok_or_else(missing)?,
            };
            params.insert(Name::new(name).map_err(|error| wrong(error.to_string()))?, value);
        }
        Ok(params)
    }

    /// The same, with any value of its type: whoever only looks at the query needs no more. Without those whose type nobody
    /// knows.
    pub(super) fn known_params(
        &self,
        file: Option<&Utf8Path>,
        names: IndexSet<&str>,
    ) -> IndexMap<Name, Value> {
        let typed = self.typed_params().unwrap_or_default();
        let mut params = IndexMap::new();
        for name in names {
            let guess = || typed.get(name).and_then(|text| guessed(text).ok());
            let value = self.declared(file, name).map_or_else(guess, |(kind, _)| Some(kind.example()));
            params.extend(Name::new(name).ok().zip(value));
        }
        params
    }

    /// In the words of a shell, as the command line takes them.
    fn typed_params(&self) -> Result<IndexMap<String, String>, String> {
        let words = shell_words::split(self.lake.params.text())
            .map_err(|_| "a quote does not end in the values of the parameters".to_owned())?;
        let pair = |word: String| match word.split_once('=') {
            Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
            None => {
                Err(format!("`{word}` is no name=value; a value with spaces is put in quotes: name='a b'"))
            }
        };
        // One that is left empty has no value yet.
        words
            .into_iter()
            .map(pair)
            .filter(|pair| !matches!(pair, Ok((_, value)) if value.is_empty()))
            .collect()
    }

    /// The type of a parameter and its default: as the workflow says that runs the query, else the one that is shown, else
    /// any that has one of the name.
    fn declared(&self, file: Option<&Utf8Path>, name: &str) -> Option<(&ParamType, Option<Value>)> {
        let shown = |spec: &Workflow| self.workflow.name.as_deref() == Some(spec.name.as_str());
        let near = |spec: &Workflow| match file {
            Some(file) if runs(spec, file) => 0,
            _ if shown(spec) => 1,
            _ => 2,
        };
        let declares = |spec: &'_ Arc<Workflow>| spec.params.contains_key(name);
        let mut specs: Vec<_> = self.specs().filter(|spec| declares(spec)).collect();
        specs.sort_by_key(|spec| near(spec));
        let params: Vec<&Param> = specs.into_iter().filter_map(|spec| spec.params.get(name)).collect();
        let kind = &params.first()?.kind;
        let default =
            params.iter().filter(|param| param.kind == *kind).find_map(|param| param.default.clone());
        Some((kind, default))
    }

    /// A step runs the query of this file.
    pub(super) fn is_run(&self, file: &Utf8Path) -> bool {
        self.specs().any(|spec| runs(spec, file))
    }

    fn specs(&self) -> impl Iterator<Item = &Arc<Workflow>> {
        self.project
            .get()
            .into_iter()
            .flat_map(|project| &project.workflows)
            .filter_map(|flow| flow.spec.as_ref())
    }
}

/// The workflow is this file, or a step of it names it.
fn runs(spec: &Workflow, file: &Utf8Path) -> bool {
    let names = |value: &Scalar| matches!(value, Scalar::Value(Value::String(text)) if text == file.as_str());
    let mut steps = spec.steps.values();
    spec.file == file
        || steps.any(|step| matches!(&step.action, Action::Uses { with, .. } if with.values().any(names)))
}
