"""Transformers as JSON: plain to read, and no code runs when a file of somebody else is loaded (unlike a pickle)."""

from __future__ import annotations

import json
import os
from typing import Any

from . import files

FORMAT = 1
# By name, for loading; a class of yours is in here once it is defined or imported.
CLASSES: dict[str, type] = {}


def learned(transformer: Any) -> dict[str, Any]:
    """By scikit-learn's custom, what was learned ends in `_`."""
    return {name: value for name, value in vars(transformer).items() if name.endswith("_") and name[0] != "_"}


def save(transformer: Any, path: str | os.PathLike[str]) -> None:
    found = {"format": FORMAT, **described(transformer)}
    files.write_text(path, json.dumps(found, ensure_ascii=False, allow_nan=False, indent=1) + "\n")


def load(path: str | os.PathLike[str], functions: tuple[Any, ...] | list[Any]) -> Any:
    found = json.loads(files.read_text(path))
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ValueError(f"{os.fspath(path)} was not written by `save`, or by another version of this library")
    return restored(found, {function.__name__: function for function in functions})


def described(value: Any) -> Any:
    if type(value).__name__ in CLASSES:
        params = {name: described(param) for name, param in value.get_params(deep=False).items()}
        return {"class": type(value).__name__, "params": params, "learned": learned(value)}
    if isinstance(value, (list, tuple)):
        return [described(part) for part in value]
    if callable(value):
        name = getattr(value, "__name__", "")
        if not name.isidentifier():
            raise ValueError(f"{value} has no name to be found by when it is loaded: write it as a function with `def`")
        return {"function": name}
    return value


def restored(value: Any, functions: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return [restored(part, functions) for part in value]
    if not isinstance(value, dict):
        return value
    if "function" in value:
        name = value["function"]
        if name not in functions:
            raise ValueError(f"its function {name} is not in the file: load(path, functions=[{name}])")
        return functions[name]
    if value["class"] not in CLASSES:
        raise ValueError(f"there is no transformer {value['class']}: import the module that defines it first")
    params = {name: restored(param, functions) for name, param in value["params"].items()}
    transformer = CLASSES[value["class"]](**params)
    for name, found in value["learned"].items():
        if not name.endswith("_") or name[0] == "_":
            raise ValueError(f"{name} is nothing that a transformer learns")
        setattr(transformer, name, found)
    return transformer
