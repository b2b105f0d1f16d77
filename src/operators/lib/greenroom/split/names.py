"""Which names statements read and assign."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterable
from dataclasses import dataclass, field

# Scopes that are entered where they stand.
AT_ONCE = {"listcomp", "setcomp", "dictcomp", "genexpr", "lambda"}
# A method that changes what it is called on though its result is used.
CHANGING = ("fit", "partial_fit", "fit_transform", "fit_predict", "fit_resample", "pop", "setdefault")
# One whose result is thrown away, and which yet only shows something.
SHOWING = ("head", "tail", "describe", "info", "sample", "plot", "hist", "boxplot", "show", "value_counts", "summary")


@dataclass
class Used:
    """What a piece of a program reads of what stands before it, and what it assigns."""

    # Name → where it is read first.
    reads: dict[str, tuple[int, int]] = field(default_factory=dict)
    # In functions: read when these are called.
    late: dict[str, tuple[int, int]] = field(default_factory=dict)
    assigns: set[str] = field(default_factory=set)
    # Those that are assigned whatever happens.
    surely: set[str] = field(default_factory=set)
    # Assigned or not, they are other values afterwards.
    changes: set[str] = field(default_factory=set)


def of_node(node: ast.stmt) -> tuple[set[str], set[str], set[str]]:
    """Reads at once, reads later, and assigns; of a statement without others in it, or a definition."""
    table = symtable.symtable(ast.unparse(node), "cell", "exec")
    now = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}
    assigns = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    later: set[str] = set()
    for child in table.get_children():
        inner(child, now, later, assigns)
    for part in ast.walk(node):
        if isinstance(part, ast.AugAssign) and isinstance(part.target, ast.Name):
            now.add(part.target.id)
        if isinstance(part, ast.Delete):
            now |= {target.id for target in part.targets if isinstance(target, ast.Name)}
    return now, later, assigns


def inner(table: symtable.SymbolTable, now: set[str], later: set[str], assigns: set[str]) -> None:
    at_once = table.get_type() == "class" or table.get_name() in AT_ONCE
    for symbol in table.get_symbols():
        if symbol.is_global():
            if symbol.is_referenced():
                (now if at_once else later).add(symbol.get_name())
            if symbol.is_assigned():
                assigns.add(symbol.get_name())
    for child in table.get_children():
        inner(child, now if at_once else later, later, assigns)


def use(statements: Iterable[tuple[int, ast.stmt]]) -> Used:
    """Of statements one after the other, each with the number of its cell."""
    used = Used()
    for cell, node in statements:
        used.surely = follow(cell, [node], used.surely, used)
    for name in list(used.late):
        if name in used.assigns:
            del used.late[name]
    return used


def follow(cell: int, body: list[ast.stmt], bound: set[str], used: Used) -> set[str]:
    """What is surely assigned after it."""

    def read(node: ast.stmt) -> set[str]:
        now, later, assigns = of_node(node)
        for name in sorted(now - bound):
            used.reads.setdefault(name, (cell, node.lineno))
        for name in sorted(later - now):
            used.late.setdefault(name, (cell, node.lineno))
        used.assigns |= assigns
        return assigns

    def value(node: ast.expr) -> set[str]:
        return read(ast.copy_location(ast.Expr(node), node))

    def target(node: ast.expr) -> set[str]:
        assign = ast.Assign(targets=[node], value=ast.Constant(None))
        return read(ast.copy_location(assign, node))

    bound = set(bound)
    for node in body:
        used.changes |= changed(node)
        if isinstance(node, ast.If):
            bound |= value(node.test)
            bound |= follow(cell, node.body, bound, used) & follow(cell, node.orelse, bound, used)
        elif isinstance(node, ast.While):
            bound |= value(node.test)
            follow(cell, node.body, bound, used)
            follow(cell, node.orelse, bound, used)
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            bound |= value(node.iter)
            follow(cell, node.body, bound | target(node.target), used)
            follow(cell, node.orelse, bound, used)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                bound |= value(item.context_expr)
                if item.optional_vars is not None:
                    bound |= target(item.optional_vars)
            bound = follow(cell, node.body, bound, used)
        elif isinstance(node, ast.Try):
            tried = follow(cell, node.body, bound, used)
            for handler in node.handlers:
                if handler.type is not None:
                    value(handler.type)
                follow(cell, handler.body, bound | ({handler.name} if handler.name else set()), used)
            bound = follow(cell, node.finalbody, follow(cell, node.orelse, tried, used), used)
        else:
            bound |= read(node)
    return bound


def changed(node: ast.stmt) -> set[str]:
    """Values that a statement changes and does not assign: `df["x"] = 1`, `model.fit(x)`, `rows.append(1)`."""
    found = set()
    for part in ast.walk(node):
        targets = []
        if isinstance(part, ast.Assign):
            targets = part.targets
        elif isinstance(part, (ast.AugAssign, ast.AnnAssign)):
            targets = [part.target]
        elif isinstance(part, ast.Delete):
            targets = part.targets
        elif isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute):
            in_place = any(key.arg == "inplace" for key in part.keywords)
            if part.func.attr in CHANGING or in_place:
                found.add(base(part.func.value))
        elif isinstance(part, ast.Expr) and isinstance(part.value, ast.Call):
            call = part.value.func
            if isinstance(call, ast.Attribute) and call.attr not in SHOWING:
                found.add(base(call.value))
        found |= {base(target) for target in targets if not isinstance(target, ast.Name)}
    return found - {""}


def set_in(node: ast.stmt) -> set[str]:
    """Values of which a statement sets a part: `box.n = 7`, `settings["k"] += 1`."""
    found = set()
    for part in ast.walk(node):
        targets = part.targets if isinstance(part, ast.Assign) else []
        if isinstance(part, (ast.AugAssign, ast.AnnAssign)):
            targets = [part.target]
        found |= {base(target) for target in targets if not isinstance(target, ast.Name)}
    return found - {""}


def base(node: ast.expr) -> str:
    """`df` of `df.loc[0].x`."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
