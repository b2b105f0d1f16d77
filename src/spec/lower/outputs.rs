use indexmap::IndexMap;

use super::context::{Lower, Place};
use super::fields::Fields;
use crate::domain::nearest::did_you_mean;
use crate::domain::{Expect, Name, Operator, OutputSpec, OutputType, Span, Template};
use crate::spec::yaml::Node;

const TYPES: [(&str, OutputType); 5] = [
    ("file", OutputType::File),
    ("dir", OutputType::Dir),
    ("table", OutputType::Table),
    ("metrics", OutputType::Metrics),
    ("model", OutputType::Model),
];

/// A key written twice is one problem; two names with one path are another.
type Outputs = IndexMap<Name, OutputSpec>;

impl<'a> Lower<'a> {
    /// The outputs that a step or operator declares itself.
    pub(super) fn outputs(&mut self, node: Option<&'a Node>, place: Place<'a>) -> Outputs {
        let found = self.named(node, "`outputs`", "an output's name", |lower, _, span, node| {
            Some(lower.output(node, span, place))
        });
        self.one_path_each(&found);
        found
    }

    fn output(&mut self, node: &'a Node, span: Span, place: Place<'a>) -> OutputSpec {
        let nothing = |span| Template { text: String::new(), span };
        if node.as_scalar().is_some() {
            let path = self.output_path(node, place).unwrap_or_else(|| nothing(node.span));
            return OutputSpec { path, kind: OutputType::File, expect: Expect::default() };
        }
        let Some(fields) = Fields::of(node, "an output", &["path", "type", "expect"], self) else {
            return OutputSpec { path: nothing(span), kind: OutputType::File, expect: Expect::default() };
        };
        let path = fields.need("path", "an output", span, self);
        let path = path.and_then(|node| self.output_path(node, place)).unwrap_or_else(|| nothing(span));
        let kind = fields.get("type").and_then(|node| self.one_of(node, "`type`", &TYPES));
        let expect = fields.get("expect").map(|node| self.expect(node)).unwrap_or_default();
        let kind = kind.unwrap_or(OutputType::File);
        if let (Some(span), true, OutputType::File) = (fields.key("expect"), !has_rows(&path.text), kind) {
            let message = format!("`{}` is no file whose rows could be checked", path.text);
            self.problems.error("no-rows", span, message).help =
                "`expect` can be checked of .parquet, .csv, .json and .jsonl (csv and json also as .gz)"
                    .into();
        }
        OutputSpec { path, kind, expect }
    }

    /// What a step says of an operator's outputs, on top of what the operator says.
    pub(super) fn outputs_of(
        &mut self,
        node: Option<&'a Node>,
        operator: &Operator,
        step: &'a str,
        name: &Name,
    ) -> Outputs {
        let mut found: Outputs = match operator.output_named_as_step {
            true => operator.outputs.values().take(1).map(|output| (name.clone(), output.clone())).collect(),
            false => operator.outputs.clone(),
        };
        let known: Vec<String> = found.keys().map(Name::to_string).collect();
        self.named(node, "`outputs`", "an output's name", |lower, output, span, node| {
            let Some(spec) = found.get_mut(output) else {
                let help = did_you_mean(output.as_str(), "outputs", known.iter().map(String::as_str));
                let message = format!("`{}` has no output `{output}`", operator.name);
                lower.problems.error("unknown-output", span, message).help = help;
                return None::<()>;
            };
            lower.change(spec, node, step);
            None
        });
        self.one_path_each(&found);
        found
    }

    /// What a step says of the outputs of an operator that is not there.
    pub(super) fn outputs_of_unknown(&mut self, node: Option<&'a Node>, step: &'a str) -> Outputs {
        self.named(node, "`outputs`", "an output's name", |lower, _, span, node| {
            let path = Template { text: String::new(), span };
            let mut spec = OutputSpec { path, kind: OutputType::File, expect: Expect::default() };
            lower.change(&mut spec, node, step);
            Some(spec)
        })
    }

    fn change(&mut self, spec: &mut OutputSpec, node: &'a Node, step: &'a str) {
        let Some(fields) = Fields::of(node, "the output of an operator", &["path", "expect"], self) else {
            return;
        };
        let path = fields.get("path").and_then(|node| self.output_path(node, Place::Value { step }));
        if let Some(path) = path {
            spec.path = path;
        }
        if let Some(expect) = fields.get("expect") {
            spec.expect = self.expect(expect);
        }
    }

    fn output_path(&mut self, node: &'a Node, place: Place<'a>) -> Option<Template> {
        let text = self.text(node, "an output's path")?;
        self.template(node, "an output's path", place)?;
        self.stays_below(node, text);
        Some(Template { text: text.to_owned(), span: node.span })
    }

    /// Inputs of an operator that are, as they stand, the path of an output.
    pub(super) fn paths_given(&mut self, with: Option<&'a Node>, operator: &Operator) {
        for entry in with.and_then(Node::as_map).into_iter().flatten() {
            let named = format!("{{{}}}", entry.key);
            let text = entry.value.as_scalar().map(|scalar| scalar.text.as_str());
            if let Some(text) =
                text.filter(|_| operator.outputs.values().any(|output| output.path.text == named))
            {
                self.stays_below(&entry.value, text);
            }
        }
    }

    fn stays_below(&mut self, node: &'a Node, text: &str) {
        let wrong = match text {
            _ if text.is_empty() => Some("is empty"),
            _ if text.starts_with('/') => Some("is absolute"),
            _ if text.contains("://") => Some("is a URI"),
            _ if text.split('/').any(|part| part == "..") => Some("leaves its directory"),
            _ if text.chars().any(char::is_control) => Some("has a control character"),
            _ if !text.contains("${{") && text.split('/').any(|part| part.is_empty() || part == ".") => {
                Some("has an empty part or `.` in it")
            }
            _ => None,
        };
        if let Some(why) = wrong {
            self.problems
                .error("bad-output-path", node.span, format!("the output path `{text}` {why}"))
                .help =
                "it is relative to the step's own directory, $GREENROOM_OUTPUT_DIR, and stays in it".into();
        }
    }

    fn one_path_each(&mut self, outputs: &Outputs) {
        let mut seen: std::collections::HashMap<&str, &Name> = std::collections::HashMap::new();
        for (name, output) in outputs.iter().filter(|(_, output)| !output.path.text.is_empty()) {
            match seen.get(output.path.text.as_str()) {
                Some(other) => {
                    let message = format!("the outputs `{other}` and `{name}` have the same path");
                    self.problems.error("duplicate-output-path", output.path.span, message).help =
                        "give each output a path of its own".into();
                }
                None => {
                    seen.insert(&output.path.text, name);
                }
            }
        }
        // What is a file has nothing below it.
        for (name, output) in outputs {
            let path = output.path.text.as_str();
            let above = path.match_indices('/').filter_map(|(at, _)| seen.get(&path[..at]));
            let is_file =
                |other: &&&Name| matches!(outputs[**other].kind, OutputType::File | OutputType::Metrics);
            if let Some(other) = above.into_iter().find(is_file) {
                let message = format!("the output `{name}` lies below `{other}`, which is a file");
                self.problems.error("duplicate-output-path", output.path.span, message).help =
                    format!("give `{other}` type: dir, or one of them another path");
            }
        }
    }
}

/// Whether a file of this path may be one that rows are read of; one that is not known yet may.
fn has_rows(path: &str) -> bool {
    let plain = path.strip_suffix(".gz").unwrap_or(path);
    let ends = [".csv", ".json", ".jsonl", ".ndjson"].into_iter().any(|end| plain.ends_with(end));
    path.is_empty() || path.contains('{') || path.ends_with(".parquet") || ends
}
