"""Cells of a notebook as statements of Python."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass, field
from typing import Any


# What follows them is run as it stands.
TIMED, TIMED_CELL = ("%time", "%prun", "%memit"), ("%%time", "%%prun", "%%capture", "%%memit")


class Problem(Exception):
    """What has to be mended in the notebook first."""

    def __init__(self, cell: int, line: int, message: str, help: str = "") -> None:
        super().__init__(message)
        self.cell, self.line, self.message, self.help = cell, line, message, help

    def told(self) -> dict[str, Any]:
        return {"cell": self.cell, "line": self.line, "message": self.message, "help": self.help}


@dataclass
class Statement:
    cell: int
    node: ast.stmt
    # As it was written, with the comments above it.
    text: str

    @property
    def line(self) -> int:
        return self.node.lineno


@dataclass
class Cell:
    number: int
    # A component, `parameters`, `common`, or none.
    part: str | None
    # Of markdown cells above it.
    comments: list[str] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    # Lines that are no Python.
    left_out: list[str] = field(default_factory=list)
    # What these would have assigned: `files = !ls`.
    unassigned: set[str] = field(default_factory=set)


def parse(number: int, part: str | None, source: str, comments: list[str]) -> Cell:
    cell = Cell(number, part, comments)
    lines = lines_of(source)
    # Empty ones may stand above it.
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    if lines[first].startswith("%%"):
        magic = lines[first]
        # How long it takes is told by the run.
        timed = magic.split()[0] in TIMED_CELL
        cell.left_out.append(magic if timed else f"{magic} …")
        # The lines below keep their numbers.
        lines = [*[""] * (first + 1), *lines[first + 1 :]] if timed else []
    # Each turn takes one line out.
    for _ in range(len(lines) + 1):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse("\n".join(lines))
                # What only the compiler finds: `return` outside of a function, an unknown future.
                compile(tree, "cell", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
            break
        except SyntaxError as error:
            at = (error.lineno or 1) - 1
            found = next((line for line in (at, at - 1) if 0 <= line < len(lines) and is_magic(lines[line])), None)
            if found is None:
                raise Problem(number, at + 1, f"this is no Python: {error.msg}") from None
            text = lines[found]
            indent = text[: len(text) - len(text.lstrip())]
            magic, _, timed = text.strip().partition(" ")
            if magic in TIMED:
                lines[found] = indent + timed.strip()
                continue
            cell.left_out.append(text.strip())
            assigned = text.partition("=")[0].strip()
            if assigned.isidentifier():
                cell.unassigned.add(assigned)
            # A block may consist of nothing else.
            lines[found] = f"{indent}pass  # left out: {text.strip()}" if indent else f"# left out: {text.strip()}"
        except (ValueError, RecursionError, MemoryError) as error:
            raise Problem(number, 1, f"this cannot be read: {error}") from None
    refuse_waiting(number, tree)
    cell.statements = statements(number, tree, lines)
    return cell


def lines_of(text: str) -> list[str]:
    """As Python's grammar has them: what else a text may break at, such as a form feed, stands within a line."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def refuse_waiting(number: int, tree: ast.Module) -> None:
    """A notebook waits for a coroutine wherever that stands; a program only within a function of its own."""
    open_nodes: list[ast.AST] = list(tree.body)
    while open_nodes:
        node = open_nodes.pop(0)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        asynchronous = isinstance(node, (ast.AsyncFor, ast.AsyncWith)) or (
            isinstance(node, ast.comprehension) and node.is_async
        )
        if isinstance(node, ast.Await) or asynchronous:
            line = getattr(node, "lineno", None) or node.iter.lineno
            why = "only notebooks wait for something outside of a function (`await`, `async`)"
            raise Problem(number, line, why, "put it into an `async def`, and call that with asyncio.run()")
        open_nodes[:0] = list(ast.iter_child_nodes(node))


def is_magic(line: str) -> bool:
    """IPython's own: `%time f()`, `!ls`, `f?`, `files = !ls`."""
    text = line.strip()
    _, assigned, value = text.partition("=")
    return text[:1] in ("%", "!", "?") or text.endswith("?") or bool(assigned) and value.strip()[:1] in ("%", "!")


def statements(number: int, tree: ast.Module, lines: list[str]) -> list[Statement]:
    found, before = [], 0
    for index, node in enumerate(tree.body):
        first = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])
        last = node.end_lineno or node.lineno
        following = tree.body[index + 1].lineno if index + 1 < len(tree.body) else None
        if first <= before or following == last:
            # Several on one line.
            text = ast.unparse(node)
        else:
            # What stands above belongs to it.
            text = "\n".join(lines[before:last]).strip("\n")
        before = max(before, last)
        found.append(Statement(number, node, text))
    if found and before < len(lines):
        found[-1].text = (found[-1].text + "\n" + "\n".join(lines[before:])).rstrip()
    return found
