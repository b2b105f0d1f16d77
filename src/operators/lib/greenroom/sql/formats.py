"""Texts made and read by format: only formats that mean the same in both."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlglot import exp

from greenroom.problem import Problem
from greenroom.sql import zones
from greenroom.sql.source import Source

Rewrite = Callable[[exp.Expression, Source], exp.Expression]

# BigQuery's element → DuckDB's.
ELEMENTS = {letter: f"%{letter}" for letter in "YmdHMSyBbaAjpIuwUWVG%"}
# A DATE has none of these.
CLOCK = frozenset("HMSpITR")
# What PARSE_… of DuckDB and of BigQuery make of weeks and weekdays differs.
WEEKS = frozenset("UWVGuw")
ELEMENTS |= {"F": "%Y-%m-%d", "T": "%H:%M:%S", "D": "%m/%d/%y", "R": "%H:%M", "h": "%b"}
PRINTF = re.compile(r"%[-0+ ]?\d*(\.\d+)?([a-zA-Z%'])")


def _format(node: exp.Expression, source: Source) -> str:
    """The format as the person wrote it, for DuckDB."""
    name = node.meta["bigquery_name"]
    text = source.first_argument(node)
    if text is None:
        raise Problem(f"{name} takes only a plain text as its format in the dev warehouse", **source.at(node))
    found = []
    letters = iter(text)
    for letter in letters:
        if letter != "%":
            found.append(letter)
            continue
        element = next(letters, "")
        if element not in ELEMENTS:
            raise Problem(
                f"the format element %{element} is not known to the dev warehouse",
                "these are: " + " ".join(f"%{known}" for known in ELEMENTS),
                **source.at(node),
            )
        if element in CLOCK and name.upper().endswith("_DATE"):
            raise Problem(f"the format element %{element} does not go with a DATE in BigQuery", "FORMAT_DATETIME and PARSE_DATETIME take it", **source.at(node))
        if element in WEEKS and name.upper().startswith("PARSE_"):
            raise Problem(f"{name} with %{element} is not known to the dev warehouse", "give year, month and day: %Y %m %d", **source.at(node))
        found.append(ELEMENTS[element])
    return "".join(found)


def _without(node: exp.Expression) -> exp.Expression:
    """What sqlglot wraps around the value to be formatted says a type that we say ourselves."""
    while isinstance(node, (exp.TsOrDsToDate, exp.TsOrDsToTimestamp, exp.TsOrDsToDatetime)):
        node = node.this
    return node


def _write(node: exp.Expression, source: Source) -> exp.Expression:
    value: exp.Expression = _without(node.this).copy()
    zone = node.args.get("zone")
    macro = {"FORMAT_DATE": "gr_as_date", "FORMAT_DATETIME": "gr_as_datetime"}.get(node.meta["bigquery_name"].upper(), "gr_as_timestamp")
    value = exp.Anonymous(this=macro, expressions=[value])
    if zone is not None:
        value = zones.local(value, zone)
    stamp = exp.cast(value, "TIMESTAMP", dialect="duckdb")
    return exp.Anonymous(this="strftime", expressions=[stamp, exp.Literal.string(_format(node, source))])


def _read(type: str) -> Rewrite:
    def rewrite(node: exp.Expression, source: Source) -> exp.Expression:
        format = _format(node, source)
        if node.args.get("zone") is not None:
            raise Problem(f"{node.meta['bigquery_name']} with a time zone is not known to the dev warehouse", **source.at(node))
        if "%Y" not in format:
            raise Problem("a format without %Y reads another year here", **source.at(node))
        stamp = exp.Anonymous(this="strptime", expressions=[_without(node.this).copy(), exp.Literal.string(format)])
        return exp.cast(stamp, type, dialect="duckdb")

    return rewrite


def printf(node: exp.Expression, source: Source) -> exp.Expression:
    """FORMAT is C's printf, as DuckDB's printf is; DuckDB's FORMAT is another thing."""
    format = node.this
    wrong = not format.is_string or any(kind not in "dsfeEgGxX%" for _, kind in PRINTF.findall(format.name))
    if wrong:
        raise Problem("FORMAT takes only a plain text with %d %s %f %e %g %x in the dev warehouse", **source.at(node))
    kinds = [kind for _, kind in PRINTF.findall(format.name) if kind != "%"]
    if len(kinds) != len(node.expressions):
        raise Problem(f"FORMAT has {len(kinds)} places for values, and gets {len(node.expressions)}", **source.at(node))
    # DuckDB also writes a DATE by %s and a BOOL by %d.
    macros = {"s": "gr_text_only", "d": "gr_whole_only", "x": "gr_whole_only", "X": "gr_whole_only"}
    values = [exp.Anonymous(this=macros[kind], expressions=[each.copy()]) if kind in macros else each.copy()
              for kind, each in zip(kinds, node.expressions)]
    return exp.Anonymous(this="printf", expressions=[format.copy(), *values])


BY_NAME: dict[str, Rewrite] = {
    "FORMAT_DATE": _write,
    "FORMAT_DATETIME": _write,
    "FORMAT_TIMESTAMP": _write,
    "PARSE_DATE": _read("DATE"),
    "PARSE_DATETIME": _read("TIMESTAMP"),
    "PARSE_TIMESTAMP": _read("TIMESTAMPTZ"),
}
