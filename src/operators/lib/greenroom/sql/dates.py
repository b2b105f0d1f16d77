"""Functions of dates and times. BigQuery's weeks begin on Sunday; DuckDB's on Monday."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from greenroom.problem import Problem
from greenroom.sql.source import Source

Rewrite = Callable[[exp.Expression, Source], exp.Expression]

WEEKDAYS = ["SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"]
DATE_UNITS = {"DAY", "MONTH", "QUARTER", "YEAR"}
CLOCK_UNITS = {"MICROSECOND", "MILLISECOND", "SECOND", "MINUTE", "HOUR"}


def _call(name: str, *arguments: exp.Expression | str | int) -> exp.Anonymous:
    nodes: list[exp.Expression] = []
    for argument in arguments:
        if isinstance(argument, exp.Expression):
            nodes.append(argument.copy())
        else:
            number = isinstance(argument, int)
            nodes.append(exp.Literal.number(argument) if number else exp.Literal.string(argument))
    return exp.Anonymous(this=name, expressions=nodes)


def unit_of(unit: exp.Expression | None) -> tuple[str, int | None]:
    """`MONTH`; of a week also its first day (0 is Sunday)."""
    if isinstance(unit, exp.WeekStart):
        return "WEEK", WEEKDAYS.index(unit.name.upper())
    name = unit.name.upper() if unit is not None else "DAY"
    if name == "WEEK":
        return "WEEK", 0
    if name == "ISOWEEK":
        return "WEEK", 1
    return name, None


def _refuse(node: exp.Expression, source: Source, unit: str) -> Problem:
    name = node.meta.get("bigquery_name", "this function")
    return Problem(f"{name} with {unit} is not known to the dev warehouse", **source.at(node))


def _date_trunc(node: exp.Expression, source: Source) -> exp.Expression:
    unit, first = unit_of(node.args.get("unit"))
    if first is not None:
        return _call("gr_date_trunc_week", node.this, first)
    if unit not in DATE_UNITS:
        raise _refuse(node, source, unit)
    return _call("gr_date_trunc", unit, node.this)


def _time_trunc(node: exp.Expression, source: Source) -> exp.Expression:
    unit, first = unit_of(node.args.get("unit"))
    if node.args.get("zone") is not None:
        raise _refuse(node, source, "a time zone")
    if first is not None:
        return _call("gr_time_trunc_week", node.this, first)
    if unit not in DATE_UNITS | CLOCK_UNITS:
        raise _refuse(node, source, unit)
    return _call("date_trunc", unit, node.this)


def _date_diff(node: exp.Expression, source: Source) -> exp.Expression:
    unit, first = unit_of(node.args.get("unit"))
    if first is not None:
        return _call("gr_date_diff_week", node.this, node.expression, first)
    if unit not in DATE_UNITS:
        raise _refuse(node, source, unit)
    return _call("gr_date_diff", unit, node.this, node.expression)


def _datetime_diff(node: exp.Expression, source: Source) -> exp.Expression:
    """Counts the boundaries between the two, as DuckDB does."""
    unit, first = unit_of(node.args.get("unit"))
    if first is not None:
        return _call("gr_date_diff_week", node.this, node.expression, first)
    if unit not in DATE_UNITS | CLOCK_UNITS:
        raise _refuse(node, source, unit)
    return _call("date_diff", unit, node.expression, node.this)


def _timestamp_diff(node: exp.Expression, source: Source) -> exp.Expression:
    """Counts whole units, not boundaries."""
    unit, _ = unit_of(node.args.get("unit"))
    if unit not in CLOCK_UNITS | {"DAY"}:
        raise _refuse(node, source, unit)
    return _call("date_sub", unit, node.expression, node.this)


def _date_add(sign: type[exp.Expression]) -> Rewrite:
    def rewrite(node: exp.Expression, source: Source) -> exp.Expression:
        unit = node.args.get("unit")
        name = unit.name.upper() if unit is not None else "DAY"
        if name not in DATE_UNITS | {"WEEK"}:
            raise _refuse(node, source, name)
        amount = node.expression
        if isinstance(amount, exp.Interval):
            amount = amount.this
        if amount.is_string:
            amount = exp.Literal.number(amount.name)
        months = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}.get(name)
        count = exp.Mul(this=exp.paren(amount.copy()), expression=exp.Literal.number(months or (7 if name == "WEEK" else 1)))
        interval = _call("to_months" if months else "to_days", exp.cast(count, "INT", dialect="duckdb"))
        moved = sign(this=_call("gr_as_date", node.this), expression=interval)
        return _call("gr_moved", exp.cast(moved, "DATE"))

    return rewrite


def _time_add(node: exp.Expression, source: Source) -> exp.Expression:
    """As sqlglot translates it, and refused beyond the year 9999 as BigQuery does."""
    return _call("gr_moved", node)


def _last_day(node: exp.Expression, source: Source) -> exp.Expression:
    unit, first = unit_of(node.args.get("unit") or exp.var("MONTH"))
    steps = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}
    if unit not in steps or first is not None:
        raise _refuse(node, source, unit)
    return _call("gr_last_day", unit, node.this, _call("to_months", steps[unit]))


def _unix(macro: str, factor: int | None = None) -> Rewrite:
    def rewrite(node: exp.Expression, source: Source) -> exp.Expression:
        value = node.this.copy()
        if factor is not None:
            value = exp.Mul(this=exp.paren(value), expression=exp.Literal.number(factor))
        return _call(macro, value)

    return rewrite


def _no_zone(node: exp.Expression, source: Source) -> exp.Expression:
    if node.this is not None:
        raise _refuse(node, source, "a time zone")
    return node


def extract(node: exp.Expression, source: Source) -> exp.Expression:
    """EXTRACT(part FROM value)."""
    part, value = node.this, node.expression
    name = part.name.upper()
    stamp = exp.cast(value.copy(), "TIMESTAMP", dialect="duckdb")
    if isinstance(part, exp.WeekStart):
        return _call("gr_week_number", value, WEEKDAYS.index(name))
    if name == "WEEK":
        return _call("gr_week_number", value, 0)
    if name == "DAYOFWEEK":
        return exp.paren(exp.Add(this=_call("dayofweek", value), expression=exp.Literal.number(1)))
    if name in ("DATE", "TIME"):
        return exp.cast(stamp, name, dialect="duckdb")
    if name == "DATETIME":
        return stamp
    if name in ("MILLISECOND", "MICROSECOND"):
        size = 1000 if name == "MILLISECOND" else 1_000_000
        return exp.paren(exp.Mod(this=_call(name.lower(), value), expression=exp.Literal.number(size)))
    plain = {"ISOWEEK": "week", "ISOYEAR": "isoyear", "DAYOFYEAR": "dayofyear"}
    plain |= {unit: unit.lower() for unit in ("YEAR", "QUARTER", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND")}
    if name not in plain:
        raise Problem(f"EXTRACT({name} …) is not known to the dev warehouse", **source.at(node))
    return _call(plain[name], value)


BY_NAME: dict[str, Rewrite] = {
    "DATE_TRUNC": _date_trunc,
    "DATETIME_TRUNC": _time_trunc,
    "TIMESTAMP_TRUNC": _time_trunc,
    "DATE_DIFF": _date_diff,
    "DATETIME_DIFF": _datetime_diff,
    "TIMESTAMP_DIFF": _timestamp_diff,
    "DATE_ADD": _date_add(exp.Add),
    "DATE_SUB": _date_add(exp.Sub),
    "DATETIME_ADD": _time_add,
    "DATETIME_SUB": _time_add,
    "TIMESTAMP_ADD": _time_add,
    "TIMESTAMP_SUB": _time_add,
    "LAST_DAY": _last_day,
    "UNIX_SECONDS": _unix("gr_seconds_of"),
    "UNIX_MILLIS": _unix("gr_millis_of"),
    "DATE_FROM_UNIX_DATE": _unix("gr_date_of_unix"),
    "TIMESTAMP_MILLIS": _unix("gr_timestamp_of", 1000),
    "TIMESTAMP_MICROS": _unix("gr_timestamp_of", 1),
    "CURRENT_DATE": _no_zone,
    "WEEK": lambda node, source: node,
}
