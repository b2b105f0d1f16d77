"""The functions that may be called, each checked against BigQuery's results by the table in tests/.

One that is not listed is refused by name: nothing runs that may mean something else.
"""

from __future__ import annotations

from sqlglot import exp

# sqlglot's translation gives what BigQuery gives.
SAME = frozenset(
    """
    ABS ACOS ANY_VALUE ARRAY_CONCAT ARRAY_LENGTH ARRAY_REVERSE ASIN ATAN ATAN2
    COALESCE CONTAINS_SUBSTR CORR COS COUNT COVAR_POP COVAR_SAMP
    CUME_DIST CURRENT_TIMESTAMP DENSE_RANK
    ENDS_WITH FIRST_VALUE GENERATE_UUID GREATEST
    IFNULL INITCAP IS_INF IS_NAN LAG LAST_VALUE LEAD LEAST
    LOGICAL_AND LOGICAL_OR LOWER MAX MAX_BY MD5 MIN MIN_BY NTH_VALUE NTILE NULLIF
    PERCENTILE_CONT PERCENTILE_DISC PERCENT_RANK PI RAND RANK REGEXP_CONTAINS
    REGEXP_REPLACE REPLACE REVERSE ROW_NUMBER
    SHA256 SIGN SIN SPLIT STARTS_WITH STDDEV STDDEV_POP STDDEV_SAMP STRPOS STRUCT SUM
    TAN TIMESTAMP_SECONDS TIME_ADD TIME_DIFF TIME_SUB
    TO_HEX  UPPER VARIANCE VAR_POP VAR_SAMP
    """.split()
)

# Functions that sqlglot makes nodes of without noting their name.
SAME_NODES = (
    exp.And,
    exp.Or,
    exp.Xor,
    exp.Not,
    exp.Case,
    exp.If,
    exp.Array,
    exp.Struct,
    exp.Exists,
    exp.Cast,
    exp.Extract,
    exp.Initcap,
    exp.ArgMax,
    exp.ArgMin,
    exp.GroupConcat,
    exp.Substring,
    exp.Ceil,
    exp.Floor,
    exp.Lower,
    exp.WeekStart,
    exp.TsOrDsToDate,
    exp.TsOrDsToTimestamp,
    exp.TsOrDsToDatetime,
    exp.TsOrDsToTime,
    exp.ArrayAgg,
)

# Functions that are called without brackets.
BARE = {
    exp.CurrentDate: "CURRENT_DATE",
    exp.CurrentTimestamp: "CURRENT_TIMESTAMP",
    exp.CurrentDatetime: "CURRENT_DATETIME",
    exp.CurrentTime: "CURRENT_TIME",
}
# Functions whose name sqlglot does not note; these are rewritten by their node.
UNNAMED = {exp.Ceil: "CEIL", exp.Floor: "FLOOR"}

# What to do where a function is refused.
INSTEAD = {
    "APPROX_TOP_COUNT": "use COUNT(*), GROUP BY and ORDER BY … LIMIT",
    "APPROX_TOP_SUM": "use SUM(…), GROUP BY and ORDER BY … LIMIT",
    "CURRENT_DATETIME": "take a parameter of the workflow: @day",
    "TO_JSON_STRING": "export the columns with sql_export, format: json",
    "ERROR": "use `expect:` in the workflow",
    "SESSION_USER": "",
    "FARM_FINGERPRINT": "use TO_HEX(MD5(…))",
    "SAFE_ADD": "CAST one side AS FLOAT64 or NUMERIC",
    "SAFE_MULTIPLY": "CAST one side AS FLOAT64 or NUMERIC",
    "PARSE_TIME": "use PARSE_DATETIME",
}


def name_of(node: exp.Expression) -> str | None:
    """A function's name as BigQuery calls it, in capitals; None where sqlglot does not tell."""
    name = node.meta.get("bigquery_name")
    if name is None and isinstance(node, exp.Anonymous):
        name = node.name
    if name is None:
        name = BARE.get(type(node))
    return name.upper() if isinstance(name, str) else None
