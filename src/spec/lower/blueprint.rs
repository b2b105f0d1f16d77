use super::context::Lower;
use crate::domain::{Name, Span};
use crate::spec::yaml::Node;

/// A blueprint is recognised by its name; what is in it is not judged yet.
pub(in crate::spec) fn blueprint<'a>(node: &'a Node, lower: &mut Lower<'a>) -> Option<Name> {
    let map = node.as_map()?;
    let Some(name) = map.iter().find(|entry| entry.key == "name") else {
        lower.problems.error("missing-key", Span::START, "a blueprint needs `name`");
        return None;
    };
    lower.check_secrets(node);
    lower.name(&name.value, "the blueprint's name")
}
