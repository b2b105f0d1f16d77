"""Values that no pickle can hold: told when a notebook is split, before anything is computed."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from greenroom.split.changes import base
from greenroom.split.functions import DEFINED, within

if TYPE_CHECKING:
    from greenroom.split.parts import Notebook

# What keeps the functions that it is given; others only call them.
HOLDING = ("defaultdict", "partial", "dict", "list", "SimpleNamespace", "FunctionTransformer", "make_scorer")
HOLDING += ("Pipeline", "make_pipeline", "ColumnTransformer", "make_column_transformer", "FeatureUnion", "make_union")
HOLDING += ("TransformedTargetRegressor", "CountVectorizer", "TfidfVectorizer", "GridSearchCV", "RandomizedSearchCV")
# What gives something that is open.
OPENING = ("open", "connect", "create_engine", "socket", "Lock", "RLock", "getconn")
DEFINE = "no other component could find that, and a run stops there. Write it as a `def` of its own in a cell tagged `common`"
MAKE = "that cannot be handed on, and a run stops there. Make it in a cell tagged `common`, where each component has its own"
LIST = "that cannot be handed on, and a run stops there. Make it a list"


def tell_unpicklable(book: Notebook) -> None:
    homes = book.imported_as()
    for component in book.components.values():
        local = {one.node.name for one in component.body if isinstance(one.node, DEFINED)}
        for name in component.outputs:
            for statement in [*(book.common if name in component.shared else ()), *component.body]:
                held = next(
                    (what for one in values(statement.node, name) if (what := of(one, book, homes, local))), None
                )
                if held:
                    book.note(statement.cell, f"{component.name} hands on `{name}`, which is or holds {held}")
                    break


def values(node: ast.stmt, name: str) -> list[ast.expr]:
    """What it puts into the name, or into a part of what that has."""
    assigns = [part for part in within([node]) if isinstance(part, ast.Assign)]
    return [one.value for one in assigns if any(base(target) == name for target in one.targets)]


def of(node: ast.expr, book: Notebook, homes: dict[str, str], local: set[str]) -> str | None:
    if isinstance(node, ast.Lambda):
        return f"a lambda: {DEFINE}"
    if isinstance(node, ast.GeneratorExp):
        return f"a generator: {LIST}"
    if isinstance(node, ast.Name):
        return f"`{node.id}`, which uses what only this component has: {DEFINE}" if node.id in local else None
    parts: list[ast.expr] = []
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        parts = node.elts
    elif isinstance(node, ast.Dict):
        parts = node.values
    elif isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        inner = given_by(name, book) if isinstance(node.func, ast.Name) else None
        if inner:
            return inner
        if homes.get(name, name) in OPENING and name not in book.functions.plain:
            return f"what `{ast.unparse(node.func)}` opens: {MAKE}"
        if homes.get(name, name) in HOLDING:
            parts = [*node.args, *(key.value for key in node.keywords)]
    return next((what for part in parts if (what := of(part, book, homes, local))), None)


def given_by(name: str, book: Notebook) -> str | None:
    """A function of the notebook's own may give one that it defines."""
    for statement in (one for cell in book.cells for one in cell.statements):
        node = statement.node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == name:
            inner = {part.name for part in within(node.body) if isinstance(part, DEFINED)}
            for given in (part.value for part in within(node.body) if isinstance(part, ast.Return)):
                if isinstance(given, ast.Lambda):
                    return f"a lambda of `{name}`: {DEFINE}"
                if isinstance(given, ast.Name) and given.id in inner:
                    return f"`{given.id}`, which `{name}` defines: {DEFINE}"
    return None
