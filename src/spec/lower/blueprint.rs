use camino::Utf8Path;
use indexmap::IndexMap;
use semver::VersionReq;

use super::context::Lower;
use super::fields::Fields;
use super::workflow::{Words, body};
use crate::domain::nearest::{did_you_mean, nearest};
use crate::domain::{Blueprint, COMPONENTS, Kind, Name, Span, Step, USE_CASES, Workflow};
use crate::spec::condition::Condition;
use crate::spec::yaml::Node;

const KEYS: [&str; 15] = [
    "greenroom",
    "kind",
    "name",
    "version",
    "description",
    "owners",
    "params",
    "schedule",
    "defaults",
    "components",
    "use_cases",
    "inputs_from",
    "accept",
    "compatible_with",
    "monitors",
];

/// A workflow whose steps are the five components. What is answered counts only if no error was told.
pub(in crate::spec) fn blueprint<'a>(
    node: &'a Node,
    file: &Utf8Path,
    lower: &mut Lower<'a>,
) -> Option<Workflow> {
    let fields = Fields::of(node, "a blueprint", &KEYS, lower)?;
    let top = fields.key("greenroom").unwrap_or(Span::START);
    // Its runs are told apart by it for years: it has none by itself.
    fields.need("version", "a blueprint", top, lower);
    let words = Words {
        kind: Kind::Blueprint,
        what: "a blueprint",
        name: "the blueprint's name",
        steps: "components",
    };
    body(node, file, &fields, &words, lower, |steps, lower| {
        lower.check_components(&fields, steps);
        Some(Blueprint {
            use_cases: lower.use_cases(fields.get("use_cases"))?,
            inputs_from: fields.get("inputs_from").and_then(|node| lower.name(node, "an alias")),
            accept: lower.accept(&fields),
            compatible_with: fields.get("compatible_with").and_then(|node| lower.compatible_with(node)),
        })
    })
}

impl<'a> Lower<'a> {
    /// All five, and no others.
    fn check_components(&mut self, fields: &Fields<'a>, steps: &IndexMap<Name, Step>) {
        let Some(map) = fields.get("components").and_then(Node::as_map) else { return };
        let mut meant = Vec::new();
        for entry in map.iter().filter(|entry| !COMPONENTS.contains(&entry.key.as_str())) {
            let near = nearest(&entry.key, COMPONENTS);
            meant.extend(near);
            let message = format!("a blueprint has no component `{}`", entry.key);
            self.problems.error("unknown-component", entry.span, message).help =
                did_you_mean(&entry.key, "components", COMPONENTS);
        }
        let at = fields.key("components").unwrap_or(Span::START);
        let missing = COMPONENTS.iter().filter(|name| !steps.contains_key(**name) && !meant.contains(*name));
        for name in missing {
            let message = format!("a blueprint needs the component `{name}`");
            self.problems.error("missing-component", at, message).help =
                format!("the five components are {}", COMPONENTS.join(", "));
        }
    }

    /// The three that are known, and what is written besides.
    fn use_cases(&mut self, node: Option<&'a Node>) -> Option<IndexMap<Name, Vec<Name>>> {
        let known = USE_CASES.iter().map(|(name, components)| {
            let components = components.iter().filter_map(|name| Name::new(name).ok());
            Some((Name::new(name).ok()?, components.collect()))
        });
        let mut known: IndexMap<Name, Vec<Name>> = known.collect::<Option<_>>()?;
        let more = self.named(node, "`use_cases`", "a use case's name", |lower, name, span, node| {
            if USE_CASES.iter().any(|(known, _)| *known == name.as_str()) {
                let message =
                    format!("the use case `{name}` is known already, and means the same everywhere");
                lower.problems.error("duplicate-name", span, message).help = "give yours another name".into();
            }
            let mut components: Vec<Name> = Vec::new();
            for component in lower.list(Some(node), "a use case", |lower, node| lower.component(node)) {
                if !components.contains(&component) {
                    components.push(component);
                }
            }
            if node.as_list().is_some_and(<[Node]>::is_empty) {
                let message = format!("the use case `{name}` runs nothing");
                lower.problems.error("missing-key", node.span, message);
            }
            let has = |component: &str| components.iter().any(|name| name.as_str() == component);
            // The figures of an older model would be those of the new one.
            if has("train") && has("evaluate") && !has("predict") {
                let message =
                    format!("the use case `{name}` judges a new model by what an older one has predicted");
                lower.problems.error("missing-component", node.span, message).help =
                    "add predict to it, or leave train or evaluate out".into();
            }
            Some(components)
        });
        known.extend(more);
        Some(known)
    }

    fn component(&mut self, node: &'a Node) -> Option<Name> {
        let text = self.text(node, "a component")?;
        if !COMPONENTS.contains(&text) {
            let message = format!("a blueprint has no component `{text}`");
            self.problems.error("unknown-component", node.span, message).help =
                did_you_mean(text, "components", COMPONENTS);
            return None;
        }
        Name::new(text).ok()
    }

    /// One that asks nothing would look like a guard, and let every run pass.
    fn accept(&mut self, fields: &Fields<'a>) -> Option<String> {
        let Some(node) = fields.get("accept") else {
            if let Some(key) = fields.key("accept") {
                self.problems.error("bad-condition", key, "`accept` asks for nothing").help =
                    "compare a metric with a number (accept: auc >= 0.7), or leave it out".into();
            }
            return None;
        };
        let text = self.text(node, "`accept`")?;
        match Condition::new(text) {
            Ok(_) => Some(text.to_owned()),
            Err(error) => {
                self.problems.error("bad-condition", node.span, error.to_string()).help =
                    "compare metrics with numbers: accept: \"auc >= 0.7 and log_loss < 0.5\"".into();
                None
            }
        }
    }

    fn compatible_with(&mut self, node: &'a Node) -> Option<VersionReq> {
        // `1` and `1.2` are numbers to YAML, and versions to people.
        let text = self.scalar(node, "`compatible_with`")?.text.as_str();
        match VersionReq::parse(text) {
            Ok(wanted) => Some(wanted),
            Err(error) => {
                let message = format!("`{text}` names no versions: {error}");
                self.problems.error("bad-version", node.span, message).help =
                    "write 1.2 for all from 1.2.0 up to 2.0.0, or >=1.2, <1.5".into();
                None
            }
        }
    }
}
