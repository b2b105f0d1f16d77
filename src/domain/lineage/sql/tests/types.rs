use super::*;

fn one_of_each(name: &str) -> Option<Columns> {
    let columns = [
        ("i", Int64),
        ("f", Float64),
        ("n", Numeric),
        ("s", String),
        ("b", Bytes),
        ("d", Date),
        ("dt", Datetime),
        ("ts", Timestamp),
        ("t", Time),
        ("j", Json),
        ("ok", Bool),
    ];
    let columns = columns.iter().map(|(name, kind)| Column::new(*name, Some(*kind)));
    (name == "lake.all").then(|| Columns::all(columns.collect()))
}

#[track_caller]
fn is(kind: impl Into<Option<ColumnType>>, expressions: &[&str]) {
    let kind = kind.into();
    for expression in expressions {
        let sql = read(&format!("SELECT {expression} AS it FROM lake.all"), &one_of_each);
        let sql = sql.unwrap_or_else(|error| panic!("{expression}: {error}"));
        assert_eq!(sql.columns.known[0].kind, kind, "{expression}");
        assert!(sql.missing.is_empty(), "{expression}: {:?}", sql.missing);
    }
}

#[test]
fn what_functions_give_follows_from_what_they_take() {
    is(Bytes, &["TRIM(b)", "TRIM(b, b' ')", "LTRIM(b)", "SUBSTR(b, 1, 2)", "SUBSTRING(b, 1)", "LEFT(b, 1)"]);
    is(
        Bytes,
        &["CONCAT(b, b'x')", "b || b", "REGEXP_EXTRACT(b, b'x')", "REPLACE(b, b'x', b'y')", "LPAD(b, 3)"],
    );
    is(Bytes, &["MD5(s)", "SHA256(b)", "FROM_BASE64(s)", "STRING_AGG(b)", "REVERSE(b)"]);
    is(
        String,
        &["TRIM(s)", "SUBSTR(s, 2)", "CONCAT(s, 'x')", "s || 'x'", "REGEXP_EXTRACT(s, r'x')", "UPPER(s)"],
    );
    is(
        String,
        &["FORMAT('%d', i)", "TO_JSON_STRING(j)", "JSON_VALUE(j, '$.a')", "JSON_VALUE(s)", "TO_HEX(b)"],
    );
    is(
        String,
        &["STRING(ts)", "FORMAT_DATE('%Y', d)", "NORMALIZE(s, NFC)", "GENERATE_UUID()", "r'a'", "'''a'''"],
    );
    is(String, &["JSON_QUERY(s, '$.a')", "CAST(d AS STRING FORMAT 'YYYY')", "INITCAP(s)", "SESSION_USER()"]);
    is(Json, &["JSON_QUERY(j, '$.a')", "j.a.b", "PARSE_JSON(s)", "TO_JSON(s)", "JSON '1'"]);
    is(None, &["CONCAT(i, i)", "TRIM(i)", "JSON_QUERY(i)", "f(i)", "[1, 2]", "STRUCT(1 AS a)", "NULL"]);
}

#[test]
fn numbers_widen_as_bigquery_has_it() {
    is(
        Int64,
        &["i + 1", "i * i", "-i", "MOD(i, 2)", "DIV(i, 2)", "SUM(i)", "ABS(i)", "LENGTH(b)", "COUNT(*)"],
    );
    is(Int64, &["DATE_DIFF(d, d, DAY)", "UNIX_MILLIS(ts)", "i & 3", "0x1E", "~i", "NULLIF(i, 0)"]);
    is(
        Float64,
        &["i / 2", "AVG(i)", "ROUND(i)", "CEIL(i)", "FLOOR(f)", "SQRT(i)", "SAFE_DIVIDE(i, i)", "i + f"],
    );
    is(
        Float64,
        &["STDDEV(n)", "VARIANCE(n)", "CORR(n, n)", "n + f", "POW(i, 2)", "1e3", "RAND()", "COALESCE(i, f)"],
    );
    is(
        Numeric,
        &[
            "n / 2",
            "AVG(n)",
            "ROUND(n, 1)",
            "CEIL(n)",
            "SUM(n)",
            "n + i",
            "SAFE_DIVIDE(n, i)",
            "IF(ok, n, i)",
        ],
    );
    is(Numeric, &["CAST(i AS NUMERIC(10, 2))", "NUMERIC '1'", "MOD(n, i)", "GREATEST(n, i)", "SQRT(n)"]);
    is(None, &["CAST(i AS BIGNUMERIC)", "n + s", "COALESCE(i, s)"]);
}

#[test]
fn times_keep_what_they_are() {
    is(
        Date,
        &["LAST_DAY(d)", "LAST_DAY(dt, MONTH)", "LAST_DAY(ts)", "DATE_TRUNC(d, WEEK(MONDAY))", "DATE(ts)"],
    );
    is(Date, &["EXTRACT(DATE FROM ts)", "d + 1", "d - 1", "DATE_ADD(d, INTERVAL 1 DAY)", "CURRENT_DATE()"]);
    is(
        Date,
        &[
            "DATE_SUB(CURRENT_DATE, INTERVAL 1 DAY)",
            "SAFE.PARSE_DATE('%F', s)",
            "DATE '2020-01-01'",
            "MAX(d)",
        ],
    );
    is(
        Datetime,
        &["DATETIME_TRUNC(dt, HOUR)", "DATE_TRUNC(dt, MONTH)", "TIMESTAMP_TRUNC(dt, DAY)", "DATETIME(ts)"],
    );
    is(
        Datetime,
        &[
            "d + INTERVAL 1 DAY",
            "INTERVAL 1 DAY + dt",
            "DATETIME_ADD(dt, INTERVAL 1 DAY)",
            "CURRENT_DATETIME",
        ],
    );
    is(Timestamp, &["TIMESTAMP_TRUNC(ts, DAY, 'UTC')", "ts - INTERVAL 1 HOUR", "TIMESTAMP_MILLIS(i)"]);
    is(Timestamp, &["TIMESTAMP_SUB(ts, INTERVAL 1 HOUR)", "SAFE.PARSE_TIMESTAMP('%s', s)", "_PARTITIONTIME"]);
    is(
        Time,
        &[
            "TIME(ts)",
            "EXTRACT(TIME FROM ts)",
            "TIME_TRUNC(t, HOUR)",
            "CURRENT_TIME()",
            "TIME_ADD(t, INTERVAL 1 HOUR)",
        ],
    );
    is(
        Int64,
        &["EXTRACT(YEAR FROM d)", "EXTRACT(WEEK(MONDAY) FROM d)", "EXTRACT(HOUR FROM ts AT TIME ZONE 'UTC')"],
    );
    is(None, &["ts - ts", "d - d"]);
}

#[test]
fn truths_are_told_from_what_they_compare() {
    is(
        Bool,
        &[
            "i > 1",
            "s LIKE 'a%'",
            "s LIKE ANY ('a', 'b')",
            "i IN (1, 2)",
            "ok IS TRUE",
            "NOT ok",
            "IS_NAN(f)",
        ],
    );
    is(
        Bool,
        &["i IN UNNEST([1])", "i IS NOT NULL", "EXISTS (SELECT 1)", "REGEXP_CONTAINS(s, 'x')", "ok AND ok"],
    );
}
