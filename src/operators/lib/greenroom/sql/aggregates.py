"""Aggregates that gather, and those that BigQuery estimates (here they are exact)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from greenroom.problem import Problem
from greenroom.sql.source import Source

Rewrite = Callable[[exp.Expression, Source], exp.Expression]


@dataclass
class Gathered:
    value: exp.Expression
    order: exp.Order | None = None
    limit: exp.Expression | None = None
    distinct: bool = False
    ignore_nulls: bool = False


def _parts(node: exp.Expression) -> Gathered:
    """Unwraps `DISTINCT x IGNORE NULLS ORDER BY y LIMIT n`, however sqlglot nests it."""
    found = Gathered(node)
    while True:
        inner = found.value
        if isinstance(inner, exp.Limit):
            found.limit = inner.expression
        elif isinstance(inner, exp.Order):
            found.order = inner
        elif isinstance(inner, exp.IgnoreNulls):
            found.ignore_nulls = True
        elif isinstance(inner, exp.Distinct):
            found.distinct = True
            found.value = inner.expressions[0]
            continue
        elif not isinstance(inner, exp.RespectNulls):
            return found
        found.value = inner.this


def _gather(found: Gathered) -> exp.Expression:
    inner: exp.Expression = found.value.copy()
    if found.distinct:
        inner = exp.Distinct(expressions=[inner])
    if found.order is not None:
        inner = exp.Order(this=inner, expressions=[each.copy() for each in found.order.expressions])
    gathered: exp.Expression = exp.Anonymous(this="list", expressions=[inner])
    if found.ignore_nulls:
        present = exp.Not(this=exp.Is(this=exp.paren(found.value.copy()), expression=exp.Null()))
        gathered = exp.Filter(this=gathered, expression=exp.Where(this=present))
    if found.limit is not None:
        gathered = exp.Anonymous(this="list_slice", expressions=[gathered, exp.Literal.number(1), found.limit.copy()])
    return gathered


def array_agg(node: exp.Expression, source: Source) -> exp.Expression:
    if isinstance(node.parent, exp.IgnoreNulls):
        return node  # done there
    return _gather(_parts(node.this))


def ignore_nulls(node: exp.Expression, source: Source) -> exp.Expression:
    if not isinstance(node.this, exp.ArrayAgg):
        return node
    found = _parts(node.this.this)
    found.ignore_nulls = True
    return _gather(found)


def string_agg(node: exp.Expression, source: Source) -> exp.Expression:
    separator = node.args.get("separator") or exp.Literal.string(",")
    found = _parts(node.this)
    if isinstance(node.parent, exp.Window):
        if found.order is not None or found.limit is not None or found.distinct:
            raise Problem("STRING_AGG … OVER takes only a value and a separator in the dev warehouse", **source.at(node))
        text = exp.Anonymous(this="gr_text_only", expressions=[found.value.copy()])
        return exp.Anonymous(this="string_agg", expressions=[text, separator.copy()])
    found.ignore_nulls = True
    return exp.Anonymous(this="gr_array_text", expressions=[_gather(found), separator.copy()])


def _countif(node: exp.Expression, source: Source) -> exp.Expression:
    """Counts, so that there is a 0 where no row is; the macro gives NULL for what is not TRUE."""
    condition = node.this.expressions[0] if isinstance(node.this, exp.Distinct) else node.this
    counted: exp.Expression = exp.Anonymous(this="gr_if_true", expressions=[condition.copy()])
    if isinstance(node.this, exp.Distinct):
        counted = exp.Distinct(expressions=[counted])
    return exp.Count(this=counted)


def _count_distinct(node: exp.Expression, source: Source) -> exp.Expression:
    return exp.Count(this=exp.Distinct(expressions=[node.this.copy()]))


def _quantiles(node: exp.Expression, source: Source) -> exp.Expression:
    number = node.expression
    if not isinstance(number, exp.Literal) or not number.name.isdigit() or isinstance(node.this, (exp.Distinct, exp.IgnoreNulls, exp.RespectNulls)):
        raise Problem("APPROX_QUANTILES takes only a column and a number in the dev warehouse", **source.at(node))
    count = int(number.name)
    places = [exp.Literal.number(f"{step / count:.9f}e0") for step in range(count + 1)]
    return exp.Anonymous(this="quantile_disc", expressions=[node.this.copy(), exp.Array(expressions=places)])


BY_NAME: dict[str, Rewrite] = {
    "ARRAY_AGG": array_agg,
    "STRING_AGG": string_agg,
    "COUNTIF": _countif,
    "APPROX_COUNT_DISTINCT": _count_distinct,
    "APPROX_QUANTILES": _quantiles,
}
