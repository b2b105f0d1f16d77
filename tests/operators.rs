//! The built-in operators and `greenroom sql` on the dev warehouse, in real containers.

#![allow(clippy::unwrap_used)]

mod support;

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};
use support::{Project, of, path_of, read, status, text};

const FLIGHTS: &str = "day,carrier,delay,note
2013-01-01,UA,1.5,\"a, b\"
2013-01-02,AA,NA,
2013-01-01,B6,-3,it's
2013-01-02,UA,4,\"line
two\"
";
const LOAD: &str = "load:
  uses: load_table
  with:
    table: lake.flights
    from: data/*.csv
    columns: {day: DATE, carrier: STRING, delay: FLOAT64, note: STRING}
    null_marker: NA
    partition_by: day
";
const DAY: &str = "params:\n  day: {type: date, default: \"2013-01-01\"}";

fn project() -> Project {
    let project = Project::with_warehouse();
    project.file("data/flights.csv", FLIGHTS);
    project
}

/// With the table `lake.flights`.
fn loaded() -> Project {
    let project = project();
    project.workflow("load", LOAD);
    project.expect(0, &["run", "load"]);
    project
}

/// `greenroom sql -`: its answer as JSON.
#[track_caller]
fn ask(project: &Project, query: &str) -> Value {
    project.file("asked.sql", query);
    serde_json::from_str(&project.expect(0, &["sql", "asked.sql", "--json"])).unwrap()
}

/// A table's files in the lake, with their sizes of name and content.
fn files(project: &Project, table: &str) -> Vec<String> {
    let record: Value =
        serde_json::from_str(&read(project.dir.join(".greenroom/lake/lake").join(table).join("_table.json")))
            .unwrap();
    let partitions = record["partitions"].as_array().unwrap();
    let files = partitions.iter().flat_map(|partition| partition["files"].as_array().unwrap());
    files.map(|file| format!("{} {}", file["rows"], file["sha256"])).collect()
}

/// Runs the workflow `w`, whose step `s` fails; answers why.
#[track_caller]
fn why(project: &Project) -> String {
    let events = project.events(1, &["run", "w", "--json"]);
    let [finished] = of(&events, "step_finished", "s")[..] else { panic!("{events:#?}") };
    finished["reason"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn files_become_a_table_of_which_partitions_are_replaced() {
    let project = project();
    let steps = format!(
        "{LOAD}daily:
  needs: [load]
  uses: sql_table
  with:
    query: SELECT day, carrier, SUM(delay) AS delay, COUNT(*) AS n FROM lake.flights WHERE day = @day GROUP BY day, carrier
    table: lake.daily
    partition: {{column: day, value: \"${{{{ params.day }}}}\"}}
"
    );
    project.workflow_of("w", DAY, &steps);
    let events = project.events(0, &["run", "w", "--json"]);
    assert_eq!(status(&events, "daily"), "succeeded");
    let first = files(&project, "daily");
    project.events(0, &["run", "w", "--param", "day=2013-01-02", "--json"]);
    project.events(0, &["run", "w", "--json"]);
    let again = files(&project, "daily");
    assert_eq!(again.len(), 2, "one file a partition: {again:?}");
    assert_eq!(again[0], first[0], "the same rows give the same file");
    let all = ask(&project, "SELECT * FROM lake.daily");
    assert_eq!(
        all["rows"],
        json!([
            ["2013-01-01", "B6", -3.0, 1],
            ["2013-01-01", "UA", 1.5, 1],
            ["2013-01-02", "AA", null, 1],
            ["2013-01-02", "UA", 4.0, 1],
        ])
    );
    let types: Vec<_> = all["columns"].as_array().unwrap().iter().map(|column| &column["type"]).collect();
    assert_eq!(types, ["DATE", "STRING", "FLOAT64", "INT64"]);
    let notes = ask(&project, "SELECT note FROM lake.flights ORDER BY note");
    assert_eq!(notes["rows"], json!([[""], ["a, b"], ["it's"], ["line\ntwo"]]));
}

#[test]
fn rows_of_another_partition_fail_the_step_and_change_nothing() {
    let project = loaded();
    let step = |query: &str| {
        format!(
            "s:
  uses: sql_table
  with:
    query: {query}
    table: lake.daily
    partition: {{column: day, value: \"2013-01-01\"}}
"
        )
    };
    project.workflow("w", &step("SELECT day, carrier FROM lake.flights"));
    let why = why(&project);
    assert!(why.contains("2 rows do not belong to the partition day = 2013-01-01"), "{why}");
    assert!(why.contains("2013-01-02"), "{why}");
    assert!(!project.dir.join(".greenroom/lake/lake/daily/_table.json").exists());
    // Without any row it is a partition all the same.
    project.workflow("w", &step("SELECT day, carrier FROM lake.flights WHERE carrier = 'none'"));
    project.succeed();
    assert_eq!(ask(&project, "SELECT * FROM lake.daily")["total"], 0);
}

/// Two ways to write one day would be two partitions with the same rows.
#[test]
fn a_partitions_value_is_written_in_one_way_only() {
    let project = project();
    let step = |select: &str, value: &str| {
        format!(
            "s:
  uses: sql_table
  with: {{query: \"SELECT {select} AS k\", table: lake.t, partition: {{column: k, value: \"{value}\"}}}}
"
        )
    };
    project.workflow("w", &step("DATE '2013-01-01'", "2013-1-1"));
    let why = why(&project);
    assert!(why.contains("`2013-1-1`") && why.contains("write 2013-01-01"), "{why}");
    for (select, value, expected) in [
        ("1.5", "1.5", "no table is partitioned by a FLOAT64, which `k` is"),
        ("'a'", &"a".repeat(300), "is too long to name a partition"),
    ] {
        project.workflow("w", &step(select, value));
        let why = self::why(&project);
        assert!(why.contains(expected), "{value}: {why}");
    }
    project.workflow("w", &step("DATE '2013-01-01'", "2013-01-01"));
    project.succeed();
}

#[test]
fn an_export_has_a_fixed_order_and_the_same_bytes_each_time() {
    let project = loaded();
    let steps: String = ["parquet", "csv", "json"]
        .iter()
        .map(|format| {
            format!(
                "{format}:
  uses: sql_export
  with: {{query: \"SELECT carrier, day, delay FROM lake.flights\", format: {format}}}
"
            )
        })
        .collect();
    let ordered = "ordered:
  uses: sql_export
  with: {query: \"SELECT carrier, delay FROM lake.flights ORDER BY delay DESC\", format: csv, path: a/b.csv}
";
    project.workflow("w", &(steps + ordered));
    let [first, second] = [0, 1].map(|_| project.events(0, &["run", "w", "--json"]));
    for (step, output) in
        [("parquet", "parquet.parquet"), ("csv", "csv.csv"), ("json", "json.json"), ("ordered", "a/b.csv")]
    {
        let bytes = |events: &[Value]| std::fs::read(path_of(events).join(step).join(output)).unwrap();
        assert!(bytes(&first) == bytes(&second), "{step}");
    }
    let path = path_of(&first);
    assert_eq!(
        read(path.join("csv/csv.csv")),
        "carrier,day,delay\nAA,2013-01-02,\nB6,2013-01-01,-3.0\nUA,2013-01-01,1.5\nUA,2013-01-02,4.0\n"
    );
    assert_eq!(
        read(path.join("json/json.json")).lines().next(),
        Some(r#"{"carrier":"AA","day":"2013-01-02","delay":null}"#)
    );
    assert_eq!(read(path.join("ordered/a/b.csv")), "carrier,delay\nUA,4.0\nUA,1.5\nB6,-3.0\nAA,\n");
}

#[test]
fn a_sensor_tells_what_it_looked_for_and_found() {
    let project = loaded();
    let sensor =
        |with: &str| format!("s:\n  uses: data_available\n  with: {with}\n  poll: {{every: 1s, for: 1s}}\n");
    for (with, wanted, found) in [
        ("{table: lake.flights, where: \"day = @day\", min_rows: 3}", "day = @day", "found 2"),
        ("{table: lake.other}", "lake.other", "no table `lake.other`"),
        ("{path: \"**/*.nothing\"}", "**/*.nothing", "found 0"),
    ] {
        project.workflow_of("w", DAY, &sensor(with));
        let why = why(&project);
        assert!(why.contains(wanted) && why.contains(found), "{with}: {why}");
    }
    for with in [
        "{table: lake.flights, where: \"day = @day\", min_rows: 2}",
        "{path: \"**/load/**/*.parquet\", min_files: 2}",
    ] {
        project.workflow_of("w", DAY, &sensor(with));
        project.succeed();
    }
    project.workflow_of("w", DAY, &sensor("{table: lake.flights, where: \"dayy = @day\"}"));
    let why = why(&project);
    assert!(why.contains("there is no column `dayy`"), "{why}");
}

#[test]
fn a_value_that_does_not_fit_is_told_with_its_place() {
    let project = project();
    let steps = LOAD.replacen("load:", "s:", 1);
    project.workflow("w", &steps);
    for (content, expected) in [
        (
            "day,carrier,delay,note\n2013-01-01,UA,1,\n2013-01-32,UA,1,\n",
            "data/flights.csv, row 2, column `day`: `2013-01-32` is no DATE",
        ),
        ("day,carrier,delay,note\n2013-01-01,UA,soon,\n", "row 1, column `delay`: `soon` is no FLOAT64"),
        ("day,carrier,delay,note\nNA,UA,1,\n", "row 1, column `day`: NULL belongs to no partition"),
        ("day,carrier,note\n2013-01-01,UA,\n", "data/flights.csv has no column `delay`"),
        ("day,carrier,delay,note\n2013-01-01,UA\n", "line 2"),
        ("", "is empty"),
    ] {
        project.file("data/flights.csv", content);
        let why = why(&project);
        assert!(why.contains(expected), "{content:?}: {why}");
    }
    // No row at all makes an empty table.
    project.file("data/flights.csv", "day,carrier,delay,note\n");
    project.succeed();
    assert_eq!(ask(&project, "SELECT * FROM lake.flights")["total"], 0);
}

#[test]
fn json_parquet_and_another_steps_output_are_loaded() {
    let project = project();
    project.file("data/a.jsonl", "{\"n\": 1, \"at\": \"2013-01-01T05:00:00Z\", \"ok\": true}\n{\"n\": null, \"at\": null, \"ok\": false}\n");
    let steps = format!(
        "{LOAD}json:
  uses: load_table
  with: {{table: lake.json, from: data/a.jsonl, columns: {{n: INT64, at: TIMESTAMP, ok: BOOL}}}}
export:
  needs: [load]
  uses: sql_export
  with: {{query: \"SELECT carrier, delay FROM lake.flights\"}}
copy:
  uses: load_table
  with: {{table: lake.copy, from: \"${{{{ steps.export.outputs.export }}}}\"}}
zipped:
  uses: load_table
  with: {{table: lake.zipped, from: \"${{{{ steps.zip.outputs.zip }}}}\", columns: {{a: NUMERIC, b: BYTES}}}}
zip:
  run: printf 'b,a\\nYQ==,1.25\\n' | gzip > \"$GREENROOM_OUTPUT_DIR/x.csv.gz\"
  outputs: {{zip: {{path: x.csv.gz}}}}
"
    );
    project.workflow("w", &steps);
    project.succeed();
    let json = ask(&project, "SELECT * FROM lake.json ORDER BY n DESC");
    assert_eq!(json["rows"], json!([[1, "2013-01-01 05:00:00+00", true], [null, null, false]]));
    assert_eq!(ask(&project, "SELECT carrier FROM lake.copy")["total"], 4);
    assert_eq!(ask(&project, "SELECT a, b FROM lake.zipped")["rows"], json!([["1.25", "YQ=="]]));
}

#[test]
fn a_querys_problem_is_told_at_the_analysts_own_line() {
    let project = loaded();
    project.file("sql/q.sql", "-- delays\nSELECT\n  carrier,\n  delai AS d\nFROM lake.flights\n");
    project.workflow("w", "s:\n  uses: sql_export\n  with: {query_file: sql/q.sql}\n");
    let why = why(&project);
    assert!(why.contains("sql/q.sql:4:3-7: there is no column `delai`"), "{why}");
    assert!(why.contains("did you mean `delay`"), "{why}");

    let inline =
        "s:\n  uses: sql_export\n  with:\n    query: |\n      SELECT carrier\n      FROM lake.flight\n";
    project.workflow("w", inline);
    let file = read(project.dir.join("workflows/w.yaml"));
    let line = 1 + file.lines().position(|line| line.contains("FROM lake.flight")).unwrap();
    let why = self::why(&project);
    assert!(
        why.contains(&format!("workflows/w.yaml:{line}:14-24: there is no table `lake.flight`")),
        "{why}"
    );
    assert!(why.contains("did you mean `lake.flights`"), "{why}");
    // And on the screen with the line and a caret.
    let shown = project.expect(1, &["run", "w"]);
    assert!(shown.contains("FROM lake.flight") && shown.contains(" ^^^^^^^^^^^\n"), "{shown}");

    // A line that writes the query otherwise than it reads: the word where it stands, or the line.
    let query = r#"SELECT 'a\"b' AS q, delai FROM lake.flights"#;
    project.workflow("w", &format!("s:\n  uses: sql_export\n  with: {{query: \"{query}\"}}\n"));
    let file = read(project.dir.join("workflows/w.yaml"));
    let column = 1 + file.lines().find_map(|line| line.find("delai")).unwrap();
    let why = self::why(&project);
    assert!(why.contains(&format!(":{column}-{}: there is no column `delai`", column + 4)), "{why}");
}

/// BigQuery's meaning, statement by statement, in one container.
#[test]
fn queries_mean_what_they_mean_to_bigquery_or_are_refused_by_name() {
    let project = project();
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dialect");
    for file in ["cases.jsonl", "check.py", "loads.py"] {
        project.file(file, read(here.join(file)));
    }
    project.workflow("w", "s:\n  run: python3 check.py cases.jsonl && python3 loads.py\n");
    project.succeed();
}

#[test]
fn sql_shows_first_rows_and_takes_parameters_as_data() {
    let project = loaded();
    project.file("q.sql", "SELECT carrier, delay FROM lake.flights WHERE day = @day ORDER BY carrier");
    let shown = project.expect(0, &["sql", "q.sql", "--param", "day=2013-01-01"]);
    assert_eq!(shown, "carrier  delay\nB6        -3.0\nUA         1.5\n\n2 rows\n");

    project.file("q.sql", "SELECT n FROM UNNEST(GENERATE_ARRAY(1, 1045)) AS n ORDER BY n");
    let shown = project.expect(0, &["sql", "q.sql"]);
    assert!(shown.contains("\nshowing 50 of 1,045 rows\n") && shown.contains("\n50\n"), "{shown}");

    let nasty = "'; DROP TABLE lake.flights; -- \" @day";
    project.file("q.sql", "SELECT @text AS t, COUNT(*) AS n FROM lake.flights WHERE note <> @text");
    let shown = project.expect(0, &["sql", "q.sql", "--param", &format!("text={nasty}"), "--json"]);
    assert_eq!(serde_json::from_str::<Value>(&shown).unwrap()["rows"], json!([[nasty, 4]]));

    project.file("q.sql", "SELECT carrier\nFROM read_csv('/etc/passwd')");
    let refused = project.expect(2, &["sql", "q.sql"]);
    assert!(refused.contains("q.sql:2:6") && refused.contains("table functions"), "{refused}");
    let refused = project.expect(2, &["sql", "q.sql", "--param", "day=2013-02-30"]);
    assert!(
        refused.contains("the parameter `day`: `2013-02-30` is not a date such as 2013-01-31"),
        "{refused}"
    );
    // What DuckDB tells no place of is told where the statement begins.
    project.file("q.sql", "\n  -- none\n  SELECT 1 / (1 - 1) AS n");
    let refused = project.expect(2, &["sql", "q.sql"]);
    assert!(refused.contains("q.sql:3:3"), "{refused}");
    project.file("q.sql", "SELECT REPEAT('x', 70000000) AS v");
    let refused = project.expect(3, &["sql", "q.sql"]);
    assert!(refused.contains("its first rows are over 64 MiB"), "{refused}");
    let mut piped = project.command(&["sql"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut piped.stdin.take().unwrap(), b"SELECT 1 AS one").unwrap();
    assert_eq!(text(&piped.wait_with_output().unwrap().stdout), "one\n  1\n\n1 row\n");
    let left: Vec<_> = std::fs::read_dir(project.dir.join(".greenroom"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .filter(|name| name.to_string_lossy().starts_with(".sql-"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn an_image_without_python_is_told_to_be_the_reason() {
    let project = Project::new();
    project.file("q.sql", "SELECT 1");
    let refused = project.expect(3, &["sql", "q.sql"]);
    assert!(refused.contains("has no python3") && refused.contains("apt: [python3"), "{refused}");
}

/// Python without its packages is what an image without them is.
#[test]
fn any_column_is_shown_but_only_one_with_a_name_is_kept() {
    let project = loaded();
    let mut asking = project
        .command(&["sql", "-", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    asking.stdin.take().unwrap().write_all(b"select count(*) from lake.flights").unwrap();
    let shown: Value = serde_json::from_slice(&asking.wait_with_output().unwrap().stdout).unwrap();
    assert_eq!((&shown["columns"][0]["name"], &shown["rows"]), (&json!("f0_"), &json!([[4]])));
    let query = "SELECT MIN(delay), MAX(delay), carrier AS `two words`, 1 + 1, note FROM lake.flights \
                 GROUP BY carrier, note UNION ALL SELECT 1, 2, 'x', 3, NULL";
    let names: Vec<Value> = ask(&project, query)["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| column["name"].clone())
        .collect();
    assert_eq!(json!(names), json!(["f0_", "f1_", "two words", "f2_", "note"]));
    for (column, why) in
        [("COUNT(*)", "this column has no name"), ("1 AS `two words`", "`two words` is no name")]
    {
        let query = format!("SELECT {column} FROM lake.flights");
        project.workflow("w", &format!("s:\n  uses: sql_export\n  with: {{query: \"{query}\"}}\n"));
        let told = self::why(&project);
        assert!(told.contains(why), "{told}");
    }
}

#[test]
fn a_missing_package_is_told_with_the_line_to_add() {
    let project = project();
    project.workflow("w", "s:\n  run: python3 -S /greenroom/lib sql_export\n");
    let why = why(&project);
    assert!(why.contains("the image lacks the Python package `duckdb`"), "{why}");
    assert!(why.contains("add the line `duckdb==1.5.5` to the requirements file"), "{why}");
}

/// A step without the inputs that the operator takes for granted.
#[test]
fn an_error_that_nobody_foresaw_is_told_in_one_line() {
    let project = project();
    project.workflow("w", "s:\n  run: python3 /greenroom/lib sql_table\n");
    let why = why(&project);
    assert!(why.contains("sql_table ended in a way it should not: KeyError: 'table'"), "{why}");
}

#[test]
fn an_interrupted_query_leaves_no_container() {
    let project = loaded();
    // More rows than any machine counts while this test runs.
    let numbers = "UNNEST(GENERATE_ARRAY(1, 1000000))";
    let query =
        format!("SELECT COUNT(*) AS n FROM {numbers} AS a CROSS JOIN {numbers} AS b WHERE MOD(a * b, 7) = 1");
    project.file("long.sql", query);
    let mut asking = project.command(&["sql", "long.sql"]).stderr(Stdio::piped()).spawn().unwrap();
    // Containers are told apart by where their tables are mounted from.
    let lake = project.dir.join(".greenroom/lake").display().to_string();
    let containers = || {
        let mut list = std::process::Command::new("docker");
        list.args(["ps", "-aq", "--filter", &format!("volume={lake}")]);
        text(&list.output().unwrap().stdout).lines().count()
    };
    support::until("the query's container", || (containers() == 1).then_some(()));
    let pid = rustix::process::Pid::from_child(&asking);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    assert_eq!(asking.wait().unwrap().code(), Some(130));
    assert_eq!(containers(), 0);

    // Killed, it cannot tidy up; the next query does, and leaves those alone that somebody waits for.
    let mut killed = project.command(&["sql", "long.sql"]).stderr(Stdio::piped()).spawn().unwrap();
    support::until("its container", || (containers() == 1).then_some(()));
    let mut waiting = project.command(&["sql", "long.sql"]).stderr(Stdio::piped()).spawn().unwrap();
    support::until("both containers", || (containers() == 2).then_some(()));
    killed.kill().unwrap();
    killed.wait().unwrap();
    ask(&project, "SELECT 1 AS n");
    assert_eq!(containers(), 1);
    let pid = rustix::process::Pid::from_child(&waiting);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    assert_eq!(waiting.wait().unwrap().code(), Some(130));
}
