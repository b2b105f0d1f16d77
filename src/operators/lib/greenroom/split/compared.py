"""Whether a value is what it was, by one that was made anew from the same file."""

from __future__ import annotations

import copyreg
import pickle
from typing import Any

# Of things that keep what they once came to, a difference may be without effect.
SAME, PERHAPS, SURE = 0, 1, 2
# Whose things are nothing but what they hold.
OPEN = {"builtins", "itertools", "collections", "types", "array", "functools"}
OPEN |= {"random", "_random", "datetime", "decimal", "fractions"}
NUMBERS = (bool, int, float, complex, str, bytes, type(None))


def difference(was: Any, now: Any) -> int:
    try:
        return of(was, now, {})
    except RecursionError:
        return SAME if is_pickled_same(was, now) else PERHAPS


def of(was: Any, now: Any, met: dict[tuple[int, int], Any]) -> int:
    """`met`: the pairs so far, each with what is kept for its number to stay its own."""
    if was is now:
        return SAME
    kind = type(was)
    if kind is not type(now):
        return SURE
    if issubclass(kind, NUMBERS) and kind.__module__ == "builtins":
        return SAME if was == now or was != was and now != now else SURE
    if (id(was), id(now)) in met:
        return SAME
    met[id(was), id(now)] = was, now
    family = kind.__module__.partition(".")[0]
    if family == "numpy" and kind.__name__ == "ndarray":
        return of_arrays(was, now, met)
    if family == "pandas" and kind.__name__ in ("DataFrame", "Series"):
        return of_tables(was, now, met)
    if family == "pandas" and hasattr(was, "equals"):
        return of_columns(was, now, met)
    # In one go, and however deep.
    if is_pickled_same(was, now):
        return SAME
    if kind is dict:
        was, now = [list(one.items()) for one in (was, now)]
    if kind in (set, frozenset):
        simple = all(isinstance(part, NUMBERS) for part in was ^ now)
        return SAME if was == now else SURE if simple or len(was) != len(now) else PERHAPS
    if isinstance(was, (list, tuple)) and (kind.__module__ == "builtins" or isinstance(was, tuple)):
        return of_parts(was, now, met)
    found = of_parts(reduced(was), reduced(now), met)
    open_ones = kind.__module__.startswith(("numpy.random", "pandas._libs"))
    known = family in OPEN or open_ones or family == "numpy" and hasattr(was, "dtype")
    return found if known else min(found, PERHAPS)


def of_parts(was: Any, now: Any, met: dict[tuple[int, int], Any]) -> int:
    if len(was) != len(now):
        return SURE
    found = SAME
    for one, other in zip(was, now):
        found = max(found, of(one, other, met))
        if found == SURE:
            break
    return found


def reduced(value: Any) -> list[Any]:
    """What it would be made of."""
    reduce = copyreg.dispatch_table.get(type(value))
    found = reduce(value) if reduce else value.__reduce_ex__(pickle.DEFAULT_PROTOCOL)
    parts = [found] if isinstance(found, str) else list(found)
    # What it holds comes one by one.
    return [list(part) if at in (3, 4) and part is not None else part for at, part in enumerate(parts)]


def is_pickled_same(was: Any, now: Any) -> bool:
    try:
        return pickle.dumps(was) == pickle.dumps(now)
    except Exception:
        return False


def of_arrays(was: Any, now: Any, met: dict[tuple[int, int], Any]) -> int:
    if was.dtype != now.dtype or was.shape != now.shape:
        return SURE
    if not was.dtype.hasobject:
        return SAME if was.tobytes() == now.tobytes() else SURE
    return of(was.ravel().tolist(), now.ravel().tolist(), met)


def of_tables(was: Any, now: Any, met: dict[tuple[int, int], Any]) -> int:
    """Column by column: how these lie side by side is nobody's concern."""
    parts = []
    for table in (was, now):
        several = table.ndim == 2
        columns = [table.iloc[:, at] for at in range(table.shape[1])] if several else [table]
        arrays = [one.array if hasattr(one.dtype, "construct_array_type") else one.to_numpy() for one in columns]
        names = table.columns if several else table.name
        parts.append([table.attrs, table.flags.allows_duplicate_labels, names, table.index, *arrays])
    return of_parts(*parts, met)


def of_columns(was: Any, now: Any, met: dict[tuple[int, int], Any]) -> int:
    """An index, or a column of no kind of numpy's."""
    if was.dtype != now.dtype or getattr(was, "freq", None) != getattr(now, "freq", None):
        return SURE
    if list(getattr(was, "names", [])) != list(getattr(now, "names", [])):
        return SURE
    if was.dtype == object and type(was).__name__ == "Index":
        return of(was.tolist(), now.tolist(), met)
    return SAME if was.equals(now) else SURE
