mod hostile;
mod queries;
mod statements;
mod types;

use std::collections::BTreeMap;

use super::*;
use crate::domain::ColumnType::{self, *};
use crate::domain::lineage::Column;

fn tables(name: &str) -> Option<Columns> {
    let columns: &[(&str, ColumnType)] = match name {
        "lake.flights" => &[("carrier", String), ("day", Date), ("dep_delay", Int64), ("origin", String)],
        "lake.airlines" => &[("carrier", String), ("name", String)],
        _ => return None,
    };
    Some(Columns::all(columns.iter().map(|(name, kind)| Column::new(*name, Some(*kind))).collect()))
}

fn sql(text: &str) -> Sql {
    read(text, &tables).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// `name TYPE < table.column, …`, a `?` behind what is not wholly known.
fn told(text: &str) -> Vec<std::string::String> {
    let columns = sql(text).columns;
    let one = |column: &Column| {
        let kind = column.kind.map(|kind| format!(" {kind}")).unwrap_or_default();
        let from: Vec<_> = column.from.iter().map(|from| format!("{}.{}", from.table, from.column)).collect();
        let sign = if column.unknown.is_some() { "?" } else { "" };
        format!("{}{kind} < {}{sign}", column.name, from.join(", "))
    };
    let rest = columns.rest.iter().map(|_| "…".to_owned());
    columns.known.iter().map(one).chain(rest).collect()
}

fn used(text: &str) -> BTreeMap<std::string::String, std::string::String> {
    let reads = sql(text).reads.into_iter();
    reads
        .map(|(table, used)| {
            let more = used.rest.iter().map(|_| "…".to_owned());
            (table, used.columns.into_iter().chain(more).collect::<Vec<_>>().join(" "))
        })
        .collect()
}

#[test]
fn each_column_comes_from_somewhere() {
    assert_eq!(
        told(
            "SELECT f.carrier, a.name AS airline, COUNT(*) AS n, COUNTIF(f.dep_delay >= 15) late,
               ROUND(SAFE_DIVIDE(SUM(dep_delay), COUNT(*)), 2) AS mean, CAST(day AS STRING) d
             FROM lake.flights AS f LEFT JOIN lake.airlines AS a ON a.carrier = f.carrier
             WHERE f.day = @day GROUP BY f.carrier, airline ORDER BY n DESC"
        ),
        [
            "carrier STRING < lake.flights.carrier",
            "airline STRING < lake.airlines.name",
            "n INT64 < ",
            "late INT64 < lake.flights.dep_delay",
            "mean FLOAT64 < lake.flights.dep_delay",
            "d STRING < lake.flights.day",
        ]
    );
}

#[test]
fn a_column_that_only_filters_is_needed_too() {
    let text = "SELECT origin FROM lake.flights f JOIN lake.airlines USING (carrier)
        WHERE EXISTS (SELECT 1 FROM lake.days AS d WHERE d.day = f.day) GROUP BY 1 HAVING MAX(dep_delay) > 1";
    let used = used(text);
    assert_eq!(used["lake.flights"], "carrier day dep_delay origin");
    assert_eq!(used["lake.airlines"], "carrier");
    assert_eq!(used["lake.days"], "day");
}

#[test]
fn a_star_expands_where_the_table_is_known_and_is_told_as_unknown_where_not() {
    assert_eq!(
        told("SELECT * EXCEPT (day, origin) REPLACE (UPPER(carrier) AS carrier) FROM lake.flights").len(),
        2
    );
    assert_eq!(told("SELECT a.* FROM lake.flights f, lake.airlines a").len(), 2);
    assert_eq!(told("SELECT * FROM lake.flights JOIN lake.airlines USING (carrier)").len(), 5);
    assert_eq!(told("SELECT 1 AS one, t.* FROM lake.nobody AS t"), ["one INT64 < ", "…"]);
    assert_eq!(used("SELECT * FROM lake.nobody")["lake.nobody"], "…");
    assert_eq!(used("SELECT x FROM (SELECT * FROM lake.nobody)")["lake.nobody"], "…");
}

#[test]
fn of_one_unknown_table_a_column_is_its_own_and_of_two_nobody_knows() {
    assert_eq!(told("SELECT x FROM lake.nobody"), ["x < lake.nobody.x"]);
    assert_eq!(told("SELECT x FROM lake.flights, lake.nobody"), ["x < lake.nobody.x"]);
    assert_eq!(told("SELECT x, u.y FROM lake.nobody, lake.none u"), ["x < ?", "y < lake.none.y"]);
    assert_eq!(told("SELECT f.wings FROM lake.flights f"), ["wings < ?"]);
    assert_eq!(
        told("SELECT nobody.x, lake.nobody.y FROM lake.nobody"),
        ["x < lake.nobody.x", "y < lake.nobody.y"]
    );
}

#[test]
fn queries_within_queries_are_followed() {
    assert_eq!(
        told(
            "WITH late AS (SELECT carrier c, MAX(dep_delay) AS worst FROM lake.flights GROUP BY c),
               named (code, title) AS (SELECT * FROM `lake.airlines`)
             SELECT title, worst, (SELECT COUNT(*) FROM lake.flights x WHERE x.carrier = code) AS n
             FROM late JOIN named ON late.c = named.code"
        ),
        ["title STRING < lake.airlines.name", "worst INT64 < lake.flights.dep_delay", "n INT64 < "]
    );
    assert_eq!(
        told("SELECT carrier FROM lake.flights UNION ALL (SELECT name FROM lake.airlines) ORDER BY carrier"),
        ["carrier STRING < lake.airlines.name, lake.flights.carrier"]
    );
    let recursive = "WITH RECURSIVE n AS (SELECT 1 AS i, carrier FROM lake.airlines UNION ALL
        SELECT i + 1, carrier FROM n WHERE i < 3) SELECT i, carrier FROM n";
    assert_eq!(told(recursive), ["i INT64 < ", "carrier STRING < lake.airlines.carrier"]);
    assert_eq!(sql(recursive).reads.len(), 1);
}

#[test]
fn arrays_parts_of_dates_and_rows_are_no_columns_that_lack() {
    assert_eq!(
        told("SELECT DATE_TRUNC(day, MONTH) AS m, DATE_DIFF(day, @day, WEEK(MONDAY)) w FROM lake.flights"),
        ["m DATE < lake.flights.day", "w INT64 < lake.flights.day"]
    );
    assert_eq!(
        told("SELECT tag, i FROM lake.posts p, UNNEST(p.tags) AS tag WITH OFFSET i"),
        ["tag < lake.posts.tags", "i INT64 < "]
    );
    assert_eq!(told("SELECT item.price FROM lake.orders o, o.items AS item"), ["price < ?"]);
    assert_eq!(used("SELECT item.price FROM lake.orders o, o.items AS item")["lake.orders"], "items");
    assert_eq!(told("SELECT a.b.c AS c, x[OFFSET(0)].y FROM lake.s AS t").len(), 2);
}

#[test]
fn what_writes_says_where() {
    let text =
        "CREATE OR REPLACE TABLE lake.a AS SELECT carrier FROM lake.airlines; INSERT INTO lake.b SELECT 1;
        DELETE FROM lake.c WHERE x IN (SELECT carrier FROM lake.flights)";
    let sql = sql(text);
    assert_eq!(sql.writes.keys().collect::<Vec<_>>(), ["lake.a", "lake.b", "lake.c"]);
    assert_eq!(sql.reads.keys().collect::<Vec<_>>(), ["lake.airlines", "lake.flights"]);
    let merge = "MERGE lake.t USING lake.flights s ON t.x = s.carrier WHEN MATCHED THEN UPDATE SET y = 1";
    assert_eq!((used(merge)["lake.flights"].as_str(), used(merge).len()), ("…", 1));
}

#[test]
fn a_text_that_is_no_query_says_where_it_breaks() {
    let Err(SqlError::Syntax { message, span: Some(span) }) = read("SELECT a\nFROM t WHERE )", &tables)
    else {
        panic!("it is read")
    };
    assert_eq!((span.line, message.starts_with("Expected")), (2, true), "{message}");
    assert_eq!(read("-- nothing", &tables), Err(SqlError::Empty));
    assert_eq!(read(&" ".repeat(MOST + 1), &tables), Err(SqlError::TooLong));
}

#[test]
fn spelling_and_comments_change_nothing_of_what_it_says() {
    let normal = |text| sql(text).normal;
    assert_eq!(normal("select a -- x\n from  t"), normal("SELECT a FROM t /* y */"));
    assert_ne!(normal("SELECT a FROM t"), normal("SELECT b FROM t"));
}
