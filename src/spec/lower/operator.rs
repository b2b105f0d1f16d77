use super::context::{Lower, Place};
use super::fields::Fields;
use super::param::TYPES;
use crate::domain::nearest::did_you_mean;
use crate::domain::{Access, Name, Operator, OperatorInput, OperatorInputKind, Span};
use crate::spec::yaml::Node;

const KEYS: [&str; 9] =
    ["greenroom", "kind", "name", "description", "inputs", "image", "command", "outputs", "example"];

/// `operators/*.yaml`. What is answered counts only if no error was told.
pub(in crate::spec) fn operator<'a>(node: &'a Node, lower: &mut Lower<'a>) -> Option<Operator> {
    let fields = Fields::of(node, "an operator", &KEYS, lower)?;
    let top = fields.key("greenroom").unwrap_or(Span::START);
    let name = fields.need("name", "an operator", top, lower);
    let name = name.and_then(|node| lower.name(node, "the operator's name"));
    let description = lower.string(fields.get("description"), "`description`");
    let inputs = lower.named(fields.get("inputs"), "`inputs`", "an input's name", |lower, _, span, node| {
        lower.operator_input(node, span)
    });
    let image = match fields.get("image") {
        Some(node) => lower.image_of(node),
        None => {
            lower.default_image(top);
            None
        }
    };
    let command = fields.need("command", "an operator", top, lower);
    let command = command.map(|node| lower.argv(node, "`command`"));
    let outputs = lower.outputs(fields.get("outputs"), Place::Value { step: "" });
    let example = lower.string(fields.get("example"), "`example`");
    // An operator's own paths name its inputs as {input}: what a run knows is not known to it.
    for used in std::mem::take(&mut lower.templates) {
        lower.problems.error("template-not-allowed", used.span, "an operator holds no template").help =
            "write {step} for the step's name, {input} for the value of an input".into();
    }
    lower.check_secrets(node);
    Some(Operator {
        example: if example.is_empty() { made_up(name.as_ref()?, &inputs) } else { example },
        name: name?,
        description,
        inputs,
        one_of: Vec::new(),
        image,
        command: command?,
        outputs,
        output_named_as_step: false,
        builtin: false,
    })
}

impl<'a> Lower<'a> {
    /// `{type: table, access: read}`, `{type: string, default: …}`, or the type alone.
    fn operator_input(&mut self, node: &'a Node, span: Span) -> Option<OperatorInput> {
        let kind = match node.as_map() {
            Some(map) => {
                map.iter().find(|entry| entry.key == "type").and_then(|entry| entry.value.as_scalar())
            }
            None => node.as_scalar(),
        };
        let what = "an input";
        match kind.map(|scalar| scalar.text.as_str()) {
            Some("table") => {
                if node.as_map().is_none() {
                    self.problems.error("missing-key", node.span, "a table needs `access`").help =
                        "write {type: table, access: read}".into();
                    return None;
                }
                let fields = Fields::of(node, what, &["type", "access", "required", "description"], self)?;
                let access = fields.need("access", "a table", span, self)?;
                let words = [("read", Access::Read), ("write", Access::Write)];
                let access = self.one_of(access, "`access`", &words)?;
                self.given(&fields, OperatorInputKind::Table(access))
            }
            Some("file") if node.as_map().is_none() => Some(OperatorInput {
                kind: OperatorInputKind::File,
                required: true,
                description: String::new(),
            }),
            Some("file") => {
                let fields = Fields::of(node, what, &["type", "required", "description"], self)?;
                self.given(&fields, OperatorInputKind::File)
            }
            Some(other) if !TYPES.contains(&other) && node.as_map().is_some() => {
                let known = ["table", "file"].into_iter().chain(TYPES);
                let help = did_you_mean(other, "types", known);
                self.problems.error("unknown-type", node.span, format!("there is no type `{other}`")).help =
                    help;
                None
            }
            _ => {
                let param = self.param(node, span, what)?;
                let (required, description) = (param.default.is_none(), param.description.clone());
                Some(OperatorInput { kind: OperatorInputKind::Scalar(param), required, description })
            }
        }
    }

    fn given(&mut self, fields: &Fields<'a>, kind: OperatorInputKind) -> Option<OperatorInput> {
        let required = fields.get("required").map(|node| self.bool(node, "`required`"));
        let description = self.string(fields.get("description"), "`description`");
        Some(OperatorInput { kind, required: required.unwrap_or(Some(true))?, description })
    }
}

/// How it is used, for an operator that does not say.
fn made_up(name: &Name, inputs: &indexmap::IndexMap<Name, OperatorInput>) -> String {
    let given: Vec<String> = inputs
        .iter()
        .filter(|(_, input)| input.required)
        .map(|(name, input)| {
            let value = match &input.kind {
                OperatorInputKind::Table(_) => "dataset.table".to_owned(),
                OperatorInputKind::File => "path/of/a/file".to_owned(),
                OperatorInputKind::Scalar(param) => match &param.kind {
                    crate::domain::ParamType::Enum(values) => values.first().cloned().unwrap_or_default(),
                    crate::domain::ParamType::Int => "1".to_owned(),
                    crate::domain::ParamType::Float => "0.5".to_owned(),
                    crate::domain::ParamType::Bool => "true".to_owned(),
                    crate::domain::ParamType::Date => "\"2013-01-01\"".to_owned(),
                    crate::domain::ParamType::Datetime => "\"2013-01-01T06:00:00\"".to_owned(),
                    crate::domain::ParamType::String => "a text".to_owned(),
                },
                _ => "…".to_owned(),
            };
            format!("{name}: {value}")
        })
        .collect();
    format!("my_step:\n  uses: {name}\n  with: {{{}}}\n", given.join(", "))
}
