"""What of a definition is done where it stands: defaults, annotations, bases, and the body of a class.

None of it is looked for within what libraries do, but for what is known to change its arguments, to tell somebody, or
to come to another value each time."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from greenroom.split.changes import CHANCE, CHANGING, EMPTYING, FILLING, STORING
from greenroom.split.functions import DEFINED, within

if TYPE_CHECKING:
    from greenroom.split.acting import Acting

FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
# What is another each time.
PASSING = ("uuid1", "uuid4", "urandom", "token_hex", "token_bytes", "token_urlsafe", "mkdtemp", "mkstemp", *CHANCE)
# What makes a source of chance, or none.
SOURCES = ("random.Random", "numpy.random.default_rng", "numpy.random.RandomState", "numpy.random.Generator")
# Methods that change what they are called on, of whatever it is.
LOUD = {*CHANGING, *STORING, *EMPTYING, *CHANCE, "register", "subscribe", "connect", "write", "send", "__setitem__"}
LOUD |= {"writelines", "appendleft", "extendleft", "setattr", "new", "create", "execute", "__next__", "seed"}
# By them an enumeration makes its members.
MEMBERS = ("__new__", "__init__", "_generate_next_value_", "__set_name__")
OWN = (ast.Name, ast.Attribute, ast.Subscript)


class Standing:
    def __init__(self, acting: Acting, nodes: Iterable[ast.stmt]) -> None:
        """`nodes`: all of the notebook's statements."""
        nodes = list(nodes)
        self.acting = acting
        # Functions that are being judged: one that calls itself does nothing more than that.
        self.open: set[int] = set()
        self.are_read_late = any(
            isinstance(node, ast.ImportFrom)
            and node.module == "__future__"
            and any(alias.name == "annotations" for alias in node.names)
            for node in nodes
        )
        self.methods: dict[str, list[ast.stmt]] = {}
        for part in (part for node in nodes for part in ast.walk(node) if isinstance(part, ast.ClassDef)):
            for one in part.body:
                if isinstance(one, FUNCTION):
                    self.methods.setdefault(one.name, []).append(one)
        self.names_itself = any(not self.is_still(one.body, first(one)) for one in self.methods.get("__set_name__", ()))

    def of(self, node: ast.stmt) -> str:
        """What acts, as it is written. Empty where nothing is seen to."""
        parts = list(self.at_once(node))
        for part in parts:
            inner = isinstance(part, ast.ClassDef) or isinstance(part, FUNCTION) and part not in node.body
            if inner and (what := self.acting.of(part)):
                return what
        found = self.loud(parts, set(), isinstance(node, ast.ClassDef))
        found = found or (self.of_members(node) if isinstance(node, ast.ClassDef) else None)
        text = "" if found is None else ast.unparse(found).partition("\n")[0]
        return f"`{text[:57]}…`" if len(text) > 60 else text and f"`{text}`"

    def of_members(self, node: ast.ClassDef) -> ast.AST | None:
        above = [node, *self.acting.bases(node, set())]
        bases = [base for one in above for base in one.bases]
        if not any(self.acting.origins.of(base).startswith("enum.") for base in bases):
            return None
        made = [part for one in above for part in one.body if isinstance(part, FUNCTION) and part.name in MEMBERS]
        loud = next((part for part in made if not self.is_still(part.body, first(part))), None)
        return loud and ast.Attribute(ast.Name(node.name), loud.name)

    def at_once(self, node: ast.AST) -> Iterator[ast.AST]:
        """All but what waits for a call. What decorates it is judged apart."""
        queue: list[ast.AST] = [node]
        while queue:
            part = queue.pop(0)
            if part is not node:
                yield part
            if isinstance(part, (*FUNCTION, ast.Lambda)):
                args = part.args
                queue += [*args.defaults, *(one for one in args.kw_defaults if one is not None)]
                every = [*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg]
                told = [one.annotation for one in every if one is not None] + [getattr(part, "returns", None)]
                queue += [] if self.are_read_late else [one for one in told if one is not None]
            elif isinstance(part, ast.ClassDef):
                # Of a metaclass, what it does is judged, too.
                queue += [*part.bases, *(key.value for key in part.keywords), *part.body]
            elif isinstance(part, ast.AnnAssign) and self.are_read_late:
                queue += [part.target, *([part.value] if part.value is not None else [])]
            else:
                queue += ast.iter_child_nodes(part)

    def loud(self, parts: list[ast.AST], given: set[str], is_class: bool = False) -> ast.AST | None:
        """The first of these that changes something. `given`: names that it may set attributes of."""
        values: dict[str, list[ast.expr | None]] = {}
        for part in parts:
            targets = part.targets if isinstance(part, ast.Assign) else [getattr(part, "target", None)]
            if isinstance(part, (ast.Assign, ast.AnnAssign, ast.NamedExpr)):
                for target in targets:
                    if isinstance(target, ast.Name):
                        values.setdefault(target.id, []).append(part.value)
        fresh = {name for name, of in values.items() if all(self.is_new(value) for value in of)} - given
        fresh |= {part.name for part in parts if isinstance(part, DEFINED)}
        for part in parts:
            if isinstance(part, (ast.Global, ast.Nonlocal)):
                return part
            if isinstance(part, ast.Call) and not self.is_quiet(part, fresh | given):
                return part
            if isinstance(part, (ast.Attribute, ast.Subscript)) and not isinstance(part.ctx, ast.Load):
                mine = isinstance(part, ast.Attribute) and getattr(part.value, "id", "") in given
                if not mine and root(part) not in fresh:
                    return part
            looks_up = isinstance(part, ast.Subscript) and isinstance(part.ctx, ast.Load)
            if looks_up and root(part) not in fresh and self.fills_itself(root(part)):
                return part
            adds = is_class and isinstance(part, ast.AugAssign) and isinstance(part.target, ast.Name)
            if adds and part.target.id not in values:
                # `rows += [1]` in the body of a class: the list is that of all.
                return part
            named = is_class and self.names_itself and isinstance(part, ast.Assign)
            if named and any(isinstance(one, ast.Name) and self.is_value(one.id) for one in ast.walk(part.value)):
                return part
        return None

    def is_still(self, body: list[ast.stmt], given: set[str]) -> bool:
        return self.loud(list(within(body)), given) is None

    def fills_itself(self, name: str) -> bool:
        """Who looks something up in it that is not there puts it there: a defaultdict, or one with `__missing__`."""
        made = [one.value for one in self.acting.own.get(name, ()) if isinstance(one, ast.Assign)]
        calls = [value.func for value in made if isinstance(value, ast.Call)]
        own = [one for func in calls for one in self.acting.own.get(getattr(func, "id", ""), ())]
        missing = self.methods.get("__missing__", ())
        return any(self.acting.origins.of(func) == "collections.defaultdict" for func in calls) or any(
            part in missing for one in own if isinstance(one, ast.ClassDef) for part in one.body
        )

    def is_value(self, name: str) -> bool:
        return any(isinstance(one, ast.Assign) for one in self.acting.own.get(name, ()))

    def is_new(self, node: ast.expr | None) -> bool:
        """Nobody else has it."""
        if isinstance(node, ast.Call):
            own = self.acting.own.get(getattr(node.func, "id", ""), [])
            return all(isinstance(one, ast.ClassDef) or self.gives_new(one) for one in own)
        return not isinstance(node, (*OWN, ast.IfExp, ast.BoolOp, ast.NamedExpr))

    def gives_new(self, node: ast.stmt) -> bool:
        """What a function returns is made in it."""
        if not isinstance(node, FUNCTION) or id(node) in self.open:
            return False
        self.open.add(id(node))
        parts = list(within(node.body))
        given = [part.value for part in parts if isinstance(part, ast.Return)]
        made: dict[str, list[bool]] = {}
        for part in parts:
            for target in part.targets if isinstance(part, ast.Assign) else ():
                made.setdefault(getattr(target, "id", ""), []).append(self.is_new(part.value))
        self.open.discard(id(node))
        return all(self.is_new(one) or all(made.get(getattr(one, "id", ""), [False])) for one in given)

    def is_quiet(self, node: ast.Call, fresh: set[str]) -> bool:
        func = node.func
        if origin := self.acting.origins.of(func):
            return self.is_quiet_import(origin, node, fresh)
        if isinstance(func, ast.Name):
            if func.id in self.acting.own:
                return all(self.is_quiet_own(one) for one in self.acting.own[func.id])
            if func.id in ("next", *FILLING):
                return all(root(arg) in fresh for arg in node.args[:1])
            # Of a name from a star nothing is known.
            return self.acting.is_no_acting_builtin(func.id)
        if isinstance(func, ast.Call):
            return self.is_quiet_value(func)
        if not isinstance(func, ast.Attribute) or root(func) in fresh:
            return True
        if isinstance(func.value, ast.Call) and getattr(func.value.func, "id", "") == "super":
            return True
        if func.attr in self.methods and not isinstance(func.value, (ast.Constant, ast.JoinedStr)):
            return all(self.is_quiet_own(one) for one in self.methods[func.attr])
        # On a value that is made there, too, nothing is changed that others have.
        has_names = any(isinstance(part, ast.Name) for part in ast.walk(func.value))
        return func.attr not in LOUD or not has_names

    def is_quiet_import(self, origin: str, node: ast.Call, fresh: set[str]) -> bool:
        last = origin.rpartition(".")[2]
        if self.acting.tells(origin) or last in PASSING and origin not in SOURCES:
            return False
        return last not in FILLING or all(root(arg) in fresh for arg in node.args[:1])

    def is_quiet_own(self, node: ast.stmt) -> bool:
        """A call of it changes nothing but what it makes."""
        if id(node) in self.open:
            return True
        self.open.add(id(node))
        try:
            if isinstance(node, FUNCTION):
                return self.is_still(node.body, set())
            if isinstance(node, ast.ClassDef):
                return all(
                    self.is_still(part.body, first(part))
                    for one in (node, *self.acting.bases(node, set()))
                    for part in one.body
                    if isinstance(part, FUNCTION) and part.name in (*MEMBERS, "__post_init__")
                )
            return self.is_quiet_value(getattr(node, "value", None))
        finally:
            self.open.discard(id(node))

    def is_quiet_value(self, value: ast.expr | None) -> bool:
        """What has a name, or is made where it is called."""
        if isinstance(value, ast.Lambda):
            return self.loud(list(within([value.body])), set()) is None
        if isinstance(value, ast.Attribute):
            # `add = registry.append`
            return value.attr not in LOUD and all(map(self.is_quiet_own, self.methods.get(value.attr, ())))
        if isinstance(value, ast.Name):
            return all(self.is_quiet_own(one) for one in self.acting.own.get(value.id, ()))
        if not isinstance(value, ast.Call):
            return True
        if self.acting.origins.of(value.func) == "functools.partial":
            return all(self.is_quiet_value(arg) for arg in value.args[:1])
        for one in self.acting.own.get(getattr(value.func, "id", ""), ()):
            # `put = feature("lag")`, `count = Counter()`: the functions in it, and the one by which it is called.
            inner = [part for part in ast.walk(one) if isinstance(part, FUNCTION) and part is not one]
            named = [part for part in inner if part.name == "__call__"] if isinstance(one, ast.ClassDef) else inner
            if not all(self.is_still(part.body, set()) for part in named):
                return False
        return True


def first(node: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """`self`."""
    return {arg.arg for arg in (*node.args.posonlyargs, *node.args.args)[:1]}


def root(node: ast.AST) -> str:
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
