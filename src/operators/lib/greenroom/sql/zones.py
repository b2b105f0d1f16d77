"""DATE(…), DATETIME(…), TIMESTAMP(…) and TIME(…), and the time zones that they take."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlglot import exp

from greenroom.problem import Problem
from greenroom.sql.source import Source

Rewrite = Callable[[exp.Expression, Source], exp.Expression]
OFFSET = re.compile(r"(?:UTC)?([+-])(\d{1,2})(?::(\d{2}))?")


def _call(name: str, *arguments: exp.Expression) -> exp.Anonymous:
    return exp.Anonymous(this=name, expressions=[each.copy() for each in arguments])


def local(moment: exp.Expression, zone: exp.Expression) -> exp.Expression:
    """What the clocks of a zone show at a moment (a TIMESTAMP): a DATETIME."""
    minutes = _minutes(zone)
    if minutes is None:
        return _call("timezone", zone, moment)
    return exp.paren(exp.Add(this=_call("timezone", exp.Literal.string("UTC"), moment), expression=minutes), copy=False)


def _moment(clock: exp.Expression, zone: exp.Expression) -> exp.Expression:
    """The TIMESTAMP at which the clocks of a zone show a DATETIME."""
    minutes = _minutes(zone)
    if minutes is None:
        return _call("timezone", zone, clock)
    return _call("timezone", exp.Literal.string("UTC"), exp.Sub(this=clock.copy(), expression=minutes))


def _minutes(zone: exp.Expression) -> exp.Expression | None:
    """Of a zone that is written as its distance from UTC; DuckDB knows names only."""
    found = OFFSET.fullmatch(zone.name) if zone.is_string else None
    if found is None:
        return None
    sign = -1 if found[1] == "-" else 1
    return exp.Anonymous(this="to_minutes", expressions=[exp.Literal.number(sign * (int(found[2]) * 60 + int(found[3] or 0)))])


def _date(node: exp.Expression, source: Source) -> exp.Expression:
    zone = node.args.get("zone")
    if zone is None:
        return node
    return exp.cast(local(_call("gr_as_timestamp", node.this), zone), "DATE", dialect="duckdb")


def _datetime(node: exp.Expression, source: Source) -> exp.Expression:
    """With a zone, not with a TIME as in DATETIME(date, time)."""
    zone = node.args.get("expression")
    if zone is None or not zone.is_string:
        return node
    return local(_call("gr_as_timestamp", node.this), zone)


def _timestamp(node: exp.Expression, source: Source) -> exp.Expression:
    zone = node.args.get("zone")
    if zone is None:
        return node
    return _moment(_call("gr_as_datetime", node.this), zone)


def _time(node: exp.Expression, source: Source) -> exp.Expression:
    if isinstance(node, exp.TimeFromParts):
        return node
    zone = node.args.get("zone")
    clock = local(_call("gr_as_timestamp", node.this), zone) if zone is not None else exp.cast(node.this.copy(), "TIMESTAMP", dialect="duckdb")
    return exp.cast(clock, "TIME", dialect="duckdb")


def _current_date(node: exp.Expression, source: Source) -> exp.Expression:
    if node.this is None:
        return node
    return exp.cast(local(exp.CurrentTimestamp(), node.this), "DATE", dialect="duckdb")


def at_time_zone(node: exp.Expression, source: Source) -> exp.Expression:
    """Only EXTRACT(part FROM timestamp AT TIME ZONE zone) has it in BigQuery."""
    if not isinstance(node.parent, exp.Extract):
        raise Problem("AT TIME ZONE stands only in EXTRACT in BigQuery", "write DATETIME(timestamp, zone)", **source.at(node))
    return local(_call("gr_as_timestamp", node.this), node.args["zone"])


BY_NAME: dict[str, Rewrite] = {
    "DATE": _date,
    "DATETIME": _datetime,
    "TIMESTAMP": _timestamp,
    "TIME": _time,
    "CURRENT_DATE": _current_date,
}
