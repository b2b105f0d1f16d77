use indexmap::IndexMap;

use super::context::{Lower, Place};
use super::fields::Fields;
use crate::domain::{Expect, Name, Operator, OutputSpec, OutputType, Span, Template};
use crate::spec::nearest::did_you_mean;
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
        OutputSpec { path, kind: kind.unwrap_or(OutputType::File), expect }
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
            let fields = Fields::of(node, "the output of an operator", &["path", "expect"], lower)?;
            if let Some(path) =
                fields.get("path").and_then(|node| lower.output_path(node, Place::Value { step }))
            {
                spec.path = path;
            }
            if let Some(expect) = fields.get("expect") {
                spec.expect = lower.expect(expect);
            }
            None
        });
        self.one_path_each(&found);
        found
    }

    fn output_path(&mut self, node: &'a Node, place: Place<'a>) -> Option<Template> {
        let text = self.text(node, "an output's path")?;
        self.template(node, "an output's path", place)?;
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
        Some(Template { text: text.to_owned(), span: node.span })
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
    }
}
