"""What classes and functions that all share keep: on themselves, in defaults, in what a function around them assigned.

None of that is a value with a name, so nobody is handed it: what later components find is as it is in the beginning.
"""

from __future__ import annotations

import functools
import gc
import pickle
import types
import warnings
from collections.abc import Iterator
from typing import Any

from .compared import PERHAPS, SAME, SURE, difference
from .told import warn

WRAPPED = (staticmethod, classmethod)
# Of defaults and of what stands around a function: there, a dict is mostly of results that were come to before.
INNER = ("a default of", "kept by")
# What holds no data of its own, but for what is looked at as a place of its own.
CODE = (types.FunctionType, types.BuiltinFunctionType, type, types.ModuleType, type(functools.lru_cache(len)))
CONSTANT = (int, float, complex, str, bytes, type(None))
UNKNOWN = object()


def begun(**things: Any) -> dict[str, dict[str, bytes | None]]:
    """As they are in the beginning; None of what cannot be pickled, and so not be compared."""
    return {name: {place: pickled(value) for place, value in places(name, thing)} for name, thing in things.items()}


def changed(was: dict[str, bytes | None], name: str, thing: Any) -> Iterator[tuple[str, int]]:
    """Where, and how sure that is."""
    now = dict(places(name, thing))
    for place in dict.fromkeys((*was, *now)):
        if place not in was or place not in now:
            value = now[place] if place in now else unpickled(was[place])
            if (found := come_or_gone(place, value)) != SAME:
                yield place, found
        elif (before := was[place]) is not None:
            found = compared(place, pickle.loads(before), now[place])
            if found != SAME:
                yield place, found


def come_or_gone(place: str, value: Any) -> int:
    """Decorators hang functions on others, some of them when those are called. That keeps nothing; what such a function
    keeps itself is another place."""
    if any(how in place for how in INNER):
        # It came or went with a function around it.
        return SAME if isinstance(value, (*CODE, *CONSTANT)) else PERHAPS
    if isinstance(value, CODE):
        return SAME if place.endswith(".__wrapped__`") else PERHAPS
    return PERHAPS if value is UNKNOWN else SURE


def unpickled(text: bytes | None) -> Any:
    try:
        return UNKNOWN if text is None else pickle.loads(text)
    except Exception:
        return UNKNOWN


def compared(place: str, was: Any, now: Any) -> int:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = difference(was, now)
            more = type(was) is type(now) is dict and was.keys() < now.keys() and any(how in place for how in INNER)
            if found == SURE and more and difference(was, {key: now[key] for key in was}) == SAME:
                return PERHAPS
            return found
    except Exception as error:
        warn(f"whether {place} changes cannot be told: {type(error).__name__}: {error}")
        return SAME


def places(name: str, thing: Any, met: set[int] | None = None) -> Iterator[tuple[str, Any]]:
    # What is made of a class is a value; but for what a definition came to be by what decorates it.
    is_known = isinstance(thing, (types.FunctionType, type)) or hasattr(thing, "__wrapped__")
    is_known = is_known or is_of_own_class(thing) and (met is None or callable(thing))
    met = set() if met is None else met
    if id(thing) in met or not is_known:
        return
    met.add(id(thing))
    for place, value, of in found(name, thing):
        inner = value.__func__ if isinstance(value, WRAPPED) else value
        if isinstance(inner, (types.FunctionType, type)) and inner.__module__ == thing.__module__:
            yield from places(of, inner, met)
        elif is_of_own_class(inner) and callable(inner):
            yield from places(of, inner, met)
        elif isinstance(inner, property):
            for part in (inner.fget, inner.fset, inner.fdel):
                if isinstance(part, types.FunctionType):
                    yield from places(of, part, met)
        else:
            yield place, value


def found(name: str, thing: Any) -> Iterator[tuple[str, Any, str]]:
    """Where it is, what it is, and what it is called if it is a function again."""
    if isinstance(thing, types.FunctionType):
        code = thing.__code__
        defaults = thing.__defaults__ or ()
        first = code.co_argcount - len(defaults)
        named = dict(zip(code.co_varnames[first:], defaults)) | (thing.__kwdefaults__ or {})
        for param, value in named.items():
            yield f"`{param}`, a default of `{name}`", value, param
        for variable, cell in zip(code.co_freevars, thing.__closure__ or ()):
            try:
                value = cell.cell_contents
            except ValueError:
                continue
            yield f"`{variable}`, kept by `{name}`", value, variable
    if is_of_own_class(thing):
        for attr, value in held(thing).items():
            yield f"`{attr}`, kept by `{name}`", value, f"{name}.{attr}"
        return
    for attr, value in dict(getattr(thing, "__dict__", {})).items():
        if not (attr.startswith("__") and attr.endswith("__")) or attr == "__wrapped__":
            yield f"`{name}.{attr}`", value, name if attr == "__wrapped__" else f"{name}.{attr}"


def is_of_own_class(thing: Any) -> bool:
    """One of a class that the notebook defines, which is in this package then, or in the component that runs."""
    kind = type(thing)
    return not isinstance(thing, type) and kind.__module__.partition(".")[0] in (__package__, "__main__")


def held(thing: Any) -> dict[str, Any]:
    found = dict(getattr(thing, "__dict__", {}))
    for kind in type(thing).__mro__:
        slots = getattr(kind, "__slots__", ())
        for slot in (slots,) if isinstance(slots, str) else slots:
            if slot not in ("__dict__", "__weakref__") and hasattr(thing, slot):
                found[slot] = getattr(thing, slot)
    # `functools.update_wrapper`: what it calls is looked into, too.
    plain = {attr: value for attr, value in found.items() if not attr.startswith("__") or attr == "__wrapped__"}
    for kind in (list, dict, set):
        if isinstance(thing, kind):
            plain["what it holds"] = kind(thing)
    return plain


def pickled(value: Any) -> bytes | None:
    try:
        return pickle.dumps(value)
    except Exception:
        return None


def unkept(component: str, *things: tuple[str, Any, dict[str, bytes | None], str, str]) -> None:
    """Of each, its name, itself, how it was in the beginning, who names it later, and who may have one of its kind."""
    wrong = []
    for name, thing, was, readers, others in things:
        for place, how in changed(was, name, thing):
            why = f"{component} {{}} {place}, which is not handed on: {readers or others} would find it as it is in the beginning"
            mend = "Keep it under a name of its own (`seen = []` in a cell tagged `common`), which is handed on, and split the notebook anew"
            if how == SURE and readers:
                wrong.append(f"{why.format('changes')}. {mend}")
            else:
                warn(f"{why.format('changes' if how == SURE else 'perhaps changes')}. If that matters: {mend}")
    if wrong:
        raise SystemExit("\n".join(wrong))


def uncached(component: str, *things: tuple[str, Any, bool, str]) -> None:
    """What caches gave, and this component changes for all that can be seen. Of each, how it is called, the function,
    how sure that is, and who calls it later."""
    for called, function, is_sure, readers in things:
        if any(not isinstance(value, CONSTANT) for value in in_cache(function)):
            changes = "changes" if is_sure else "perhaps changes"
            why = f"{component} {changes} what `{called}` gave, which its cache keeps and nobody hands on: {readers} would be given it anew"
            mend = "Keep it under a name of its own (`rows = load()`), which is handed on, and split the notebook anew"
            warn(f"{why}. If that matters: {mend}")


def in_cache(function: Any) -> list[Any]:
    """Of one of a limited size, whose entries are links, also what it was called with."""
    if not hasattr(function, "cache_info"):
        return []
    own = [held for held in gc.get_referents(function) if held is not vars(function)]
    if function.cache_info().maxsize is None:
        return [value for held in own if type(held) is dict for value in held.values()]
    links = {id(value) for held in own if type(held) is dict for value in held.values() if is_link(value)}
    found = [one for held in own for one in (gc.get_referents(held) if id(held) in links else [held])]
    is_table = [type(one) is dict and any(map(is_link, one.values())) for one in found]
    plain = [one for one, table in zip(found, is_table) if not table and not is_link(one)]
    return [one for one in plain if type(one) is not object and not isinstance(one, CODE)]


def is_link(value: Any) -> bool:
    return type(value).__name__ == "_lru_list_elem"
