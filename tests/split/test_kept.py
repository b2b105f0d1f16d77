"""What classes and functions keep is not handed on: who would miss it is told, and nobody else is troubled."""

from __future__ import annotations

import unittest

from case import Case

MODEL = "class Model:\n    seen = []\n    n = 0\n    def add(self, x):\n        self.seen.append(x)\n"
TABLE = "def known(x, found={'n': 0}):\n    found['n'] += 1\n    return found['n']"
CALLS = "def f():\n    f.calls += 1\n    return f.calls\nf.calls = 0"
COUNTER = "def counter():\n    n = 0\n    def more():\n        nonlocal n\n        n += 1\n        return n\n    return more\n"
COUNTED = (
    "def counted(of):\n    seen = []\n    def inner(*args):\n        seen.append(args)\n        return of(*args) + len(seen)\n"
    "    return inner\n@counted\ndef f(x):\n    return x"
)

COUNT = (
    "class Count:\n    def __init__(self, f):\n        self.f = f\n        self.calls = 0\n    def __call__(self, x):\n"
    "        self.calls += 1\n        return self.f(x)\n@Count\ndef f(x):\n    return x"
)
WITHIN = "class A:\n    @staticmethod\n    @Count\n    def f(x):\n        return x"
MADE = "class Row:\n    made = 0\n    def __init__(self):\n        type(self).made += 1\n"


class Kept(Case):
    def test_what_a_definition_came_to_be_keeps_something_too(self) -> None:
        slots = COUNT.replace("    def __init__", "    __slots__ = ('f', 'calls')\n    def __init__", 1)
        plain = "def twice(f):\n    @functools.wraps(f)\n    def inner(x):\n        return f(x)\n    return inner\n"
        wrapped = "import functools\n" + plain + COUNT.replace("@Count", "@twice\n@Count")
        for common, calls in [
            (COUNT, "f.calls"),
            (slots, "f.calls"),
            (wrapped, "f.__wrapped__.calls"),
            (COUNT + "\n" + WITHIN, "A.f.calls"),
        ]:
            use = f"x = {calls.removesuffix('.calls').removesuffix('.__wrapped__')}(1)"
            said = self.stops("train", common=common, train=use, evaluate=f"print({calls})")
            self.assertIn("train changes `calls`, kept by `", said)
            self.assertIn("which is not handed on: evaluate would find it as it is in the beginning", said)
            self.comes_to_the_same(common=common, train=use, evaluate="print(1)")
        # Also where a component defines it.
        self.assertIn("`calls`, kept by `f`", self.stops("train", train=f"{COUNT}\nx = f(1)", evaluate="print(f.calls)"))
        memo = COUNT.replace("self.calls = 0", "self.found = {}").replace("self.calls += 1", "self.found[x] = 1")
        self.comes_to_the_same(common=memo, train="x = f(1)", evaluate="print(f(1))")
        self.assertIn("Warning: train perhaps changes `found`, kept by `f`", self.printed["train"])
        self.comes_to_the_same(common=COUNT, train="x = f.f(1)", evaluate="print(f(1))")
        self.assertNotIn("Warning", self.printed["train"])

    def test_what_a_value_sets_on_its_class_is_kept_there(self) -> None:
        for common in [
            MADE,
            MADE.replace("type(self).made += 1", "kind = type(self)\n        kind.made += 1"),
            MADE.replace("type(self).made += 1", "setattr(type(self), 'made', self.made + 1)"),
            MADE.replace("type(self).made += 1", "setattr(self.__class__, 'made', self.made + 1)"),
        ]:
            said = self.stops("extract", common=common, extract="a = Row()", train="b = Row()", evaluate="print(b.made)")
            self.assertIn("extract changes `Row.made`, which is not handed on: train ", said)

    def test_what_a_class_or_a_function_keeps_stops_who_changes_it(self) -> None:
        for common, train, evaluate, place in [
            (MODEL, "Model.seen.append(3)", "print(Model.seen)", "`Model.seen`"),
            (MODEL, "Model().add(3)", "print(Model().seen)", "`Model.seen`"),
            (MODEL, "list(map(Model.seen.append, [1]))", "print(Model.seen)", "`Model.seen`"),
            (MODEL, "Model.n = 4", "print(Model.n)", "`Model.n`"),
            (MODEL, "Model.new = 4", "print(Model.new)", "`Model.new`"),
            (MODEL, "setattr(Model, 'n', 4)", "print(Model.n)", "`Model.n`"),
            (MODEL + "m = Model()", "Model.seen.append(1)", "print(m.seen)", "`Model.seen`"),
            (MODEL + "class More(Model):\n    pass", "More().add(1)", "print(More().seen)", "`Model.seen`"),
            (MODEL.replace("self.seen", "type(self).seen"), "Model().add(3)", "print(Model.seen)", "`Model.seen`"),
            (
                "class A:\n    n = 0\n    @classmethod\n    def more(cls):\n        cls.n += 1\n        return cls.n",
                "x = A.more()",
                "print(A.more())",
                "`A.n`",
            ),
            (TABLE, "x = known(1)", "print(known(2))", "`found`, a default of `known`"),
            (TABLE, "x = list(map(known, [1]))", "print(known(2))", "`found`, a default of `known`"),
            (
                "def g(x, *, to=[]):\n    to.append(x)\n    return to",
                "x = g(1)",
                "print(g(2))",
                "`to`, a default of `g`",
            ),
            ("g = lambda x, to=[]: to.append(x) or len(to)", "x = g(1)", "print(g(2))", "`to`, a default of `g`"),
            (CALLS, "x = f()", "print(f())", "`f.calls`"),
            (COUNTER + "count = counter()", "x = count()", "print(count())", "`n`, kept by `count`"),
            (COUNTED, "x = f(1)", "print(f(1))", "`seen`, kept by `f`"),
        ]:
            said = self.stops("train", common=common, train=train, evaluate=evaluate)
            self.assertIn(f"train changes {place}, which is not handed on: evaluate would find it as it is", said)
            self.assertIn(
                "Keep it under a name of its own (`seen = []` in a cell tagged `common`), which is handed on", said
            )
            self.assertNotIn("Traceback", said)
            # With nobody after it, nothing is missed.
            self.comes_to_the_same(common=common, train=train, evaluate="print(1)")
            self.assertNotIn("Warning", self.printed["train"])

    def test_what_can_be_seen_is_told_when_the_notebook_is_split(self) -> None:
        for common, train, seen, cell in [
            (MODEL, "Model.seen.append(3)", "Model.seen", 4),
            (MODEL, "Model.n += 1", "Model.n", 4),
            (CALLS, "x = f()", "f.calls", 1),
        ]:
            told = self.notes(common=common, train=train, evaluate="print(Model)" if common == MODEL else "print(f())")
            self.assertEqual(len(told), 1, told)
            how = "changes" if cell == 4 else "may change"
            self.assertIn(f"{cell}: train {how} what `{seen.partition('.')[0]}` keeps (`{seen}`)", told[0])

    def test_a_value_of_a_class_may_find_it(self) -> None:
        cells = {"extract": "m = Model()", "train": "m.add(1)\nm = m", "evaluate": "print(m.n)"}
        self.comes_to_the_same(common=MODEL, **cells)
        self.assertIn("Warning: train changes `Model.seen`", self.printed["train"])
        self.assertIn("evaluate would find it", self.printed["train"])

    def test_what_was_come_to_before_may_be_kept(self) -> None:
        memo = "def twice(x, found={}):\n    if x not in found:\n        found[x] = 2 * x\n    return found[x]"
        self.comes_to_the_same(common=memo, train="x = twice(2)", evaluate="print(twice(2))")
        self.assertIn("Warning: train perhaps changes `found`, a default of `twice`", self.printed["train"])
        cached = "from functools import lru_cache\n@lru_cache\ndef twice(x):\n    return 2 * x"
        self.comes_to_the_same(common=cached, train="x = twice(2)", evaluate="print(twice(2))")
        self.assertNotIn("Warning", self.printed["train"])

    def test_what_a_cache_gave_and_a_component_changes_is_told(self) -> None:
        cached = "from functools import cache\n@cache\ndef rows(n=0):\n    return [n]"
        limited = "import functools as f\n@f.lru_cache(maxsize=3)\ndef rows(n=0):\n    return [n]"
        by_hand = "import functools\ndef load():\n    return {}\nrows = functools.lru_cache(maxsize=2)(load)"
        helped = cached + "\ndef more():\n    rows().append(2)"
        method = "from functools import cache as memo\nclass T:\n    @staticmethod\n    @memo\n    def rows():\n        return []"
        for common, train, called, changes in [
            (cached, "rows().append(1)", "rows", "changes"),
            (cached, "x = rows(3)\nx.append(1)", "rows", "changes"),
            (cached, "x = rows()\nx += [1]", "rows", "perhaps changes"),
            (limited, "rows().append(1)", "rows", "changes"),
            (by_hand, "rows()['x'] = 1", "rows", "changes"),
            (helped, "more()", "rows", "changes"),
            (method, "T.rows().append(1)", "T.rows", "changes"),
        ]:
            cells = {"common": common, "train": train, "evaluate": f"print(len({called}()))"}
            self.ends(cells)
            (told,) = [told for told in self.warnings("train") if "its cache keeps" in told]
            self.assertIn(f"train {changes} what `{called}()` gave, which its cache keeps and nobody hands on", told)
            noted = [note for note in self.notes(**cells) if f"train changes what `{called}()` gave" in note]
            self.assertEqual(len(noted), int(changes == "changes"), cells)
            # With nobody after it, nothing is missed; nor where it is handed on.
            self.comes_to_the_same(**{**cells, "evaluate": "print(1)"})
            self.assertEqual(self.warnings("train"), [])
        self.comes_to_the_same(common=cached, extract="x = rows()", train="x.append(1)", evaluate="print(x)")
        for maker in ("@functools.cache", "@functools.lru_cache(maxsize=4)"):
            fib = f"import functools\n{maker}\ndef fib(n):\n    return n if n < 2 else fib(n - 1) + fib(n - 2)"
            self.comes_to_the_same(common=fib, train="x = fib(5)\nx += 1", evaluate="print(x, fib(6))")
            self.assertEqual(self.warnings("train"), [])

    def test_functions_that_decorators_hang_on_others_keep_nothing(self) -> None:
        around = "import functools\ndef timed(f):\n    @functools.wraps(f)\n    def inner(x):\n        {}\n        return f(x)\n    return inner\n@timed\ndef twice(x):\n    return 2 * x"
        late = "import functools\ndef twice(x):\n    if not hasattr(twice, 'fast'):\n        twice.fast = functools.lru_cache(lambda x: 2 * x)\n    return twice.fast(x)"
        cached = "import functools\n@functools.lru_cache\ndef twice(x, n=[3]):\n    return 2 * x"
        wrapped = "import functools\nfunctools.update_wrapper(twice, len)\nx = twice(2)"
        for common in [around.format("inner.last = len"), late, cached]:
            for train in ["x = twice(2)", wrapped]:
                self.comes_to_the_same(common=common, train=train, evaluate="print(twice(2))")
        self.comes_to_the_same(common=around.format("pass"), train=wrapped, evaluate="print(twice(2))")
        self.assertNotIn("Warning", self.printed["train"])
        # Data is data, wherever it hangs.
        held = around.format("inner.last = [x]")
        said = self.stops("train", common=held, train="x = twice(2)", evaluate="print(twice(2))")
        self.assertIn("train changes `twice.last`", said)

    def test_what_is_the_same_lets_a_run_go_on(self) -> None:
        for common in [
            MODEL,
            TABLE,
            COUNTER + "count = counter()",
            COUNTED,
            "import enum\nclass A(enum.Enum):\n    B = [1]",
            "import abc, threading\nclass A(abc.ABC):\n    lock, rows = threading.Lock(), [1]",
            "from dataclasses import dataclass, field\n@dataclass\nclass A:\n    n: int = 3\n    rows: list = field(default_factory=list)",
            "from typing import NamedTuple\nclass A(NamedTuple):\n    n: int = 3\n    rows: tuple = ([],)",
            "class A:\n    @property\n    def n(self):\n        return 1\n    @staticmethod\n    def f(x=[]):\n        return x",
            "class A:\n    __slots__ = ['n']\n    def __init__(self):\n        self.n = 1",
            "class CFG:\n    seed = 3\n    columns = ['a', 'b']\n    made = {'a': [1]}",
        ]:
            name = common.split("class ")[-1].split(":")[0].split("(")[0] if "class " in common else "len"
            use = f"x = {name}"
            self.comes_to_the_same(common=common, train=use, predict=use, evaluate=f"print({name}.__name__)")
            for part in self.printed:
                self.assertNotIn("Warning", self.printed[part], common)

    def test_only_what_may_keep_something_is_looked_at(self) -> None:
        from case import split

        common = (
            "def f(x, n=3, to=None):\n    return x\nclass A:\n    n = 3\n    def __init__(self):\n        self.n = 4"
        )
        made = split(common=common, train="x = f(A())", evaluate="print(f(A()))")["files"]
        self.assertNotIn("import kept", made["book/train.py"])


if __name__ == "__main__":
    unittest.main()
