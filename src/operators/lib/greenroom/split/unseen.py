"""What a notebook does to its values that components cannot do to each other's: told, each with its cell."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from greenroom.split.again import is_anew
from greenroom.split.chance import Chance
from greenroom.split.functions import DEFINED, QUIET
from greenroom.split.keeping import named_by, sets
from greenroom.split.names import declared, of_node
from greenroom.split.process import Process

if TYPE_CHECKING:
    from greenroom.split.parts import Component, Notebook

# They may assign any name.
HIDING = ("exec", "globals")


class Unseen:
    def __init__(self, book: Notebook) -> None:
        self.book = book
        self.components: list[Component] = list(book.components.values())

    def tell(self) -> None:
        for at, component in enumerate(self.components):
            self.of_shared(at, component)
            self.on_modules(at, component)
            self.under_another_name(at, component)
            self.anew(component)
        self.by_global()
        self.hidden()
        Chance(self.book).tell()
        Process(self.book).tell()

    def of_shared(self, at: int, component: Component) -> None:
        """What a component changes of a thing that all share, and that is not handed on, others do not see."""
        for name, change in component.changed.items():
            if name not in component.shared or not change.is_sure:
                continue
            if name in component.keeping and any(sets(one.node, name) for one in component.body):
                # That is told with what to do about it.
                continue
            reader = next((of for of in self.components[at + 1 :] if name in of.shared), None)
            if reader is not None:
                why = f"{component.name} changes `{name}`, which all share: {reader.name} has one of its own"
                self.book.note(change.cell, f"{why}, as it is in the beginning")

    def on_modules(self, at: int, component: Component) -> None:
        """`helper.depth = 3`: whoever imports it later has it as it is in its file."""
        for statement in component.body:
            for name in sorted(self.book.functions.modules):
                seen = sets(statement.node, name)
                home = self.book.imports.get(name, [])
                if seen is None or not home or all(package(one.node) in QUIET for one in home):
                    continue
                reader = next((of.name for of in self.components[at + 1 :] if name in named_by(self.book, of)), None)
                if reader is not None:
                    why = f"{component.name} changes `{seen}`, which is a module's: {reader} imports that anew"
                    self.book.note(statement.cell, f"{why}, as it is in its file; do it in a cell tagged `common`")

    def under_another_name(self, at: int, component: Component) -> None:
        """Two names of one value are two values once each has been handed on."""
        names = [of.name for of in self.components]
        for name, change in component.changed.items():
            giver = component.inputs.get(name)
            if giver is None or change.is_guessed or is_anew(component, name):
                continue
            ends = self.book.components[giver].ends
            mine = ends.get(name)
            for other, value in ends.items():
                if mine is None or other == name or is_anew(component, other) or not mine.is_one_with(value):
                    continue
                readers = (of for of in self.components[at:] if other in of.inputs and not is_anew(of, other))
                reader = next(readers, None)
                if reader is not None and names.index(reader.inputs[other]) <= at:
                    why = f"{component.name} changes `{name}`, in the notebook perhaps one and the same as `{other}`"
                    self.book.note(
                        change.cell,
                        f"{why}: {reader.name} has a `{other}` of its own, without that change; a run stops there if they are",
                    )

    def anew(self, component: Component) -> None:
        """A function that all share keeps the value that all share."""
        reached = self.book.reached(component)
        for statement in component.body:
            assigned = of_node(statement.node)[2] - declared(statement.node)
            for name in sorted(assigned & set(reached) & (self.book.shared.assigns | set(self.book.params))):
                using = self.using(name)
                if using:
                    why = f"{component.name} assigns `{name}` anew, and `{using}`, which all share, does not see it"
                    self.book.note(statement.cell, f"{why}: hand it over as an argument")

    def using(self, name: str) -> str | None:
        for statement in self.book.common:
            if isinstance(statement.node, DEFINED) and name in set().union(*of_node(statement.node)[:2]):
                return statement.node.name
        return None

    def by_global(self) -> None:
        """Names that a function assigns are those of the file that it lies in."""
        for statement in self.book.common:
            if not isinstance(statement.node, DEFINED):
                continue
            for name in sorted(declared(statement.node)):
                readers = [of.name for of in self.components if name in of.shared or name in of.inputs]
                callers = [of.name for of in self.components if name in self.book.reached(of)]
                if readers or len(callers) > 1:
                    why = f"`{statement.node.name}`, which all share, assigns `{name}` with `global`"
                    who = readers[0] if readers else callers[1]
                    self.book.note(statement.cell, f"{why}: {who} does not see that; let it return the value instead")

    def hidden(self) -> None:
        for statement in self.book.common:
            if isinstance(statement.node, ast.If) and "__name__" in ast.unparse(statement.node.test):
                why = "`__name__` is another in what all share, where this does not run"
                self.book.note(statement.cell, f"{why}: leave the condition out")
        for component in self.components:
            for statement in component.body:
                for part in ast.walk(statement.node):
                    name = getattr(part.func, "id", "") if isinstance(part, ast.Call) else ""
                    if name in HIDING and name not in component.used.assigns:
                        why = f"what `{name}` assigns or changes cannot be seen here"
                        self.book.note(
                            statement.cell, f"{why}: it is not handed on unless its names are also written down"
                        )


def package(node: ast.stmt) -> str:
    name = node.module or "" if isinstance(node, ast.ImportFrom) else node.names[0].name
    return name.partition(".")[0]
