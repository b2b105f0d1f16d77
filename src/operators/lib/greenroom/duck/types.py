"""BigQuery's column types and DuckDB's."""

from __future__ import annotations

# For a column of a table.
DUCKDB = {
    "STRING": "VARCHAR",
    "INT64": "BIGINT",
    "FLOAT64": "DOUBLE",
    "NUMERIC": "DECIMAL(38, 9)",
    "BOOL": "BOOLEAN",
    "DATE": "DATE",
    "DATETIME": "TIMESTAMP",
    "TIME": "TIME",
    "TIMESTAMP": "TIMESTAMP WITH TIME ZONE",
    "BYTES": "BLOB",
    "JSON": "JSON",
}
FULL_NAMES = {"INTEGER": "INT64", "INT": "INT64", "FLOAT": "FLOAT64", "BOOLEAN": "BOOL", "DECIMAL": "NUMERIC"}
INTEGERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"}


def full_name(type: str) -> str | None:
    """As BigQuery writes it, read in any case; None where there is no such type."""
    upper = type.upper()
    name = FULL_NAMES.get(upper, upper)
    return name if name in DUCKDB else None


def bigquery_type(duckdb_type: str) -> str | None:
    """Of a result's column; None for nested ones and what BigQuery has not."""
    if duckdb_type in INTEGERS:
        return "INT64"
    if duckdb_type in ("FLOAT", "DOUBLE"):
        return "FLOAT64"
    if duckdb_type.startswith("DECIMAL(") and duckdb_type.endswith(")"):
        return "NUMERIC"
    if duckdb_type.startswith("TIMESTAMP_"):
        return "DATETIME"
    # A column of NULLs alone is INT64 in BigQuery too.
    if duckdb_type == '"NULL"':
        return "INT64"
    return next((name for name, type in DUCKDB.items() if type == duckdb_type), None)
