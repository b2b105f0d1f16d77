use indexmap::IndexMap;

use super::cells::cells;
use super::closure::closure;
use super::request::{PlanError, Request};
use super::selection::Needs;
use super::{outputs, scope, with};
use crate::domain::{
    Action, Digest, InputBinding, InputSource, Launch, Name, Need, Node, NodeId, Operator, OperatorInputKind,
    Scope, SqlOrigin, Step, Template,
};

/// The nodes of one step: one, or one for each cell of its matrix.
pub(super) fn nodes_of(
    request: &Request<'_>,
    step: &Step,
    needs: &Needs,
    outer: &Scope,
) -> Result<Vec<Node>, PlanError> {
    let operator = match &step.action {
        Action::Uses { operator, .. } => Some(request.operators.get(operator).ok_or_else(|| {
            let message = format!("step `{}` uses an operator that is not there: `{operator}`", step.name);
            error(request, None, message)
        })?),
        _ => None,
    };
    let needs = nodes_needed(request, needs.get(&step.name));
    cells(step)
        .into_iter()
        .map(|(id, matrix)| {
            let scope = scope::cell(outer, &matrix);
            node(request, step, operator, Node { needs: needs.clone(), ..empty(id, matrix, step) }, &scope)
        })
        .collect()
}

/// A need on a step with a matrix is one on all its cells.
fn nodes_needed(request: &Request<'_>, needs: Option<&IndexMap<Name, bool>>) -> Vec<Need> {
    let steps = &request.workflow.steps;
    needs
        .into_iter()
        .flatten()
        .filter_map(|(need, by_input)| steps.get(need).map(|step| (step, *by_input)))
        .flat_map(|(step, by_input)| cells(step).into_iter().map(move |(node, _)| Need { node, by_input }))
        .collect()
}

fn node(
    request: &Request<'_>,
    step: &Step,
    operator: Option<&Operator>,
    mut node: Node,
    scope: &Scope,
) -> Result<Node, PlanError> {
    if let (Some(operator), Action::Uses { with: given, .. }) = (operator, &step.action) {
        node.operator = Some(operator.name.clone());
        node.with = with::render(request, operator, given, scope)?;
        node.tables = outputs::tables(operator, &node.with);
        node.storage = operator
            .inputs
            .iter()
            .any(|(name, input)| input.kind == OperatorInputKind::Storage && node.with.contains_key(name));
        node.sql = sql_origin(request, step, &node.with);
        if let Some(files) = &mut node.files {
            files.extend(files_given(operator, &node.with));
        }
    }
    node.launch = match &step.action {
        Action::Run(script) => Launch::Script(script.clone()),
        Action::Command(argv) => Launch::Argv(argv.clone()),
        Action::Uses { .. } => Launch::Argv(operator.map(|o| o.command.clone()).unwrap_or_default()),
    };
    node.image = image(request, step, operator)?;
    let paths = outputs::paths(request, step, &node.with, scope)?;
    node.outputs = outputs::planned(step, operator, &node.with, paths);
    for (name, template) in &step.env {
        node.env.insert(name.clone(), text(request, template, scope)?);
    }
    for (name, template) in &step.inputs {
        let value = text(request, template, scope)?;
        let source = match request.templates.reads(template).into_iter().next() {
            Some((step, output)) => InputSource::Step { step, output },
            None => InputSource::Value,
        };
        node.inputs.insert(name.clone(), InputBinding { value, source });
    }
    if let Some(when) = &step.when {
        node.when_status_of = request.templates.names_status_of(when);
    }
    node.closure = closure(request, operator, &node)
        .map_err(|why| error(request, None, format!("`files` of step `{}`: {why}", step.name)))?;
    Ok(node)
}

/// Files of the project that an operator is given: a step that narrows what it sees need not name them again.
fn files_given(operator: &Operator, with: &IndexMap<Name, serde_json::Value>) -> Vec<String> {
    let files = operator.inputs.iter().filter(|(_, input)| input.kind == OperatorInputKind::File);
    let paths = files.filter_map(|(name, _)| with.get(name)?.as_str());
    // A path is no pattern: what would be one in it is taken as it is.
    let plain = |path: &str| {
        path.chars().fold(String::new(), |plain, c| match c {
            '*' | '?' | '[' | ']' | '{' | '}' => plain + &format!("[{c}]"),
            c => plain + c.encode_utf8(&mut [0; 4]),
        })
    };
    paths.map(plain).collect()
}

fn image(request: &Request<'_>, step: &Step, operator: Option<&Operator>) -> Result<Name, PlanError> {
    let default = Name::new("default").map_err(|e| error(request, None, e.to_string()))?;
    let image = step.image.clone().or_else(|| operator.and_then(|o| o.image.clone())).unwrap_or(default);
    match request.project.images.contains_key(&image) {
        true => Ok(image),
        false => {
            let message =
                format!("step `{}` runs in the image `{image}`, which greenroom.yaml has not", step.name);
            Err(error(request, None, message))
        }
    }
}

/// Where the query of an operator stands.
fn sql_origin(
    request: &Request<'_>,
    step: &Step,
    with: &IndexMap<Name, serde_json::Value>,
) -> Option<SqlOrigin> {
    if let Some(file) = with.get("query_file").and_then(|file| file.as_str()) {
        return Some(SqlOrigin { file: file.into(), line: 1, indent: 0 });
    }
    let line = step.query_line.filter(|_| with.contains_key("query"))?;
    Some(SqlOrigin { file: request.workflow.file.clone(), line, indent: 0 })
}

fn text(request: &Request<'_>, template: &Template, scope: &Scope) -> Result<String, PlanError> {
    match request.templates.render(template, scope) {
        Ok(value) => Ok(value.to_string()),
        Err(e) => Err(PlanError { help: e.help, ..error(request, Some(template), e.message) }),
    }
}

fn error(request: &Request<'_>, at: Option<&Template>, message: String) -> PlanError {
    let file = request.workflow.file.clone();
    PlanError { file, span: at.map(|template| template.span), message, help: String::new() }
}

/// What a node takes from its step as written.
fn empty(id: NodeId, matrix: IndexMap<Name, crate::domain::Value>, step: &Step) -> Node {
    Node {
        id,
        needs: vec![],
        when: step.when.clone(),
        when_status_of: vec![],
        matrix,
        operator: None,
        launch: Launch::Argv(vec![]),
        image: step.name.clone(),
        env: IndexMap::new(),
        with: IndexMap::new(),
        sql: None,
        inputs: IndexMap::new(),
        outputs: IndexMap::new(),
        tables: vec![],
        storage: false,
        files: step.files.clone(),
        resources: step.resources,
        retry: step.retry.clone(),
        timeout: step.timeout,
        poll: step.poll.clone(),
        secrets: step.secrets.clone(),
        cache: step.cache.clone(),
        io: step.io,
        taken: None,
        closure: Digest::zero(),
    }
}
