use indexmap::IndexMap;

use super::spec::{Spec, count_or, one_of, reads_table, text, text_or, writes_table};
use crate::domain::{Name, Operator, OperatorInputKind, OutputType};

/// What Greenroom offers every project, in the order people meet it.
pub fn builtin() -> IndexMap<Name, Operator> {
    type Make = fn(Name) -> Spec;
    let all: [(&str, Make); 4] = [
        ("data_available", data_available),
        ("load_table", load_table),
        ("sql_table", sql_table),
        ("sql_export", sql_export),
    ];
    all.into_iter().filter_map(|(name, make)| Name::new(name).ok().map(|name| make(name).build())).collect()
}

fn data_available(name: Name) -> Spec {
    let example = "\
flights_ready:
  uses: data_available
  with: {table: lake.flights, where: \"flight_date = @day\", min_rows: 1}
  poll: {every: 30s, for: 2h}
";
    Spec::new(name, "Waits until a table has rows, or storage has files", example)
        .optional("table", reads_table(), "the table to look into")
        .optional("where", OperatorInputKind::Sql, "which rows count; parameters as @name")
        .optional("min_rows", count_or(1), "how many rows there must be at least")
        .optional("path", OperatorInputKind::Storage, "the files to look for, a glob below the storage root")
        .optional("min_files", count_or(1), "how many files there must be at least")
        .one_of(["table", "path"])
}

fn load_table(name: Name) -> Spec {
    let example = "\
flights:
  uses: load_table
  with:
    table: lake.flights
    from: data/flights-*.csv.gz
    columns: {flight_date: DATE, carrier: STRING, dep_delay: FLOAT64}
    null_marker: NA
    partition_by: flight_date
";
    Spec::new(name, "Loads files into a table, every value checked against its column's type", example)
        .required("table", writes_table(), "the table that is replaced")
        .required(
            "from",
            text(),
            "a file or glob of the project, another step's output, or a URI; csv, json, parquet, .gz",
        )
        .optional("columns", OperatorInputKind::Object, "name: type, in order; may be left out for parquet")
        .optional("null_marker", text(), "what stands for NULL in csv, such as NA; else an empty field does")
        .optional("partition_by", text(), "the column whose values become partitions")
        .output(OutputType::Table, "{table}")
}

fn sql_table(name: Name) -> Spec {
    let example = "\
delays:
  uses: sql_table
  with:
    query_file: sql/delays.sql
    table: lake.daily_delays
    partition: {column: flight_date, value: \"${{ params.day }}\"}
";
    Spec::new(name, "Writes a query's rows as a table, or as exactly one partition of it", example)
        .query()
        .required("table", writes_table(), "the table that is replaced, or of which the partition is")
        .optional(
            "partition",
            OperatorInputKind::Object,
            "{column, value}: only this partition is replaced, and all rows must belong to it",
        )
        .output(OutputType::Table, "{table}")
}

fn sql_export(name: Name) -> Spec {
    let example = "\
delays:
  uses: sql_export
  with: {query_file: sql/delays.sql, format: parquet}
  outputs: {delays: {expect: {min_rows: 1, unique: [carrier]}}}
";
    Spec::new(name, "Writes a query's rows to one file, in a fixed order", example)
        .query()
        .optional("format", one_of(&["parquet", "csv", "json"]), "of the file; json is one object a line")
        .optional("path", text_or("{step}.{format}"), "of the file, in the step's directory")
        .output(OutputType::File, "{path}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::OperatorInputKind::Scalar;
    use crate::domain::Value;

    /// Names that are none would have been left out.
    fn inputs(operator: &str) -> Vec<String> {
        builtin()[operator].inputs.keys().map(ToString::to_string).collect()
    }

    #[test]
    fn they_take_what_the_manual_says() {
        let builtin = builtin();
        let names: Vec<&str> = builtin.keys().map(Name::as_str).collect();
        assert_eq!(names, ["data_available", "load_table", "sql_table", "sql_export"]);
        assert_eq!(inputs("data_available"), ["table", "where", "min_rows", "path", "min_files"]);
        assert_eq!(inputs("load_table"), ["table", "from", "columns", "null_marker", "partition_by"]);
        assert_eq!(inputs("sql_table"), ["query", "query_file", "table", "partition"]);
        assert_eq!(inputs("sql_export"), ["query", "query_file", "format", "path"]);
        for operator in builtin.values() {
            assert!(operator.one_of.iter().flatten().all(|name| operator.inputs.contains_key(name)));
            assert!(operator.example.contains(&format!("uses: {}", operator.name)));
            assert_eq!(operator.outputs.len(), usize::from(operator.output_named_as_step));
        }
    }

    #[test]
    fn defaults_fit_their_types() {
        for operator in builtin().values() {
            for (name, input) in &operator.inputs {
                let Scalar(param) = &input.kind else { continue };
                let Some(default) = &param.default else { continue };
                assert_eq!(param.kind.parse(&default.to_string()).as_ref(), Ok(default), "{name}");
                assert!(!input.required, "{name} has a default");
            }
        }
        let Scalar(format) = &builtin()["sql_export"].inputs["format"].kind else { panic!("a scalar") };
        assert_eq!(format.default, Some(Value::String("parquet".into())));
    }
}
