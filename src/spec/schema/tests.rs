use std::collections::BTreeSet;

use camino::Utf8Path;

use super::*;

/// What the schema has against a file.
fn problems(kind: SpecKind, text: &str) -> Vec<String> {
    let document: Value = serde_yaml::from_str(text).unwrap();
    let validator = jsonschema::draft7::new(&schema(kind)).unwrap();
    validator.iter_errors(&document).map(|error| format!("{} {error}", error.instance_path())).collect()
}

const PROJECT: &str = r#"
greenroom: 1
kind: project
name: flights
people:
  ana: {email: ana@example.com, role: analyst}
images:
  default: {base: debian:bookworm-slim, apt: [python3, python3-pip], pip: images/requirements.txt}
services:
  storage: {image: default, command: [emulator, --port, "9023"], port: 9023, ready: {tcp: 9023}}
environments:
  dev: {root: .greenroom/store, warehouse: {engine: duckdb, path: .greenroom/lake}}
  prod:
    root: "gs://flights-prod"
    warehouse: {engine: bigquery, project: flights-prod}
    branch: main
    airflow: {url: "https://airflow.example.com", namespace: data}
"#;

const WORKFLOW: &str = r#"
greenroom: 1
kind: workflow
name: daily_delays
version: 1.0.0
description: Delay figures per carrier and day
owners: [ana, eli]
params:
  day: {type: date, default: "2013-01-01"}
schedule:
  cron: "0 6 * * *"
  timezone: Europe/Paris
  catchup: false
  params: {day: "${{ schedule.previous_date }}"}
defaults: {retry: {limit: 2, delay: 10s, backoff: 2}, timeout: 30m}
steps:
  flights_ready:
    uses: data_available
    with: {table: lake.flights, where: "flight_date = @day", min_rows: 1}
    poll: {every: 5s, for: 10m}
  delays:
    needs: [flights_ready]
    uses: sql_export
    with: {query_file: sql/delays.sql, format: parquet}
    outputs: {delays: {expect: {min_rows: 1, columns: {carrier: STRING, n: "NUMERIC(10, 2)"}, unique: [carrier]}}}
  report:
    image: default
    run: python3 report.py
    files: [report.py]
    inputs: {delays: "${{ steps.delays.outputs.delays }}"}
    outputs: {report: {path: report.html}}
    matrix: {carrier: [UA, 3], origin: [JFK]}
    when: ${{ params.day == '2013-01-01' }}
    resources: {requests: {cpu: 500m, memory: 256Mi}, limits: {memory: 1Gi, cpu: 2}}
    secrets: [api_token]
    cache: [nltk_data]
  last: {command: [python3, x.py], args: ["${{ params.day }}"]}
monitors:
  - {name: late, kind: freshness, output: delays.delays, max_age: 26h, notify: ["@slack-data"]}
  - {name: worse, kind: metric, metric: auc, min: 0.7, max: 1}
"#;

const OPERATOR: &str = r#"
greenroom: 1
kind: operator
name: row_report
description: Counts rows per day and draws them
inputs:
  table: {type: table, access: read}
  title: {type: string, default: "Rows per day"}
image: default
command: [python3, operators/row_report.py]
outputs: {report: {path: report.html}}
"#;

#[test]
fn what_the_manual_shows_is_right() {
    assert_eq!(problems(SpecKind::Project, PROJECT), [""; 0]);
    assert_eq!(problems(SpecKind::Workflow, WORKFLOW), [""; 0]);
    assert_eq!(problems(SpecKind::Operator, OPERATOR), [""; 0]);
    let blueprint = WORKFLOW
        .replace(
            "kind: workflow",
            "kind: blueprint\nuse_cases: {tuning: [extract, train]}\ninputs_from: champion",
        )
        .replace("steps:", "components:")
        .replace("  flights_ready:", "  extract:")
        .replace("  delays:", "  train:")
        .replace("  report:\n    image", "  preprocess: {run: x}\n  predict:\n    image")
        .replace("  last:", "  evaluate:");
    assert_eq!(problems(SpecKind::Blueprint, &blueprint), [""; 0]);
}

#[test]
fn mistakes_are_underlined() {
    let cases = [
        (SpecKind::Workflow, "uses: data_available", "use: data_available"),
        (SpecKind::Workflow, "needs: [flights_ready]", "depends_on: [flights_ready]"),
        (SpecKind::Workflow, "run: python3 report.py", "run: x\n    command: [x]"),
        (SpecKind::Workflow, "timeout: 30m", "timeout: 30 minutes"),
        (SpecKind::Workflow, "cpu: 500m", "cpu: 500 milli"),
        (SpecKind::Workflow, "memory: 256Mi", "memory: 256MB"),
        (SpecKind::Workflow, "type: date", "type: day"),
        (SpecKind::Workflow, "type: date", "type: enum"),
        (SpecKind::Workflow, "name: daily_delays", "name: Daily-Delays"),
        (SpecKind::Workflow, "version: 1.0.0", "version: 1.0"),
        (SpecKind::Workflow, "greenroom: 1", "greenroom: 2"),
        (SpecKind::Workflow, "kind: workflow", "kind: workfow"),
        (SpecKind::Workflow, "limit: 2", "limit: -1"),
        (SpecKind::Workflow, "kind: freshness", "kind: fresh"),
        (SpecKind::Project, "role: analyst", "role: analist"),
        (SpecKind::Project, "engine: duckdb", "engine: sqlite"),
        (SpecKind::Project, "engine: bigquery, project: flights-prod", "engine: bigquery"),
        (SpecKind::Project, "ready: {tcp: 9023}", "ready: {tcp: 9023, http: /}"),
        (SpecKind::Operator, "type: table", "type: tabel"),
        (SpecKind::Operator, "command:", "comand:"),
    ];
    for (kind, right, wrong) in cases {
        let text = match kind {
            SpecKind::Project => PROJECT,
            SpecKind::Operator => OPERATOR,
            _ => WORKFLOW,
        };
        assert!(text.contains(right), "{right}");
        assert_ne!(problems(kind, &text.replacen(right, wrong, 1)), [""; 0], "{wrong}");
    }
}

/// No key that anybody would take for another one.
const UNKNOWN: &str = "qqqqqqqqqqqqqqqq";

/// The keys that `check` knows where `UNKNOWN` stands: its help lists them.
fn keys_of_the_parser(file: &str, text: &str) -> (BTreeSet<String>, bool) {
    let dir = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(dir.path()).unwrap();
    for (path, text) in [("greenroom.yaml", PROJECT), (file, text)] {
        fs_err::create_dir_all(root.join(path).parent().unwrap()).unwrap();
        fs_err::write(root.join(path), text).unwrap();
    }
    let specs = crate::spec::load(root, indexmap::IndexMap::new());
    let told =
        specs.diagnostics.iter().find(|told| told.code == "unknown-key").unwrap_or_else(|| panic!("{text}"));
    assert!(told.message.contains(UNKNOWN), "{told:?}");
    let (_, keys) = told.help.split_once(": ").unwrap_or_else(|| panic!("{told:?}"));
    let whole = !keys.ends_with('…');
    (keys.trim_end_matches(", …").split(", ").map(str::to_owned).collect(), whole)
}

#[test]
fn it_has_the_keys_that_check_knows_and_no_others() {
    let workflow =
        |keys: &str| format!("greenroom: 1\nkind: workflow\nname: w\nsteps: {{a: {{run: x}}}}\n{keys}\n");
    let step =
        |keys: &str| format!("greenroom: 1\nkind: workflow\nname: w\nsteps: {{a: {{run: x, {keys}}}}}\n");
    let project = |keys: &str| format!("greenroom: 1\nkind: project\nname: p\n{keys}\n");
    let operator = |keys: &str| format!("greenroom: 1\nkind: operator\nname: o\ncommand: [x]\n{keys}\n");
    let (p, w, o) = (SpecKind::Project, SpecKind::Workflow, SpecKind::Operator);
    let cases = [
        (p, project("?: 1"), "/properties"),
        (p, project("people: {a: {?: 1}}"), "/properties/people/additionalProperties/properties"),
        (p, project("images: {a: {?: 1}}"), "/properties/images/additionalProperties/properties"),
        (p, project("services: {a: {?: 1}}"), "/properties/services/additionalProperties/properties"),
        (
            p,
            project("services: {a: {image: default, ready: {?: 1}}}"),
            "/properties/services/additionalProperties/properties/ready/properties",
        ),
        (
            p,
            project("environments: {dev: {?: 1}}"),
            "/properties/environments/additionalProperties/properties",
        ),
        (
            p,
            project("environments: {dev: {airflow: {?: 1}}}"),
            "/properties/environments/additionalProperties/properties/airflow/properties",
        ),
        (w, workflow("?: 1"), "/properties"),
        (w, workflow("params: {a: {?: 1}}"), "/definitions/param/anyOf/1/properties"),
        (w, workflow("schedule: {?: 1}"), "/properties/schedule/properties"),
        (w, workflow("defaults: {?: 1}"), "/properties/defaults/properties"),
        (w, workflow("monitors: [{?: 1}]"), "/properties/monitors/items/properties"),
        (w, step("?: 1"), "/properties/steps/additionalProperties/properties"),
        (w, step("retry: {?: 1}"), "/definitions/retry/properties"),
        (w, step("poll: {?: 1}"), "/properties/steps/additionalProperties/properties/poll/properties"),
        (w, step("resources: {?: 1}"), "/definitions/resources/properties"),
        (w, step("resources: {limits: {?: 1}}"), "/definitions/amounts/properties"),
        (w, step("outputs: {a: {?: 1}}"), "/definitions/output/anyOf/1/properties"),
        (w, step("outputs: {a: {path: x, expect: {?: 1}}}"), "/definitions/expect/properties"),
        (o, operator("?: 1"), "/properties"),
        (o, operator("inputs: {a: {?: 1}}"), "/definitions/param/anyOf/1/properties"),
        (
            o,
            operator("inputs: {a: {type: table, ?: 1}}"),
            "/properties/inputs/additionalProperties/anyOf/2/properties",
        ),
        (
            o,
            operator("inputs: {a: {type: file, ?: 1}}"),
            "/properties/inputs/additionalProperties/anyOf/3/properties",
        ),
    ];
    for (kind, text, place) in cases {
        let file = kind.files().replace('*', "w");
        let (known, whole) = keys_of_the_parser(&file, &text.replace('?', UNKNOWN));
        let schema = schema(kind);
        let here = schema.pointer(place).and_then(Value::as_object).unwrap_or_else(|| panic!("{place}"));
        let here: BTreeSet<String> = here.keys().cloned().collect();
        match whole {
            true => assert_eq!(here, known, "{text}"),
            false => {
                assert!(known.is_subset(&here) && here.len() == known.len() + 1, "{text}: {here:?} {known:?}")
            }
        }
    }
}
