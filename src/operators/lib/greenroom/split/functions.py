"""The functions of a notebook, and what a call of each does to what it is given and to what stands outside of it."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

DEFINED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
# Well-known ones whose functions, called for what they do, draw, write or set something up.
QUIET = {
    *("matplotlib", "seaborn", "plotly", "bokeh", "altair", "IPython", "numpy", "pandas", "scipy", "sklearn", "joblib"),
    *("statsmodels", "torch", "tensorflow", "keras", "xgboost", "lightgbm", "shap", "tqdm", "rich", "mlflow", "wandb"),
}


# `@functools.cache`, `@lru_cache(maxsize=3)`
CACHING = ("cache", "lru_cache")


@dataclass
class Function:
    body: list[ast.stmt]
    # Those that a call fills one after the other, and all.
    params: list[str]
    names: set[str]
    # `*args`, `**options`.
    rest: list[str]
    # Its own names, which hide those outside.
    locals: set[str]
    takes_self: bool
    is_init: bool
    # Of its parameters and of what stands outside, and how; `x*` is what is in x.
    changes: dict[str, str] = field(default_factory=dict)
    # What its result is, or is a part of; and what that holds.
    same: set[str] = field(default_factory=set)
    held: set[str] = field(default_factory=set)
    # It has one and the same in two places.
    has_twins: bool = False
    # What a cache gives again each time, by how it is called: `rows()`.
    cached: str = ""


@dataclass
class Functions:
    # Names that are no values: of modules, functions and the like.
    ignored: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)
    # Of lists and of masks: what they pick of a table is a copy.
    picking: set[str] = field(default_factory=set)
    # By other statements than these.
    assigned: set[str] = field(default_factory=set)
    # Imported from what is not known here.
    foreign: set[str] = field(default_factory=set)
    # What imported names are called at home.
    homes: dict[str, str] = field(default_factory=dict)
    plain: dict[str, list[Function]] = field(default_factory=dict)
    of_classes: dict[str, list[Function]] = field(default_factory=dict)

    def called(self, name: str) -> list[Function]:
        return self.plain.get(name, [])

    def methods(self, name: str) -> list[Function]:
        return self.of_classes.get(name, [])

    def all(self) -> Iterable[Function]:
        unique = {id(one): one for of in (self.plain, self.of_classes) for found in of.values() for one in found}
        return unique.values()

    def add(self, nodes: Iterable[ast.stmt]) -> None:
        """All that are defined in these statements."""
        nodes = list(nodes)
        self.picking = picking(nodes)
        classes: dict[str, ast.ClassDef] = {}
        others: list[tuple[str, str]] = []
        for node in (part for statement in nodes for part in ast.walk(statement)):
            if isinstance(node, ast.ClassDef):
                classes[node.name] = node
                for part in node.body:
                    if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef)):
                        static = any(getattr(one, "id", "") == "staticmethod" for one in part.decorator_list)
                        made = function(part, part.body, not static)
                        made.cached = self.cached(part, f"{node.name}.{part.name}()")
                        self.of_classes.setdefault(part.name, []).append(made)
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                made = function(node, node.body, False)
                made.cached = self.cached(node, f"{node.name}()")
                self.plain.setdefault(node.name, []).append(made)
            elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                if isinstance(node.value, ast.Lambda):
                    body = [ast.copy_location(ast.Return(node.value.body), node)]
                    self.plain.setdefault(node.targets[0].id, []).append(function(node.value, body, False))
                elif isinstance(node.value, ast.Call) and self.is_caching(node.value.func):
                    # `rows = lru_cache(maxsize=3)(load)`
                    name = node.targets[0].id
                    made = Function([], [], set(), [], set(), False, False, cached=f"{name}()")
                    self.plain.setdefault(name, []).append(made)
                elif isinstance(node.value, ast.Name):
                    others.append((node.targets[0].id, node.value.id))
        for name in classes:
            self.plain[name] = self.init(name, classes, set())
        # `g = f`
        for name, of in others:
            if of in self.plain:
                self.plain.setdefault(name, []).extend(self.plain[of])

    def cached(self, node: ast.FunctionDef | ast.AsyncFunctionDef, called: str) -> str:
        return called if any(map(self.is_caching, node.decorator_list)) else ""

    def is_caching(self, node: ast.expr) -> bool:
        func = node.func if isinstance(node, ast.Call) else node
        if isinstance(func, ast.Attribute):
            return func.attr in CACHING and self.homes.get(getattr(func.value, "id", "")) == "functools"
        return self.homes.get(getattr(func, "id", "")) in CACHING

    def init(self, name: str, classes: dict[str, ast.ClassDef], met: set[str]) -> list[Function]:
        """What makes one of a class, be it inherited."""
        if name not in classes or name in met:
            return []
        for part in classes[name].body:
            if isinstance(part, ast.FunctionDef) and part.name == "__init__":
                return [function(part, part.body, True)]
        above = [base.id for base in classes[name].bases if isinstance(base, ast.Name)]
        return [one for base in above for one in self.init(base, classes, met | {name})]


def function(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, body: list[ast.stmt], takes_self: bool
) -> Function:
    args = node.args
    params = [arg.arg for arg in (*args.posonlyargs, *args.args)]
    rest = [arg.arg for arg in (args.vararg, args.kwarg) if arg]
    names = {*params, *(arg.arg for arg in args.kwonlyargs)}
    outside = {name for part in ast.walk(node) if isinstance(part, (ast.Global, ast.Nonlocal)) for name in part.names}
    inside = {part.id for part in within(body) if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load)}
    is_init = getattr(node, "name", "") == "__init__"
    return Function(body, params, names | set(rest), rest, inside - names - outside, takes_self, is_init)


def picking(nodes: Iterable[ast.stmt]) -> set[str]:
    found: set[str] = set()
    others: set[str] = set()
    for node in (part for statement in nodes for part in ast.walk(statement)):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            (found if is_list(node.value) or is_mask(node.value) else others).add(node.targets[0].id)
        elif isinstance(node, (ast.For, ast.comprehension)):
            others |= {part.id for part in ast.walk(node.target) if isinstance(part, ast.Name)}
        elif isinstance(node, ast.arg):
            others.add(node.arg)
    return found - others


def is_list(node: ast.expr) -> bool:
    listed = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "list"
    return listed or isinstance(node, (ast.List, ast.ListComp))


def is_mask(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, (ast.BitAnd, ast.BitOr, ast.BitXor))
    return isinstance(node, ast.Compare) or isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert)


def within(body: Iterable[ast.AST]) -> Iterable[ast.AST]:
    """Without other functions and classes."""
    nodes = list(body)
    while nodes:
        node = nodes.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            nodes.extend(ast.iter_child_nodes(node))
