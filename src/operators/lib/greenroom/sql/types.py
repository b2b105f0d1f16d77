"""BigQuery's type of an expression, where it is known for certain; nothing is said of what is not."""

from __future__ import annotations

from sqlglot import exp

from greenroom.sql.columns import Columns
from greenroom.sql.functions import UNNAMED, name_of

NUMBERS = ("INT64", "NUMERIC", "FLOAT64")
CASTS = {
    exp.DType.BIGINT: "INT64",
    exp.DType.INT: "INT64",
    exp.DType.SMALLINT: "INT64",
    exp.DType.TINYINT: "INT64",
    exp.DType.DOUBLE: "FLOAT64",
    exp.DType.DECIMAL: "NUMERIC",
    exp.DType.BOOLEAN: "BOOL",
    exp.DType.TEXT: "STRING",
    exp.DType.VARCHAR: "STRING",
    exp.DType.BINARY: "BYTES",
    exp.DType.DATE: "DATE",
    exp.DType.TIME: "TIME",
    exp.DType.TIMESTAMP: "DATETIME",
    exp.DType.DATETIME: "DATETIME",
    exp.DType.TIMESTAMPTZ: "TIMESTAMP",
}
FUNCTIONS = {
    "INT64": "COUNT COUNTIF LENGTH CHAR_LENGTH CHARACTER_LENGTH BYTE_LENGTH STRPOS INSTR ARRAY_LENGTH DATE_DIFF DATETIME_DIFF"
    " TIMESTAMP_DIFF TIME_DIFF UNIX_DATE UNIX_SECONDS UNIX_MILLIS UNIX_MICROS ROW_NUMBER RANK DENSE_RANK NTILE APPROX_COUNT_DISTINCT",
    "FLOAT64": "RAND PI SIN COS TAN ASIN ACOS ATAN ATAN2 STDDEV STDDEV_SAMP STDDEV_POP PERCENT_RANK CUME_DIST",
    "STRING": "FORMAT FORMAT_DATE FORMAT_DATETIME FORMAT_TIMESTAMP TO_HEX INITCAP JSON_VALUE JSON_EXTRACT_SCALAR ARRAY_TO_STRING"
    " STRING_AGG REGEXP_EXTRACT GENERATE_UUID",
    "BOOL": "STARTS_WITH ENDS_WITH CONTAINS_SUBSTR REGEXP_CONTAINS LOGICAL_AND LOGICAL_OR IS_NAN IS_INF",
    "DATE": "DATE DATE_ADD DATE_SUB DATE_TRUNC DATE_FROM_UNIX_DATE PARSE_DATE CURRENT_DATE LAST_DAY",
    "DATETIME": "DATETIME DATETIME_ADD DATETIME_SUB PARSE_DATETIME",
    "TIMESTAMP": "TIMESTAMP TIMESTAMP_ADD TIMESTAMP_SUB PARSE_TIMESTAMP TIMESTAMP_SECONDS TIMESTAMP_MILLIS TIMESTAMP_MICROS CURRENT_TIMESTAMP",
    "TIME": "TIME TIME_ADD TIME_SUB",
    "BYTES": "MD5 SHA256",
}
RESULTS = {name: type for type, names in FUNCTIONS.items() for name in names.split()}
# Their result has the type of their argument.
ALIKE = {"MIN", "MAX", "ANY_VALUE", "ABS", "MAX_BY", "MIN_BY", "LAG", "LEAD", "FIRST_VALUE", "LAST_VALUE", "NTH_VALUE", "UPPER", "LOWER", "TRIM", "SUBSTR"}
# FLOAT64 of INT64 too, but NUMERIC of NUMERIC.
REAL = {"ROUND", "TRUNC", "CEIL", "CEILING", "FLOOR", "AVG", "SAFE_DIVIDE", "SQRT", "POW", "POWER", "EXP", "LN", "LOG", "LOG10", "SUM"}
TRUTHS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Is, exp.In, exp.Between, exp.Like,
          exp.And, exp.Or, exp.Not, exp.Exists)


class Types:
    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        columns.type_of = self.of
        self._known: dict[int, tuple[exp.Expression, str | None]] = {}

    def of(self, node: exp.Expression | None) -> str | None:
        if node is None:
            return None
        if id(node) not in self._known:
            self._known[id(node)] = (node, None)
            self._known[id(node)] = (node, self._of(node))
        return self._known[id(node)][1]

    def _of(self, node: exp.Expression) -> str | None:
        if isinstance(node, (exp.Paren, exp.Neg, exp.Window, exp.Distinct, exp.IgnoreNulls, exp.RespectNulls, exp.Order)):
            return self.of(node.expressions[0] if isinstance(node, exp.Distinct) else node.this)
        if isinstance(node, exp.Cast):
            return CASTS.get(node.to.this)
        if isinstance(node, exp.Literal):
            if node.is_string:
                return "STRING"
            return "INT64" if node.name.isdigit() else "FLOAT64"
        if isinstance(node, (exp.Boolean, *TRUTHS)):
            return "BOOL"
        if isinstance(node, exp.ByteString):
            return "BYTES"
        if isinstance(node, exp.RawString):
            return "STRING"
        if isinstance(node, exp.Column):
            return self._column(node)
        if isinstance(node, exp.Subquery):
            scope = self.columns.scope(node.unnest())
            output = self.columns.output(scope) if scope is not None and not isinstance(node.unnest(), exp.SetOperation) else None
            return output[0][1] if output is not None and len(output) == 1 else None
        if isinstance(node, (exp.Add, exp.Sub, exp.Mul)):
            return self._arithmetic(node)
        if isinstance(node, exp.Div):
            return self._real([self.of(node.this), self.of(node.expression)])
        if isinstance(node, exp.If):
            return self.common([node.args.get("true"), node.args.get("false")])
        if isinstance(node, exp.Extract):
            return "INT64" if node.this.name.upper() not in ("DATE", "TIME", "DATETIME") else None
        if isinstance(node, exp.Case):
            return self.common([*(each.args["true"] for each in node.args["ifs"]), node.args.get("default")])
        if isinstance(node, exp.Coalesce):
            return self.common([node.this, *node.expressions])
        return self._function(node)

    def common(self, nodes: list[exp.Expression | None]) -> str | None:
        """The type that all of some have, or that numbers of several types get; NULL has any."""
        found = {self.of(node) for node in nodes if node is not None and not isinstance(node, exp.Null)}
        if len(found) == 1:
            return found.pop()
        if found and found <= set(NUMBERS):
            return max(found, key=NUMBERS.index)
        return None

    def _column(self, node: exp.Column) -> str | None:
        """In ORDER BY and the like a name may be an alias of the SELECT."""
        clause = node.find_ancestor(exp.Order, exp.Group, exp.Having, exp.Qualify, exp.Select)
        if not node.table and clause is not None and not isinstance(clause, exp.Select):
            select = node.find_ancestor(exp.Select)
            if select is None or any(each.alias.lower() == node.name.lower() for each in select.expressions if isinstance(each, exp.Alias)):
                return None
        return self.columns.type(node)

    def _arithmetic(self, node: exp.Binary) -> str | None:
        left, right = self.of(node.this), self.of(node.expression)
        if left in NUMBERS and right in NUMBERS:
            return max(left, right, key=NUMBERS.index)
        if left == "DATE" and right == "INT64" and not isinstance(node, exp.Mul):
            return "DATE"
        if left == "INT64" and right == "DATE" and isinstance(node, exp.Add):
            return "DATE"
        return None

    def _real(self, types: list[str | None]) -> str | None:
        if not all(type in NUMBERS for type in types):
            return None
        return "NUMERIC" if "NUMERIC" in types and "FLOAT64" not in types else "FLOAT64"

    def _function(self, node: exp.Expression) -> str | None:
        name = name_of(node) or UNNAMED.get(type(node))
        if name == "SUM" and self.of(node.this) == "INT64":
            return "INT64"
        if name in REAL:
            more = [node.expression] if name in ("SAFE_DIVIDE", "POW", "POWER") else []
            return self._real([self.of(each) for each in [node.this, *more]])
        if name in ALIKE:
            return self.of(node.this)
        return RESULTS.get(name or "")
