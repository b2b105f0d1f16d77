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
FILLING = "from collections import defaultdict\ncounts = defaultdict(list)"
MISSING = "class Counts(dict):\n    def __missing__(self, key):\n        return self.setdefault(key, Counts())\ncounts = Counts()"
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
            (FILLING, "class Lag:\n    rows = counts['x']", "len(counts)"),
            (MISSING, "class Lag:\n    rows = counts['x']['y']", "len(counts)"),
            (FILLING, "def lag(x=counts['x']):\n    return x", "len(counts)"),
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


REGISTRY = "R = []\ndef put(n):\n    R.append(n)\n    return n\n"
FIELD = "R = []\nclass Field:\n    def __init__(self, name):\n        R.append(name)\n"
NAMING = "R = []\nclass Field:\n    def __set_name__(self, owner, name):\n        R.append(name)\n"
ALL = "class Registry:\n    def __init__(self):\n        self.all = []\n    def new(self, n):\n        self.all.append(n)\n        return n\nregistry = Registry()\n"


class ActsWithin(Case):
    def test_what_it_does_where_it_stands_is_there_from_its_component_on(self) -> None:
        managed = "import contextlib\nR = []\n@contextlib.contextmanager\ndef open_one():\n    R.append(1)\n    yield\n"
        for common, defined, seen in [
            (FIELD, "class M:\n    a = Field('a')", "len(R)"),
            (FIELD, "class M:\n    a: object = Field('a')", "len(R)"),
            (FIELD, "class M:\n    class Inner:\n        a = [Field('a')]", "len(R)"),
            (NAMING, "class M:\n    a = Field()", "len(R)"),
            (NAMING + "one = Field()", "class M:\n    a = one", "len(R)"),
            ("R = {}", "def f(x, key=R.setdefault('f', 1)):\n    return x", "len(R)"),
            (REGISTRY, "def f(*, x=put(1)):\n    return x", "len(R)"),
            (REGISTRY, "def f(x: put('int')):\n    return x", "len(R)"),
            (REGISTRY, "def f() -> put('int'):\n    return 1", "len(R)"),
            (REGISTRY, "f = lambda x=put(1): x", "len(R)"),
            (REGISTRY, "class M:\n    def f(self, x=put(1)):\n        return x", "len(R)"),
            (REGISTRY, "class M:\n    x: put('int') = 1", "len(R)"),
            (REGISTRY + "def mixin(n):\n    put(n)\n    return object", "class M(mixin('x')):\n    pass", "len(R)"),
            (REGISTRY, "class M:\n    n = R.append(2)", "len(R)"),
            ("R = []", "class M:\n    for i in range(3):\n        R.append(i)", "len(R)"),
            ("R = []", "class M:\n    if True:\n        R.append(1)", "len(R)"),
            ("R = []", "class M:\n    R += [1]", "len(R)"),
            ("R = {'n': 0}", "class M:\n    R['n'] += 1", "R['n']"),
            ("R = {}", "class M:\n    R['m'] = 1", "len(R)"),
            ("R = {'m': 1}", "class M:\n    del R['m']", "len(R)"),
            (managed, "class M:\n    with open_one():\n        z = 1", "len(R)"),
            (ALL, "class M:\n    x = registry.new('x')", "len(registry.all)"),
            (REGISTRY + "add = R.append", "class M:\n    x = add(1)", "len(R)"),
            (REGISTRY + "import functools\nadd = functools.partial(put, 2)", "class M:\n    x = add()", "len(R)"),
            ("R = []\ndef maker(n):\n    def inner():\n        R.append(n)\n    return inner", "class M:\n    x = maker(1)()", "len(R)"),
            ("import heapq\nR = []", "class M:\n    x = heapq.heappush(R, 1)", "len(R)"),
            ("import itertools\nR = itertools.count()", "class M:\n    x = next(R)", "repr(R)"),
            ("import random\nR = random.Random(3)", "class M:\n    x = R.random()", "R.getstate()[1][-1]"),
            ("import enum\nR = []", "class M(enum.Enum):\n    A = 1\n    def __init__(self, n):\n        R.append(n)", "len(R)"),
        ]:
            self.comes_to_the_same(
                common=common, extract=f"before = {seen}", preprocess=f"{defined}\nthere = {seen}", evaluate="print(before, there)"
            )
            made = split(common=common, preprocess=defined)["files"]
            self.assertIn(defined.partition("\n")[0], made["book/preprocess.py"])

    def test_what_it_changes_is_handed_on_or_told(self) -> None:
        for common, defined, seen in [
            (FIELD, "class M:\n    a = Field('a')", "R"),
            (REGISTRY, "def f(x=put(1)):\n    return x", "R"),
            (REGISTRY, "f = lambda x=put(1): x", "R"),
            ("R = {}", "class M:\n    R['m'] = 1", "R"),
            ("R = []", "class M:\n    for i in range(3):\n        R.append(i)", "R"),
        ]:
            self.comes_to_the_same(common=common, extract=f"n = len({seen})", preprocess=defined, evaluate=f"print(n, {seen})")
        told = self.problem(common=FIELD, preprocess="class M:\n    a = Field('a')", train="x = M()")
        self.assertEqual(told, "3, 1: `M` is called in train, and `Field('a')` acts where it is defined, which is in preprocess")
        told = self.problem(common=REGISTRY, preprocess="f = lambda x=put(1): x", train="x = f()")
        self.assertEqual(told, "3, 1: `f` is called in train, and `put(1)` acts where it is defined, which is in preprocess")

    def test_what_changes_nothing_is_shared_as_ever(self) -> None:
        fields = "class Field:\n    def __init__(self, name, kind=None):\n        self.name, self.kind = name, kind\n        self.all = []\n        self.all.append(kind)\n    def __set_name__(self, owner, name):\n        self.at = '_' + name\n"
        made = "def make(n):\n    found = {}\n    for i in range(n):\n        found[i] = i\n    rows = list(found)\n    rows.append(n)\n    return rows\n"
        for common, defined in [
            ("", "class lag:\n    a, b = 1, (2, [3])\n    c = {}\n    c['x'] = [1]\n    for i in range(3):\n        c[i] = i\n    total: int = 0\n    total += 1"),
            (fields, "class lag:\n    a = Field('a', kind=int)\n    b = [Field('b')]"),
            (made + "def more(n):\n    x = make(n)\n    x.append(1)\n    return x", "class lag:\n    a = more(3)"),
            (made, "class lag:\n    a = make(3)\n    b = sorted(make(2), key=lambda x: -x)"),
            (made, "def lag(x=make(3), *, y=len('a,b'.split(','))):\n    return x"),
            ("from dataclasses import dataclass, field", "@dataclass\nclass lag:\n    n: list = field(default_factory=list)"),
            ("import re", "class lag:\n    by = re.compile('a+')"),
            ("import re", "def lag(x, by=re.compile('a+')):\n    return by.match(x)"),
            ("from pathlib import Path\nimport os", "def lag(x=Path('a') / os.environ.get('NONE', 'b')):\n    return x"),
            ("from typing import NamedTuple, Optional", "class lag(NamedTuple):\n    n: Optional[int] = None\n    rows: 'list[str]' = []"),
            ("import enum", "class lag(enum.Enum):\n    A = enum.auto()\n    B = enum.auto()"),
            ("from typing import Generic, TypeVar\nT = TypeVar('T')", "class lag(Generic[T]):\n    kinds: dict[str, T] = {}"),
            ("import collections", "class lag(collections.namedtuple('P', 'x y')):\n    pass"),
            ("BASE = {'a': [1]}", "class lag:\n    a = BASE.copy()\n    b = BASE.get('a')\n    c = [x for x in BASE['a']]"),
            ("import logging, random, datetime", "class lag:\n    log = logging.getLogger('x')\n    day = datetime.date(2020, 1, 1)\n    def f(self, r=random.Random(3)):\n        return r"),
            ("", "lag = lambda x=3, *, y=[1]: x"),
            ("", "class lag:\n    def f(self):\n        return 1\n    g = property(f)\n    h = staticmethod(lambda x: x)"),
            ("from __future__ import annotations\nN = []", "def lag(x: N.append(3)):\n    return x"),
        ]:
            cells = {"common": common, "preprocess": defined, "train": "x = callable(lag)", "evaluate": "print(x, callable(lag))"}
            made_of = split(**{key: text for key, text in cells.items() if text})["files"]
            self.assertIn("lag", made_of["book/common.py"], defined)
            self.comes_to_the_same(**{key: text for key, text in cells.items() if text})


if __name__ == "__main__":
    unittest.main()
