use indexmap::IndexMap;

use crate::domain::{
    Access, Expect, Name, Operator, OperatorInput, OperatorInputKind, OutputSpec, OutputType, Param,
    ParamType, Span, Template, Value,
};

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn operator(
    text: &str,
    required: &[&str],
    inputs: &[(&str, OperatorInputKind)],
    path: Option<&str>,
) -> Operator {
    let output = |path: &str| OutputSpec {
        path: Template { text: path.to_owned(), span: Span::START },
        kind: if path == "{table}" { OutputType::Table } else { OutputType::File },
        expect: Expect::default(),
    };
    let input = |input: &str, kind: &OperatorInputKind| {
        let required = required.contains(&input);
        (name(input), OperatorInput { kind: kind.clone(), required, description: String::new() })
    };
    Operator {
        name: name(text),
        description: String::new(),
        inputs: inputs.iter().map(|(text, kind)| input(text, kind)).collect(),
        one_of: match inputs.iter().any(|(input, _)| *input == "query") {
            true => vec![vec![name("query"), name("query_file")]],
            false => vec![],
        },
        image: None,
        command: vec!["python3".to_owned()],
        outputs: path.map(|path| (name("output"), output(path))).into_iter().collect(),
        output_named_as_step: path.is_some(),
        builtin: true,
        example: String::new(),
    }
}

/// Operators such as the built-in ones: `spec` is not to know those.
pub(super) fn builtin() -> IndexMap<Name, Operator> {
    use OperatorInputKind::{File, Object, Scalar, Sql, Storage, Table};
    let scalar = |kind, default| Scalar(Param { kind, default, description: String::new() });
    let text = || scalar(ParamType::String, None);
    let count = || scalar(ParamType::Int, Some(Value::Int(1)));
    let format = ParamType::Enum(vec!["parquet".into(), "csv".into(), "json".into()]);
    let format = scalar(format, Some(Value::String("parquet".into())));
    [
        operator(
            "data_available",
            &[],
            &[("table", Table(Access::Read)), ("where", Sql), ("min_rows", count()), ("path", Storage)],
            None,
        ),
        operator(
            "load_table",
            &["table", "from"],
            &[
                ("table", Table(Access::Write)),
                ("from", text()),
                ("columns", Object),
                ("partition_by", text()),
            ],
            Some("{table}"),
        ),
        operator(
            "sql_export",
            &[],
            &[("query", Sql), ("query_file", File), ("format", format), ("path", text())],
            Some("{path}"),
        ),
        operator(
            "sql_table",
            &["table"],
            &[("query", Sql), ("query_file", File), ("table", Table(Access::Write)), ("partition", Object)],
            Some("{table}"),
        ),
    ]
    .into_iter()
    .map(|operator| (operator.name.clone(), operator))
    .collect()
}
