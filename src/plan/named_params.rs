use super::request::Request;
use super::with;
use crate::domain::{Action, Launch, Mentions, Name, Node, Operator, Step, Template, sql};

/// Which parameters a step's work may depend on: those that its spec, its query or a file that it sees names. What its
/// image does with a variable that none of them names, nobody can see.
pub(super) fn named_params(
    request: &Request<'_>,
    step: &Step,
    operator: Option<&Operator>,
    node: &Node,
) -> Mentions {
    let mut named = Mentions::default();
    let templates: Vec<&Template> = step.env.values().chain(step.inputs.values()).chain(&step.when).collect();
    let given = match &step.action {
        Action::Uses { with: given, .. } => with::templates(given),
        _ => Vec::new(),
    };
    let outputs = step.outputs.values().map(|output| &output.path);
    for template in templates.into_iter().chain(outputs).chain(&given) {
        named.add(these(request.templates.params(template)));
    }
    match &node.launch {
        Launch::Script(script) => named.add(Mentions::of_script(script)),
        Launch::Argv(words) => named.add(Mentions::of_script(&words.join(" "))),
    }
    // A query, or a condition, names them as `@day`.
    for text in node.with.values().filter_map(|value| value.as_str()) {
        named.add(in_query(text));
    }
    if let Some(query) = node.with.get("query_file").and_then(|file| file.as_str()) {
        named.add((request.file_text)(query.into()).map_or(Mentions::Any, |text| in_query(&text)));
    }
    // What comes with Greenroom reads no other file of the project.
    if !operator.is_some_and(|operator| operator.builtin) {
        named.add((request.files_mention)(node.files.as_deref()));
    }
    named
}

fn in_query(text: &str) -> Mentions {
    these(sql::params(text).into_iter().filter_map(|name| Name::new(name).ok()))
}

fn these(names: impl IntoIterator<Item = Name>) -> Mentions {
    Mentions::These(names.into_iter().collect())
}
