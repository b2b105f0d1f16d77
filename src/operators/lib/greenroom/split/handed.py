"""How components hand values on: each is a folder of the run, which holds a table, JSON or a pickle.

A pickle runs code when it is loaded. These are made by earlier components of the same blueprint, as the run's record
tells; never load one from elsewhere.
"""

from __future__ import annotations

import json
import math
import numbers
import pickle
from pathlib import Path
from typing import Any

TABLE, PLAIN, OTHER = "data.parquet", "value.json", "value.pickle"


def save(value: Any, path: str) -> None:
    folder = Path(path)
    folder.mkdir()
    if type(value).__name__ == "DataFrame" and hasattr(value, "to_parquet"):
        try:
            value.to_parquet(folder / TABLE)
            return
        except Exception as error:
            # Columns of mixed types, or no pyarrow in the image.
            (folder / TABLE).unlink(missing_ok=True)
            print(f"{folder.name} is pickled, since it cannot be written as Parquet: {error}")
    if is_plain(value):
        (folder / PLAIN).write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
        return
    try:
        with (folder / OTHER).open("wb") as file:
            pickle.dump(value, file)
    except Exception as error:
        raise SystemExit(f"{folder.name} cannot be handed on: {error}") from error


def load(path: str) -> Any:
    folder = Path(path)
    if (folder / TABLE).exists():
        import pandas

        return pandas.read_parquet(folder / TABLE)
    if (folder / PLAIN).exists():
        return json.loads((folder / PLAIN).read_text(encoding="utf-8"))
    with (folder / OTHER).open("rb") as file:
        return pickle.load(file)


def is_plain(value: Any) -> bool:
    """JSON gives back the same."""
    if type(value) is list:
        return all(is_plain(part) for part in value)
    if type(value) is dict:
        return all(type(key) is str and is_plain(part) for key, part in value.items())
    return value is None or type(value) in (bool, int, str) or type(value) is float and math.isfinite(value)


def metrics(values: Any, path: str) -> None:
    """Those of a dict that are numbers: the run's figures."""
    found = {}
    for name, value in values.items() if isinstance(values, dict) else ():
        if isinstance(value, numbers.Number) or type(value).__module__ == "numpy" and getattr(value, "ndim", 1) == 0:
            number = float(value)
            if math.isfinite(number):
                found[name] = int(value) if number.is_integer() and not isinstance(value, float) else number
    Path(path).write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
