//! The built-in operators on BigQuery, which an emulator stands in for: the same workflow, the same files.

#![allow(clippy::unwrap_used)]

mod support;

use support::{Project, of, path_of, read, status};

const PROJECT: &str = "greenroom: 1
kind: project
name: greenroom_bigquery_tests
images:
  default: {base: \"debian:bookworm-slim\", apt: [python3, python3-pip], pip: requirements.txt}
  # The emulator needs an older sqlglot than the operators do.
  emulator: {base: \"debian:bookworm-slim\", apt: [python3, python3-pip], pip: emulator.txt}
services:
  warehouse:
    image: emulator
    command:
      - sh
      - -c
      - |
        export HOME=/tmp
        python3 -c 'from duckdb_extensions import import_extension as take; take(\"spatial\"); take(\"avro\")'
        exec bqemulator start --rest-host 0.0.0.0 --rest-port 19050 --grpc-port 19060 --project test
    port: 19050
    ready: {tcp: 19050}
  storage:
    image: emulator
    command: [gcp-storage-emulator, start, --host, 0.0.0.0, --port, \"19023\", --in-memory]
    port: 19023
    ready: {tcp: 19023}
environments:
  dev: {root: .greenroom/store, warehouse: {engine: duckdb, path: .greenroom/lake}}
  stage: {root: .greenroom/stage, warehouse: {engine: bigquery, project: test, endpoint: \"http://warehouse:19050\"}}
";
const REQUIREMENTS: &str = "duckdb==1.5.5\nsqlglot==30.30.0\ngoogle-cloud-bigquery==3.47.0\n\
    google-cloud-storage==3.13.1\npyarrow==26.0.1\n";
const EMULATOR: &str = "bqemulator==1.4.0\nduckdb==1.5.5\nduckdb-extension-spatial==1.5.5\n\
    duckdb-extension-avro==1.5.5\nduckdb-extensions==1.5.5\nnumpy\npyarrow==26.0.1\n\
    gcp-storage-emulator==2026.7.19\n";

const FLIGHTS: &str = "note,day,carrier,delay
\"a, b\",2013-01-01,UA,1.5
,2013-01-02,AA,NA
it's,2013-01-01,B6,-3
\"line
two\",2013-01-02,UA,4
É,2013-01-01,UA,2.5
";
const LOAD: &str = "load:
  uses: load_table
  with:
    table: lake.flights
    from: data/*.csv
    columns: {day: DATE, carrier: STRING, delay: FLOAT64, note: STRING}
    null_marker: NA
    partition_by: day
  outputs: {load: {expect: {min_rows: 5, max_rows: 5, not_null: [day], accepted_values: {carrier: [AA, B6, UA]}}}}
ready:
  needs: [load]
  uses: data_available
  with: {table: lake.flights, where: \"day = @day\", min_rows: 2}
";
const DELAYS: &str = "delays:
  uses: sql_table
  with:
    query_file: sql/delays.sql
    table: lake.delays
    partition: {column: day, value: \"${{ params.day }}\"}
  outputs: {delays: {expect: {min_rows: 1, unique: [day, carrier], columns: {mean_delay: FLOAT64}}}}
";
const QUERY: &str = "SELECT day, carrier, AVG(delay) AS mean_delay
FROM lake.flights
WHERE day = @day
GROUP BY day, carrier
";
const DAY: &str = "params:\n  day: {type: date, default: \"2013-01-01\"}";
const ALL: &str = "SELECT day, carrier, mean_delay FROM lake.delays";

/// A project whose emulator is up as long as it lives.
struct World(Project);

impl World {
    fn new() -> Self {
        let project = Project::bare();
        project.file("greenroom.yaml", PROJECT);
        project.file("requirements.txt", REQUIREMENTS);
        project.file("emulator.txt", EMULATOR);
        project.file("data/flights.csv", FLIGHTS);
        project.file("sql/delays.sql", QUERY);
        project.build();
        let world = Self(project);
        world.0.expect(0, &["local", "up"]);
        world
    }

    /// Runs the workflow in stage; answers why the step failed.
    #[track_caller]
    fn refused(&self, name: &str, day: &str) -> String {
        let day = format!("day={day}");
        let events = self.0.events(1, &["run", name, "--env", "stage", "--param", &day, "--json"]);
        let [end] = of(&events, "step_finished", "delays")[..] else { panic!("{events:#?}") };
        end["reason"].to_string()
    }

    /// What `lake.delays` holds in an environment, as the csv that is exported of it.
    #[track_caller]
    fn delays(&self, env: &str) -> String {
        self.0.workflow(
            "all",
            &format!("all:\n  uses: sql_export\n  with: {{query: \"{ALL}\", format: csv}}\n"),
        );
        let events = self.0.events(0, &["run", "all", "--env", env, "--json"]);
        read(path_of(&events).join("all/all.csv"))
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.0.run(&["local", "down"]);
    }
}

#[test]
fn the_operators_on_bigquery() {
    let world = World::new();
    a_workflow_makes_the_same_files_in_dev_and_stage(&world);
    rows_come_in_the_same_order_in_dev_and_stage(&world);
    a_partition_is_replaced_and_no_other(&world);
    what_is_no_query_changes_nothing(&world);
    what_is_refused_leaves_the_table_as_it_was(&world);
    an_error_is_told_at_the_line_of_the_file(&world);
    a_sensor_waits_for_a_table(&world);
    a_sensor_looks_into_a_bucket(&world);
}

fn a_workflow_makes_the_same_files_in_dev_and_stage(world: &World) {
    let exports: String = ["csv", "json", "parquet"]
        .map(|format| {
            format!(
                "{format}:
  needs: [load]
  uses: sql_export
  with:
    format: {format}
    query: |
      SELECT carrier, day, delay, note, delay > 0 AS late, CAST(delay AS NUMERIC) AS exact,
        TIMESTAMP(day) AS at, DATETIME(day) AS here, COUNT(*) OVER () AS n
      FROM lake.flights
      ORDER BY carrier  -- of which there are ties
"
            )
        })
        .concat();
    world.0.workflow_of("same", DAY, &format!("{LOAD}{exports}"));
    let [dev, stage] =
        ["dev", "stage"].map(|env| path_of(&world.0.events(0, &["run", "same", "--env", env, "--json"])));
    assert!(stage.starts_with(world.0.dir.join(".greenroom/stage")), "{stage:?}");
    for file in ["csv/csv.csv", "json/json.json", "parquet/parquet.parquet"] {
        let [here, there] = [&dev, &stage].map(|path| std::fs::read(path.join(file)).unwrap());
        assert!(
            here == there,
            "{file}: {}\n{}",
            String::from_utf8_lossy(&here),
            String::from_utf8_lossy(&there)
        );
    }
    assert_eq!(read(stage.join("csv/csv.csv")).lines().count(), 7, "five rows, one of two lines");
}

/// Of an ORDER BY ties are broken by all columns, wherever it stands and whatever it ends with.
fn rows_come_in_the_same_order_in_dev_and_stage(world: &World) {
    let queries = [
        "SELECT carrier, `day` FROM lake.flights ORDER BY `day`",
        "SELECT carrier, note FROM lake.flights ORDER BY IF(note = 'x)', 1, 2), CONCAT(carrier, '--') -- ties\nLIMIT 3;",
        "(SELECT delay, carrier FROM lake.flights ORDER BY carrier DESC)",
        "FROM lake.flights |> SELECT delay, carrier |> ORDER BY carrier DESC |> LIMIT 2",
        "FROM lake.flights |> ORDER BY delay DESC |> SELECT delay, carrier",
        "SELECT carrier, SUM(delay) OVER (ORDER BY delay, note) AS total FROM lake.flights",
    ];
    let steps: String = (0..queries.len())
        .map(|n| format!("s{n}:\n  uses: sql_export\n  with: {{query_file: sql/{n}.sql, format: csv}}\n"))
        .collect();
    for (n, query) in queries.iter().enumerate() {
        world.0.file(&format!("sql/{n}.sql"), query);
    }
    world.0.workflow("order", &steps);
    let [dev, stage] =
        ["dev", "stage"].map(|env| path_of(&world.0.events(0, &["run", "order", "--env", env, "--json"])));
    for (n, query) in queries.iter().enumerate() {
        let [here, there] = [&dev, &stage].map(|path| read(path.join(format!("s{n}/s{n}.csv"))));
        assert_eq!(here, there, "{query}");
    }
}

fn what_is_no_query_changes_nothing(world: &World) {
    let before = world.delays("stage");
    for with in [
        "uses: sql_export\n  with: {format: csv, query: DELETE FROM lake.delays WHERE TRUE}",
        "uses: sql_export\n  with: {format: csv, query: \"SELECT 1 AS a; DELETE FROM lake.delays WHERE TRUE\"}",
        "uses: sql_table\n  with: {table: lake.other, query: \"SELECT 1 AS a; DROP TABLE lake.delays\"}",
        "uses: data_available\n  with: {table: lake.delays, where: \"TRUE; DELETE FROM lake.delays WHERE TRUE\"}",
        "uses: data_available\n  with: {table: lake.delays, where: \"TRUE); DELETE FROM lake.delays WHERE (TRUE\"}",
    ] {
        world.0.workflow_of("statement", DAY, &format!("delays:\n  {with}\n"));
        let why = world.refused("statement", "2013-01-01");
        assert!(why.contains("exactly one SELECT"), "{with}: {why}");
        assert_eq!(world.delays("stage"), before, "{with}");
    }
}

fn a_partition_is_replaced_and_no_other(world: &World) {
    world.0.workflow_of("delays", DAY, DELAYS);
    for env in ["dev", "stage"] {
        for day in ["day=2013-01-01", "day=2013-01-02", "day=2013-01-01"] {
            let events = world.0.events(0, &["run", "delays", "--env", env, "--param", day, "--json"]);
            assert_eq!(status(&events, "delays"), "succeeded");
        }
    }
    let table = world.delays("stage");
    assert_eq!(table, world.delays("dev"));
    assert_eq!(table.lines().count(), 5, "{table}");
    let shown = world.0.expect(0, &["show", "delays@last", "--env", "stage"]);
    assert!(shown.contains("lake.delays") && shown.contains("2 rows"), "{shown}");
}

fn what_is_refused_leaves_the_table_as_it_was(world: &World) {
    let before = world.delays("stage");
    for (from, to, expected) in [
        ("unique: [day, carrier]", "max_rows: 1", "it has 2 rows, max_rows is 1"),
        ("unique: [day, carrier]", "unique: [day]", "1 row breaks unique [day]"),
        ("mean_delay: FLOAT64", "mean_delay: INT64", "`mean_delay` is FLOAT64, not INT64"),
        ("${{ params.day }}", "2013-01-03", "2 rows do not belong to the partition day = 2013-01-03"),
    ] {
        world.0.workflow_of("refused", DAY, &DELAYS.replace(from, to));
        let why = world.refused("refused", "2013-01-01");
        assert!(why.contains(expected), "{to}: {why}");
        assert_eq!(world.delays("stage"), before, "{to}");
    }
    world.0.file("sql/delays.sql", QUERY.replace("AS mean_delay", "AS mean_delay, 1 AS more"));
    world.0.workflow_of("refused", DAY, DELAYS);
    let why = world.refused("refused", "2013-01-01");
    assert!(why.contains("has no column `more`"), "{why}");
    assert_eq!(world.delays("stage"), before);
}

fn an_error_is_told_at_the_line_of_the_file(world: &World) {
    for (from, to, place) in [
        ("AVG(delay)", "AVG(dellay)", "sql/delays.sql:1:26"),
        ("lake.flights", "lake.fligths", "sql/delays.sql:2:6"),
    ] {
        world.0.file("sql/delays.sql", QUERY.replace(from, to));
        world.0.workflow_of("wrong", DAY, DELAYS);
        let said = world.0.expect(1, &["run", "wrong", "--env", "stage"]);
        assert!(said.contains(place), "{said}");
    }
}

fn a_sensor_waits_for_a_table(world: &World) {
    let sensor = "delays:
  uses: data_available
  with: {table: lake.nowhere, where: \"day = @day\"}
  poll: {every: 1s, for: 1s}
";
    world.0.workflow_of("sensor", DAY, sensor);
    let why = world.refused("sensor", "2013-01-01");
    assert!(why.contains("there is no table `lake.nowhere`"), "{why}");
}

fn a_sensor_looks_into_a_bucket(world: &World) {
    let sensor = |least: u32| {
        format!(
            "deliver:
  env: {{STORAGE_EMULATOR_HOST: \"http://storage:19023\"}}
  run: |
    python3 -c '
    from google.cloud import storage
    client = storage.Client(project=\"test\")
    if not client.lookup_bucket(\"partner\"):
        client.create_bucket(\"partner\")
    for name in [\"in/2013/a.csv\", \"in/2013/b.csv\", \"in/c.csv\", \"in/2013/a.txt\"]:
        client.bucket(\"partner\").blob(name).upload_from_string(\"x\")
    '
delays:
  needs: [deliver]
  uses: data_available
  env: {{STORAGE_EMULATOR_HOST: \"http://storage:19023\"}}
  with: {{path: \"gs://partner/in/*/*.csv\", min_files: {least}}}
"
        )
    };
    world.0.workflow("bucket", &sensor(2));
    let events = world.0.events(0, &["run", "bucket", "--env", "stage", "--json"]);
    assert_eq!(status(&events, "delays"), "succeeded");
    world.0.workflow_of("bucket", DAY, &sensor(3));
    let why = world.refused("bucket", "2013-01-01");
    assert!(why.contains("found 2: gs://partner/in/2013/a.csv"), "{why}");
}
