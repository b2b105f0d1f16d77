"""Classes and functions that all share, and that may keep something which a component changes: looked at when it runs."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from greenroom.split.functions import DEFINED
from greenroom.split.names import of_node

if TYPE_CHECKING:
    from greenroom.split.parts import Component, Notebook

FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
# They keep nothing that would make another number, or are looked into.
PLAIN = ("property", "staticmethod", "classmethod", "dataclass", "abstractmethod", "setter", "overload", "njit", "jit")
SETTING = ("setattr", "delattr")
CLASSES = ("cls", "__class__")


def find_keeping(book: Notebook) -> None:
    touched = touched_names(book)
    marked = marked_names([statement.node for cell in book.cells for statement in cell.statements])
    things = {name for statement in book.common for name in keeping(statement.node, book, marked)}
    classes = {
        name
        for name in things
        if any(isinstance(one.node, ast.ClassDef) and one.node.name == name for one in book.common)
    }
    components = list(book.components.values())
    for at, component in enumerate(components):
        for name in sorted(things & touched[component.name]):
            readers = [of for of in components[at + 1 :] if name in named_by(book, of)]
            # A value of a class finds it though nobody names it.
            others = [of for of in components[at + 1 :] if name in classes & touched[of.name] and of not in readers]
            if (readers or others) and name not in component.used.assigns:
                component.keeping[name] = [of.name for of in readers], [of.name for of in others]
                tell(book, component, name, readers)
        for called, change in component.cached.items():
            name = owner(called)
            readers = [of for of in components[at + 1 :] if name in named_by(book, of)]
            if readers and name in book.shared.assigns - component.used.assigns:
                component.caching[called] = [of.name for of in readers]
                if change.is_sure:
                    why = f"{component.name} changes what `{called}` gave, which its cache keeps and nobody hands on"
                    mend = "Keep it under a name of its own (`rows = load()`), which is handed on"
                    book.note(change.cell, f"{why}: {readers[0].name} would be given it anew. {mend}")


def owner(called: str) -> str:
    """`rows` of `rows()`, `Table` of `Table.rows()`."""
    return called.partition("(")[0].partition(".")[0]


def tell(book: Notebook, component: Component, name: str, readers: list[Component]) -> None:
    """What can be seen to be changed is told at once."""
    named = named_by(book, component)
    own = [one for one in book.common if isinstance(one.node, DEFINED) and one.node.name in named]
    found = next((one for one in (*component.body, *own) if sets(one.node, name)), None)
    if readers and found is not None:
        seen = sets(found.node, name) or name
        # A function may be called, or not.
        changes, stops = (
            ("changes", "a run stops there")
            if found in component.body
            else ("may change", "a run stops there if it does")
        )
        why = f"{component.name} {changes} what `{name}` keeps (`{seen}`), which is not handed on"
        reader = next((of for of in readers if any(seen in ast.unparse(one.node) for one in of.body)), readers[0])
        mend = f"{stops}. Keep it under a name of its own (`seen = []`), which is handed on"
        book.note(found.cell, f"{why}: {reader.name} would find it as it is in the beginning, and {mend}")


def sets(node: ast.AST, name: str) -> str | None:
    """`f.calls += 1`, `Model.seen.append(1)`."""
    for part in ast.walk(node):
        target = None
        if isinstance(part, (ast.Attribute, ast.Subscript)) and not isinstance(part.ctx, ast.Load):
            target = part
        elif isinstance(part, ast.Expr) and isinstance(part.value, ast.Call):
            func = part.value.func
            target = func.value if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Attribute) else None
        inner = target
        while isinstance(inner, (ast.Attribute, ast.Subscript)):
            last, inner = inner, inner.value
        if target is not None and isinstance(inner, ast.Name) and inner.id == name and isinstance(last, ast.Attribute):
            return ast.unparse(target)
    return None


def keeping(node: ast.stmt, book: Notebook, marked: set[str]) -> set[str]:
    """The names of what it defines, if that may keep something."""
    if isinstance(node, DEFINED):
        return {node.name} if node.name in marked or may_keep(node, marked) else set()
    if isinstance(node, ast.Assign) and isinstance(node.value, (ast.Lambda, ast.Call)):
        names = {target.id for target in node.targets if isinstance(target, ast.Name)}
        if isinstance(node.value, ast.Lambda):
            return names if names & marked or may_keep(node.value, marked) else set()
        # `count = counter()`: what it gives may be a function in which something is kept.
        func = node.value.func
        makes = isinstance(func, ast.Name) and any(
            isinstance(one.node, FUNCTION) and one.node.name == func.id and has_inner(one.node) for one in book.common
        )
        return names if makes else set()
    return set()


def may_keep(node: ast.AST, marked: set[str]) -> bool:
    if isinstance(node, FUNCTION):
        defaults = [*node.args.defaults, *(one for one in node.args.kw_defaults if one is not None)]
        return any(not is_fixed(one) for one in defaults) or any(
            not plain(one) for one in getattr(node, "decorator_list", [])
        )
    if any(not plain(one) for one in node.decorator_list):
        return True
    for part in node.body:
        value = getattr(part, "value", None)
        if isinstance(part, (ast.Assign, ast.AnnAssign)) and value is not None and not is_fixed(value):
            return True
        if isinstance(part, DEFINED) and may_keep(part, marked):
            return True
    # `kind = type(self)`
    assigned = [part for part in ast.walk(node) if isinstance(part, ast.Assign) and is_class(part.value)]
    names = {getattr(target, "id", "") for part in assigned for target in part.targets}
    return any(is_class(part) or getattr(part, "id", None) in names for part in stored(node))


def stored(node: ast.AST) -> list[ast.expr]:
    """On what attributes are set."""
    parts = list(ast.walk(node))
    set_by_name = [part.args[0] for part in parts if is_call(part, SETTING)]
    return set_by_name + [
        part.value for part in parts if isinstance(part, ast.Attribute) and not isinstance(part.ctx, ast.Load)
    ]


def is_class(node: ast.expr) -> bool:
    """`cls`, `self.__class__`, `type(self)`."""
    return is_call(node, ("type",)) or getattr(node, "id", getattr(node, "attr", "")) in CLASSES


def is_call(node: ast.AST, names: tuple[str, ...]) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") in names and bool(node.args)


def marked_names(nodes: list[ast.stmt]) -> set[str]:
    """What has something set on it anywhere, by its name."""
    found = set()
    for node in nodes:
        for part in ast.walk(node):
            if (
                isinstance(part, ast.Attribute)
                and not isinstance(part.ctx, ast.Load)
                and isinstance(part.value, ast.Name)
            ):
                found.add(part.value.id)
            elif is_call(part, (*SETTING, "vars")):
                found.add(getattr(part.args[0], "id", ""))
    return found


def is_fixed(node: ast.expr) -> bool:
    """Nothing in it can be changed."""
    if isinstance(node, (ast.Tuple, ast.BinOp, ast.UnaryOp)):
        return all(is_fixed(part) for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr))
    # `np.nan`; and what has a name of its own is compared by that.
    return isinstance(node, (ast.Constant, ast.JoinedStr, ast.Name, ast.Attribute, ast.Lambda))


def plain(node: ast.expr) -> bool:
    func = node.func if isinstance(node, ast.Call) else node
    return getattr(func, "attr", getattr(func, "id", "")) in PLAIN


def has_inner(node: ast.AST) -> bool:
    return any(isinstance(part, (*FUNCTION, ast.ClassDef)) for part in ast.walk(node) if part is not node)


def named_by(book: Notebook, component: Component) -> set[str]:
    """Through all that they share."""
    return behind(book, {*component.used.reads, *component.used.late})


def behind(book: Notebook, names: set[str]) -> set[str]:
    """These, and what they name of what all share."""
    read: dict[str, set[str]] = {}
    for statement in book.common:
        now, later, assigns = of_node(statement.node)
        for name in assigns:
            read.setdefault(name, set()).update(now | later)
    found: set[str] = set()
    open_names = list(names)
    while open_names:
        name = open_names.pop()
        if name not in found:
            found.add(name)
            open_names += read.get(name, ())
    return found


def touched_names(book: Notebook) -> dict[str, set[str]]:
    """Of each component, also what those name whose values it is handed."""
    found: dict[str, set[str]] = {}
    for component in book.components.values():
        names = named_by(book, component)
        for giver in component.inputs.values():
            names |= found[giver]
        found[component.name] = names
    return found
