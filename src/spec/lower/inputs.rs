use indexmap::IndexMap;
use serde_json::Value as Json;

use super::context::{Lower, Place};
use super::fields::Fields;
use super::secrets::SQL;
use super::texts::Program;
use crate::domain::nearest::did_you_mean;
use crate::domain::{Name, Operator, OperatorInputKind, ParamType, Scalar, Span, TableName, Template, Value};
use crate::spec::templates::has_template;
use crate::spec::yaml::{Node, Plain, Tree};

impl<'a> Lower<'a> {
    /// `with:` of an operator; also the line at which an inline query starts.
    pub(super) fn with(
        &mut self,
        node: Option<&'a Node>,
        at: Span,
        operator: &Operator,
        step: &'a str,
    ) -> (IndexMap<Name, Scalar>, Option<usize>) {
        let mut given = IndexMap::new();
        let mut query_line = None;
        let mut written: Vec<String> = Vec::new();
        match node.map(|node| (node, node.as_map())) {
            Some((node, None)) => self.wrong_type(node, "`with`", "a mapping"),
            Some((_, Some(map))) => {
                if operator.builtin && operator.name.as_str() == "load_table" {
                    self.check_load(map);
                }
                for entry in map {
                    written.push(entry.key.clone());
                    let Some((name, input)) = operator.inputs.get_key_value(entry.key.as_str()) else {
                        self.unknown_input(operator, &entry.key, entry.span);
                        continue;
                    };
                    if entry.value.is_null() {
                        let message = format!("nothing is given for `{name}`");
                        self.problems.error("wrong-type", entry.span, message);
                        continue;
                    }
                    self.secret_by_name(name.as_str(), &entry.value);
                    if input.kind == OperatorInputKind::Sql && name.as_str() == "query" {
                        // Of a text below a `|`, that is where its first line stands.
                        query_line = Some(entry.value.span.line);
                    }
                    if let Some(value) = self.input(&entry.value, name, &input.kind, step) {
                        given.insert(name.clone(), value);
                    }
                }
            }
            None => {}
        }
        self.missing_inputs(operator, &written, at);
        (given, query_line)
    }

    /// What is given to an operator that is not there: what can be wrong whatever it takes.
    pub(super) fn with_of_unknown(&mut self, node: Option<&'a Node>, step: &'a str) {
        for entry in node.and_then(Node::as_map).into_iter().flatten() {
            match entry.value.as_scalar() {
                Some(scalar) if SQL.contains(&entry.key.as_str()) => {
                    self.program(scalar, &entry.value, &format!("`{}`", entry.key), Program::Sql);
                }
                _ => {
                    self.json(&entry.value, Place::Value { step });
                }
            }
        }
    }

    fn unknown_input(&mut self, operator: &Operator, key: &str, span: Span) {
        let known = operator.inputs.keys().map(Name::as_str);
        let message = format!("`{}` has no input `{key}`", operator.name);
        let help = did_you_mean(key, "inputs", known);
        self.problems.error("unknown-input", span, message).help = help;
    }

    fn missing_inputs(&mut self, operator: &Operator, written: &[String], at: Span) {
        let has = |name: &Name| written.iter().any(|key| key == name.as_str());
        for (name, input) in &operator.inputs {
            if input.required && !has(name) {
                let message = format!("`{}` needs the input `{name}`", operator.name);
                self.problems.error("missing-input", at, message).help = input.description.clone();
            }
        }
        for group in &operator.one_of {
            let all: Vec<&str> = group.iter().map(Name::as_str).collect();
            let all = all.join(" or ");
            match group.iter().filter(|name| has(name)).count() {
                1 => {}
                0 => {
                    let message = format!("`{}` needs {all}", operator.name);
                    self.problems.error("missing-input", at, message).help = "give one of them".into();
                }
                _ => {
                    let message = format!("`{}` takes {all}, not both", operator.name);
                    self.problems.error("too-many-inputs", at, message).help = "give one of them".into();
                }
            }
        }
    }

    fn input(
        &mut self,
        node: &'a Node,
        name: &Name,
        kind: &OperatorInputKind,
        step: &'a str,
    ) -> Option<Scalar> {
        let what = format!("`{name}`");
        let place = Place::Value { step };
        match kind {
            OperatorInputKind::Sql => {
                let text = self.text(node, &what)?;
                self.blank(text, node, &what);
                if let Some(scalar) = node.as_scalar() {
                    self.program(scalar, node, &what, Program::Sql);
                }
                Some(Scalar::Value(Value::String(text.to_owned())))
            }
            OperatorInputKind::File => {
                let path = self.project_file(node, &what)?;
                Some(Scalar::Value(Value::String(path.into_string())))
            }
            OperatorInputKind::Table(_) => {
                let template = self.template(node, &what, place)?;
                if has_template(&template.text) {
                    return Some(Scalar::Template(template));
                }
                if let Err(error) = template.text.parse::<TableName>() {
                    let help = match template.text.contains('.') {
                        true => "names have lower-case letters, digits and _",
                        false => "the dataset comes first, as in lake.flights",
                    };
                    self.problems.error("wrong-type", node.span, format!("{what}: {error}")).help =
                        help.into();
                    return None;
                }
                Some(Scalar::Value(Value::String(template.text)))
            }
            OperatorInputKind::Storage => self.typed(node, &what, &ParamType::String, place),
            OperatorInputKind::Scalar(param) => self.typed(node, &what, &param.kind, place),
            OperatorInputKind::Object => {
                if node.as_scalar().is_some() {
                    self.wrong_type(node, &what, "a mapping or list");
                    return None;
                }
                match name.as_str() {
                    "columns" => {
                        self.columns(Some(node));
                    }
                    "partition" => {
                        let fields = Fields::of(node, &what, &["column", "value"], self)?;
                        fields.need("column", &what, node.span, self);
                        fields.need("value", &what, node.span, self);
                    }
                    _ => {}
                }
                Some(Scalar::Json(self.json(node, place)))
            }
        }
    }

    /// A literal of a type, or a template that will give one.
    pub(super) fn typed(
        &mut self,
        node: &'a Node,
        what: &str,
        kind: &ParamType,
        place: Place<'a>,
    ) -> Option<Scalar> {
        if let Some(scalar) = node.as_scalar().filter(|scalar| has_template(&scalar.text)) {
            self.note_template(scalar, node, place);
            return Some(Scalar::Template(Template { text: scalar.text.clone(), span: node.span }));
        }
        if let Some(scalar) = node.as_scalar() {
            self.note_template(scalar, node, place);
        }
        self.value(node, kind, what).map(Scalar::Value)
    }

    fn json(&mut self, node: &'a Node, place: Place<'a>) -> Json {
        match &node.tree {
            Tree::Map(map) => {
                map.iter().map(|entry| (entry.key.clone(), self.json(&entry.value, place))).collect()
            }
            Tree::List(items) => items.iter().map(|item| self.json(item, place)).collect(),
            Tree::Scalar(scalar) => match scalar.typed() {
                Plain::Null => Json::Null,
                Plain::Bool(flag) => flag.into(),
                Plain::Int(number) => number.into(),
                Plain::Float(number) => number.into(),
                Plain::Text => {
                    self.note_template(scalar, node, place);
                    scalar.text.clone().into()
                }
            },
        }
    }
}
