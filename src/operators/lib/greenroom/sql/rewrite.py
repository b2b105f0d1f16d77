"""Mends what sqlglot's translation to DuckDB would silently change."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlglot import exp

from greenroom.catalog import nearest
from greenroom.problem import Problem
from greenroom.sql.functions import INSTEAD, SAME, SAME_NODES, name_of
from greenroom.sql.source import Source
from greenroom.sql import aggregates, casts, dates, formats, json_paths, numeric, zones

Rewrite = Callable[[exp.Expression, Source], exp.Expression]


def call(name: str, *arguments: exp.Expression | str | int) -> exp.Anonymous:
    """A call of a DuckDB function or one of our macros."""
    nodes = [_node(argument) for argument in arguments]
    return exp.Anonymous(this=name, expressions=nodes)


def _node(argument: exp.Expression | str | int) -> exp.Expression:
    if isinstance(argument, exp.Expression):
        return argument.copy()
    return exp.Literal.number(argument) if isinstance(argument, int) else exp.Literal.string(argument)


def _macro(name: str, *keys: str) -> Rewrite:
    """The macro, given these arguments of the node (those that are there)."""

    def rewrite(node: exp.Expression, source: Source) -> exp.Expression:
        return call(name, *[node.args[key] for key in keys if node.args.get(key) is not None])

    return rewrite


def _real(function: str) -> Rewrite:
    """BigQuery rounds to FLOAT64, also what is INT64."""

    def rewrite(node: exp.Expression, source: Source) -> exp.Expression:
        if numeric.is_numeric(node):
            return numeric.rounded(function, node)
        digits = node.args.get("decimals")
        more = [digits] if digits is not None else []
        return call(function, call("gr_real", node.this), *more)

    return rewrite


def _trim(plain: str) -> Rewrite:
    def rewrite(node: exp.Expression, source: Source) -> exp.Expression:
        return node if node.expression else call(plain, node.this)

    return rewrite


def _bracket(node: exp.Expression, source: Source) -> exp.Expression:
    """BigQuery refuses an index out of bounds; DuckDB gives NULL."""
    if len(node.expressions) != 1 or isinstance(node.expressions[0], exp.Slice):
        return node
    index = node.expressions[0]
    if index.is_string:
        raise Problem("subscripts by name are not known to the dev warehouse", "use JSON_VALUE", **source.at(node))
    if node.args.get("offset"):
        index = exp.Sub(this=exp.paren(index.copy()), expression=exp.Literal.number(1))
    return call("gr_safe_item" if node.args.get("safe") else "gr_item", node.this, index)


def _unnest(node: exp.Expression, source: Source) -> exp.Expression:
    """WITH OFFSET counts from 0; DuckDB's WITH ORDINALITY, which sqlglot takes for it, from 1."""
    offset = node.args.get("offset")
    if not offset:
        return node
    name = offset.name if isinstance(offset, exp.Identifier) else "offset"
    alias = node.args.get("alias")
    columns = alias.args.get("columns") if alias else None
    item = columns[0].name if columns else "gr_item"
    quoted = [exp.to_identifier(word, quoted=True) for word in (item, name)]
    ordinal = exp.Unnest(
        expressions=[each.copy() for each in node.expressions],
        alias=exp.TableAlias(this=exp.to_identifier("gr_array"), columns=[each.copy() for each in quoted[:1]]),
        offset=quoted[1].copy(),
    )
    from_zero = exp.Sub(this=exp.column(quoted[1].copy()), expression=exp.Literal.number(1)).as_(quoted[1].copy())
    select = exp.select(exp.column(quoted[0].copy()), from_zero).from_(ordinal)
    join = node.parent
    if isinstance(join, exp.Join) and join.side and join.args.get("on") is None:
        join.set("on", exp.true())
    return select.subquery(f"gr_unnest_{source.at(node)['offset']}")


def _like(node: exp.Expression, source: Source) -> exp.Expression:
    """In BigQuery a backslash in a pattern takes the next character as it is."""
    pattern = node.expression
    if isinstance(pattern, (exp.Tuple, exp.Any, exp.All)):
        raise Problem("LIKE ANY and LIKE ALL are not known to the dev warehouse", "write one LIKE for each, with OR", **source.at(node))
    if isinstance(node.parent, exp.Escape):
        return node
    return exp.Escape(this=node.copy(), expression=exp.Literal.string("\\"))


def _instr(node: exp.Expression, source: Source) -> exp.Expression:
    """From a position on, or the nth place; without either it is STRPOS."""
    first, nth = node.args.get("position"), node.args.get("occurrence")
    if first is None:
        return node
    return call("gr_instr", node.this, node.args["substr"], first, nth if nth is not None else 1)


def _pad(macro: str) -> Rewrite:
    def rewrite(node: exp.Expression, source: Source) -> exp.Expression:
        return call(macro, node.this, node.expression, node.args.get("fill_pattern") or " ")

    return rewrite


def _concat(node: exp.Expression, source: Source) -> exp.Expression:
    """NULL where a part is NULL; what is no text is written as CAST does."""
    parts = [call("gr_concat_part", each) for each in node.expressions]
    if any(isinstance(each, exp.ByteString) for each in node.expressions):
        parts = [call("gr_bytes", each) for each in node.expressions]
    return _joined(parts)


def _pipes(node: exp.Expression, source: Source) -> exp.Expression:
    """All of a chain at once, so that each part is looked at once."""
    if isinstance(node.parent, exp.DPipe):
        return node
    parts = list(node.flatten())
    if not any(isinstance(each, exp.ByteString) for each in parts):
        # BigQuery takes a bare NULL for a STRING.
        parts = [exp.cast(each.copy(), "VARCHAR", dialect="duckdb") if isinstance(each, exp.Null) else each for each in parts]
    return _joined([call("gr_text_part", each) for each in parts])


def _joined(parts: list[exp.Expression]) -> exp.Expression:
    done: exp.Expression = parts[0]
    for part in parts[1:]:
        done = exp.DPipe(this=done, expression=part, safe=False)
    return exp.paren(done, copy=False)


def _one_group(node: exp.Expression, source: Source) -> exp.Expression:
    """BigQuery refuses a pattern with two groups; here it would give the whole match."""
    pattern = node.expression
    try:
        groups = re.compile(pattern.name).groups if isinstance(pattern, (exp.Literal, exp.RawString)) else 0
    except re.error:
        groups = 0  # DuckDB says what is wrong with it
    if groups > 1:
        raise Problem(f"the pattern has {groups} groups, and BigQuery takes one at most", "write (?:…) for the others", **source.at(pattern))
    return node


def _divide(node: exp.Expression, source: Source) -> exp.Expression:
    """What a division gives is a FLOAT64: to look at it once more would double the text of a long chain each time."""
    dividend = node.this
    if numeric.is_numeric(node):
        return numeric.divided("gr_numeric_divide", dividend, node.expression)
    again = dividend.unnest().name == "gr_ratio"
    return call("gr_ratio", dividend if again else call("gr_dividend", dividend), call("gr_divisor", node.expression))


def _safe_divide(node: exp.Expression, source: Source) -> exp.Expression:
    macro = "gr_safe_numeric_divide" if numeric.is_numeric(node) else "gr_safe_divide"
    return call(macro, node.this, node.expression)


def _float_only(node: exp.Expression, source: Source) -> exp.Expression:
    """In place: what sqlglot makes of the function is right for FLOAT64 and INT64."""
    for key in ("this", "expression"):
        if isinstance(node.args.get(key), exp.Expression):
            node.set(key, call("gr_float_only", node.args[key]))
    return node


def _average(node: exp.Expression, source: Source) -> exp.Expression:
    value = node.this
    if numeric.is_numeric(node) and not isinstance(value, exp.Distinct) and not isinstance(node.parent, exp.Window):
        return numeric.average(node)
    if isinstance(value, exp.Distinct):
        return exp.Avg(this=exp.Distinct(expressions=[call("gr_no_numeric", each) for each in value.expressions]))
    return exp.Avg(this=call("gr_no_numeric", value))


def _float(node: exp.Expression, source: Source) -> exp.Expression:
    """A number with a point is FLOAT64; DuckDB would make it a DECIMAL, which adds up otherwise."""
    if node.is_string or "." not in node.name or "e" in node.name.lower():
        return node
    return exp.Literal.number(node.name + "e0")


BY_NAME: dict[str, Rewrite] = {
    "REGEXP_EXTRACT": _one_group,
    "REGEXP_EXTRACT_ALL": _one_group,
    "SAFE_DIVIDE": _safe_divide,
    "SQRT": _float_only,
    "LN": _float_only,
    "LOG": _float_only,
    "LOG10": _float_only,
    "EXP": _macro("gr_exp", "this"),
    "POW": _macro("gr_pow", "this", "expression"),
    "POWER": _macro("gr_pow", "this", "expression"),
    "AVG": _average,
    "ROUND": _real("round"),
    "TRUNC": _real("trunc"),
    "CEILING": _real("ceil"),
    "SUBSTR": _macro("gr_substr", "this", "start", "length"),
    "LEFT": _macro("gr_left", "this", "expression"),
    "RIGHT": _macro("gr_right", "this", "expression"),
    "LPAD": _pad("gr_lpad"),
    "RPAD": _pad("gr_rpad"),
    "REPEAT": _macro("gr_repeat", "this", "times"),
    "INSTR": _instr,
    "TRIM": _trim("gr_trim"),
    "LTRIM": _trim("gr_ltrim"),
    "RTRIM": _trim("gr_rtrim"),
    "BYTE_LENGTH": _macro("gr_byte_length", "this"),
    "LENGTH": _macro("gr_length", "this"),
    "CHAR_LENGTH": _macro("gr_length", "this"),
    "CHARACTER_LENGTH": _macro("gr_length", "this"),
    "CONCAT": _concat,
    "ARRAY_TO_STRING": _macro("gr_array_text", "this", "expression", "null"),
    "JSON_VALUE": json_paths.scalar,
    "JSON_EXTRACT_SCALAR": json_paths.scalar,
    "FORMAT": formats.printf,
    **formats.BY_NAME,
    **dates.BY_NAME,
    **aggregates.BY_NAME,
}

BY_NODE: dict[type[exp.Expression], Rewrite] = {
    exp.Div: _divide,
    exp.IntDiv: _macro("gr_div", "this", "expression"),
    exp.Mod: _macro("gr_mod", "this", "expression"),
    exp.Substring: _macro("gr_substr", "this", "start", "length"),
    exp.Ceil: _real("ceil"),
    exp.Floor: _real("floor"),
    exp.Bracket: _bracket,
    exp.Unnest: _unnest,
    exp.Like: _like,
    exp.Literal: _float,
    exp.TryCast: casts.cast,
    exp.Cast: casts.cast,
    exp.Extract: dates.extract,
    exp.DPipe: _pipes,
    exp.AtTimeZone: zones.at_time_zone,
    exp.Add: dates.plus,
    exp.Sub: dates.plus,
    exp.GroupConcat: aggregates.string_agg,
    exp.ArrayAgg: aggregates.array_agg,
    exp.IgnoreNulls: aggregates.ignore_nulls,
}


def rewrite(tree: exp.Query, source: Source) -> exp.Query:
    """The tree for DuckDB. Parts come before what holds them, so that a rewrite sees its parts done."""
    holder = exp.Paren(this=tree)
    for node in reversed(list(tree.walk(bfs=True))):
        found = _rewrite_of(node, source)
        if found is not None:
            done = found(node, source)
            if done is not node:
                node.replace(done)
    return holder.this


def _rewrite_of(node: exp.Expression, source: Source) -> Rewrite | None:
    if node.meta.get("bound"):
        return None  # a parameter's value, put there by ourselves
    name = name_of(node)
    if name is not None and isinstance(node, exp.Func):
        if name in BY_NAME:
            return BY_NAME[name]
        if name not in SAME:
            known = nearest(name, sorted(SAME | BY_NAME.keys()))
            help = INSTEAD.get(name, known or "run this step in an environment with BigQuery, or write it with other functions")
            raise Problem(f"the function {name} is not known to the dev warehouse", help, **source.at(node))
        return None
    for kind in type(node).__mro__:
        if kind in BY_NODE:
            return BY_NODE[kind]
    if isinstance(node, exp.Func) and not isinstance(node, SAME_NODES):
        what = node.sql_names()[0] if node.sql_names() else type(node).__name__
        raise Problem(f"the function {what} is not known to the dev warehouse", **source.at(node))
    return None
