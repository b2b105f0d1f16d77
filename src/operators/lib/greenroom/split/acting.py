"""Definitions that do something where they stand: a decorator that puts them on a list, a base that counts its heirs.

Such a one has no place but its own: where all share it, it would act in every component, and from the beginning."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable
from typing import TYPE_CHECKING

from greenroom.split.functions import DEFINED, within
from greenroom.split.keeping import behind, named_by
from greenroom.split.names import of_node
from greenroom.split.origins import Origins
from greenroom.split.standing import Standing

if TYPE_CHECKING:
    from greenroom.split.parts import Notebook

FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
# Decorators of these make another of what they are given, and tell nobody.
HARMLESS = {
    *("functools", "dataclasses", "contextlib", "abc", "typing", "typing_extensions", "enum", "warnings", "types"),
    *("asyncio", "unittest", "numpy", "numba", "jax", "torch", "tensorflow", "joblib", "dask", "attr", "attrs"),
    *("pydantic", "cython", "beartype", "typeguard", "deprecated", "tenacity", "backoff", "retry", "retrying"),
    *("cachetools", "decorator", "wrapt", "toolz", "line_profiler", "memory_profiler", "hypothesis", "ray", "streamlit"),
}
# They say that they do, of whichever library: but for what they add to a table, which is there for all who have it.
TELLING = ("register", "subscribe", "connect", "listen", "hook", "route")
ADDING = "pandas.api.extensions."
# What else may be called while something is defined.
LOOKING = {"functools", "inspect", "typing", "types", "dataclasses", "operator"}
ACTING_BUILTINS = {"print", "open", "exec", "eval", "setattr", "delattr", "globals", "vars", "input", "__import__"}
QUIET_BUILTINS = set(dir(builtins)) - ACTING_BUILTINS
# `cls.__name__.lower()`
TEXTS = ("__name__", "__qualname__", "__module__", "__doc__")
MAKING = ("__new__", "__init__", "__prepare__", "__call__")
# A literal of these is nobody else's.
LITERALS = (ast.List, ast.Dict, ast.Set, ast.Constant, ast.ListComp, ast.DictComp, ast.SetComp, ast.JoinedStr)


class Acting:
    def __init__(self, nodes: Iterable[ast.stmt]) -> None:
        """All of a notebook's statements."""
        nodes = list(nodes)
        self.own: dict[str, list[ast.stmt]] = {}
        # Functions that are being judged: one that calls itself tells nothing.
        self.open: set[int] = set()
        for node in nodes:
            for part in within([node]):
                if isinstance(part, DEFINED):
                    self.own.setdefault(part.name, []).append(part)
                elif isinstance(part, ast.Assign):
                    for target in part.targets:
                        for name in ast.walk(target):
                            if isinstance(name, ast.Name):
                                self.own.setdefault(name.id, []).append(part)
        self.origins = Origins(nodes, set(self.own))
        self.asks_for_heirs = any(
            isinstance(part, ast.Attribute) and part.attr == "__subclasses__" for one in nodes for part in ast.walk(one)
        )
        self.standing = Standing(self, nodes)

    def of(self, node: ast.stmt) -> str:
        """What of the definition acts, as one names it: `@feature`. Empty where nothing is seen to."""
        for decorator in getattr(node, "decorator_list", []):
            if not self.is_harmless(decorator, set()):
                return f"`@{ast.unparse(decorator)}`"
        of_class = self.of_class(node) if isinstance(node, ast.ClassDef) else ""
        return of_class or self.standing.of(node)

    def of_class(self, node: ast.ClassDef) -> str:
        for key in node.keywords:
            if key.arg == "metaclass" and not self.is_quiet_metaclass(key.value):
                return f"its metaclass `{ast.unparse(key.value)}`"
        for base in self.bases(node, set()):
            hook = method(base, "__init_subclass__")
            if hook is not None and not self.is_quiet(hook, given=True):
                return f"`__init_subclass__` of `{base.name}`"
            for key in base.keywords:
                if key.arg == "metaclass" and not self.is_quiet_metaclass(key.value):
                    return f"the metaclass `{ast.unparse(key.value)}` of `{base.name}`"
            if self.asks_for_heirs:
                return f"`{base.name}`, which is asked for its `__subclasses__`,"
        inside = {part.name for part in node.body if isinstance(part, DEFINED)}
        for part in node.body:
            told = isinstance(part, ast.Expr) and not isinstance(part.value, ast.Constant)
            if told and not self.is_still([part], set()):
                return f"`{ast.unparse(part)}`"
            for decorator in getattr(part, "decorator_list", []):
                # `@n.setter`
                if root(decorator) not in inside and not self.is_harmless(decorator, set()):
                    return f"`@{ast.unparse(decorator)}`"
        return ""

    def bases(self, node: ast.ClassDef, met: set[str]) -> list[ast.ClassDef]:
        """Those of the notebook's own, and theirs."""
        found = []
        for base in node.bases:
            for above in self.own.get(getattr(base, "id", ""), []):
                if isinstance(above, ast.ClassDef) and above.name not in met:
                    found += [above, *self.bases(above, met | {above.name})]
        return found

    def is_harmless(self, node: ast.expr, met: set[str]) -> bool:
        """A decorator, or what is called in one's place."""
        called = isinstance(node, ast.Call)
        func = node.func if called else node
        origin = self.origins.of(func)
        if origin == "functools.partial" and called and node.args:
            return self.is_harmless(node.args[0], met)
        if origin:
            return origin.startswith(ADDING) or origin.partition(".")[0] in HARMLESS and not self.tells(origin)
        if not isinstance(func, ast.Name) or func.id in met:
            return False
        if func.id not in self.own:
            return func.id in QUIET_BUILTINS
        one = self.own[func.id][0] if len(self.own[func.id]) == 1 else None
        value = getattr(one, "value", None)
        if isinstance(one, FUNCTION):
            # With arguments it makes the decorator, which is one of the functions in it.
            inner = [part for part in within(one.body) if isinstance(part, FUNCTION)] if called else []
            return self.is_quiet(one, given=not called) and all(self.is_quiet(part, given=True) for part in inner)
        if isinstance(one, ast.ClassDef):
            made = [method(one, name) for name in MAKING if called or name != "__call__"]
            quiet = all(self.is_quiet(part, given=True, more=1) for part in made if part is not None)
            return quiet and not one.keywords
        if isinstance(value, ast.Lambda):
            return self.is_still([ast.Expr(value.body)], set())
        return isinstance(value, (ast.Name, ast.Attribute, ast.Call)) and self.is_harmless(value, met | {func.id})

    def tells(self, origin: str) -> bool:
        return any(word in origin.rpartition(".")[2] for word in TELLING) and not origin.startswith(ADDING)

    def is_no_acting_builtin(self, name: str) -> bool:
        return name not in ACTING_BUILTINS

    def is_quiet_metaclass(self, node: ast.expr) -> bool:
        if self.origins.of(node).partition(".")[0] in HARMLESS or getattr(node, "id", "") == "type":
            return True
        own = self.own.get(getattr(node, "id", ""), [])
        made = [method(one, name) for one in own if isinstance(one, ast.ClassDef) for name in MAKING]
        return bool(own) and all(self.is_quiet(part, given=True) for part in made if part is not None)

    def is_quiet(self, node: ast.FunctionDef | ast.AsyncFunctionDef, given: bool, more: int = 0) -> bool:
        """A call of it changes nothing but what it makes, and, if that is `given`, what its first argument is."""
        if id(node) in self.open:
            return False
        args = [arg.arg for arg in (*node.args.posonlyargs, *node.args.args)]
        self.open.add(id(node))
        try:
            return self.is_still(node.body, set(args[: 1 + more]) if given else set())
        finally:
            self.open.discard(id(node))

    def is_still(self, body: list[ast.stmt], given: set[str]) -> bool:
        parts = list(within(body))
        fresh = {part.name for part in parts if isinstance(part, DEFINED)}
        assigned: dict[str, list[ast.expr]] = {}
        for part in parts:
            if isinstance(part, ast.Assign):
                for target in part.targets:
                    if isinstance(target, ast.Name):
                        assigned.setdefault(target.id, []).append(part.value)
        fresh |= {name for name, values in assigned.items() if all(self.is_new(value) for value in values)}
        fresh -= given
        for part in parts:
            if isinstance(part, ast.Global):
                return False
            if isinstance(part, ast.Call) and not self.is_quiet_call(part, fresh):
                return False
            if isinstance(part, (ast.Attribute, ast.Subscript)) and not isinstance(part.ctx, ast.Load):
                direct = isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id in given
                if not direct and root(part) not in fresh:
                    return False
            if isinstance(part, DEFINED) and any(not self.is_harmless(one, set()) for one in part.decorator_list):
                return False
        return True

    def is_new(self, node: ast.expr) -> bool:
        return isinstance(node, LITERALS) or isinstance(node, ast.Call) and self.is_quiet_call(node, set())

    def is_quiet_call(self, node: ast.Call, fresh: set[str]) -> bool:
        func = node.func
        if isinstance(func, ast.Call):
            # `lru_cache(maxsize=3)(f)`
            return self.is_harmless(func, set())
        if isinstance(func, ast.Attribute) and getattr(func.value, "attr", "") in TEXTS:
            return True
        if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Call):
            return getattr(func.value.func, "id", "") == "super"
        origin = self.origins.of(func)
        if origin:
            return origin.partition(".")[0] in LOOKING or self.is_harmless(func, set())
        if isinstance(func, ast.Name):
            return func.id in fresh or func.id not in self.own and func.id in QUIET_BUILTINS
        return root(func) in fresh or isinstance(func, ast.Attribute) and root(func) == "type"


def defined_name(node: ast.stmt) -> str:
    """Also of `f = lambda x: …`."""
    return getattr(node.targets[0], "id", "") if isinstance(node, ast.Assign) else getattr(node, "name", "")


def method(node: ast.ClassDef, name: str) -> ast.FunctionDef | None:
    return next((part for part in node.body if isinstance(part, ast.FunctionDef) and part.name == name), None)


def root(node: ast.expr) -> str:
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def tell_acting(book: Notebook) -> None:
    """Who comes after it and needs what it did: told as far as that can be seen."""
    components = list(book.components.values())
    for at, component in enumerate(components):
        for statement in component.body:
            what, name = book.acting.get(id(statement.node)), defined_name(statement.node)
            if what is None:
                continue
            now = of_node(statement.node)[0]
            stays = f"{what} acts where `{name}` is defined, so it stays in {component.name}"
            mend = "Tag the cell `common` if it may act in each component, and from the beginning"
            handed = [
                other
                for other, change in component.changed.items()
                if other in component.outputs and change.cell == statement.cell and change.through in now
            ]
            if handed:
                why = f"which hands on `{handed[0]}`: a run stops there if that holds it"
                book.note(statement.cell, f"{stays}, {why}. {mend}")
                continue
            reached = {other for other in behind(book, now) if other in book.shared.assigns}
            if reached & component.keeping.keys():
                # It is looked at when it runs.
                continue
            missing = [(of.name, sorted(reached & named_by(book, of))) for of in components[at + 1 :]]
            reader, names = next(((of, names) for of, names in missing if names), ("", []))
            if names:
                listed = ", ".join(f"`{other}`" for other in names)
                book.note(statement.cell, f"{stays}: {reader} has {listed} as in the beginning. {mend}")
