"""NUMERIC has nine decimals: BigQuery rounds each product to them, where DuckDB keeps eighteen."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from greenroom.catalog import Table


def has_numeric(tree: exp.Query, tables: Iterable[Table | None]) -> bool:
    """Whether a product in the query can be a NUMERIC at all: to round costs time, and is seldom needed."""
    stored = any(type == "NUMERIC" for table in tables if table for type in table.columns.values())
    return stored or any(type.this == exp.DType.DECIMAL for type in tree.find_all(exp.DataType))


def round_products(tree: exp.Query) -> None:
    """In place; the macro sees by its two parts' types whether there is anything to round."""
    for node in reversed(list(tree.find_all(exp.Mul))):
        parts = [node.this.copy(), node.expression.copy()]
        node.replace(exp.Anonymous(this="gr_product", expressions=[node.copy(), *parts]))
