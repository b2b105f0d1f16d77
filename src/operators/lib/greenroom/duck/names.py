"""Names of columns, as a query can say them without quotes here and in BigQuery."""

from __future__ import annotations

import re
from collections.abc import Iterable

from greenroom.problem import Problem

COLUMN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def check_names(names: Iterable[str], where: str) -> None:
    """Of a table that is loaded. `where`: what names its columns."""
    names = list(names)
    wrong = next((name for name in names if not COLUMN.fullmatch(name)), None)
    if wrong is not None:
        raise Problem(f"{where}: `{wrong}` is no name for a column", "letters, digits and _, no digit first: name it so in the file")
    check_twice(names, where)


def check_twice(names: Iterable[str], where: str) -> None:
    """`A` and `a` are one name in SQL."""
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            raise Problem(f"{where}: two columns are named `{name}`", "capitals make no difference: give one another name")
        seen.add(name.lower())
