use indexmap::IndexMap;
use serde_json::Value as Json;

use super::request::{PlanError, Request};
use crate::domain::{Name, Operator, OperatorInputKind, Scalar, Scope, Span, Template};

/// What an operator gets: the inputs of the step, rendered, and the defaults of those it left out.
pub(super) fn render(
    request: &Request<'_>,
    operator: &Operator,
    given: &IndexMap<Name, Scalar>,
    scope: &Scope,
) -> Result<IndexMap<Name, Json>, PlanError> {
    let mut with = IndexMap::new();
    for (name, input) in &operator.inputs {
        let value = match given.get(name) {
            Some(Scalar::Value(value)) => value.to_json(),
            Some(Scalar::Template(template)) => scalar(request, template, scope)?,
            Some(Scalar::Json(json)) => nested(request, json, scope)?,
            None => match &input.kind {
                OperatorInputKind::Scalar(param) => match &param.default {
                    Some(default) => default.to_json(),
                    None => continue,
                },
                _ => continue,
            },
        };
        with.insert(name.clone(), value);
    }
    Ok(with)
}

pub(super) fn scalar(request: &Request<'_>, template: &Template, scope: &Scope) -> Result<Json, PlanError> {
    let value = request.templates.render(template, scope).map_err(|error| PlanError {
        file: request.workflow.file.clone(),
        span: Some(template.span),
        message: error.message,
        help: error.help,
    })?;
    Ok(value.to_json())
}

/// Strings in a mapping or list may be templates too; their place is the spec's business.
fn nested(request: &Request<'_>, json: &Json, scope: &Scope) -> Result<Json, PlanError> {
    Ok(match json {
        Json::String(text) => scalar(request, &Template { text: text.clone(), span: Span::START }, scope)?,
        Json::Array(items) => {
            Json::Array(items.iter().map(|item| nested(request, item, scope)).collect::<Result<_, _>>()?)
        }
        Json::Object(entries) => {
            let entries = entries.iter().map(|(key, item)| Ok((key.clone(), nested(request, item, scope)?)));
            Json::Object(entries.collect::<Result<_, _>>()?)
        }
        plain => plain.clone(),
    })
}

/// Every template in what is given `with:` an operator.
pub(super) fn templates(given: &IndexMap<Name, Scalar>) -> Vec<Template> {
    let mut found = vec![];
    for value in given.values() {
        match value {
            Scalar::Template(template) => found.push(template.clone()),
            Scalar::Json(json) => strings(json, &mut found),
            Scalar::Value(_) => {}
        }
    }
    found
}

fn strings(json: &Json, found: &mut Vec<Template>) {
    match json {
        Json::String(text) => found.push(Template { text: text.clone(), span: Span::START }),
        Json::Array(items) => items.iter().for_each(|item| strings(item, found)),
        Json::Object(entries) => entries.values().for_each(|item| strings(item, found)),
        _ => {}
    }
}
