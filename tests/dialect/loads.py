"""Runs in a step: files that load_table takes or refuses, and ways to write a partition's value, compared."""

import sys
import tempfile
from pathlib import Path

from greenroom.canonical import check_value
from greenroom.duck.load import TABLE, load_files, read_files
from greenroom.load import Load
from greenroom.problem import Problem

MIB = 1 << 20
NAN = "compare otherwise in BigQuery"

# Content of a csv, options, and what it says or how the values come out.
CSV = [
    ("a\n1.5\n-2e3\n.5\n", {"a": "FLOAT64"}, [1.5, -2000.0, 0.5]),
    ("a\n1_0.5\n", {"a": "FLOAT64"}, "row 1, column `a`: `1_0.5` is no FLOAT64"),
    ("a\n1\nnan\n", {"a": "FLOAT64"}, "row 2, column `a`: `nan` is no FLOAT64"),
    ("a\nnan\n", {"a": "FLOAT64"}, NAN),
    ("a\n-Infinity\n", {"a": "FLOAT64"}, NAN),
    ("a\n1e400\n", {"a": "FLOAT64"}, "`1e400` is no FLOAT64"),
    ("a\n1_0\n", {"a": "NUMERIC"}, "`1_0` is no NUMERIC"),
    ("a\n2013-01-01 05:06:07\n2013-01-01T05:06:07.5\n", {"a": "DATETIME"}, ["2013-01-01 05:06:07", "2013-01-01 05:06:07.5"]),
    ("a\n2013-01-01T05:06:07Z\n2013-01-01 05:06:07 UTC\n2013-01-01 06:06:07+01\n", {"a": "TIMESTAMP"}, ["2013-01-01 05:06:07+00"] * 3),
    ("a\ninfinity\n", {"a": "TIMESTAMP"}, "`infinity` is no TIMESTAMP"),
    ("a\nepoch\n", {"a": "DATETIME"}, "`epoch` is no DATETIME"),
    ("a\n2013-01-01 05:06\n", {"a": "DATETIME"}, "is no DATETIME"),
    ("a\n24:00:00\n", {"a": "TIME"}, "`24:00:00` is no TIME"),
    ("a\n0000-01-01\n", {"a": "DATE"}, "`0000-01-01` is no DATE"),
    ("a,A\n1,2\n", {"a": "INT64"}, "two columns are named `A`"),
    ("A\n1\n", {"a": "INT64"}, [1]),
    ("b ,A\n1,2\n", {"b": "INT64"}, "it has `b `, `A`"),
    ("a;b\n1;2\n", {"a": "INT64"}, "separated by ';'"),
    ("a,b\n1,2\n1,2,3\n", {"a": "INT64"}, "it has 3 fields, and the line of column names has 2"),
    ("a\n1\n", {"weird name": "INT64"}, "`weird name` is no name for a column"),
    ("a,b\n1," + "x" * 3 * MIB + "\n", {"a": "INT64", "b": "STRING"}, [1]),
    ("a,b\n1,y\n2," + "x" * 40 * MIB + "\n", {"a": "INT64", "b": "STRING"}, "line 3: it is longer than 16 MiB"),
    ("a,b\n1,\"" + "x\n" * 20 * MIB + "\"\n", {"a": "INT64", "b": "STRING"}, "a quote is not closed, or what it holds is longer than 16 MiB"),
]

# Value, type, and what is said of it; nothing where it is right.
VALUES = [
    ("2013-01-01", "DATE", ""),
    ("2013-1-1", "DATE", "write 2013-01-01"),
    ("2013-02-30", "DATE", "is no DATE"),
    ("2", "INT64", ""),
    ("02", "INT64", "write 2"),
    ("-0", "INT64", "write 0"),
    ("notanumber", "INT64", "is no INT64"),
    ("9223372036854775808", "INT64", "is no INT64"),
    ("true", "BOOL", ""),
    ("TRUE", "BOOL", "write true"),
    ("yes", "BOOL", "is no BOOL"),
    (" any\n", "STRING", ""),
    ("1.5", "FLOAT64", "take one of DATE, INT64, STRING, BOOL"),
]


def said(problem):
    return f"{problem.message} {problem.help}"


def loaded(path, columns, by=None):
    try:
        connection, names = read_files(Load(str(path), columns, None, by))
    except Problem as problem:
        return said(problem)
    first = next(iter(names))
    kept = "a" if names[first] in ("FLOAT64", "INT64") else "CAST(a AS VARCHAR)"
    return [row[0] for row in connection.execute(f"SELECT {kept} FROM {TABLE}").fetchall()]


def parquet(directory, select):
    import duckdb

    path = Path(directory, "rows.parquet")
    duckdb.sql(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
    return path


def tries(directory):
    """What was tried, what was expected, what was found."""
    path = Path(directory, "rows.csv")
    for content, columns, expected in CSV:
        path.write_text(content, encoding="utf-8")
        yield content[:40], expected, loaded(path, columns)
    path.write_text("a\nok\n" + "é" * 100 + "\n", encoding="utf-8")
    yield "a long partition", "row 2, column `a`: the value is too long to name a partition", loaded(path, {"a": "STRING"}, "a")
    path.write_text("a\n" + "x" * 250 + "\n", encoding="utf-8")
    yield "a partition that just fits", 1, load_files(Load(str(path), {"a": "STRING"}, None, "a"), Path(directory, "out"))
    yield "NaN in parquet", NAN, loaded(parquet(directory, "SELECT 'nan'::DOUBLE AS a"), {})
    yield "a name in parquet", "`weird name` is no name for a column", loaded(parquet(directory, 'SELECT 1 AS "weird name"'), {})
    for value, type, expected in VALUES:
        try:
            check_value("k", value, type)
            yield f"{value} as {type}", expected, ""
        except Problem as problem:
            yield f"{value} as {type}", expected or "nothing", said(problem)


def main():
    wrong = 0
    with tempfile.TemporaryDirectory() as directory:
        for what, expected, found in tries(directory):
            fits = expected in found if isinstance(expected, str) and isinstance(found, str) else expected == found
            if not fits:
                wrong += 1
                print(f"{what!r}\n  expected {expected!r}\n  found    {str(found)[:300]!r}")
    print(f"{wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
