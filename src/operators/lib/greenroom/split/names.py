"""Which names statements read and assign."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterable
from dataclasses import dataclass, field

from greenroom.split.functions import within

TRY = (ast.Try, *([ast.TryStar] if hasattr(ast, "TryStar") else []))
# Scopes that are entered where they stand.
AT_ONCE = {"listcomp", "setcomp", "dictcomp", "genexpr", "lambda"}
# Calls after which nothing comes.
LEAVING = {"exit", "quit", "sys.exit"}
# What a `with` of these does not let through, it goes on after.
CATCHING = {"suppress", "raises", "assertRaises"}


@dataclass
class Used:
    """What a piece of a program reads of what stands before it, and what it assigns."""

    # Name → where it is read first.
    reads: dict[str, tuple[int, int]] = field(default_factory=dict)
    # In functions: read when these are called.
    late: dict[str, tuple[int, int]] = field(default_factory=dict)
    # Of those that are read, such as nothing can have assigned by then.
    early: set[str] = field(default_factory=set)
    assigns: set[str] = field(default_factory=set)
    # Not by functions alone.
    itself: set[str] = field(default_factory=set)
    # Those that are assigned whatever happens.
    surely: set[str] = field(default_factory=set)
    # And those that are unless something fails that the program catches.
    tried: set[str] = field(default_factory=set)
    # By `del`, be it in a branch.
    deleted: set[str] = field(default_factory=set)


def of_node(node: ast.stmt) -> tuple[set[str], set[str], set[str]]:
    """Reads at once, reads later, and assigns; of a statement without others in it, or a definition."""
    table = symtable.symtable(ast.unparse(node), "cell", "exec")
    now = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}
    assigns = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    later: set[str] = set()
    for child in table.get_children():
        inner(child, now, later, assigns)
    for part in within([node]):
        if isinstance(part, ast.AugAssign) and isinstance(part.target, ast.Name):
            now.add(part.target.id)
    now |= deleted(node)
    # Whatever is assigned there may be read, too: `global n` and `n += 1`.
    return now, later | declared(node) - now, assigns


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
        used.itself |= of_node(node)[2] - declared(node)
        used.deleted |= deleted(node)
    for name in list(used.late):
        if name in used.itself & used.surely:
            del used.late[name]
    return used


def is_of_names(node: ast.stmt) -> bool:
    """`f = lambda: n`, `a = b`, and of one value: `a = b = []`."""
    several = [*getattr(node, "targets", []), *(part for part in ast.walk(node) if isinstance(part, ast.NamedExpr))]
    return isinstance(node, ast.Assign) and (len(several) > 1 or isinstance(node.value, (ast.Lambda, ast.Name)))


def captured(pattern: ast.pattern) -> set[str]:
    parts = list(ast.walk(pattern))
    names = {part.name for part in parts if isinstance(part, (ast.MatchAs, ast.MatchStar)) and part.name}
    return names | {part.rest for part in parts if isinstance(part, ast.MatchMapping) and part.rest}


def declared(node: ast.stmt) -> set[str]:
    """What functions in it assign outside of them: `global n`."""
    return {name for part in ast.walk(node) if isinstance(part, ast.Global) for name in part.names}


def deleted(node: ast.AST) -> set[str]:
    targets = [target for part in within([node]) if isinstance(part, ast.Delete) for target in part.targets]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def catches(node: ast.expr) -> bool:
    func = node.func if isinstance(node, ast.Call) else node
    return getattr(func, "attr", getattr(func, "id", "")) in CATCHING


def ends(body: list[ast.stmt]) -> bool:
    """What stands after it is not reached this way."""
    last = body[-1] if body else None
    if isinstance(last, ast.If):
        return ends(last.body) and ends(last.orelse)
    call = last.value if isinstance(last, ast.Expr) else None
    leaves = isinstance(call, ast.Call) and ast.unparse(call.func) in LEAVING
    return leaves or isinstance(last, (ast.Raise, ast.Break, ast.Continue))


def after(ways: list[tuple[list[ast.stmt], set[str]]], bound: set[str]) -> set[str]:
    """What is surely assigned after one of these, each with what is so at its end."""
    sure = [found for body, found in ways if not ends(body)]
    return set.intersection(*sure) if sure else bound


def follow(cell: int, body: list[ast.stmt], bound: set[str], used: Used) -> set[str]:
    """What is surely assigned after it."""

    def read(node: ast.stmt) -> set[str]:
        now, later, assigns = of_node(node)
        used.early |= now - bound - used.assigns
        for name in sorted(now - bound):
            used.reads.setdefault(name, (cell, node.lineno))
        for name in sorted(later - now):
            used.late.setdefault(name, (cell, node.lineno))
        used.assigns |= assigns
        # A function may be called, or not.
        return assigns - declared(node)

    def value(node: ast.expr) -> set[str]:
        return read(ast.copy_location(ast.Expr(node), node))

    def target(node: ast.expr) -> set[str]:
        assign = ast.Assign(targets=[node], value=ast.Constant(None))
        return read(ast.copy_location(assign, node))

    bound = set(bound)
    for node in body:
        tried_before = set(used.tried)
        if isinstance(node, ast.If):
            bound |= value(node.test)
            ways = [(branch, follow(cell, branch, bound, used)) for branch in (node.body, node.orelse)]
            bound = after(ways, bound)
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
            found = follow(cell, node.body, bound, used)
            if any(catches(item.context_expr) for item in node.items):
                used.tried |= found - bound
            else:
                bound = found
        elif isinstance(node, ast.Match):
            bound |= value(node.subject)
            for case in node.cases:
                caught = captured(case.pattern)
                used.assigns |= caught
                guard = [ast.copy_location(ast.Expr(case.guard), case.guard)] if case.guard else []
                follow(cell, [*guard, *case.body], bound | caught, used)
        elif isinstance(node, ast.Delete):
            read(node)
            bound -= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, TRY):
            tried = follow(cell, node.orelse, follow(cell, node.body, bound, used), used)
            ways = [([*node.body, *node.orelse], tried)]
            for handler in node.handlers:
                if handler.type is not None:
                    value(handler.type)
                name = {handler.name} if handler.name else set()
                # After it, its name is no more.
                ways.append((handler.body, follow(cell, handler.body, bound | name, used) - name))
            found = after(ways, bound)
            used.tried |= tried - found
            bound = follow(cell, node.finalbody, found, used)
        else:
            bound |= read(node)
        if isinstance(node, (ast.If, ast.While, ast.For, ast.AsyncFor, ast.Match)):
            used.tried = tried_before
    return bound
