use super::context::Lower;
use super::fields::Fields;
use crate::domain::nearest::did_you_mean;
use crate::domain::{Param, ParamType, Span, Value};
use crate::spec::parameters::parse;
use crate::spec::yaml::{Node, Plain, Scalar};

/// The types of parameters, and of an operator's plain inputs.
pub(super) const TYPES: [&str; 7] = ["string", "int", "float", "bool", "date", "datetime", "enum"];

impl<'a> Lower<'a> {
    /// `{type: date, default: …}`, or the type alone.
    pub(super) fn param(&mut self, node: &'a Node, span: Span, what: &str) -> Option<Param> {
        if let Some(scalar) = node.as_scalar() {
            let kind = self.param_type(scalar, node.span, None)?;
            return Some(Param { kind, default: None, description: String::new() });
        }
        let fields = Fields::of(node, what, &["type", "default", "values", "description"], self)?;
        let description = self.string(fields.get("description"), "`description`");
        let kind = fields.need("type", what, span, self)?;
        let kind = self.scalar(kind, "`type`").map(|scalar| (scalar, kind.span));
        let values = fields.get("values").map(|node| (node, self.texts(Some(node), "`values`")));
        let (scalar, at) = kind?;
        let kind = self.param_type(scalar, at, values)?;
        let default = fields.get("default").map(|node| self.value(node, &kind, "`default`"));
        Some(Param { default: default.flatten(), kind, description })
    }

    /// `values`: those of an enum, with where they are.
    pub(super) fn param_type(
        &mut self,
        scalar: &Scalar,
        at: Span,
        values: Option<(&Node, Vec<String>)>,
    ) -> Option<ParamType> {
        let kind = match scalar.text.as_str() {
            "string" => ParamType::String,
            "int" => ParamType::Int,
            "float" => ParamType::Float,
            "bool" => ParamType::Bool,
            "date" => ParamType::Date,
            "datetime" => ParamType::Datetime,
            "enum" => match values {
                Some((_, values)) if !values.is_empty() => return Some(ParamType::Enum(values)),
                _ => {
                    self.problems.error("missing-key", at, "an enum needs `values`").help =
                        "write {type: enum, values: [a, b]}".into();
                    return None;
                }
            },
            other => {
                let meant = match other.to_ascii_lowercase().as_str() {
                    "str" | "text" | "varchar" => Some("string"),
                    "integer" | "number" | "int64" | "bigint" => Some("int"),
                    "double" | "float64" | "decimal" | "numeric" => Some("float"),
                    "boolean" => Some("bool"),
                    "timestamp" => Some("datetime"),
                    _ => None,
                };
                let help = match meant {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => did_you_mean(other, "types", TYPES),
                };
                self.problems.error("unknown-type", at, format!("there is no type `{other}`")).help = help;
                return None;
            }
        };
        if let Some((node, _)) = values {
            self.problems
                .error("unknown-key", node.span, format!("a {} has no `values`", kind.name()))
                .help = "did you mean type: enum?".into();
        }
        Some(kind)
    }

    /// A literal of this type.
    pub(super) fn value(&mut self, node: &'a Node, kind: &ParamType, what: &str) -> Option<Value> {
        let Some(scalar) = node.as_scalar() else {
            self.wrong_type(node, what, &format!("a single value of type {}", kind.name()));
            return None;
        };
        let plain = scalar.typed();
        let fits = match kind {
            ParamType::String | ParamType::Enum(_) => plain == Plain::Text,
            ParamType::Int => matches!(plain, Plain::Int(_)),
            ParamType::Float => matches!(plain, Plain::Int(_) | Plain::Float(_)),
            ParamType::Bool => return self.bool(node, what).map(Value::Bool),
            ParamType::Date | ParamType::Datetime => true,
        };
        if !fits {
            let message =
                format!("{what} is of type {}, and `{}` is {}", kind.name(), scalar.text, node.kind());
            let help = match (kind, plain) {
                (ParamType::String | ParamType::Enum(_), _) => format!("quote it: \"{}\"", scalar.text),
                (_, Plain::Text) if !scalar.plain => "write it without quotes".into(),
                _ => String::new(),
            };
            self.problems.error("wrong-type", node.span, message).help = help;
            return None;
        }
        if let Plain::Int(number) = plain {
            match kind {
                ParamType::Int => return Some(Value::Int(number)),
                ParamType::Float => return Some(Value::Float(number as f64)),
                _ => {}
            }
        }
        match parse(kind, &scalar.text) {
            Ok(value) => Some(value),
            Err(why) => {
                let code = match kind {
                    ParamType::Date | ParamType::Datetime => "bad-date",
                    ParamType::Enum(_) => "unknown-value",
                    _ => "wrong-type",
                };
                let help = match kind {
                    ParamType::Enum(values) => {
                        did_you_mean(&scalar.text, "values", values.iter().map(String::as_str))
                    }
                    ParamType::Date
                        if looks_like_a_date(&scalar.text) && !scalar.text.starts_with("0000") =>
                    {
                        "there is no such day in the calendar".into()
                    }
                    _ => String::new(),
                };
                self.problems.error(code, node.span, format!("{what}: {why}")).help = help;
                None
            }
        }
    }
}

fn looks_like_a_date(text: &str) -> bool {
    text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(at, b)| if at == 4 || at == 7 { b == b'-' } else { b.is_ascii_digit() })
}
