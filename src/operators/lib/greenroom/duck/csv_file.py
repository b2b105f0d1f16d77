"""A csv, looked at before DuckDB reads it."""

from __future__ import annotations

import csv
import gzip
import re
from pathlib import Path
from typing import Any

from greenroom.duck.lake import text
from greenroom.duck.names import check_twice
from greenroom.problem import Problem

# DuckDB takes twice this into memory at once, as it does by itself.
LONGEST = 16 << 20
TOO_LONG = f"a line of it is longer than {LONGEST >> 20} MiB"
FIELDS = re.compile(r"Expected Number of Columns: (\d+) Found: (\d+)")
NOT_COMMAS = "the fields of a csv are separated by commas; a field that holds one stands in quotes"
SHORTER = "if so much text must be in one row, load it as parquet or json"


def read_csv(path: Path, null_marker: str | None) -> str:
    """The expression that reads it, all columns as text."""
    header = _header(path)
    _check_lines(path)
    names = "{" + ", ".join(f"{text(name)}: 'VARCHAR'" for name in header) + "}"
    return (
        f"read_csv({text(str(path))}, auto_detect = false, header = true, columns = {names}, delim = ',', quote = '\"', "
        f"escape = '\"', nullstr = {text(null_marker or '')}, allow_quoted_nulls = false, hive_partitioning = false, "
        f"max_line_size = {LONGEST}, buffer_size = {2 * LONGEST})"
    )


def plain(message: str) -> tuple[str, str] | None:
    """What DuckDB says of a row that does not fit, in our words."""
    if "Maximum line size" in message or "full read on this file" in message:
        return TOO_LONG, SHORTER
    if fields := FIELDS.search(message):
        return f"it has {fields[2]} fields, and the line of column names has {fields[1]}", NOT_COMMAS
    if "unterminated quote" in message:
        return f"a quote is not closed, or what it holds is longer than {LONGEST >> 20} MiB", ""
    return None


def _open(path: Path) -> Any:
    return gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb")


def _header(path: Path) -> list[str]:
    opened = gzip.open if path.suffix.lower() == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8-sig", newline="") as lines:
            header = next(csv.reader(lines), [])
    except UnicodeDecodeError as error:
        raise Problem(f"{path} is not written in UTF-8", "save it as UTF-8 (iconv -f latin1 -t utf-8 FILE)") from error
    except (OSError, EOFError, csv.Error) as error:
        raise Problem(f"{path} cannot be read: {error}") from error
    if len(header) == 1 and (other := next((each for each in ";\t|" if each in header[0]), None)):
        raise Problem(f"{path} seems to be separated by {other!r}, as it has one column `{header[0]}`", NOT_COMMAS)
    if not header:
        raise Problem(f"{path} is empty: a csv begins with a line of column names")
    check_twice(header, str(path))
    return header


def _check_lines(path: Path) -> None:
    """DuckDB drops a last line that is longer than its buffer, and says nothing."""
    line, length = 1, 0
    try:
        with _open(path) as file:
            while part := file.read(1 << 20):
                first = part.find(b"\n")
                length += len(part) if first < 0 else first
                if length > LONGEST:
                    raise Problem(f"{path}, line {line}: it is longer than {LONGEST >> 20} MiB", SHORTER)
                if first >= 0:
                    line += part.count(b"\n")
                    length = len(part) - part.rfind(b"\n") - 1
    except (OSError, EOFError) as error:
        raise Problem(f"{path} cannot be read: {error}") from error
