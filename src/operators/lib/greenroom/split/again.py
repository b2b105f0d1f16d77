"""What a change of a component's that nobody sees would be missing from: it is looked for when the component runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenroom.split.names import declared

if TYPE_CHECKING:
    from greenroom.split.parts import Component, Notebook


def find_again(book: Notebook) -> None:
    components = list(book.components.values())
    for at, component in enumerate(components):
        later = components[at + 1 :]
        for name, giver in component.inputs.items():
            if readers := [of.name for of in later if of.inputs.get(name) == giver]:
                component.again[name] = readers
            also = under_other_names(book, name, giver, components[at:])
            if also and (name in component.changed or name not in component.outputs) and not is_anew(component, name):
                component.also[name] = also
        for name in of_all(book, component):
            readers = [of.name for of in later if name in of_all(book, of)]
            if readers and name not in component.outputs:
                component.again[name] = readers


def is_anew(component: Component, name: str) -> bool:
    """Who assigns it anew, as the words say to, does not go by what it was."""
    return name in component.used.surely and name not in component.used.reads


def under_other_names(book: Notebook, name: str, giver: str, from_here: list[Component]) -> dict[str, str]:
    """Other values of its giver's that may be the same one, and who reads them."""
    ends = book.components[giver].ends
    mine = ends.get(name)
    found: dict[str, str] = {}
    for other, value in ends.items():
        if mine is None or other == name or not (mine.is_one_with(value) or mine.is_near(value)):
            continue
        reader = next((of.name for of in from_here if of.inputs.get(other) == giver and not is_anew(of, other)), None)
        if reader is not None:
            found[other] = reader
    return found


def of_all(book: Notebook, component: Component) -> list[str]:
    """The values that all share, of those that it can reach: each has them as they are in the beginning."""
    names = dict.fromkeys([*component.shared, *book.reached(component)])
    # What functions put in their places is told.
    known = book.values & book.shared.surely - set().union(*(declared(one.node) for one in book.common))
    return [name for name in names if name in known and name not in component.inputs]
