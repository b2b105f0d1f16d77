"""Functions of dates and times. BigQuery's weeks begin on Sunday; DuckDB's on Monday."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from greenroom.problem import Problem
from greenroom.sql import zones
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
    value = _call("gr_as_clock", node.this)
    if first is not None:
        return _call("gr_time_trunc_week", value, first)
    if unit not in DATE_UNITS | CLOCK_UNITS:
        raise _refuse(node, source, unit)
    return _call("date_trunc", unit, value)


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
    end, start = (_call("gr_as_datetime", each) for each in (node.this, node.expression))
    if first is not None:
        return _call("gr_date_diff_week", end, start, first)
    if unit not in DATE_UNITS | CLOCK_UNITS:
        raise _refuse(node, source, unit)
    return _call("date_diff", unit, start, end)


def _timestamp_diff(node: exp.Expression, source: Source) -> exp.Expression:
    """Counts whole units, not boundaries."""
    unit, _ = unit_of(node.args.get("unit"))
    if unit not in CLOCK_UNITS | {"DAY"}:
        raise _refuse(node, source, unit)
    return _call("date_sub", unit, _call("gr_as_timestamp", node.expression), _call("gr_as_timestamp", node.this))


def _date_add(sign: type[exp.Expression]) -> Rewrite:
    def rewrite(node: exp.Expression, source: Source) -> exp.Expression:
        unit = node.args.get("unit")
        name = unit.name.upper() if unit is not None else "DAY"
        if name not in DATE_UNITS | {"WEEK"}:
            raise _refuse(node, source, name)
        amount = _amount(node, source)
        months = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}.get(name)
        count = exp.Mul(this=exp.paren(amount.copy()), expression=exp.Literal.number(months or (7 if name == "WEEK" else 1)))
        interval = _call("to_months" if months else "to_days", exp.cast(count, "INT", dialect="duckdb"))
        moved = sign(this=_call("gr_as_date", node.this), expression=interval)
        return _call("gr_moved", exp.cast(moved, "DATE"))

    return rewrite


def _amount(node: exp.Expression, source: Source) -> exp.Expression:
    """How many units to go: a whole number; DuckDB would round another one."""
    amount = node.expression
    if isinstance(amount, exp.Interval):
        amount = amount.this
    if isinstance(amount, exp.Literal):
        if not amount.name.strip().lstrip("+-").isdigit():
            raise Problem(f"an INTERVAL takes a whole number here, and {amount.name} is none", "take a smaller unit", **source.at(node))
        return exp.Literal.number(amount.name.strip())
    return _call("gr_whole", amount)


def _time_add(macro: str, units: set[str]) -> Rewrite:
    """As sqlglot translates it, and refused beyond the year 9999 as BigQuery does."""

    def rewrite(node: exp.Expression, source: Source) -> exp.Expression:
        unit = node.args.get("unit")
        name = unit.name.upper() if unit is not None else "DAY"
        if name not in units:
            raise Problem(f"{node.meta['bigquery_name'].upper()} with {name} is not known to BigQuery", "take a DATETIME, or days", **source.at(node))
        moved = node.copy()
        moved.set("this", _call(macro, node.this))
        moved.set("expression", _amount(node, source))
        return _call("gr_moved", moved)

    return rewrite


def _steps(node: exp.Expression, source: Source) -> exp.Expression:
    """GENERATE_ARRAY and GENERATE_DATE_ARRAY. Steps of months from a month's last days go astray in DuckDB."""
    step = node.args.get("step")
    amount = step.this if isinstance(step, exp.Interval) else step
    if isinstance(amount, exp.Literal) and amount.name.strip() == "0":
        raise Problem(f"{node.meta['bigquery_name'].upper()} takes no step of 0", **source.at(node))
    if isinstance(step, exp.Interval) and step.unit is not None and step.unit.name.upper() in ("MONTH", "QUARTER", "YEAR"):
        node.set("start", _call("gr_early_day", exp.cast(node.args["start"].copy(), "DATE", dialect="duckdb")))
    return node


def _last_day(node: exp.Expression, source: Source) -> exp.Expression:
    unit, first = unit_of(node.args.get("unit") or exp.var("MONTH"))
    steps = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}
    if first is not None:
        return _call("gr_last_day_week", node.this, first)
    if unit not in steps:
        raise _refuse(node, source, unit)
    return _call("gr_last_day", unit, node.this, _call("to_months", steps[unit]))


def _unix(macro: str, factor: int | None = None) -> Rewrite:
    def rewrite(node: exp.Expression, source: Source) -> exp.Expression:
        value = node.this.copy()
        if factor is not None:
            value = exp.Mul(this=exp.paren(value), expression=exp.Literal.number(factor))
        return _call(macro, value)

    return rewrite


def plus(node: exp.Expression, source: Source) -> exp.Expression:
    """DATE ± INT64; DuckDB takes only small integers for it."""
    if node.meta.get("type") == "DATE":
        sides = [side if node.meta["dates"][place] else exp.cast(side.copy(), "INT", dialect="duckdb")
                 for place, side in enumerate((node.this, node.expression))]
        return _call("gr_moved", type(node)(this=sides[0].copy(), expression=sides[1].copy()))
    if isinstance(node, exp.Sub) and node.meta.get("type") is None and not isinstance(node.this.unnest(), (exp.Binary, exp.Anonymous)):
        return _call("gr_minus", node.this, node.expression)
    return node


def extract(node: exp.Expression, source: Source) -> exp.Expression:
    """EXTRACT(part FROM value)."""
    part, value = node.this, node.expression
    name = part.name.upper()
    if name in CLOCK_UNITS | {"TIME"}:
        value = _call("gr_with_clock", value)
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
    **zones.BY_NAME,
    "DATE_TRUNC": _date_trunc,
    "DATETIME_TRUNC": _time_trunc,
    "TIMESTAMP_TRUNC": _time_trunc,
    "DATE_DIFF": _date_diff,
    "DATETIME_DIFF": _datetime_diff,
    "TIMESTAMP_DIFF": _timestamp_diff,
    "DATE_ADD": _date_add(exp.Add),
    "DATE_SUB": _date_add(exp.Sub),
    "DATETIME_ADD": _time_add("gr_as_datetime", DATE_UNITS | CLOCK_UNITS | {"WEEK"}),
    "DATETIME_SUB": _time_add("gr_as_datetime", DATE_UNITS | CLOCK_UNITS | {"WEEK"}),
    "TIMESTAMP_ADD": _time_add("gr_as_timestamp", CLOCK_UNITS | {"DAY"}),
    "TIMESTAMP_SUB": _time_add("gr_as_timestamp", CLOCK_UNITS | {"DAY"}),
    "GENERATE_ARRAY": _steps,
    "GENERATE_DATE_ARRAY": _steps,
    "LAST_DAY": _last_day,
    "UNIX_DATE": _unix("gr_days_of"),
    "UNIX_MICROS": _unix("gr_micros_of"),
    "UNIX_SECONDS": _unix("gr_seconds_of"),
    "UNIX_MILLIS": _unix("gr_millis_of"),
    "DATE_FROM_UNIX_DATE": _unix("gr_date_of_unix"),
    "TIMESTAMP_MILLIS": _unix("gr_timestamp_of", 1000),
    "TIMESTAMP_MICROS": _unix("gr_timestamp_of", 1),
    "WEEK": lambda node, source: node,
}
