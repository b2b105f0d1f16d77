//! The formats as the manual shows them.

use super::Files;
use crate::domain::{Access, Action, Name, OperatorInputKind, ParamType, Ready, Scalar, Value, Warehouse};
use crate::spec::parameters;

const PROJECT: &str = r#"
greenroom: 1
kind: project
name: flights
people:                                      # who may sign as what
  ana: {email: ana@example.com, role: analyst}
  sam: {email: sam@example.com, role: scientist}
  eli: {email: eli@example.com, role: engineer}
images:
  default:                                   # the dockerized tooling: all dependencies inside
    base: debian:bookworm-slim
    apt: [python3, python3-pip]
    pip: images/requirements.txt
services:
  storage: {image: default, command: [gcp-storage-emulator, start, --host, "0.0.0.0", --port, "9023"], port: 9023, ready: {tcp: 9023}}
environments:
  dev:   {root: .greenroom/store, warehouse: {engine: duckdb, path: .greenroom/lake}}
  stage: {root: "gs://flights-stage", warehouse: {engine: bigquery, project: flights-stage}, branch: stage, airflow: {url: "https://airflow.stage.example.com", namespace: data}}
  prod:  {root: "gs://flights-prod",  warehouse: {engine: bigquery, project: flights-prod},  branch: main,  airflow: {url: "https://airflow.example.com", namespace: data}}
"#;

const WORKFLOW: &str = r#"
greenroom: 1
kind: workflow
name: daily_delays
version: 1.0.0
description: Delay figures per carrier and day
owners: [ana, eli]                           # one of each side
params:
  day: {type: date, default: "2013-01-01"}
schedule: {cron: "0 6 * * *", timezone: Europe/Paris, catchup: false, params: {day: "${{ schedule.previous_date }}"}}
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
    outputs: {delays: {expect: {min_rows: 1, columns: {carrier: STRING, mean_delay: FLOAT64}, unique: [carrier]}}}
  report:
    image: default
    run: |
      python3 report.py "$GREENROOM_INPUT_DELAYS" "$GREENROOM_OUTPUT_DIR/report.html"
    files: [report.py]
    inputs: {delays: "${{ steps.delays.outputs.delays }}"}
    outputs: {report: {path: report.html}}
    resources: {requests: {cpu: 500m, memory: 256Mi}, limits: {memory: 1Gi}}
monitors:
  - {name: late, kind: freshness, output: delays.delays, max_age: 26h, notify: ["@slack-data"]}
"#;

const OPERATOR: &str = r#"
greenroom: 1
kind: operator
name: row_report
description: Counts rows per day and draws them
inputs:
  table: {type: table, access: read}         # table (dataset.table; access read or write), file, or a parameter type
  title: {type: string, default: "Rows per day"}
image: default
command: [python3, operators/row_report.py] # inputs arrive as GREENROOM_WITH_<NAME>
outputs: {report: {path: report.html}}
"#;

fn project() -> Files {
    Files::new()
        .with("greenroom.yaml", PROJECT)
        .with("images/requirements.txt", "")
        .with("sql/delays.sql", "select 1")
        .with("report.py", "")
        .with("operators/row_report.yaml", OPERATOR)
        .with("workflows/daily_delays.yaml", WORKFLOW)
}

#[test]
fn the_formats_of_the_manual_are_read() {
    let files = project();
    assert_eq!(files.problems(), "");
    let specs = files.load();

    let project = specs.project.unwrap();
    assert_eq!(project.services["storage"].ready, Some(Ready::Tcp(9023)));
    assert_eq!(project.services["storage"].command[3], "0.0.0.0");
    let prod = project.environments["prod"].warehouse.clone();
    assert_eq!(prod, Some(Warehouse::Bigquery { project: "flights-prod".into(), endpoint: None }));

    let operator = &specs.operators["row_report"];
    assert_eq!(operator.inputs["table"].kind, OperatorInputKind::Table(Access::Read));
    assert!(operator.inputs["table"].required && !operator.inputs["title"].required);
    assert_eq!(operator.example, "my_step:\n  uses: row_report\n  with: {table: dataset.table}\n");
    assert!(specs.operators.get_index(0).unwrap().1.builtin);

    let workflow = &specs.workflows["daily_delays"];
    assert_eq!(workflow.params["day"].kind, ParamType::Date);
    let schedule = workflow.schedule.clone().unwrap();
    assert_eq!(schedule.params["day"].text, "${{ schedule.previous_date }}");
    let delays = &workflow.steps["delays"];
    assert_eq!((delays.retry.limit, delays.timeout.unwrap().as_secs()), (2, 1800));
    assert_eq!(delays.outputs["delays"].path.text, "{path}");
    assert_eq!(delays.outputs["delays"].expect.unique, ["carrier"]);
    let Action::Uses { operator, with } = &delays.action else { panic!("it uses an operator") };
    assert_eq!(operator.as_str(), "sql_export");
    assert_eq!(with["query_file"], Scalar::Value(Value::String("sql/delays.sql".into())));
    let report = &workflow.steps["report"];
    assert_eq!((report.inputs["delays"].span.line, report.inputs["delays"].span.column), (27, 22));
    assert_eq!(workflow.monitors[0].output.as_ref().unwrap().1.as_str(), "delays");
}

#[test]
fn parameters_are_all_told_at_once() {
    let files = project();
    let specs = files.load();
    let workflow = &specs.workflows["daily_delays"];
    let name = |text| Name::new(text).unwrap();
    let day = parameters(workflow, &[]).unwrap();
    assert_eq!(day["day"].to_string(), "2013-01-01");
    let given = [(name("day"), "2013-02-30".to_owned()), (name("dya"), "1".to_owned())];
    insta::assert_snapshot!(parameters(workflow, &given).unwrap_err().to_string(), @"
    the parameter `day`: `2013-02-30` is not a date such as 2013-01-31
    `daily_delays` has no parameter `dya`: did you mean `day`?
    ");
}
