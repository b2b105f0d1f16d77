//! Queries as people write them for BigQuery.

use super::*;

#[test]
fn windows_and_qualify() {
    assert_eq!(
        told(
            "SELECT carrier, day, dep_delay,
               dep_delay - LAG(dep_delay) OVER (PARTITION BY carrier ORDER BY day) AS change,
               SUM(dep_delay) OVER w AS running,
               ROW_NUMBER() OVER (PARTITION BY origin ORDER BY dep_delay DESC) AS place
             FROM lake.flights WHERE day >= DATE_SUB(@day, INTERVAL 7 DAY)
             QUALIFY place <= 3 WINDOW w AS (PARTITION BY carrier ORDER BY day ROWS UNBOUNDED PRECEDING)"
        ),
        [
            "carrier STRING < lake.flights.carrier",
            "day DATE < lake.flights.day",
            "dep_delay INT64 < lake.flights.dep_delay",
            "change INT64 < lake.flights.carrier, lake.flights.day, lake.flights.dep_delay",
            "running INT64 < lake.flights.dep_delay",
            "place INT64 < lake.flights.dep_delay, lake.flights.origin",
        ]
    );
}

#[test]
fn days_without_rows() {
    let text = "SELECT d AS day, IFNULL(COUNT(f.carrier), 0) AS flights
        FROM UNNEST(GENERATE_DATE_ARRAY('2020-01-01', @day, INTERVAL 1 DAY)) AS d
        LEFT JOIN lake.nobody AS f ON f.day = d GROUP BY d";
    assert_eq!(told(text), ["day DATE < ", "flights INT64 < lake.nobody.carrier"]);
    assert_eq!(used(text)["lake.nobody"], "carrier day");
    assert_eq!(
        told("SELECT x FROM UNNEST(SPLIT('a,b', ',')) AS x WITH OFFSET i ORDER BY i"),
        ["x STRING < "]
    );
}

#[test]
fn structs_and_arrays() {
    assert_eq!(
        told(
            "SELECT carrier, ARRAY_AGG(STRUCT(day, dep_delay AS late) ORDER BY day LIMIT 5) AS worst,
               ARRAY(SELECT AS STRUCT a.name, a.carrier FROM lake.airlines a WHERE a.carrier = f.carrier) AS names
             FROM lake.flights f GROUP BY carrier"
        ),
        [
            "carrier STRING < lake.flights.carrier",
            "worst < lake.flights.day, lake.flights.dep_delay",
            "names < lake.airlines.carrier, lake.airlines.name",
        ]
    );
    let text = "SELECT o.id, line.sku, line.price * line.count AS total FROM lake.orders o CROSS JOIN UNNEST(o.lines) AS line";
    assert_eq!(told(text), ["id < lake.orders.id", "sku < ?", "total < ?"]);
    assert_eq!(used(text)["lake.orders"], "id lines");
}

#[test]
fn a_project_before_a_table_makes_it_no_other() {
    let text = "SELECT f.carrier, `x-1.lake.flights`.origin FROM `x-1.lake.flights`, `x-1.lake`.flights AS f WHERE f.day IS NULL";
    assert_eq!(told(text), ["carrier STRING < lake.flights.carrier", "origin STRING < lake.flights.origin"]);
    assert_eq!(used(text)["lake.flights"], "carrier day origin");
    let schema = "SELECT table_name FROM lake.INFORMATION_SCHEMA.TABLES";
    assert!(used(schema).contains_key("lake.INFORMATION_SCHEMA.TABLES"));
}

#[test]
fn a_column_that_a_query_in_between_does_not_give_is_told() {
    for (text, why) in [
        ("WITH f AS (SELECT * FROM lake.flights) SELECT gone FROM f", "f has no column `gone`"),
        ("WITH f AS (SELECT day FROM lake.flights) SELECT f.carrier FROM f", "f has no column `carrier`"),
        ("SELECT gone FROM (SELECT day FROM lake.flights)", "a subquery has no column `gone`"),
        (
            "WITH f AS (SELECT STRUCT(day) AS s FROM lake.flights) SELECT s.carrier FROM f",
            "the struct `s` has no field `carrier`",
        ),
    ] {
        assert_eq!(sql(text).refused.iter().collect::<Vec<_>>(), [why], "{text}");
    }
    for text in [
        "WITH f AS (SELECT * FROM lake.nobody) SELECT gone FROM f",
        "WITH f AS (SELECT * FROM lake.flights) SELECT day, (SELECT MAX(a.name) FROM lake.airlines a WHERE a.carrier = f.carrier) FROM f",
        "SELECT s.day FROM (SELECT STRUCT(day, origin AS o) AS s FROM lake.flights) WHERE s.o = 'x'",
    ] {
        assert!(sql(text).refused.is_empty(), "{text}: {:?}", sql(text).refused);
    }
    let text = "SELECT f.s.* FROM (SELECT STRUCT(day, origin AS o) AS s FROM lake.flights) AS f";
    assert_eq!(told(text).len(), 2, "{:?}", told(text));
}

#[test]
fn what_is_left_out_of_a_star_must_be_there() {
    let text = "SELECT * EXCEPT (origin) REPLACE (CAST(day AS STRING) AS day) FROM lake.flights";
    assert_eq!(
        told(text),
        [
            "carrier STRING < lake.flights.carrier",
            "day STRING < lake.flights.day",
            "dep_delay INT64 < lake.flights.dep_delay"
        ]
    );
    assert_eq!(used(text)["lake.flights"], "carrier day dep_delay origin");
    let missing = sql("SELECT * EXCEPT (wings) FROM lake.flights").missing;
    assert_eq!(missing.first().map(|missing| missing.column.as_str()), Some("wings"));
}

#[test]
fn a_pivot_is_told_as_not_followed() {
    for text in [
        "SELECT * FROM (SELECT carrier, origin, dep_delay FROM lake.flights)
           PIVOT (SUM(dep_delay) AS late FOR origin IN ('JFK', 'LGA'))",
        "SELECT * FROM lake.flights UNPIVOT (value FOR kind IN (dep_delay, day))",
    ] {
        assert_eq!(told(text), ["…"], "{text}");
        assert!(used(text)["lake.flights"].ends_with('…'), "{text}");
    }
}

#[test]
fn tables_of_many_days() {
    let text = "SELECT event, COUNT(DISTINCT user) AS users FROM `proj.lake.events_*`
        WHERE _TABLE_SUFFIX BETWEEN '20240101' AND FORMAT_DATE('%Y%m%d', @day) GROUP BY event";
    assert_eq!(told(text), ["event < lake.events_*.event", "users INT64 < lake.events_*.user"]);
    assert_eq!(used(text)["lake.events_*"], "event user");
    assert!(sql("SELECT day FROM lake.flights WHERE _PARTITIONTIME > @t").missing.is_empty());
}

#[test]
fn json() {
    let text = "SELECT JSON_VALUE(payload, '$.user.id') AS user, JSON_QUERY(payload, '$.items') AS items,
        payload.user.name AS name, CAST(JSON_VALUE(payload.n) AS INT64) AS n, LAX_INT64(payload['k']) AS k
        FROM lake.events WHERE JSON_VALUE(payload, '$.kind') = @kind";
    assert_eq!(
        told(text),
        [
            "user STRING < lake.events.payload",
            "items < lake.events.payload",
            "name < lake.events.payload",
            "n INT64 < lake.events.payload",
            "k INT64 < lake.events.payload"
        ]
    );
}

#[test]
fn joins_by_using_need_the_column_on_each_side_once() {
    let text = "SELECT * FROM lake.flights JOIN lake.airlines USING (carrier) LEFT JOIN lake.airports USING (origin)";
    let found = sql(text);
    assert!(found.missing.is_empty(), "{:?}", found.missing);
    assert_eq!(used(text)["lake.airports"], "origin …");
    assert_eq!(used(text)["lake.airlines"], "carrier name");
}

#[test]
fn whose_column_a_name_within_is() {
    let within = |from: &str, name: &str| {
        format!("SELECT 1 FROM lake.flights WHERE EXISTS (SELECT 1 FROM {from} WHERE {name} = 1)")
    };
    // It may be one of either.
    let used = used(&within("lake.nobody", "day"));
    assert_eq!((used["lake.flights"].as_str(), used["lake.nobody"].as_str()), ("…", "…"));
    assert!(sql(&within("lake.airlines", "wings")).missing.is_empty());
    assert_eq!(sql("SELECT (SELECT wings) FROM lake.flights").missing.len(), 1);
}

#[test]
fn a_star_has_what_using_joins_once_and_else_all() {
    let on = "SELECT * FROM lake.flights f JOIN lake.airlines a ON a.carrier = f.carrier";
    assert_eq!(told(on).len(), 6);
    assert!(sql(&format!("{on} UNION ALL SELECT 'a', @day, 1, 'b', 'c', 'd'")).refused.is_empty());
    assert_eq!(told(&format!("SELECT * EXCEPT (carrier) FROM ({on})")).len(), 4);
}

#[test]
fn whole_rows_and_what_has_no_name() {
    assert_eq!(told("SELECT COUNT(*), 1, carrier FROM lake.flights GROUP BY 3").len(), 3);
    assert_eq!(told("SELECT COUNT(*), carrier, 1 FROM lake.flights")[2], "f1_ INT64 < ");
    assert_eq!(told("SELECT * FROM (SELECT 1, 2)").len(), 2);
    assert_eq!(used("SELECT TO_JSON_STRING(t) AS row FROM lake.nobody t")["lake.nobody"], "…");
    assert_eq!(told("SELECT TO_JSON_STRING(a) AS it FROM lake.airlines a").len(), 1);
}

#[test]
fn a_pipe_and_a_template_are_told() {
    assert_eq!(
        told("FROM lake.flights |> WHERE dep_delay > 0 |> AGGREGATE COUNT(*) AS n GROUP BY carrier"),
        ["…"]
    );
    assert!(read("SELECT * FROM ${{ params.table }}", &tables).is_err());
}

#[test]
fn one_value_of_a_query_has_its_type() {
    assert_eq!(
        told("SELECT carrier, (SELECT MAX(day) FROM lake.flights) AS last FROM lake.airlines")[1],
        "last DATE < lake.flights.day"
    );
}
