"""Chance of a module is each program's own: none goes on where another's was. Told where the notebook's does."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from greenroom.split.functions import DEFINED
from greenroom.split.origins import Origins

if TYPE_CHECKING:
    from greenroom.split.cells import Statement
    from greenroom.split.parts import Component, Notebook

# Where all chance of a module begins.
SEEDING = ("seed", "manual_seed", "set_seed", "seed_everything", "set_random_seed", "setstate", "set_state")
# What makes a source of chance of its own.
SOURCES = ("Random", "SystemRandom", "default_rng", "RandomState", "Generator", "SeedSequence", "PCG64", "BitGenerator")
RANDOM, NUMPY = "random", "numpy.random"
# These draw from numpy's where they are not told from what.
DRAWING = ("sample", "rvs", "train_test_split", "resample", "shuffle", "KMeans", "MiniBatchKMeans", "ShuffleSplit")
DRAWING += ("StratifiedShuffleSplit", "permutation_importance", "make_classification", "make_regression", "make_blobs")
MODELS = ("Forest", "ExtraTree", "GradientBoosting", "MLP", "SGD", "DecisionTree", "Bagging")
TOLD = ("random_state", "rng", "seed")


class Chance:
    def __init__(self, book: Notebook) -> None:
        self.book = book
        nodes = [statement.node for cell in book.cells for statement in cell.statements]
        self.origins = Origins(nodes, book.functions.assigned | book.functions.plain.keys())
        self.own = {one.node.name: one.node for one in book.common if isinstance(one.node, DEFINED)}
        for one in book.common:
            if isinstance(one.node, ast.Assign) and isinstance(one.node.value, ast.Lambda):
                self.own |= {target.id: one.node.value for target in one.node.targets if isinstance(target, ast.Name)}

    def tell(self) -> None:
        mend = "make one source, such as `random.Random(0)` or `default_rng(0)`, and draw from that: it is handed on"
        seeded: set[str] = set()
        for statement in self.book.common:
            if isinstance(statement.node, DEFINED):
                continue
            told: set[str] = set()
            for seeds, source, shown in self.events(statement.node):
                if seeds:
                    seeded.add(source)
                if shown in told or not seeds and (source in seeded or source not in (RANDOM, NUMPY)):
                    continue
                told.add(shown)
                why = f"`{shown}` runs in each component anew: "
                why += (
                    "its chance begins again there, and the notebook's goes on"
                    if seeds
                    else "it comes to another value there"
                )
                self.book.note(statement.cell, f"{why}; {mend}")
        components = list(self.book.components.values())
        for at, component in enumerate(components):
            told = set()
            for statement, (seeds, source, shown) in self.of_component(component):
                later = (
                    of.name for of in components[at + 1 :] if seeds and source not in told and self.draws(of, source)
                )
                if (reader := next(later, None)) is not None:
                    told.add(source)
                    why = f"`{shown}` is for {component.name} alone: {reader} draws from `{source}`, too"
                    self.book.note(statement.cell, f"{why}, with chance of its own; {mend}")

    def of_component(self, component: Component) -> Iterator[tuple[Statement, tuple[bool, str, str]]]:
        for statement in component.body:
            for event in self.events(statement.node):
                yield statement, event

    def draws(self, component: Component, source: str) -> bool:
        """Before it gives that a seed of its own."""
        found = (seeds for _, (seeds, of, _) in self.of_component(component) if of == source)
        return not next(found, True)

    def events(
        self, node: ast.AST, shown: str = "", met: frozenset[str] = frozenset()
    ) -> Iterator[tuple[bool, str, str]]:
        """One after the other: whether it seeds or draws, from what, and how that is written there. What functions do
        that all share is done where they are named."""
        if isinstance(node, (ast.Import, ast.ImportFrom)) or isinstance(getattr(node, "value", None), ast.Lambda):
            return
        if isinstance(node, ast.Call):
            # What it is given comes first.
            for part in (*node.args, *(key.value for key in node.keywords)):
                yield from self.events(part, shown, met)
            text = shown or ast.unparse(node)
            yield from self.implied(node, text)
            yield from self.events(node.func, text, met)
            return
        if isinstance(node, (ast.Name, ast.Attribute)):
            yield from self.named(node, shown or ast.unparse(node))
        if isinstance(node, ast.Name) and node.id in self.own and node.id not in met:
            inner = self.own[node.id]
            for part in [inner.body] if isinstance(inner, ast.Lambda) else inner.body:
                yield from self.events(part, shown or node.id, met | {node.id})
            return
        for part in ast.iter_child_nodes(node):
            yield from self.events(part, shown, met)

    def named(self, node: ast.Name | ast.Attribute, shown: str) -> Iterator[tuple[bool, str, str]]:
        whole = self.origins.of(node)
        of_stars = self.origins.starred(node.id, (RANDOM, NUMPY)) if isinstance(node, ast.Name) else []
        for path in [whole] if whole else of_stars:
            source, _, last = path.rpartition(".")
            if last in SEEDING and source:
                yield True, source, shown
            elif source and last not in SOURCES and not (source == "numpy" and last == "random"):
                yield False, source, shown

    def implied(self, node: ast.Call, shown: str) -> Iterator[tuple[bool, str, str]]:
        """`rows.sample(5)`, `RandomForestClassifier()`."""
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        path = self.origins.of(node.func)
        is_model = path.startswith("sklearn.") and any(part in path.rpartition(".")[2] for part in MODELS)
        of_tables = isinstance(node.func, ast.Attribute) and not path and name == "sample"
        known = is_model or of_tables or path.startswith(("sklearn.", "scipy.")) and path.rpartition(".")[2] in DRAWING
        told = any(key.arg in TOLD and getattr(key.value, "value", True) is not None for key in node.keywords)
        if known and not told:
            yield False, NUMPY, shown
