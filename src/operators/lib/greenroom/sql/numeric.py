"""NUMERIC has nine decimals: BigQuery rounds each product to them, where DuckDB keeps eighteen, and divides to them too.

What is here is for expressions that are NUMERIC for certain; of others the macros refuse a NUMERIC.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from greenroom.catalog import Table


def has_numeric(tree: exp.Query, tables: Iterable[Table | None]) -> bool:
    """Whether a product in the query can be a NUMERIC at all: to round costs time, and is seldom needed."""
    stored = any(type == "NUMERIC" for table in tables if table for type in table.columns.values())
    return stored or any(type.this == exp.DType.DECIMAL for type in tree.find_all(exp.DataType))


def round_products(tree: exp.Query) -> None:
    """In place; where the type is not certain, the macro sees by its two parts whether there is anything to round."""
    for node in reversed(list(tree.find_all(exp.Mul))):
        type = node.meta.get("type")
        if type == "NUMERIC":
            node.replace(exp.Anonymous(this="round", expressions=[node.copy(), exp.Literal.number(9)]))
        elif type is None:
            parts = [node.this.copy(), node.expression.copy()]
            node.replace(exp.Anonymous(this="gr_product", expressions=[node.copy(), *parts]))


def is_numeric(node: exp.Expression) -> bool:
    return node.meta.get("type") == "NUMERIC"


def rounded(function: str, node: exp.Expression) -> exp.Expression:
    """ROUND, TRUNC, CEIL and FLOOR stay NUMERIC; halves go away from zero in both."""
    digits = node.args.get("decimals")
    parts = [node.this.copy(), *([digits.copy()] if digits is not None else [])]
    return exp.cast(exp.Anonymous(this=function, expressions=parts), "DECIMAL(38, 9)", dialect="duckdb")


def divided(macro: str, dividend: exp.Expression, divisor: exp.Expression) -> exp.Expression:
    return exp.Anonymous(this=macro, expressions=[dividend.copy(), divisor.copy()])


def average(node: exp.Expression) -> exp.Expression:
    return divided("gr_numeric_divide", exp.Sum(this=node.this.copy()), exp.Count(this=node.this.copy()))
