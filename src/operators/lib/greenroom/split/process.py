"""What a component sets for its whole program, and for no other one: told where a later component would miss it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from greenroom.split.functions import DEFINED
from greenroom.split.keeping import SETTING, named_by
from greenroom.split.origins import Origins

if TYPE_CHECKING:
    from greenroom.split.parts import Component, Notebook

# What everything later goes by, whether it names the module or not.
WIDE = {
    *("sys.setrecursionlimit", "sys.path.append", "sys.path.insert", "sys.path.extend", "sys.set_int_max_str_digits"),
    *("os.chdir", "os.putenv", "os.unsetenv", "os.umask"),
    *("os.environ.update", "os.environ.setdefault", "os.environ.pop"),
    *("locale.setlocale", "time.tzset", "socket.setdefaulttimeout", "codecs.register", "copyreg.pickle"),
    *("torch.set_default_dtype", "torch.set_default_device", "torch.set_default_tensor_type", "numpy.seterr"),
}
# And what only who uses the module goes by.
NARROW = {"decimal.setcontext", "csv.field_size_limit", "csv.register_dialect", "mimetypes.add_type"}
NARROW |= {"random.setstate", "pandas.set_option"}
CONTEXT = "contextvars.ContextVar"


class Process:
    def __init__(self, book: Notebook) -> None:
        self.book = book
        nodes = [statement.node for cell in book.cells for statement in cell.statements]
        self.origins = Origins(nodes, book.functions.assigned | book.functions.plain.keys())
        self.own = {one.node.name: one.node for one in book.common if isinstance(one.node, DEFINED)}
        made = [node for node in nodes if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)]
        self.contexts = {
            getattr(target, "id", "")
            for node in made
            for target in node.targets
            if self.origins.of(node.value.func) == CONTEXT
        }

    def tell(self) -> None:
        components = list(self.book.components.values())
        for at, component in enumerate(components):
            told: set[str] = set()
            for statement in component.body:
                for seen, of, inside in self.all_of(statement.node, component):
                    reader = next((one for one in components[at + 1 :] if self.misses(one, of, inside)), None)
                    if reader is None or seen in told:
                        continue
                    told.add(seen)
                    where = f" in `{inside}`" if inside else ""
                    why = f"{component.name} sets `{seen}`{where}, which is its own program's: {reader.name} has it"
                    mend = "do it in a cell tagged `common`, or hand on a value of its own"
                    self.book.note(statement.cell, f"{why} as in the beginning; {mend}")

    def misses(self, component: Component, of: str, inside: str) -> bool:
        """Empty: whoever does anything at all."""
        names = named_by(self.book, component)
        if inside in names:
            # It does so itself.
            return False
        if not of:
            return any(not isinstance(one.node, ast.Pass) for one in component.body)
        return any(name == of or self.origins.named(name).partition(".")[0] == of for name in names)

    def all_of(self, node: ast.stmt, component: Component) -> Iterator[tuple[str, str, str]]:
        """How it is written, whose it is (a package, a name, or everybody's), and the function in which it is."""
        if isinstance(node, DEFINED):
            return
        for part in ast.walk(node):
            if found := self.of(part):
                yield *found, ""
            called = getattr(part.func, "id", "") if isinstance(part, ast.Call) else ""
            for inner in ast.walk(self.own[called]) if called in self.own else ():
                if found := self.of(inner):
                    yield *found, called

    def of(self, node: ast.AST) -> tuple[str, str] | None:
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load) and isinstance(node.value, ast.Call):
            # `decimal.getcontext().prec = 5`
            origin = self.origins.of(node.value.func)
            last = origin.rpartition(".")[2]
            return (ast.unparse(node), origin.partition(".")[0]) if last.startswith("get") and origin else None
        if not isinstance(node, ast.Call):
            return None
        origin = self.origins.of(node.func)
        if origin in WIDE:
            return ast.unparse(node.func), ""
        if origin in NARROW:
            return ast.unparse(node.func), origin.partition(".")[0]
        if getattr(node.func, "id", "") in SETTING and node.args:
            # `setattr(math, "tau", 3)`; one of a class that is imported, too.
            home = self.origins.of(node.args[0])
            return (ast.unparse(node), home.partition(".")[0]) if home else None
        sets = isinstance(node.func, ast.Attribute) and node.func.attr in ("set", "reset")
        name = getattr(node.func.value, "id", "") if sets else ""
        return (f"{name}.{node.func.attr}", name) if name in self.contexts else None
