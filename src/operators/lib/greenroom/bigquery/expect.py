"""What must hold of a table's rows, checked before they are published."""

from __future__ import annotations

from typing import Any

from greenroom.bigquery.client import quote, text
from greenroom.bigquery.staging import Staging
from greenroom.catalog import nearest
from greenroom.problem import Problem


def check(expect: dict[str, Any], staging: Staging) -> None:
    """One query; all rules that are broken are told at once."""
    _check_columns(expect, staging.columns)
    rules = _rules(expect, staging)
    rows, *counts = staging.one(f"SELECT COUNT(*), {', '.join(rules.values()) or '0'} FROM {quote(staging.name)}")
    broken = [f"{count} {'row breaks' if count == 1 else 'rows break'} {rule}" for rule, count in zip(rules, counts) if count]
    least, most = expect.get("min_rows"), expect.get("max_rows")
    if least is not None and rows < least:
        broken.append(f"it has {rows} rows, min_rows is {least}")
    if most is not None and rows > most:
        broken.append(f"it has {rows} rows, max_rows is {most}")
    if broken:
        raise Problem(f"what {staging.table} would get is not as expected: " + " · ".join(broken))


def _check_columns(expect: dict[str, Any], columns: dict[str, str]) -> None:
    named = [*expect.get("columns", {}), *expect.get("unique", []), *expect.get("not_null", []), *expect.get("accepted_values", {})]
    missing = next((name for name in named if name not in columns), None)
    if missing is not None:
        raise Problem(f"there is no column `{missing}`", nearest(missing, columns) or "it has " + ", ".join(columns))
    for name, type in expect.get("columns", {}).items():
        if columns[name] != type:
            raise Problem(f"the column `{name}` is {columns[name]}, not {type}", "`expect: columns` says what it shall be")


def _rules(expect: dict[str, Any], staging: Staging) -> dict[str, str]:
    """The rule's name → how many rows break it."""
    rules = {f"not_null [{name}]": f"COUNTIF({quote(name)} IS NULL)" for name in expect.get("not_null", [])}
    for name, values in expect.get("accepted_values", {}).items():
        accepted = ", ".join(map(text, values))
        rules[f"accepted_values of `{name}` ({', '.join(values)})"] = f"COUNTIF(CAST({quote(name)} AS STRING) NOT IN ({accepted}))"
    if expect.get("unique", []):
        columns = ", ".join(map(quote, expect["unique"]))
        # As in SQL, nulls are equal to nothing; that none is there is not_null's business.
        there = " AND ".join(f"{quote(name)} IS NOT NULL" for name in expect["unique"])
        again = f"SELECT COUNT(*) - 1 AS more FROM {quote(staging.name)} WHERE {there} GROUP BY {columns}"
        rules[f"unique [{', '.join(expect['unique'])}]"] = f"(SELECT IFNULL(SUM(more), 0) FROM ({again}))"
    return rules
