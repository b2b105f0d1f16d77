use super::context::Lower;
use crate::spec::Policy;
use crate::spec::yaml::{Entry, Node};

/// `people:` and the branches of `environments:`. Nothing is said of any other key.
pub(in crate::spec) fn policy<'a>(node: &'a Node, lower: &mut Lower<'a>) -> Policy {
    let get = |node: &'a Node, key: &str| {
        let mut entries = node.as_map().into_iter().flatten();
        entries.find(|entry: &&Entry| entry.key == key).map(|entry| &entry.value)
    };
    let given = |key| get(node, key).filter(|node| !node.is_null());
    let people = lower.people(given("people"));
    let branches =
        lower.named(given("environments"), "`environments`", "an environment", |lower, _, _, node| {
            let branch = get(node, "branch").filter(|node| !node.is_null())?;
            lower.text(branch, "`branch`").map(str::to_owned)
        });
    Policy { people, branches }
}
