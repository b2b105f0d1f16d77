"""The one way to write the value of a partition.

Greenroom tells partitions apart by the text of their value: `2013-1-1` beside `2013-01-01` would hold the same day twice.
"""

from __future__ import annotations

import datetime
import re

from greenroom.problem import Problem

# Types whose values are written in one way only.
PARTITIONS = ("DATE", "INT64", "STRING", "BOOL")
# Bytes of a folder's name, which is what a partition becomes, on most file systems.
LONGEST_NAME = 255
DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
INTEGER = re.compile(r"[+-]?\d{1,19}", re.ASCII)


def check_type(column: str, type: str) -> None:
    if type not in PARTITIONS:
        raise Problem(f"no table is partitioned by a {type}, which `{column}` is", "take one of " + ", ".join(PARTITIONS))


def check_value(column: str, value: str, type: str) -> None:
    """Refused, not mended: the plan, the lake and the run's record all name the value as it is written."""
    check_type(column, type)
    expected = canonical(value, type)
    if expected is None:
        raise Problem(f"the partition's value `{value}` is no {type}, which the column `{column}` is",
                      "mend `partition: value`, or take another column")
    if expected != value:
        raise Problem(f"the partition's value `{value}` can be written in other ways too, and each would be a partition of its own",
                      f"write {expected}")


def canonical(value: str, type: str) -> str | None:
    """None where it is no value of this type."""
    if type == "DATE":
        found = DATE.fullmatch(value)
        try:
            return datetime.date(*map(int, found.groups())).isoformat() if found else None
        except ValueError:
            return None
    if type == "INT64":
        number = int(value) if INTEGER.fullmatch(value) else 1 << 63
        return str(number) if -(1 << 63) <= number < 1 << 63 else None
    if type == "BOOL":
        return value.lower() if value.lower() in ("true", "false") else None
    return value
