"""`try: import fast` and what to do without: it goes where its names are read, whole."""

from __future__ import annotations

import ast

from greenroom.split.names import TRY

FAILING = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException", "AttributeError", "OSError"}
IMPORTS = (ast.Import, ast.ImportFrom)


def is_trying(node: ast.stmt) -> bool:
    """It imports, and does nothing else that one would see: it may be done in each component."""
    if not isinstance(node, TRY) or not any(isinstance(part, IMPORTS) for part in node.body):
        return False
    caught = [part for handler in node.handlers for part in types(handler.type)]
    bodies = [node.body, node.orelse, node.finalbody, *(handler.body for handler in node.handlers)]
    simple = all(is_simple(part) for body in bodies for part in body)
    return simple and bool(node.handlers) and all(getattr(one, "id", "") in FAILING for one in caught)


def types(node: ast.expr | None) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple) else [] if node is None else [node]


def is_simple(node: ast.stmt) -> bool:
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return not getattr(node, "level", 0) and all(alias.name != "*" for alias in node.names)
    if isinstance(node, TRY):
        return is_trying(node)
    if isinstance(node, ast.Assign):
        named = all(isinstance(target, ast.Name) for target in node.targets)
        return named and isinstance(node.value, (ast.Constant, ast.Name, ast.Attribute))
    shown = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and getattr(node.value.func, "id", "")
    return isinstance(node, ast.Pass) or shown == "print" or isinstance(getattr(node, "value", None), ast.Constant)


def imports_in(node: ast.stmt) -> list[ast.stmt]:
    return [part for part in ast.walk(node) if isinstance(part, IMPORTS)] if is_trying(node) else []
