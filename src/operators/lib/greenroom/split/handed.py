"""How components hand values on: each is a folder of the run, which holds a table, JSON or a pickle.

A pickle runs code when it is loaded. These are made by earlier components of the same blueprint, as the run's record
tells; never load one from elsewhere.
"""

from __future__ import annotations

import datetime
import functools
import json
import math
import numbers
import pickle
import types
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from .compared import NUMBERS, PERHAPS, SAME, SURE, difference
from .told import warn

TABLE, PLAIN, OTHER = "data.parquet", "value.json", "value.pickle"
# Instead of one of these.
NONE = "not_there.txt"
# Beside one: the names of those that are the very same, that are in it or it in them, or that hold what it holds, too.
TWINS, SHARING, ALIKE = "same_as.txt", "shares_with.txt", "holds_the_same_as.txt"
# Of such as hold what others hold: what they held when they were read.
HELD: dict[str, list[Any]] = {}
SAVED: list[tuple[Path, Any, set[int]]] = []
FROZEN = (tuple, frozenset)
# Parts of a value that are looked at.
PARTS = 20_000
# Characters of metrics; more of them are data.
MOST_METRICS = 4 << 20
# What is left out of them and told one by one.
MOST_TOLD = 20
# What a column of objects may hold for Parquet to bring back the very same.
AS_THEY_ARE = {str, bytes, datetime.date, type(None)}
SIMPLE = {"bool", "float32", "float64", "datetime64[ms]", "datetime64[us]", "datetime64[ns]"}
SIMPLE |= {f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}


def save(value: Any, path: str) -> None:
    folder = Path(path)
    folder.mkdir()
    tell_twins(folder, value)
    if is_table(value):
        why = tabled(value, folder / TABLE)
        if why is None:
            return
        (folder / TABLE).unlink(missing_ok=True)
        print(f"{folder.name} is pickled, for Parquet cannot hand it on as it is: {why}")
    elif is_plain(value):
        (folder / PLAIN).write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
        return
    try:
        with (folder / OTHER).open("wb") as file:
            Pickler(file, protocol=pickle.DEFAULT_PROTOCOL).dump(value)
    except pickle.PicklingError as error:
        raise SystemExit(f"{folder.name} cannot be handed on: {error}") from error
    except Exception as error:
        mend = "make it where it is used, or in a cell tagged `common`, and hand on what it is made of"
        raise SystemExit(f"{folder.name} cannot be handed on: {error}: {mend}") from error


def tell_twins(folder: Path, value: Any) -> None:
    """One value under two names is two once each has been handed on."""
    if isinstance(value, (*NUMBERS, type, types.FunctionType)) or is_of_module(value):
        return
    own = parts(value)
    for other, known, theirs in SAVED:
        if own & theirs:
            how = SHARING if id(value) in theirs or id(known) in own else ALIKE
            for one, twin, of in ((folder, other, value), (other, folder, known)):
                # A tuple stays what it is, whatever becomes of what it holds.
                kind = ALIKE if isinstance(of, FROZEN) else TWINS if known is value else how
                with (one / kind).open("a", encoding="utf-8") as file:
                    file.write(twin.name + "\n")
    SAVED.append((folder, value, own))


def parts(value: Any) -> set[int]:
    """What of a value can be changed through another that has it, too: also the array of which it is a view."""
    found: set[int] = set()
    met: set[int] = set()
    queue = [value]
    while queue and len(met) < PARTS:
        part = queue.pop()
        if id(part) in met or isinstance(part, (*NUMBERS, type, types.FunctionType, types.ModuleType)):
            continue
        if is_of_module(part):
            continue
        met.add(id(part))
        if isinstance(part, FROZEN):
            queue += part
            continue
        found.add(id(part))
        if isinstance(part, dict):
            queue += part.values()
        elif isinstance(part, (list, set)):
            queue += part
        elif is_table(part):
            continue
        else:
            base = getattr(part, "base", None)
            queue += [] if base is None or callable(base) else [base]
            # `vars(it)` is changed with it.
            held = getattr(part, "__dict__", None)
            queue += [held] if isinstance(held, dict) else []
            # `rows.append`, and what calls of it are given.
            queue += [getattr(part, "__self__", None)]
            queue += [part.func, part.args, part.keywords] if isinstance(part, functools.partial) else []
    return found


def is_of_module(value: Any) -> bool:
    """`len`, and not `rows.append`."""
    of = getattr(value, "__self__", None)
    return isinstance(value, types.BuiltinFunctionType) and (of is None or isinstance(of, (types.ModuleType, type)))


def save_if_there(value: Callable[[], Any], path: str) -> None:
    """What only some runs assign: where it is missing, that is handed on, as far as one that needs it."""
    try:
        made = value()
    except NameError as error:
        Path(path).mkdir()
        (Path(path) / NONE).write_text(f"{error}\n", encoding="utf-8")
    else:
        save(made, path)


def if_there(value: Callable[[], Any]) -> Any:
    """None where it is missing."""
    try:
        return value()
    except NameError:
        return None


def is_there(path: str) -> bool:
    return not (Path(path) / NONE).exists()


def load(path: str) -> Any:
    value = read(path)
    if (Path(path) / ALIKE).exists():
        HELD[path] = within(value)
    return value


def within(value: Any) -> list[Any]:
    """What it holds; itself where it is of a kind whose parts are not known."""
    if type(value) in (list, dict) or isinstance(value, FROZEN):
        return list(value.values() if type(value) is dict else value)
    return [value]


def read(path: str) -> Any:
    folder = Path(path)
    if (folder / TABLE).exists():
        import pandas

        return pandas.read_parquet(folder / TABLE)
    if (folder / PLAIN).exists():
        return json.loads((folder / PLAIN).read_text(encoding="utf-8"))
    with (folder / OTHER).open("rb") as file:
        return pickle.load(file)


class Pickler(pickle.Pickler):
    """The one of Python, but for what no other program could load again."""

    def reducer_override(self, value: Any) -> Any:
        own = isinstance(value, (type, types.FunctionType)) and value.__module__ == "__main__"
        if own and "<" not in value.__qualname__:
            raise pickle.PicklingError(f"`{value.__name__}` is defined in this component: tag its cell `common`")
        if isinstance(value, types.FunctionType) and "<" in value.__qualname__:
            what = "a lambda" if value.__name__ == "<lambda>" else f"`{value.__name__}`, which a function defines,"
            where = f"{Path(value.__code__.co_filename).name}, line {value.__code__.co_firstlineno}"
            mend = "write it as a `def` of its own in a cell tagged `common`, and split the notebook anew"
            raise pickle.PicklingError(f"it is or holds {what} of {where}, which no other component could find: {mend}")
        return NotImplemented


def is_table(value: Any) -> bool:
    """A DataFrame of pandas itself: what others call so has ways of its own."""
    return type(value).__name__ == "DataFrame" and type(value).__module__.partition(".")[0] == "pandas"


def tabled(frame: Any, file: Path) -> str | None:
    """Writes it as Parquet; or why that does not bring back the very same."""
    import pandas

    try:
        simple = is_simple(frame)
        columns = () if simple else (*frame.items(), *frame.index.to_frame(index=False).items())
        for name, column in columns:
            if column.dtype == object and not set(map(type, column)) <= AS_THEY_ARE:
                return f"{name!r} holds objects"
        frame.to_parquet(file)
        if simple:
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            back = pandas.read_parquet(file)
            # One is strict with types, names, order of categories and steps of dates, the other with what is missing.
            pandas.testing.assert_frame_equal(back, frame, check_exact=True, check_column_type="exact")
        steps = [getattr(one.columns, "freq", None) for one in (back, frame)]
        same = back.equals(frame) and back.attrs == frame.attrs and steps[0] == steps[1]
        return None if same else "it comes back with others"
    except Exception as error:
        # Of a comparison, the first line says what differs.
        return str(error).strip().partition("\n")[0] or type(error).__name__


def is_simple(frame: Any) -> bool:
    """Of texts, numbers and times only, and numbered from 0: large ones need not be read back."""
    import pandas

    named = type(frame.columns) is pandas.Index and frame.columns.is_unique and frame.columns.name is None
    numbered = type(frame.index) is pandas.RangeIndex and frame.index.equals(pandas.RangeIndex(len(frame)))
    return (
        (named and numbered and frame.index.name is None and len(frame.columns) > 0)
        and all(type(name) is str for name in frame.columns)
        and all(kind == "str" or str(kind) in SIMPLE for kind in frame.dtypes)
        and not frame.attrs
        and frame.flags.allows_duplicate_labels
    )


def is_plain(value: Any) -> bool:
    """JSON gives back the same."""
    try:
        return is_same(value, set())
    except RecursionError:
        return False


def is_same(value: Any, met: set[int]) -> bool:
    """`met`: the lists and dicts so far. Of one that stands in two places JSON would make two."""
    if type(value) in (list, dict):
        if id(value) in met:
            return False
        met.add(id(value))
        if type(value) is list:
            return all(is_same(part, met) for part in value)
        return all(type(key) is str and is_same(key, met) and is_same(part, met) for key, part in value.items())
    if type(value) is int:
        # Python reads no number of more than some thousand digits.
        return value.bit_length() < 10_000
    if type(value) is str:
        # Halves of a letter are no UTF-8.
        return not any("\ud800" <= letter <= "\udfff" for letter in value)
    return value is None or type(value) is bool or type(value) is float and math.isfinite(value)


def begun(**values: Any) -> dict[str, bytes | None]:
    """What all share, as it is in the beginning; None of what no component could hand on either."""
    found: dict[str, bytes | None] = {}
    for name, value in values.items():
        try:
            found[name] = pickle.dumps(value)
        except Exception:
            found[name] = None
    return found


def unchanged(component: str, *values: tuple[str, Callable[[], Any], str | bytes | None, str]) -> None:
    """Later components read what this one read, and not what it made of it: so it has to be the same still. Of each,
    its name, its value now, where it was read from (or its pickle from the beginning), and who reads it later."""
    wrong = []
    for name, value, was, readers in values:
        found = looked_at(component, name, value, was)
        where = "the cells that all share" if isinstance(was, bytes) else "the cell that makes it"
        missed = f"`{name}`, which nobody saw when the notebook was split: {readers} would read it without that change"
        mend = f"Write `{name} = {name}` at the end of that cell, or move what it does to {where}, and split it anew"
        if found == SURE:
            wrong.append(f"{component} changes {missed}. {mend}")
        elif found == PERHAPS:
            warn(f"{component} perhaps changes {missed}. If so: {mend}")
    if wrong:
        raise SystemExit("\n".join(wrong))


def alone(component: str, *values: tuple[str, Callable[[], Any], str, str, str, str]) -> None:
    """What has other names where it was made is changed under all of them. Of each, its name, its value now, where it
    was read from, another name that it may have had, what that is handed on as, and who reads that."""
    for name, value, was, other, handed, reader in values:
        same, shares, alike = (is_named(Path(was) / beside, handed) for beside in (TWINS, SHARING, ALIKE))
        found = looked_at(component, name, value, was) if same or shares else SAME
        if alike and found == SAME:
            # Of a copy, what it is is its own, and what it holds is the other's, too.
            found = looked_at(component, name, lambda: HELD[was], lambda: within(read(was)))
        if found != SAME:
            how = "is one and the same" if same else "has a part of it, or is one"
            made = (
                f"Begin that cell with `{other} = {name}`"
                if same
                else f"Say in that cell how `{other}` comes of `{name}`"
            )
            changes = "changes" if found == SURE else "perhaps changes"
            why = f"{component} {changes} `{name}`, and in the notebook `{other}` {how}: {reader} would read"
            why += f" `{other}` without that change. "
            if found == SURE:
                raise SystemExit(f"{why}{made}, and split the notebook anew")
            warn(f"{why}If so: {made}, and split the notebook anew")


def is_named(file: Path, name: str) -> bool:
    return file.exists() and name in file.read_text(encoding="utf-8").splitlines()


def looked_at(component: str, name: str, value: Callable[[], Any], was: str | bytes | Callable[[], Any] | None) -> int:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return compared(value, was)
    except Exception as error:
        warn(f"whether {component} changes `{name}` cannot be told: {type(error).__name__}: {error}")
        return SAME


def compared(value: Callable[[], Any], was: str | bytes | Callable[[], Any] | None) -> int:
    if was is None:
        return SAME
    if callable(was):
        return difference(was(), value())
    if isinstance(was, bytes):
        return difference(pickle.loads(was), value())
    try:
        now = value()
    except NameError:
        return SURE if is_there(was) else SAME
    if not is_there(was):
        return SURE
    plain = Path(was) / PLAIN
    if plain.exists():
        # Text against text is quick, of large ones too.
        same = is_plain(now) and json.dumps(now, ensure_ascii=False) == plain.read_text(encoding="utf-8")
        return SAME if same else SURE
    return difference(read(was), now)


def metrics(values: Any, path: str) -> None:
    """The figures of a notebook that has a dict of them: numbers, and lists of numbers or points; those of a dict in it
    as `its_name.their_name`. Whatever else is in it is told."""
    if not isinstance(values, Mapping):
        warn(f"`metrics` is of type {type(values).__name__} and no dict of names and figures: all of it is left out")
        values = {}
    found: dict[str, Any] = {}
    left: list[str] = []
    size = 0
    for name, value in by_path(values, "", ()):
        try:
            made = points(value) if is_list(value) else whole(value)
            size += len(json.dumps(made))
            if made is None:
                left.append(f"`{name}` is {figure(value)}, which is no figure")
            elif name in found:
                left.append(f"`{name}` stands there twice")
            elif size > MOST_METRICS:
                left.append(f"`{name}` is too long: metrics are figures, and no data")
            else:
                found[name] = made
        except NoFigure as wrong:
            left.append(f"`{name}` {'has one' if is_list(value) else 'is'} of type {wrong}, which is no figure")
    for why in left[:MOST_TOLD]:
        warn(f"{why}: it is left out")
    if left[MOST_TOLD:]:
        warn(f"{len(left) - MOST_TOLD} more of `metrics` are left out")
    write_metrics(found, path)


def numbers_among(values: dict[str, Any], path: str) -> None:
    """The figures of a notebook that has no dict of them: whatever numbers it came to."""
    found = {}
    for name, value in values.items():
        number = figure(value)
        if number is not None and math.isfinite(number):
            found[name] = number
        elif number is not None:
            warn(f"`{name}` is {number}, which is no figure: it is left out")
    write_metrics(found, path)


def write_metrics(found: dict[str, Any], path: str) -> None:
    """A line each."""
    lines = [f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in found.items()]
    text = "{\n" + ",\n".join(lines) + "\n}\n" if lines else "{}\n"
    Path(path).write_text(text, encoding="utf-8")


class NoFigure(Exception):
    """The type of what stands where a number should."""


def by_path(values: Mapping[Any, Any], above: str, around: tuple[int, ...]) -> Iterator[tuple[str, Any]]:
    """`around`: the dicts that this one is in, of which it may hold one."""
    around = (*around, id(values))
    for name, value in values.items():
        path = f"{above}{name}"
        if isinstance(value, Mapping) and id(value) not in around:
            yield from by_path(value, f"{path}.", around)
        else:
            yield path, value


def is_list(value: Any) -> bool:
    """Also an array, and a column of a table."""
    many = getattr(value, "ndim", 0)
    return isinstance(value, (list, tuple)) or (not is_table(value) and isinstance(many, int) and many > 0)


def points(value: Any) -> list[Any]:
    return [point(one) for one in value]


def point(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): whole(one) for name, one in value.items()}
    return [whole(one) for one in value] if is_list(value) else whole(value)


def whole(value: Any) -> int | float | None:
    """None: it is a number that is none, such as NaN. Among points it keeps its place."""
    number = figure(value)
    if number is None:
        raise NoFigure(type(value).__name__)
    return number if math.isfinite(number) else None


def figure(value: Any) -> int | float | None:
    """None: it is no number. Those of numpy and the like are asked for Python's own."""
    try:
        kind = getattr(getattr(value, "dtype", None), "kind", "")
        if kind in ("m", "M"):
            # A time and a date, of which the one of numpy passes for a whole number.
            return None
        if getattr(value, "ndim", None) == 0:
            # A narrow one as it is written, and not as the nearest wide one: 0.1, and not 0.10000000149.
            value = float(str(value)) if kind == "f" and isinstance(value, numbers.Number) else value.item()
        if isinstance(value, complex) or not isinstance(value, numbers.Number):
            return None
        if isinstance(value, numbers.Integral) and abs(int(value)) < 1 << 63:
            return int(value)
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None
