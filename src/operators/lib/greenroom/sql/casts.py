"""CAST and SAFE_CAST as BigQuery does them."""

from __future__ import annotations

import re

from sqlglot import exp

from greenroom.problem import Problem
from greenroom.sql.source import Source

# BigQuery's type, as sqlglot calls it → our macro; `gr_safe_…` for SAFE_CAST.
MACROS = {
    exp.DType.BIGINT: "int64",
    exp.DType.INT: "int64",
    exp.DType.BOOLEAN: "bool",
    exp.DType.DATE: "date",
}
PLAIN = {
    exp.DType.DOUBLE,
    exp.DType.TIMESTAMP,
    exp.DType.TIMESTAMPTZ,
    exp.DType.DATETIME,
    exp.DType.TIME,
    exp.DType.ARRAY,
    exp.DType.STRUCT,
    exp.DType.JSON,
    exp.DType.BINARY,
    exp.DType.VARBINARY,
}
DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")


def cast(node: exp.Expression, source: Source) -> exp.Expression:
    safe = isinstance(node, exp.TryCast)
    if node.args.get("format") is not None:
        raise Problem("CAST … FORMAT is not known to the dev warehouse", "use FORMAT_DATE or PARSE_DATE", **source.at(node))
    to, value = node.to.this, node.this
    if to == exp.DType.DATE and value.is_string and DATE.fullmatch(value.name):
        return node
    if to in (exp.DType.TEXT, exp.DType.VARCHAR):
        return exp.Anonymous(this="gr_text", expressions=[value.copy()])
    if to in MACROS:
        prefix = "gr_safe_" if safe else "gr_"
        return exp.Anonymous(this=prefix + MACROS[to], expressions=[value.copy()])
    if to == exp.DType.DECIMAL and not node.to.expressions:
        return type(node)(this=value.copy(), to=exp.DataType.build("DECIMAL(38, 9)"))
    if to in PLAIN:
        return node
    raise Problem(f"the type {node.to.sql('bigquery')} is not known to the dev warehouse", **source.at(node))
