"""CAST and SAFE_CAST as BigQuery does them."""

from __future__ import annotations

import re

from sqlglot import exp

from greenroom.problem import Problem
from greenroom.sql.macros import TEXTS
from greenroom.sql.source import Source

# BigQuery's type, as sqlglot calls it → our macro; `gr_safe_…` for SAFE_CAST.
MACROS = {
    exp.DType.BIGINT: "int64",
    exp.DType.INT: "int64",
    exp.DType.SMALLINT: "int64",
    exp.DType.TINYINT: "int64",
    exp.DType.BOOLEAN: "bool",
    exp.DType.DATE: "date",
    exp.DType.TIMESTAMP: "datetime",
    exp.DType.DATETIME: "datetime",
    exp.DType.TIMESTAMPTZ: "timestamp",
    exp.DType.TIME: "time",
    exp.DType.DOUBLE: "float64",
    exp.DType.DECIMAL: "numeric",
}
# A constant of these stays one, so that it can choose what is read of a file.
LITERALS = ("date", "datetime", "timestamp", "time")
PLAIN = {
    exp.DType.ARRAY,
    exp.DType.STRUCT,
    exp.DType.JSON,
}
BYTES = (exp.DType.BINARY, exp.DType.VARBINARY)


def cast(node: exp.Expression, source: Source) -> exp.Expression:
    safe = isinstance(node, exp.TryCast)
    if node.args.get("format") is not None:
        raise Problem("CAST … FORMAT is not known to the dev warehouse", "use FORMAT_DATE or PARSE_DATE", **source.at(node))
    to, value = node.to.this, node.this
    if to in (exp.DType.TEXT, exp.DType.VARCHAR):
        return exp.Anonymous(this="gr_text", expressions=[value.copy()])
    if to in BYTES:
        return exp.Anonymous(this="gr_bytes", expressions=[value.copy()])
    name = MACROS.get(to)
    if name in LITERALS and value.is_string and re.fullmatch(TEXTS[name.upper()][1], value.name):
        return node
    if name is not None and not node.to.expressions:
        prefix = "gr_safe_" if safe else "gr_"
        return exp.Anonymous(this=prefix + name, expressions=[value.copy()])
    if to in PLAIN:
        return node
    raise Problem(f"the type {node.to.sql('bigquery')} is not known to the dev warehouse", **source.at(node))
