"""Which values a piece of a program changes, also through other names of theirs, and in functions that it calls."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count

from greenroom.split.functions import Function, Functions, is_list, is_mask

# A method that changes what it is called on though its result is used.
CHANGING = (
    "fit",
    "partial_fit",
    "fit_transform",
    "fit_predict",
    "fit_resample",
    "pop",
    "popitem",
    "popleft",
    "setdefault",
)
# One whose result is thrown away, and which yet only shows something.
SHOWING = (
    *("head", "tail", "describe", "info", "sample", "plot", "hist", "boxplot", "show", "value_counts", "summary"),
    *("copy", "to_csv", "to_parquet", "to_json", "to_pickle", "to_feather", "to_excel", "savefig", "predict"),
)
# One that gives what it is called on, or a part of it.
GIVING = (
    *("fit", "partial_fit", "set_params", "values", "items", "get", "pop", "popitem", "popleft", "setdefault"),
    *("reshape", "ravel", "view", "transpose", "squeeze", "swapaxes", "to_numpy"),
)
# One that gives a copy, whose parts may be the same.
COPYING = ("copy", "__copy__")
# One that puts its arguments into what it is called on.
STORING = ("append", "appendleft", "add", "extend", "insert", "update", "setdefault", "put")
EMPTYING = ("sort", "reverse", "remove", "clear", "discard", "rotate", "resize")
# What takes out of a value what is in it.
TAKING = (
    "list",
    "tuple",
    "set",
    "dict",
    "sorted",
    "reversed",
    "zip",
    "enumerate",
    "iter",
    "map",
    "filter",
    "deque",
    "chain",
    "partial",
)
# A source of chance is another after each number that it gave.
CHANCE = (
    *("random", "integers", "normal", "standard_normal", "uniform", "choice", "choices", "permutation", "permuted"),
    *("randint", "randrange", "gauss", "normalvariate", "betavariate", "getrandbits", "shuffle", "poisson", "binomial"),
)
# What changes its first argument; what gives it, or a view of it.
FILLING = (
    *("setattr", "delattr", "shuffle", "heappush", "heappop", "heapify", "heapreplace", "heappushpop", "insort"),
    *("insort_left", "insort_right", "fill_diagonal", "copyto", "put", "putmask", "place", "at"),
)
VIEWING = (
    "getattr",
    "next",
    "asarray",
    "asanyarray",
    "ravel",
    "reshape",
    "squeeze",
    "transpose",
    "atleast_1d",
    "atleast_2d",
    "vars",
    "nullcontext",
    "closing",
    "aclosing",
)
# What nobody can change, whoever has it.
NUMBERING = ("len", "int", "float", "str", "bool", "complex", "bytes", "round", "abs", "repr", "hash", "ord", "chr", "id")
# What of a value is never changed through it.
FIXED = ("shape", "size", "ndim", "dtype", "dtypes", "columns", "index", "name", "empty")


@dataclass(frozen=True)
class Value:
    """By the names that had it in the beginning, or numbers of what was made since."""

    # It is these, or a part of them.
    same: frozenset[str | int] = frozenset()
    # It holds these.
    held: frozenset[str | int] = frozenset()
    # It is a copy of these, in which parts may be the same: only looked at when it runs.
    near: frozenset[str | int] = frozenset()

    def __or__(self, other: Value) -> Value:
        return Value(self.same | other.same, self.held | other.held, self.near | other.near)

    @property
    def all(self) -> frozenset[str | int]:
        return self.same | self.held

    @property
    def part(self) -> Value:
        return Value(self.all, self.held, self.near)

    def is_one_with(self, other: Value) -> bool:
        """Or has a part of it, or it one of this."""
        return bool(self.same & other.all or other.same & self.held)

    def is_near(self, other: Value) -> bool:
        return bool(self.near & (other.all | other.near) or other.near & self.all)


@dataclass(frozen=True)
class Change:
    cell: int
    # The name by which it is changed, as it is written.
    through: str
    # The method that does it: `fit`. `?` at the end where it may change nothing: only `?` of what nothing is known.
    how: str = ""

    @property
    def is_sure(self) -> bool:
        return not self.how.endswith("?")

    @property
    def is_guessed(self) -> bool:
        """Every other one is hardly without effect."""
        return self.how.endswith("?") and self.how != "=?"


@dataclass
class Flow:
    """What follows statement by statement. Where it cannot be known, a value counts as changed: then it is handed on,
    and comes to the same."""

    functions: Functions
    # What each name has by now.
    values: dict[str, Value] = field(default_factory=dict)
    changed: dict[str | int, Change] = field(default_factory=dict)
    returned: Value = field(default_factory=Value)
    # What is returned has one and the same in two places.
    has_twins: bool = False
    cell: int = 0
    numbers: Iterable[int] = field(default_factory=count)

    def follow(self, body: Iterable[ast.stmt]) -> None:
        for node in body:
            self.statement(node)

    def statement(self, node: ast.stmt) -> None:
        if isinstance(node, ast.Assign):
            value, several = self.value(node.value), len(node.targets) > 1
            # What is taken apart is hardly one and the same twice: `train, test = split(rows)`; but for `[[]] * 2`.
            if several or isinstance(node.targets[0], ast.Name) or isinstance(node.value, ast.BinOp):
                value = self.numbered(value, node.value)
            elif isinstance(node.value, ast.Call) and not self.functions.called(getattr(node.value.func, "id", "")):
                # Of what a library gives nobody knows: `a, b = repeat([], 2)`. It is looked at when it runs.
                value |= Value(near=frozenset([next(self.numbers)]))
            for target in node.targets:
                self.bind(target, value, None if several else node.value)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            self.bind(node.target, self.value(node.value), node.value)
        elif isinstance(node, ast.AugAssign):
            self.add(node)
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            found = self.value(node.iter)
            # What the first turn does, the second sees.
            for _ in range(2):
                self.branches([[(node.target, found.part), *node.body], []])
            self.follow(node.orelse)
        elif isinstance(node, ast.While):
            self.value(node.test)
            for _ in range(2):
                self.branches([node.body, []])
            self.follow(node.orelse)
        elif isinstance(node, ast.If):
            self.value(node.test)
            self.branches([node.body, node.orelse])
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                value = self.entered(item.context_expr)
                if item.optional_vars is not None:
                    self.bind(item.optional_vars, value)
            self.follow(node.body)
        elif isinstance(node, ast.Try) or type(node).__name__ == "TryStar":
            self.branches([[*node.body, *node.orelse], *([*node.body, *handler.body] for handler in node.handlers)])
            self.follow(node.finalbody)
        elif isinstance(node, ast.Match):
            found = self.value(node.subject)
            for case in node.cases:
                for part in ast.walk(case.pattern):
                    if getattr(part, "name", None):
                        self.values[part.name] = found.part
            self.branches([case.body for case in node.cases] + [[]])
        elif isinstance(node, ast.Delete):
            for target in node.targets:
                if isinstance(target, (ast.Attribute, ast.Subscript)):
                    self.change(self.whole(target.value).same, target)
        elif isinstance(node, ast.Return):
            if node.value is not None:
                self.returned |= self.inner(node.value)
                parts = node.value.elts if isinstance(node.value, (ast.Tuple, ast.List)) else []
                had = [self.named(part.id).same for part in parts if isinstance(part, ast.Name)]
                self.has_twins |= len(frozenset().union(*had)) < sum(map(len, had))
        elif isinstance(node, ast.Expr):
            self.thrown_away(node.value)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self.values[node.name] = Value(frozenset([next(self.numbers)]))
            self.defined(node)
        else:
            for part in ast.iter_child_nodes(node):
                if isinstance(part, ast.expr):
                    self.value(part)

    def defined(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        """What decorates it is called with it, and what it inherits may be; the rest is done where it stands."""
        args = getattr(node, "args", None)
        for part in (*args.defaults, *args.kw_defaults) if args else (*node.bases, *node.keywords):
            self.value(getattr(part, "value", part) if isinstance(part, ast.keyword) else part or ast.Constant(None))
        if isinstance(node, ast.ClassDef):
            before = dict(self.values)
            self.follow(node.body)
            self.values = before
        itself = ast.copy_location(ast.Name(node.name, ast.Load()), node)
        for by in reversed(node.decorator_list):
            self.thrown_away(ast.copy_location(ast.Call(by, [itself], []), by))
            if not isinstance(by, ast.Call):
                continue
            self.thrown_away(by)
            # `@feature("lag")`: what it gives is a function in it, for all that can be seen.
            for function in self.functions.called(getattr(by.func, "id", "")):
                given = dict(zip(function.params, by.args)) | {key.arg: key.value for key in by.keywords}
                inner = [one for part in function.body for one in self.functions.called(getattr(part, "name", ""))]
                for name, how in ((name, how) for one in inner for name, how in one.changes.items()):
                    plain = name.partition("*")[0]
                    found = self.value(given[plain]) if plain in given else self.named(plain)
                    self.change(found.same, by, how)
        for base_class in getattr(node, "bases", []):
            for function in self.functions.methods("__init_subclass__"):
                for name, how in function.changes.items():
                    if name not in function.names:
                        self.change(self.named(name.partition("*")[0]).same, base_class, how)

    def branches(self, bodies: list[list]) -> None:
        before, after = self.values, []
        for body in bodies:
            self.values = dict(before)
            for step in body:
                if isinstance(step, tuple):
                    self.bind(*step)
                else:
                    self.statement(step)
            after.append(self.values)
        self.values = before
        for name in set().union(*after):
            merged = Value()
            for values in after:
                merged |= values[name] if name in values else self.named(name)
            before[name] = merged

    def add(self, node: ast.AugAssign) -> None:
        """`x += y` changes a list or an array, and takes another number."""
        more = self.value(node.value)
        if not isinstance(node.target, ast.Name):
            self.bind(node.target, more)
            return
        had = self.named(node.target.id)
        self.change(had.same, node.target, "=?")
        listed = isinstance(node.value, (ast.List, ast.ListComp, ast.Name))
        self.values[node.target.id] = Value(had.same, had.held | (more.all if listed else frozenset()))

    def numbered(self, value: Value, node: ast.expr | None = None) -> Value:
        """One made since has a number, and is one under however many names; but for numbers and texts."""
        by = getattr(getattr(node, "func", None), "id", "")
        fixed = isinstance(node, (ast.Constant, ast.JoinedStr, ast.UnaryOp, ast.Compare)) or by in NUMBERING
        return value if value.same or fixed else Value(frozenset([next(self.numbers)]), value.held, value.near)

    def entered(self, node: ast.expr) -> Value:
        """What a `with` gives: what is known of what it is called with, or of what the notebook's own one has."""
        found = self.value(node)
        if isinstance(node, ast.Call) and base(node.func) in self.functions.foreign:
            for arg in (*node.args, *(key.value for key in node.keywords)):
                found |= Value(held=self.value(arg).all)
        return self.numbered(found.part)

    def bind(self, target: ast.expr, value: Value, node: ast.expr | None = None) -> None:
        if isinstance(target, ast.Name):
            self.values[target.id] = self.numbered(value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            parts = node.elts if isinstance(node, (ast.Tuple, ast.List)) else []
            apart = len(parts) == len(target.elts) and not any(
                isinstance(part, ast.Starred) for part in [*parts, *target.elts]
            )
            had = [self.value(part) for part in parts] if apart else []
            for at, part in enumerate(target.elts):
                self.bind(part, had[at] if apart else value.part, parts[at] if apart else None)
        elif isinstance(target, ast.Starred):
            self.bind(target.value, Value(frozenset(), value.all))
        elif isinstance(target, (ast.Attribute, ast.Subscript)):
            self.change(self.whole(target.value).same, target)
            self.store(target, value)

    def store(self, target: ast.expr, value: Value) -> None:
        name = base(target)
        if name and name not in self.functions.ignored:
            had = self.named(name)
            self.values[name] = Value(had.same, had.held | value.all)

    def change(self, roots: Iterable[str | int], target: ast.expr, how: str = "") -> None:
        for root in roots:
            change, known = Change(self.cell, base(target) or ast.unparse(target), how), self.changed.get(root)
            # What is sure tells more.
            if known is None or change.is_sure and not known.is_sure:
                self.changed[root] = change

    def named(self, name: str) -> Value:
        if name in self.values:
            return self.values[name]
        return Value() if name in self.functions.ignored else Value(frozenset([name]))

    def value(self, node: ast.expr) -> Value:
        """What an expression comes to; what it changes is noted."""
        if isinstance(node, ast.Name):
            return self.named(node.id)
        if isinstance(node, ast.Starred):
            return self.value(node.value)
        if isinstance(node, ast.Attribute):
            found = self.value(node.value)
            return Value() if node.attr in FIXED else found.part
        if isinstance(node, ast.Subscript):
            found = self.value(node.value)
            self.value(node.slice)
            return Value() if self.is_copying(node) else found.part
        if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
            return Value(held=frozenset().union(*(self.value(part).all for part in node.elts)))
        if isinstance(node, ast.Dict):
            parts = [part for part in (*node.keys, *node.values) if part is not None]
            return Value(held=frozenset().union(*(self.value(part).all for part in parts)))
        if isinstance(node, ast.IfExp):
            self.value(node.test)
            return self.value(node.body) | self.value(node.orelse)
        if isinstance(node, ast.BoolOp):
            found = Value()
            for part in node.values:
                found |= self.value(part)
            return found
        if isinstance(node, ast.NamedExpr):
            found = self.numbered(self.value(node.value), node.value)
            self.bind(node.target, found)
            return found
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
            return self.comprehension(node)
        if isinstance(node, ast.Call):
            return self.call(node)
        if isinstance(node, ast.Lambda):
            for part in (*node.args.defaults, *node.args.kw_defaults):
                self.value(part or ast.Constant(None))
            return Value()
        if isinstance(node, (ast.Yield, ast.YieldFrom)) and node.value is not None:
            self.returned |= Value(held=self.value(node.value).all)
            return Value()
        if isinstance(node, ast.Await):
            return self.value(node.value)
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.expr):
                self.value(part)
        return Value()

    def comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Value:
        before = dict(self.values)
        for generator in node.generators:
            self.bind(generator.target, self.value(generator.iter).part)
            for test in generator.ifs:
                self.value(test)
        parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        held = frozenset().union(*(self.inner(part).all for part in parts))
        self.values = before
        return Value(held=held)

    def inner(self, node: ast.expr) -> Value:
        """Of a comprehension, a lambda or what is returned: it may be there for what it does alone."""
        attr = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
        if attr in STORING or attr in EMPTYING:
            self.thrown_away(node)
        return self.value(node)

    def call(self, node: ast.Call) -> Value:
        args = [self.value(arg) for arg in node.args]
        named = {key.arg: self.value(key.value) for key in node.keywords}
        given = Value()
        for arg in (*args, *named.values()):
            given |= arg
        first = args[0] if args else Value()
        for key in node.keywords:
            if key.arg == "out":
                self.change(named["out"].same, key.value)
            elif key.arg == "copy" and getattr(key.value, "value", True) is False and node.args:
                self.change(first.same, node.args[0])
        known: list[Function] = []
        found, owner = Value(), Value()
        if isinstance(node.func, ast.Name):
            name = node.func.id
            known = self.functions.called(name)
            on_module = True
        elif isinstance(node.func, ast.Attribute):
            name, owner = node.func.attr, self.value(node.func.value)
            on_module = base(node.func.value) in self.functions.modules
            known = [] if on_module else self.functions.methods(name)
            found |= self.method(node, owner, given) if not on_module else Value()
        else:
            self.value(node.func)
            return Value()
        for function in known:
            found |= self.apply(function, owner, args, named, node)
        if on_module and not known:
            if name in FILLING:
                self.change(first.same, node.args[0] if node.args else node)
                if node.args:
                    self.store(node.args[0], given)
            elif name in VIEWING:
                if name == "next" and node.args:
                    self.change(first.same, node.args[0], name)
                found |= first.part if name in ("getattr", "next", "vars") else first
            elif name in TAKING:
                found |= Value(held=given.all)
            elif name == "copy":
                found |= Value(near=first.all)
        self.handed_functions(node, owner | given)
        return found

    def method(self, node: ast.Call, owner: Value, given: Value) -> Value:
        """Of whatever it is that has one of this name."""
        func = node.func
        in_place = any(key.arg == "inplace" and getattr(key.value, "value", True) is not False for key in node.keywords)
        if func.attr == "shuffle" and node.args:
            self.change(self.value(node.args[0]).same, node.args[0])
        if func.attr in CHANGING or func.attr in CHANCE or in_place:
            self.change(self.whole(func.value).same, func.value, func.attr)
        if func.attr in STORING:
            self.store(func.value, given)
        if func.attr in COPYING:
            return Value(near=owner.all)
        return owner.part if func.attr in GIVING else Value()

    def whole(self, node: ast.expr) -> Value:
        """What a change to it may change: also where it is a copy by rights, or what a method gave."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr not in SHOWING:
            return self.value(node) | self.whole(node.func.value)
        if isinstance(node, (ast.Attribute, ast.Subscript)):
            return self.whole(node.value).part
        return self.value(node)

    def is_copying(self, node: ast.Subscript) -> bool:
        """`df[["a", "b"]]`, `df[df.x > 0]`, and by a name of such: these are copies."""
        by = node.slice
        if isinstance(by, ast.Name):
            return by.id in self.functions.picking
        own = base(node.value)
        named = any(isinstance(part, ast.Name) and part.id == own for part in ast.walk(by))
        return is_list(by) or is_mask(by) and named

    def thrown_away(self, node: ast.expr) -> None:
        """What nobody takes the result of is called for what it does."""
        self.value(node)
        call = node.value if isinstance(node, ast.Await) else node
        if not isinstance(call, ast.Call):
            return
        if isinstance(call.func, ast.Attribute) and base(call.func.value) not in self.functions.modules:
            if call.func.attr not in SHOWING:
                known = call.func.attr in (*STORING, *CHANGING, *EMPTYING)
                self.change(self.whole(call.func.value).same, call.func.value, call.func.attr + "?" * (not known))
        elif base(call.func) in self.functions.foreign:
            for arg in (*call.args, *(key.value for key in call.keywords)):
                self.change(self.value(arg).all, arg, "?")

    def apply(
        self, function: Function, owner: Value, args: list[Value], named: dict[str | None, Value], node: ast.Call
    ) -> Value:
        """A function of the notebook's own is called."""
        had: dict[str, Value] = {}
        given = [owner, *args] if function.takes_self and isinstance(node.func, ast.Attribute) else args
        if function.takes_self and not isinstance(node.func, ast.Attribute):
            given = [Value(), *args]
        starred = any(isinstance(arg, ast.Starred) for arg in node.args) or None in named
        everything = Value()
        for one in (*given, *named.values()):
            everything |= one
        for at, param in enumerate(function.params):
            had[param] = everything.part if starred else given[at] if at < len(given) else Value()
        for name, value in named.items():
            if name in function.names:
                had[name] = value
        for rest in function.rest:
            had[rest] = Value(held=everything.all)

        def roots(names: Iterable[str]) -> frozenset[str | int]:
            found: frozenset[str | int] = frozenset()
            for name in names:
                plain, inner, _ = name.partition("*")
                value = had[plain] if plain in had else Value() if plain in function.names else self.named(plain)
                found |= value.all if inner else value.same
            return found

        for name, how in function.changes.items():
            self.change(roots([name]), node.func, how)
        # Two in one: who takes it apart has it twice.
        twin = frozenset([next(self.numbers)] if function.has_twins else [])
        again = frozenset([function.cached] if function.cached else [])
        return Value(roots(function.same) | again, roots(function.held) | twin)

    def handed_functions(self, node: ast.Call, given: Value) -> None:
        """`map(f, rows)`, `rows.apply(lambda row: …)`: called with what else is there."""
        for arg in (*node.args, *(key.value for key in node.keywords)):
            if isinstance(arg, ast.Lambda):
                before = dict(self.values)
                for param in parameters(arg.args):
                    self.values[param] = given.part
                self.inner(arg.body)
                self.values = before
            elif isinstance(arg, ast.Name):
                for function in self.functions.called(arg.id):
                    had = {param: given.part for param in function.names}
                    for name, how in function.changes.items():
                        plain = name.partition("*")[0]
                        self.change(had[plain].same if plain in had else self.named(plain).same, arg, how)


def parameters(args: ast.arguments) -> list[str]:
    return [arg.arg for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs)]


def base(node: ast.expr) -> str:
    """`df` of `df.loc[0].x`."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call, ast.Starred)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def learn(functions: Functions, numbers: Iterable[int]) -> None:
    """What calls of them change and give: of such as call each other, until nothing new is found."""
    for _ in range(8):
        again = False
        for function in functions.all():
            flow = Flow(functions, numbers=numbers)
            for param in function.names:
                flow.values[param] = Value(frozenset([param]), frozenset([f"{param}*"]))
            for name in function.locals:
                flow.values[name] = Value(frozenset([next(numbers)]))
            flow.follow(function.body)
            itself = flow.values.get(function.params[0]) if function.is_init and function.params else None
            found = (
                {root: change.how for root, change in flow.changed.items() if isinstance(root, str)},
                named_ones(flow.returned.same),
                named_ones(itself.held - {f"{function.params[0]}*"} if itself else flow.returned.held),
            )
            function.has_twins = flow.has_twins
            again = again or found != (function.changes, function.same, function.held)
            function.changes, function.same, function.held = found
        if not again:
            return


def named_ones(roots: Iterable[str | int]) -> set[str]:
    return {root for root in roots if isinstance(root, str)}
