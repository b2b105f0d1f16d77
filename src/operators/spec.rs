use indexmap::IndexMap;

use crate::domain::{
    Access, Expect, Name, Operator, OperatorInput, OperatorInputKind, OutputSpec, OutputType, Param,
    ParamType, Span, Template, Value,
};

/// Puts an operator together, input by input. A name that is none is left out, which the tests notice.
pub(super) struct Spec {
    operator: Operator,
}

impl Spec {
    pub(super) fn new(name: Name, description: &str, example: &str) -> Self {
        // A directory rather than `-m`: with that, a file of the project could stand in for a module.
        let command = ["python3", "/greenroom/lib", name.as_str()];
        Self {
            operator: Operator {
                command: command.map(str::to_owned).to_vec(),
                name,
                description: description.to_owned(),
                inputs: IndexMap::new(),
                one_of: Vec::new(),
                image: None,
                outputs: IndexMap::new(),
                output_named_as_step: false,
                builtin: true,
                example: example.to_owned(),
            },
        }
    }

    pub(super) fn required(self, name: &str, kind: OperatorInputKind, description: &str) -> Self {
        self.input(name, kind, true, description)
    }

    pub(super) fn optional(self, name: &str, kind: OperatorInputKind, description: &str) -> Self {
        self.input(name, kind, false, description)
    }

    fn input(mut self, name: &str, kind: OperatorInputKind, required: bool, description: &str) -> Self {
        if let Ok(name) = Name::new(name) {
            let input = OperatorInput { kind, required, description: description.to_owned() };
            self.operator.inputs.insert(name, input);
        }
        self
    }

    /// `query` or `query_file`, one of the two.
    pub(super) fn query(self) -> Self {
        self.optional("query", OperatorInputKind::Sql, "the query; parameters as @name")
            .optional("query_file", OperatorInputKind::File, "a file of the project with the query")
            .one_of(["query", "query_file"])
    }

    pub(super) fn one_of<const N: usize>(mut self, names: [&str; N]) -> Self {
        self.operator.one_of.push(names.into_iter().filter_map(|name| Name::new(name).ok()).collect());
        self
    }

    /// The one output, named as the step that uses it.
    pub(super) fn output(mut self, kind: OutputType, path: &str) -> Self {
        let path = Template { text: path.to_owned(), span: Span::START };
        let output = OutputSpec { path, kind, expect: Expect::default() };
        self.operator.outputs.insert(self.operator.name.clone(), output);
        self.operator.output_named_as_step = true;
        self
    }

    pub(super) fn build(self) -> (Name, Operator) {
        (self.operator.name.clone(), self.operator)
    }
}

pub(super) fn reads_table() -> OperatorInputKind {
    OperatorInputKind::Table(Access::Read)
}

pub(super) fn writes_table() -> OperatorInputKind {
    OperatorInputKind::Table(Access::Write)
}

pub(super) fn scalar(kind: ParamType, default: Option<Value>) -> OperatorInputKind {
    OperatorInputKind::Scalar(Param { kind, default, description: String::new() })
}

pub(super) fn text() -> OperatorInputKind {
    scalar(ParamType::String, None)
}

pub(super) fn text_or(default: &str) -> OperatorInputKind {
    scalar(ParamType::String, Some(Value::String(default.to_owned())))
}

pub(super) fn count_or(default: i64) -> OperatorInputKind {
    scalar(ParamType::Int, Some(Value::Int(default)))
}

/// The first is the default.
pub(super) fn one_of(values: &[&str]) -> OperatorInputKind {
    let default = values.first().map(|value| Value::String((*value).to_owned()));
    scalar(ParamType::Enum(values.iter().map(|value| (*value).to_owned()).collect()), default)
}
