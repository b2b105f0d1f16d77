use super::context::Lower;
use crate::domain::Span;
use crate::domain::nearest::did_you_mean;
use crate::spec::yaml::{Node, Plain};

const KINDS: [&str; 4] = ["project", "workflow", "blueprint", "operator"];

/// `greenroom: 1` and `kind:`, with which every spec begins. False where the rest means nothing.
pub(in crate::spec) fn head(node: &Node, kind: &str, lower: &mut Lower<'_>) -> bool {
    let Some(map) = node.as_map() else {
        let message = format!("a spec is a mapping at the top, and this is {}", node.kind());
        lower.problems.error("wrong-type", node.span, message).help =
            format!("begin with `greenroom: 1` and `kind: {kind}`");
        return false;
    };
    let get = |key: &str| map.iter().find(|entry| entry.key == key);
    let Some(format) = get("greenroom") else {
        let at = map.first().map_or(Span::START, |entry| entry.span);
        let message = "there is no `greenroom:` key, so this is a file of another tool";
        lower.problems.error("not-a-spec", at, message).help =
            format!("a spec begins with `greenroom: 1` and `kind: {kind}`; else move the file elsewhere");
        return false;
    };
    match format.value.as_scalar().map(|scalar| (scalar.typed(), &scalar.text)) {
        Some((Plain::Int(1), _)) => {}
        Some((_, text)) => {
            let message = format!("the format `{text}` is not known");
            lower.problems.error("unknown-format", format.value.span, message).help =
                "write `greenroom: 1`; a newer format needs a newer Greenroom".into();
            return false;
        }
        None => {
            lower.wrong_type(&format.value, "`greenroom`", "the number of the format, 1");
            return false;
        }
    }
    let Some(found) = get("kind") else {
        lower.problems.error("missing-key", format.span, "a spec needs `kind`").help =
            format!("write `kind: {kind}`");
        return true;
    };
    let text = found.value.as_scalar().map_or("", |scalar| scalar.text.as_str());
    if text == kind {
        return true;
    }
    let known = KINDS.contains(&text);
    let (message, help) = match known {
        true => (
            format!(
                "{} does not belong here: this is the place of {}",
                with_article(text),
                with_article(kind)
            ),
            match text {
                "project" => "the project's file is greenroom.yaml at its root".to_owned(),
                _ => format!("move the file to {text}s/"),
            },
        ),
        false => (format!("there is no kind `{text}`"), did_you_mean(text, "kinds", KINDS)),
    };
    lower.problems.error(if known { "wrong-kind" } else { "unknown-kind" }, found.value.span, message).help =
        help;
    !known
}

fn with_article(kind: &str) -> String {
    match kind {
        "operator" => format!("an {kind}"),
        _ => format!("a {kind}"),
    }
}
