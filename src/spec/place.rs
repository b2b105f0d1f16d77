use super::problems::Problems;
use super::yaml::{Node, Tree, read};
use crate::domain::Span;

/// Where something of a spec is written: the key that the path leads to, or, where that is not there, the last on the way.
/// None where not even its first key is there.
pub fn place(text: &str, path: &[&str]) -> Option<Span> {
    let node = read(text, "workflow", &mut Problems::of("".into()))?;
    let (mut at, mut span): (&Node, Option<Span>) = (&node, None);
    for part in path {
        match &at.tree {
            Tree::Map(map) => {
                let Some(entry) = map.iter().find(|entry| entry.key == *part) else { break };
                (at, span) = (&entry.value, Some(entry.span));
            }
            Tree::List(items) => {
                let Some(item) = part.parse().ok().and_then(|index: usize| items.get(index)) else { break };
                (at, span) = (item, Some(item.span));
            }
            Tree::Scalar(_) => break,
        }
    }
    span
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_that_of_the_last_key_that_is_there() {
        let text = "steps:\n  a: {run: x, retry: {limit: 1}}\n  b:\n    run: y\nowners: [ana, eli]\n";
        let at = |path: &[&str]| place(text, path).map(|span| (span.line, span.column, span.length));
        assert_eq!(at(&["steps", "a", "retry", "limit"]), Some((2, 23, 5)));
        assert_eq!(at(&["steps", "b", "timeout"]), Some((3, 3, 1)));
        assert_eq!(at(&["owners", "1"]), Some((5, 15, 3)));
        assert_eq!(at(&["monitors"]), None);
        assert_eq!(place("a: [", &["a"]), None);
    }
}
