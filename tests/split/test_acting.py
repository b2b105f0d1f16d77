"""A definition that does something where it stands does it there, and nowhere else."""

from __future__ import annotations

import unittest

from case import Case, split
from greenroom.split.parts import Notebook
from greenroom.split.write import written

LIST = "FEATURES = []\ndef feature(f):\n    FEATURES.append(f)\n    return f"
NAMED = "FEATURES = {}\ndef feature(name):\n    def put(f):\n        FEATURES[name] = f\n        return f\n    return put"
HEIRS = "HEIRS = []\nclass Base:\n    def __init_subclass__(cls, **more):\n        super().__init_subclass__(**more)\n        HEIRS.append(cls.__name__)"
META = "HEIRS = []\nclass Meta(type):\n    def __new__(meta, name, bases, space):\n        made = super().__new__(meta, name, bases, space)\n        HEIRS.append(name)\n        return made\nclass Base(metaclass=Meta):\n    pass"
LAG = "def lag(x):\n    return 10 * x"
KEPT = "class Registry:\n    def __init__(self):\n        self.all = []\n    def add(self, f):\n        self.all.append(f.__name__)\n        return f\nregistry = Registry()"


class Acts(Case):
    def test_what_registers_itself_is_there_from_its_component_on(self) -> None:
        for common, defined, seen in [
            (LIST, f"@feature\n{LAG}", "len(FEATURES)"),
            (LIST, f"@feature\n{LAG}".replace("def", "async def"), "len(FEATURES)"),
            (LIST, "@feature\nclass Lag:\n    pass", "len(FEATURES)"),
            (LIST, "class Lag:\n    @feature\n    def lag(self):\n        return 1", "len(FEATURES)"),
            (LIST, "class Lag:\n    FEATURES.append(1)", "len(FEATURES)"),
            (LIST + "\nput = feature", f"@put\n{LAG}", "len(FEATURES)"),
            (LIST + "\nimport functools\nput = functools.partial(feature)", f"@put\n{LAG}", "len(FEATURES)"),
            (LIST + "\nimport functools", f"@functools.partial(feature)\n{LAG}", "len(FEATURES)"),
            ("FEATURES = []\nput = lambda f: FEATURES.append(f) or f", f"@put\n{LAG}", "len(FEATURES)"),
            ("FEATURES = []", f"@FEATURES.append\n{LAG}", "len(FEATURES)"),
            ("N = [0]\ndef count(f):\n    N[0] += 1\n    return f", f"@count\n{LAG}", "N[0]"),
            (NAMED, f"@feature('lag')\n{LAG}", "len(FEATURES)"),
            (KEPT, f"@registry.add\n{LAG}", "len(registry.all)"),
            (HEIRS, "class Lag(Base):\n    pass", "len(HEIRS)"),
            (META, "class Lag(Base):\n    pass", "len(HEIRS)"),
            (META, "class Lag(metaclass=Meta):\n    pass", "len(HEIRS)"),
            ("class Base:\n    pass", "class Lag(Base):\n    pass", "len(Base.__subclasses__())"),
        ]:
            # Before it, and beside it.
            self.comes_to_the_same(
                common=common, extract=f"before = {seen}", preprocess=f"{defined}\nthere = {seen}", evaluate="print(before, there)"
            )

    def test_what_nobody_sees_before_it_runs_stops_it(self) -> None:
        said = self.stops("preprocess", common=META, preprocess="class Lag(Base):\n    pass", evaluate="print(HEIRS)")
        self.assertIn("preprocess changes `HEIRS`, which nobody saw when the notebook was split", said)

    def test_names_alone_are_handed_on(self) -> None:
        for common, defined, seen in [
            (HEIRS, "class Lag(Base):\n    pass", "HEIRS"),
            (KEPT, f"@registry.add\n{LAG}", "registry.all"),
            ("N = []\ndef count(f):\n    N.append(f.__name__)\n    return f", f"@count\n{LAG}", "N"),
            ("N = []\ndef count(to):\n    def put(f):\n        to.append(f.__name__)\n        return f\n    return put", f"@count(N)\n{LAG}", "N"),
        ]:
            self.comes_to_the_same(
                common=common, extract=f"before = len({seen})", preprocess=defined, evaluate=f"print(before, {seen})"
            )

    def test_who_calls_it_elsewhere_is_told_what_to_do(self) -> None:
        told = self.problem(common=LIST, preprocess=f"@feature\n{LAG}", train="x = lag(2)")
        self.assertEqual(
            told, "3, 2: `lag` is called in train, and `@feature` acts where it is defined, which is in preprocess"
        )
        # As it is written then.
        self.comes_to_the_same(common=f"{LIST}\n@feature\n{LAG}", train="x = lag(2)", evaluate="print(x, len(FEATURES))")

    def test_what_holds_it_is_handed_on_by_nobody_and_that_is_told(self) -> None:
        cells = {"common": LIST, "preprocess": f"@feature\n{LAG}", "train": "y = [f(2) for f in FEATURES]", "evaluate": "print(y)"}
        told = self.notes(**cells)
        self.assertIn(
            "3: `@feature` acts where `lag` is defined, so it stays in preprocess, which hands on `FEATURES`: a run stops"
            " there if that holds it. Tag the cell `common` if it may act in each component, and from the beginning",
            told,
        )
        self.assertIn("`lag` is defined in this component: tag its cell `common`", self.stops("preprocess", **cells))
        # Whom it was put before nobody can see: who asks has none of it.
        told = self.notes(
            common="class Base:\n    pass", preprocess="class Lag(Base):\n    pass", train="n = len(Base.__subclasses__())"
        )
        self.assertIn("`Lag` is defined, so it stays in preprocess: train has `Base` as in the beginning", told[0])

    def test_where_no_component_has_it_it_is_left_out_and_told(self) -> None:
        cells = [("common", LIST), (None, f"@feature\n{LAG}"), ("extract", "n = len(FEATURES)"), ("evaluate", "print(n)")]
        listed = [{"number": at, "kind": "code", "part": part, "source": source} for at, (part, source) in enumerate(cells, 1)]
        made = written(Notebook({"name": "book", "file": "book.ipynb", "cells": listed}))
        told = [note["message"] for note in made["notes"] if note["cell"] == 2]
        self.assertIn("`lag` is left out, as the cell has no tag: `@feature` acts where `lag` is defined", told)
        self.assertNotIn("def lag", made["files"]["book/common.py"])

    def test_what_only_wraps_is_shared_as_ever(self) -> None:
        timed = "import functools, time\nTIMES = []\ndef timed(f):\n    @functools.wraps(f)\n    def inner(*args):\n        return f(*args)\n    inner.calls = 0\n    f.is_timed = True\n    return inner"
        twice = "def times(n):\n    def put(f):\n        seen = {}\n        def inner(x):\n            return n * f(x)\n        seen[1] = 2\n        return inner\n    return put"
        kept = "class Memo:\n    def __init__(self, f):\n        self.f, self.found = f, {}\n    def __call__(self, x):\n        return self.f(x)"
        named = "class Base:\n    def __init_subclass__(cls, **more):\n        super().__init_subclass__(**more)\n        cls.kind = cls.__name__.lower()"
        for common, defined in [
            (timed, f"@timed\n{LAG}"),
            (twice, f"@times(3)\n{LAG}"),
            (kept, f"@Memo\n{LAG}"),
            ("import functools", f"@functools.lru_cache(maxsize=3)\n{LAG}"),
            ("from functools import lru_cache as cached", f"@cached\n{LAG}"),
            ("import contextlib", "@contextlib.contextmanager\ndef lag(x):\n    yield x"),
            ("from dataclasses import dataclass", "@dataclass\nclass lag:\n    n: int = 3"),
            ("import abc", "class lag(abc.ABC):\n    @property\n    def n(self):\n        return 1\n    @n.setter\n    def n(self, to):\n        pass"),
            (named, "class lag(Base):\n    'What it is.'"),
        ]:
            cells = {"common": common, "preprocess": defined, "train": "x = lag.__name__ if hasattr(lag, '__name__') else 1", "evaluate": "print(x, callable(lag))"}
            self.comes_to_the_same(**cells)
            self.assertIn("lag", split(**cells)["files"]["book/common.py"], defined)


if __name__ == "__main__":
    unittest.main()
