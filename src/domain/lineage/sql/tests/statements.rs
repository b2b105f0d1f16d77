use super::*;

fn written(text: &str, table: &str) -> Vec<std::string::String> {
    let sql = sql(text);
    let columns = &sql.writes.get(table).unwrap_or_else(|| panic!("{table} of {:?}", sql.writes)).columns;
    let one = |column: &Column| {
        let kind = column.kind.map(|kind| format!(" {kind}")).unwrap_or_default();
        let from: Vec<_> = column.from.iter().map(|from| format!("{}.{}", from.table, from.column)).collect();
        let sign = if column.unknown.is_some() { "?" } else { "" };
        format!("{}{kind} < {}{sign}", column.name, from.join(", "))
    };
    columns.known.iter().map(one).chain(columns.rest.iter().map(|_| "…".to_owned())).collect()
}

#[test]
fn a_create_says_which_columns_its_table_has() {
    assert_eq!(
        written(
            "CREATE OR REPLACE TABLE lake.a PARTITION BY day CLUSTER BY carrier OPTIONS(description='x') AS
            WITH f AS (SELECT * FROM lake.flights) SELECT day, carrier AS c FROM f",
            "lake.a"
        ),
        ["day DATE < lake.flights.day", "c STRING < lake.flights.carrier"]
    );
    assert_eq!(
        written(
            "CREATE TABLE lake.a (x INT64, y STRING) AS SELECT dep_delay, origin FROM lake.flights",
            "lake.a"
        ),
        ["x INT64 < lake.flights.dep_delay", "y STRING < lake.flights.origin"]
    );
    assert_eq!(written("CREATE TABLE lake.a (x INT64, y ARRAY<STRING>)", "lake.a"), ["x INT64 < ", "y < "]);
    assert_eq!(
        written("CREATE VIEW lake.v (code) AS SELECT carrier FROM lake.airlines", "lake.v"),
        ["code STRING < lake.airlines.carrier"]
    );
    assert_eq!(written("CREATE TABLE lake.a CLONE lake.airlines", "lake.a").len(), 2);
    assert_eq!(
        written("CREATE TABLE lake.a LIKE lake.airlines", "lake.a"),
        ["carrier STRING < ", "name STRING < "]
    );
}

#[test]
fn an_insert_goes_by_its_list_or_by_place() {
    assert_eq!(
        written("INSERT INTO lake.b (code, title) SELECT carrier, name FROM lake.airlines", "lake.b"),
        ["code STRING < lake.airlines.carrier", "title STRING < lake.airlines.name", "…"]
    );
    let by_place = "INSERT lake.b WITH a AS (SELECT name FROM lake.airlines) SELECT name FROM a";
    assert_eq!(written(by_place, "lake.b"), ["name STRING < lake.airlines.name", "…"]);
    assert_eq!(told(by_place), written(by_place, "lake.b"), "not wholly known, and told so");
    let both = "CREATE TABLE lake.b (x STRING, y STRING); INSERT INTO lake.b SELECT * FROM lake.airlines";
    assert_eq!(
        written(both, "lake.b"),
        ["x STRING < lake.airlines.carrier", "y STRING < lake.airlines.name"],
        "the first takes the first"
    );
    assert_eq!(
        used("INSERT INTO lake.b VALUES ((SELECT MAX(name) FROM lake.airlines), 1)")["lake.airlines"],
        "name"
    );
}

#[test]
fn what_is_not_followed_is_told_as_unknown_and_never_as_nothing() {
    for text in [
        "MERGE lake.t t USING lake.flights s ON t.x = s.carrier WHEN NOT MATCHED THEN INSERT ROW",
        "UPDATE lake.t SET x = 1 WHERE TRUE",
        "UPDATE lake.t t SET x = s.origin FROM lake.flights s WHERE t.c = s.carrier",
        "DELETE FROM lake.t WHERE TRUE",
        "TRUNCATE TABLE lake.t",
        "ALTER TABLE lake.t ADD COLUMN y INT64",
        "SELECT 1 AS x; MERGE lake.t USING lake.flights ON FALSE WHEN NOT MATCHED THEN INSERT ROW",
        "EXECUTE IMMEDIATE 'SELECT 1'",
        "CALL lake.refresh(1)",
        "DECLARE x INT64 DEFAULT 1",
        "SELECT 1 AS x; SELECT FROM WHERE",
        "SELECT 1 AS x; FOR r IN (SELECT 1) DO SELECT r; END FOR",
    ] {
        let sql = sql(text);
        let why = sql.columns.rest.unwrap_or_else(|| panic!("{text}: {:?}", sql.columns.known));
        assert!(!why.is_empty() && sql.columns.known.is_empty(), "{text}: {why}");
        for (table, written) in sql.writes {
            assert!(
                table == "lake.t" && written.fit != Fit::Makes && written.columns.known.is_empty(),
                "{text}"
            );
        }
        assert!(!sql.reads.contains_key("lake.t"), "{text}");
    }
}

#[test]
fn of_several_statements_the_last_that_gives_rows_counts_and_each_writes_its_own() {
    let text = "CREATE TABLE lake.a AS SELECT carrier FROM lake.airlines; SELECT dep_delay FROM lake.flights";
    assert_eq!(told(text), ["dep_delay INT64 < lake.flights.dep_delay"]);
    assert_eq!(written(text, "lake.a"), ["carrier STRING < lake.airlines.carrier"]);
    let temporary = "CREATE TEMP TABLE late AS SELECT carrier, day FROM lake.flights;
        CREATE TEMP FUNCTION twice(x INT64) RETURNS INT64 AS (x * 2);
        INSERT INTO late SELECT name, DATE '2020-01-01' FROM lake.airlines;
        SELECT carrier, MAX(day) AS last FROM late GROUP BY carrier; DROP TABLE late;";
    assert_eq!(
        told(temporary),
        ["carrier STRING < lake.airlines.name, lake.flights.carrier", "last DATE < lake.flights.day"]
    );
    let sql = sql(temporary);
    assert!(sql.writes.is_empty(), "what is temporary nobody else reads: {:?}", sql.writes);
    assert_eq!(sql.reads.keys().collect::<Vec<_>>(), ["lake.airlines", "lake.flights"]);
    assert_eq!(
        used("CREATE OR REPLACE TABLE lake.flights AS SELECT * FROM lake.flights").len(),
        1,
        "it reads what was there before"
    );
    assert_eq!(used("CREATE TABLE lake.a AS SELECT 1 AS x; SELECT x FROM lake.a").len(), 0);
}

#[test]
fn what_changes_a_table_leaves_nothing_that_may_be_wrong() {
    let made = "CREATE TABLE lake.b AS SELECT carrier AS x, name AS y FROM lake.airlines; ";
    let written = |text: &str| written(&format!("{made}{text}"), "lake.b");
    assert_eq!(written("ALTER TABLE lake.b DROP COLUMN y"), ["…"]);
    assert_eq!(
        written("INSERT lake.b SELECT t.*, 1 FROM lake.nobody t")[0],
        "x STRING < lake.airlines.carrier?"
    );
    let both = "MERGE lake.b USING lake.flights ON FALSE WHEN NOT MATCHED THEN INSERT ROW;
        INSERT lake.b (y) SELECT origin FROM lake.flights";
    assert_eq!(
        written(both),
        ["x STRING < lake.airlines.carrier?", "y STRING < lake.airlines.name, lake.flights.origin?"]
    );
    let either = "IF TRUE THEN CREATE OR REPLACE TABLE lake.b AS SELECT 1 AS z; END IF; SELECT * FROM lake.b";
    assert_eq!(written(either), ["…"]);
    assert_eq!(told(&format!("{made}{either}")), ["…"]);
    assert_eq!(told("INSERT INTO lake.b VALUES (1, 'x')"), ["…"]);
}

#[test]
fn variables_are_no_columns() {
    let text = "DECLARE first, last DATE DEFAULT CURRENT_DATE();
        DECLARE least INT64 DEFAULT 15;
        DECLARE carriers ARRAY<STRING>;
        SET last = (SELECT MAX(day) FROM lake.flights);
        SET (first, least) = (DATE_SUB(last, INTERVAL 1 DAY), 20);
        SELECT carrier, last AS until, least FROM lake.flights
        WHERE day BETWEEN first AND last AND dep_delay > Least AND carrier IN UNNEST(carriers)";
    assert_eq!(
        told(text),
        ["carrier STRING < lake.flights.carrier", "until DATE < lake.flights.day", "least INT64 < "]
    );
    let found = sql(text);
    assert!(found.missing.is_empty() && found.unknown.is_empty(), "{found:?}");
    assert_eq!(used(text)["lake.flights"], "carrier day dep_delay");
    // A column goes before a variable, and a variable before what may be a column.
    assert_eq!(told("DECLARE day INT64; SELECT day FROM lake.flights"), ["day DATE < lake.flights.day"]);
    assert_eq!(told("DECLARE x INT64; SELECT x FROM lake.nobody"), ["x INT64 < "]);
    assert_eq!(told("DECLARE x INT64; SELECT (SELECT x FROM lake.airlines) AS y"), ["y INT64 < "]);
}

#[test]
fn blocks_are_looked_into() {
    let text = "DECLARE n INT64;
        BEGIN
          SET n = (SELECT COUNT(name) FROM lake.airlines);
          IF n > 0 THEN
            INSERT INTO lake.a (x) SELECT carrier FROM lake.flights;
          ELSE
            DELETE FROM lake.b WHERE TRUE;
          END IF;
        EXCEPTION WHEN ERROR THEN
          SELECT @@error.message;
        END;";
    let sql = sql(text);
    assert_eq!(sql.reads.keys().collect::<Vec<_>>(), ["lake.airlines", "lake.flights"]);
    assert_eq!(sql.writes.keys().collect::<Vec<_>>(), ["lake.a", "lake.b"]);
    assert!(sql.columns.rest.is_some());
    assert_eq!(told("BEGIN TRANSACTION; SELECT 1 AS x; COMMIT TRANSACTION"), ["x INT64 < "]);
}

#[test]
fn what_cannot_be_read_of_several_does_not_hide_the_others() {
    let sql = sql("LOAD DATA INTO lake.x FROM FILES (format = 'CSV'); SELECT carrier FROM lake.airlines");
    assert_eq!(sql.columns.known.len(), 1);
    let [unknown] = sql.unknown.iter().collect::<Vec<_>>()[..] else { panic!("{:?}", sql.unknown) };
    assert!(unknown.starts_with("a statement of its query: the query cannot be read"), "{unknown}");
}

#[test]
fn queries_of_unequal_widths_are_refused_and_not_cut() {
    for (text, why) in [
        ("SELECT 1 AS a, 2 AS b UNION ALL SELECT 1", "UNION ALL of 2 columns with 1 column"),
        (
            "SELECT carrier FROM lake.flights EXCEPT DISTINCT SELECT * FROM lake.airlines",
            "EXCEPT DISTINCT of 1 column with 2 columns",
        ),
        (
            "SELECT 1 UNION ALL SELECT 1, 2, t.* FROM lake.nobody t",
            "UNION ALL of 1 column with 2 columns or more",
        ),
        ("INSERT INTO lake.b (x, y) SELECT 1", "an INSERT names 2 columns, and its query gives 1"),
        (
            "CREATE TABLE lake.b (x INT64) AS SELECT 1, 2",
            "a CREATE TABLE names 1 column, and its query gives 2",
        ),
    ] {
        assert_eq!(sql(text).refused.iter().collect::<Vec<_>>(), [why], "{text}");
    }
    assert_eq!(told("SELECT 1 AS a, 2 AS b UNION ALL SELECT 1"), ["…"]);
    assert_eq!(told("SELECT 1 AS a UNION ALL SELECT 1.5"), ["a FLOAT64 < "]);
    assert_eq!(told("SELECT 'x' AS a, 1 AS b UNION ALL SELECT * FROM lake.nobody"), ["a < ?", "b < ?"]);
    assert!(sql("SELECT 1 AS a UNION ALL SELECT * FROM lake.nobody").refused.is_empty());
}
