use camino::Utf8PathBuf;
use serde::Serialize;
use serde_json::{Value, json};

use super::table::{Cell, Table, left, wrapping};
use crate::cli::{Ink, Look};
use crate::domain::text::safe;
use crate::domain::{Access, Name, Operator, OperatorInput, OperatorInputKind};

/// A step that uses an operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OperatorUse {
    pub workflow: Name,
    pub step: Name,
    /// Relative to the project's root.
    pub file: Utf8PathBuf,
}

/// All there are: what each takes and does.
pub fn operators_view(operators: &[&Operator], look: &Look) -> String {
    let mut table = Table::new([left("operator"), left("from"), wrapping("inputs"), wrapping("does")]);
    for operator in operators {
        // As in a synopsis, brackets mark what may be left out.
        let inputs: Vec<_> = operator
            .inputs
            .iter()
            .map(|(name, input)| if input.required { name.to_string() } else { format!("[{name}]") })
            .collect();
        table.row([
            Cell::inked(operator.name.as_str(), Ink::Accent),
            Cell::inked(origin(operator), Ink::Dim),
            inputs.join(" ").into(),
            operator.description.as_str().into(),
        ]);
    }
    table.render(look)
}

/// One of them, with all there is to know.
pub fn operator_view(operator: &Operator, uses: &[OperatorUse], look: &Look) -> String {
    let name = look.paint(Ink::Strong, &operator.name);
    let head = |title: &str| look.paint(Ink::Dim, title);
    let mut text = format!("{name}  {}\n", head(origin(operator)));
    text += &format!("{}\n\n{}\n", safe(&operator.description), head("inputs"));
    let mut inputs = Table::new([left(""), left(""), left(""), left(""), wrapping("")]);
    for (name, input) in &operator.inputs {
        inputs.row([
            "".into(),
            Cell::inked(name.as_str(), Ink::Accent),
            type_of(input).into(),
            need(operator, name, input).into(),
            input.description.as_str().into(),
        ]);
    }
    text += &inputs.render(look);
    text += &format!("\n{}\n", head("outputs"));
    let as_step = operator.output_named_as_step;
    for (name, output) in &operator.outputs {
        let name = if as_step { "named as the step" } else { name.as_str() };
        text += &format!("  {}  {}\n", look.paint(Ink::Accent, name), safe(&output.path.text));
    }
    if !operator.example.trim().is_empty() {
        text += &format!("\n{}\n", head("example"));
        for line in operator.example.trim_end().lines() {
            text += &format!("  {}\n", safe(line));
        }
    }
    text += &format!("\n{}\n", head("used by"));
    for used in uses {
        text += &format!("  {}.{}  {}\n", used.workflow, used.step, head(&safe(used.file.as_str())));
    }
    if uses.is_empty() {
        text += "  no step yet\n";
    }
    text
}

/// The same for machines.
pub fn operator_json(operator: &Operator, uses: &[OperatorUse]) -> Value {
    let inputs: Vec<Value> = operator
        .inputs
        .iter()
        .map(|(name, input)| {
            json!({
                "name": name,
                "type": type_of(input),
                "required": input.required,
                "default": default_of(input),
                "description": input.description,
            })
        })
        .collect();
    json!({
        "name": operator.name,
        "description": operator.description,
        "builtin": operator.builtin,
        "inputs": inputs,
        "one_of": operator.one_of,
        "example": operator.example,
        "used_by": uses,
    })
}

fn origin(operator: &Operator) -> &'static str {
    if operator.builtin { "Greenroom" } else { "this project" }
}

fn type_of(input: &OperatorInput) -> String {
    match &input.kind {
        OperatorInputKind::Table(Access::Read) => "table to read".to_owned(),
        OperatorInputKind::Table(Access::Write) => "table to write".to_owned(),
        OperatorInputKind::File => "file".to_owned(),
        OperatorInputKind::Storage => "glob in storage".to_owned(),
        OperatorInputKind::Sql => "SQL".to_owned(),
        OperatorInputKind::Object => "mapping".to_owned(),
        OperatorInputKind::Scalar(param) => match &param.kind {
            crate::domain::ParamType::Enum(values) => values.join(" | "),
            kind => kind.name().to_owned(),
        },
    }
}

fn default_of(input: &OperatorInput) -> Option<Value> {
    match &input.kind {
        OperatorInputKind::Scalar(param) => param.default.as_ref().map(crate::domain::Value::to_json),
        _ => None,
    }
}

fn need(operator: &Operator, name: &Name, input: &OperatorInput) -> String {
    let group = operator.one_of.iter().find(|group| group.contains(name));
    match (group, default_of(input)) {
        (Some(group), _) => {
            let others: Vec<_> = group.iter().filter(|other| *other != name).map(Name::as_str).collect();
            format!("or {}", others.join(", "))
        }
        (None, Some(default)) => format!("default {default}"),
        (None, None) if input.required => "required".to_owned(),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;

    use super::*;
    use crate::cli::report::scene::name;
    use crate::domain::{self, Expect, OutputSpec, OutputType, Param, ParamType, Span, Template};

    fn operator() -> Operator {
        let input = |kind, required, description: &str| OperatorInput {
            kind,
            required,
            description: description.into(),
        };
        let format = ParamType::Enum(vec!["parquet".into(), "csv".into(), "json".into()]);
        let default = Some(domain::Value::String("parquet".into()));
        let format = Param { kind: format, default, description: String::new() };
        Operator {
            name: name("sql_export"),
            description: "Writes a query's rows to one file".into(),
            inputs: IndexMap::from([
                (name("query"), input(OperatorInputKind::Sql, false, "BigQuery SQL")),
                (name("query_file"), input(OperatorInputKind::File, false, "a file with it")),
                (name("table"), input(OperatorInputKind::Table(Access::Read), true, "what it reads")),
                (name("format"), input(OperatorInputKind::Scalar(format), false, "of the file")),
            ]),
            one_of: vec![vec![name("query"), name("query_file")]],
            image: None,
            command: vec!["python3".into()],
            outputs: IndexMap::from([(
                name("export"),
                OutputSpec {
                    path: Template { text: "{step}.{format}".into(), span: Span::START },
                    kind: OutputType::File,
                    expect: Expect::default(),
                },
            )]),
            output_named_as_step: true,
            builtin: true,
            example: "delays:\n  uses: sql_export\n  with: {query_file: sql/delays.sql}\n".into(),
        }
    }

    #[test]
    fn an_analyst_learns_how_to_use_it() {
        let used = OperatorUse {
            workflow: name("daily_delays"),
            step: name("delays"),
            file: "workflows/daily_delays.yaml".into(),
        };
        let look = Look { width: 80, colour: false };
        insta::assert_snapshot!(operator_view(&operator(), &[used], &look), @r#"
        sql_export  Greenroom
        Writes a query's rows to one file

        inputs
          query       SQL                   or query_file      BigQuery SQL
          query_file  file                  or query           a file with it
          table       table to read         required           what it reads
          format      parquet | csv | json  default "parquet"  of the file

        outputs
          named as the step  {step}.{format}

        example
          delays:
            uses: sql_export
            with: {query_file: sql/delays.sql}

        used by
          daily_delays.delays  workflows/daily_delays.yaml
        "#);
        insta::assert_snapshot!(operators_view(&[&operator()], &look), @r#"
        operator    from       inputs                        does
        sql_export  Greenroom  [query] [query_file] table    Writes a query's rows to
                               [format]                      one file
        "#);
    }

    #[test]
    fn machines_get_types_and_defaults() {
        let json = operator_json(&operator(), &[]);
        assert_eq!(json["inputs"][3]["type"], "parquet | csv | json");
        assert_eq!(json["inputs"][3]["default"], "parquet");
        assert_eq!(json["inputs"][2]["required"], true);
    }
}
