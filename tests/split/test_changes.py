"""What a component changes, under whatever name, is what later ones get; what cannot be handed on is told."""

from __future__ import annotations

import unittest

from case import Case, split

BAG = """class Bag:
    def __init__(self, rows):
        self.rows = rows
    def add(self, x):
        self.rows.append(x)
"""


class Changes(Case):
    def test_through_another_name(self) -> None:
        for extract, change in [
            ("a = []", "b = a\nb.append(1)"),
            ("a = {'k': []}", "b = a['k']\nb.append(1)"),
            ("a = {'k': []}", "for key, b in a.items():\n    b.append(key)"),
            ("a = [[], []]", "first, second = a\nsecond.append(1)"),
            ("a = [[1], [2]]", "for at, b in enumerate(reversed(a)):\n    b.append(at)"),
            ("a = [[1], [2]]", "[b.append(3) for b in a]"),
            ("a = []", "c = {'all': a}\nc['all'].append(1)"),
            ("a = []", "if len(a) > 3:\n    b = []\nelse:\n    b = a\nb += [1]"),
            ("a = []", "(b := a).append(1)"),
            ("a = []", "c = []\nc.append(a)\nc[0].append(1)"),
            ("a = {}", "a.setdefault('k', []).append(1)"),
            ("a = [3, 1, 2]", "import random\nrandom.Random(3).shuffle(a)"),
            ("a = [3, 1]", "import heapq as h\nh.heappush(a, 0)"),
            ("a = {'x': 1}", "b = a\ndel b['x']"),
            ("a = {'x': 1}", "try:\n    b = a\nexcept OSError as error:\n    b = {}\nb['y'] = 2"),
            ("KEY = 'k'\na = {KEY: []}", "b = a[KEY]\nb.append(1)\na[KEY].append(2)"),
            ("a = {True: [], False: []}", "x = 4\na[x > 3].append(x)\nb = a[x < 3]\nb.append(x)"),
            ("a = [[[]]]", "for row in a:\n    for cell in row:\n        cell.append(1)"),
            ("a = [[1], [2]]", "a[0], b = a[1], a[0]\nb.append(3)\na[0].append(4)"),
            ("a = iter([1, 2, 3])", "b = next(a)"),
            ("from types import SimpleNamespace\na = SimpleNamespace(n=1)", "vars(a)['n'] = 2"),
            ("a = {'x': [1]}", "match a:\n    case {'x': b}:\n        b.append(2)"),
        ]:
            self.comes_to_the_same(extract=extract, train=change, evaluate="print(*a) if hasattr(a, '__next__') else print(a)")

    def test_a_source_of_chance_goes_on_where_it_was(self) -> None:
        extract = "import random\nr = random.Random(0)\na = [1, 2, 3, 4]\nb = r.random()"
        self.comes_to_the_same(extract=extract, train="r.shuffle(a)\nc = r.random()", evaluate="print(a, r.random())")

    def test_a_source_under_another_name_goes_on_too(self) -> None:
        for common, draw in [
            ("from random import Random as R\nr = R(3)", "r.random()"),
            ("from random import Random as R\nr = R(3)\ndef f():\n    return r.random()", "f()"),
        ]:
            self.comes_to_the_same(common=common, train=f"x = {draw}", evaluate=f"print({draw})")

    def test_figures_that_were_begun_before_are_the_run_s(self) -> None:
        for begun in ("train", "common"):
            files = split(**{begun: "metrics = {}", "evaluate": "metrics['auc'] = 0.5"})["files"]
            self.assertIn(".metrics(metrics, ", files["book/evaluate.py"], begun)

    def test_what_is_not_there_in_the_end_is_no_figure(self) -> None:
        for evaluate in (
            "part = 1\ndel part\nprint(2)",
            "match 3:\n    case 4:\n        part = 1\nprint(2)",
            "match [3, 4]:\n    case [first, *rest] if first > 5:\n        part = 1\nprint(2)",
            "try:\n    print(2)\nexcept* OSError:\n    part = 1",
        ):
            self.comes_to_the_same(evaluate=evaluate)

    def test_in_functions(self) -> None:
        for extract, change in [
            ("a = {}", "def f():\n    a['x'] = 1\nf()"),
            ("a = {}", "def f(to):\n    to['x'] = 1\nf(a)"),
            ("a = {}", "def f(*, to):\n    g(to)\ndef g(to):\n    to['x'] = 1\nf(to=a)"),
            ("a = {}", "def f(n):\n    a[n] = n\n    return n and f(n - 1)\nf(3)"),
            ("a = []", "def same(x):\n    return x\nsame(a).append(1)"),
            ("a = []", "def f(*more):\n    more[0].append(1)\nf(a)"),
            ("a = []", "add = lambda x: a.append(x)\nadd(1)"),
            ("a = [[1]]", "list(map(lambda b: b.append(1), a))"),
            ("a = [[1]]", "def f(b):\n    b.append(1)\nlist(map(f, a))"),
            ("a = []", "def f():\n    a.append(1)\ng = f\ng()"),
            ("a = []", BAG + "b = Bag(a)\nb.add(1)"),
            ("a = []", BAG + "class Deep(Bag):\n    pass\nb = Deep(rows=a)\nb.add(1)"),
            ("a = 0", "def f():\n    global a\n    a += 1\nf()\nf()"),
            ("a = 0", "def f():\n    def g():\n        global a\n        a = 5\n    g()\nf()"),
        ]:
            self.comes_to_the_same(extract=extract, train=change, evaluate="print(a)")

    def test_in_functions_that_all_share(self) -> None:
        common = "a = []\ndef add(x):\n    a.append(x)\ndef count():\n    return len(a)\n"
        self.comes_to_the_same(common=common, train="add(1)", evaluate="print(a)")
        self.comes_to_the_same(common=common, train="add(1)", predict="add(2)", evaluate="print(count(), a)")
        self.comes_to_the_same(common=common, train="a.append(1)", evaluate="print(count())")
        self.comes_to_the_same(common=common + BAG + "bag = Bag(a)", train="bag.add(1)", evaluate="print(bag.rows)")
        self.comes_to_the_same(common="a, b = [], {}\nc = a", train="c.append(1)\nb[1] = 2", evaluate="print(c, b)")
        # Also one that another component has assigned anew.
        common = "limit = 5\ndef fits(x):\n    return x < limit"
        self.comes_to_the_same(common=common, train="limit = 9", evaluate="print(fits(7))")
        common = "def fits(x):\n    return x < limit"
        self.comes_to_the_same(parameters="limit = 5", common=common, train="limit += 4", evaluate="print(fits(7))")
        # A function that counts by itself assigns nothing outside of it.
        self.comes_to_the_same(extract="def f():\n    n = 0\n    n += 1\n    return n\nx = f()", evaluate="print(x)")

    def test_copies_are_not_what_they_were_made_of(self) -> None:
        copies = [
            "list(a)",
            "sorted(a)",
            "a.copy()",
            "a + [1]",
            "[b for b in a]",
            "a[COLUMNS]",
            "a[['x']]",
            "a[a > 3]",
            "a[mask]",
        ]
        copies += ["a[(a > 3) & (a < 9)]", "a.drop('x')", "len(a)", "a.shape[0]"]
        for copy in copies:
            notes = self.notes(
                extract="a = f()\nCOLUMNS = ['x']\nmask = a > 3",
                common="def f(): ...",
                preprocess=f"b = {copy}\nb[0] = 1",
                evaluate="print(a)",
            )
            self.assertEqual(notes, [], copy)
        for shown in ["plt.plot(a)", "print(a)", "fig, ax = plt.subplots()\nax.plot(a)", "a.head()", "a.plot()"]:
            notes = self.notes(extract="import matplotlib.pyplot as plt\na = [1]", train=shown, evaluate="print(a)")
            self.assertEqual(notes, [], shown)

    def test_who_changes_it_is_told(self) -> None:
        for common, change, told in [
            ("", "b = a\nb.append(1)", "4: train changes `a` as `b`, so evaluate gets it from there"),
            ("def f(x): x.append(1)", "f(a)", "4: train changes `a` in `f`, so evaluate gets it from there"),
            ("", "b = a\nb /= 2", "4: train may change `a` as `b`, so evaluate gets it from there"),
            ("import helper", "helper.clean(a)", "4: train may change `a`, so evaluate gets it from there"),
        ]:
            notes = self.notes(common=common, extract="a = []", train=change, evaluate="print(a)")
            self.assertEqual(notes, [told])

        notes = self.notes(
            common="a = []", preprocess="a.append(1)", train="print(a)", predict="print(a)", evaluate="print(a)"
        )
        self.assertEqual(notes, ["3: preprocess changes `a`, so train, predict and evaluate get it from there"])

    def test_what_cannot_be_handed_on_is_told(self) -> None:
        for cells, told in [
            (
                {"extract": "a = []\nb = a", "train": "b.append(1)", "evaluate": "print(a)"},
                "3: train changes `b`, in the notebook perhaps one and the same as `a`: evaluate has a `a` of its own",
            ),
            (
                {"common": "n = 0\ndef f():\n    global n\n    n += 1", "train": "f()", "evaluate": "print(n)"},
                "1: `f`, which all share, assigns `n` with `global`: evaluate does not see that",
            ),
            (
                {"common": "n = 1\ndef f(x):\n    return x > n", "evaluate": "n = 2\nprint(f(1))"},
                "6: evaluate assigns `n` anew, and `f`, which all share, does not see it",
            ),
            ({"extract": "a = []", "train": "exec('a.append(1)')", "evaluate": "print(a)"}, "3: what `exec` assigns"),
            (
                {
                    "common": "import threading\nbox = threading.local()",
                    "train": "box.n = 1",
                    "evaluate": "print(box.n)",
                },
                "4: train changes `box`, which all share: evaluate has one of its own",
            ),
            (
                {"common": "import helper", "train": "helper.n = 1", "evaluate": "print(helper.n)"},
                "4: train changes `helper.n`, which is a module's: evaluate imports that anew, as it is in its file",
            ),
            (
                {"common": "import os", "train": "os.environ['A'] = '1'", "evaluate": "print(os.environ['A'])"},
                "4: train changes `os.environ['A']`, which is a module's: evaluate imports that anew",
            ),
            (
                {"common": "class Box:\n    n = 0", "train": "Box.n = 1", "evaluate": "print(Box.n)"},
                "4: train changes what `Box` keeps (`Box.n`), which is not handed on: evaluate would find it as it",
            ),
        ]:
            notes = self.notes(**cells)
            self.assertEqual(len(notes), 1, notes)
            self.assertTrue(notes[0].startswith(told), notes)

    def test_a_lambda_is_a_definition(self) -> None:
        self.comes_to_the_same(extract="twice = lambda x: 2 * x", train="y = twice(2)", evaluate="print(twice(y))")
        self.comes_to_the_same(
            extract="K = 3\nby = lambda x: K * x\nrows = sorted([2, 1], key=lambda x: -x)",
            evaluate="print(by(rows[0]))",
        )
        problem = self.problem(extract="n = len('abc')\nby = lambda x: n * x", train="y = by(2)")
        self.assertEqual(problem, "1, 2: `by` is called in train, and uses what only extract has")
        problem = self.problem(extract="f = lambda x: x\nf = lambda x: 2 * x", train="y = f(2)")
        self.assertEqual(problem, "1, 1: `f` is called in train, and is defined more than once")

    def test_a_value_that_holds_a_function_is_told_before_it_is_computed(self) -> None:
        maker = "def make(n):\n    def inner(x):\n        return x * n\n    return inner\n"
        for common, extract, what in [
            ("from collections import defaultdict", "d = defaultdict(lambda: 0)", "a lambda"),
            ("", "d = {'a': [lambda x: x]}", "a lambda"),
            ("", "d = {}\nd['a'] = lambda x: x", "a lambda"),
            ("from functools import partial as p", "d = p(lambda x, y: x, 3)", "a lambda"),
            (maker, "d = make(3)", "`inner`, which `make` defines"),
            ("def make(n):\n    return lambda x: x * n", "d = [make(3)]", "a lambda of `make`"),
        ]:
            cells = {"common": common, "extract": extract, "train": "x = d", "evaluate": "print(1)"}
            (note,) = self.notes(**cells)
            self.assertTrue(
                note.startswith(f"2: extract hands on `d`, which is or holds {what}: no other component"), note
            )
            said = self.stops("extract", **cells)
            self.assertIn("d cannot be handed on: it is or holds ", said)
            self.assertIn("write it as a `def` of its own in a cell tagged `common`", said)
        for extract, what in [
            (
                "import sqlite3\nd = sqlite3.connect(':memory:')",
                "what `sqlite3.connect` opens: that cannot be handed on",
            ),
            ("d = {'log': open('/dev/null')}", "what `open` opens: that cannot be handed on"),
            ("d = (x for x in [1, 2])", "a generator: that cannot be handed on"),
        ]:
            (note,) = self.notes(extract=extract, train="x = d")
            self.assertTrue(note.startswith(f"1: extract hands on `d`, which is or holds {what}"), note)
            self.assertIn("d cannot be handed on: ", self.stops("extract", extract=extract, train="x = d"))
        for extract in ["d = sorted([1], key=lambda x: -x)", "d = list(map(lambda x: x, [1]))", "d = [len]"]:
            self.assertEqual(self.notes(extract=extract.replace("list(map", "sum(map"), train="x = d"), [])

    def test_chance_that_begins_anew_is_told(self) -> None:
        imports = "import random\nimport numpy as np\n"
        for common in ["random.seed(0)", "np.random.seed(3)", "from random import seed\nseed(0)"]:
            (note,) = self.notes(common=imports + common, train="x = 1")
            called = common.splitlines()[-1]
            self.assertTrue(note.startswith(f"1: `{called}` runs in each component anew: its chance begins"), note)
        cells = {"common": imports, "extract": "random.seed(0)", "evaluate": "print(random.random())"}
        (note,) = self.notes(**cells)
        told = "2: `random.seed(0)` is for extract alone: evaluate draws from `random`, too, with chance of its own"
        self.assertTrue(note.startswith(told), note)
        for evaluate in [
            "random.seed(1)\nprint(random.random())",
            "print(random.Random(3))",
            "print(np.random.rand())",
        ]:
            self.assertEqual(self.notes(**{**cells, "evaluate": evaluate}), [])
        # However it is imported, and in whatever function it is done.
        for imports, extract, evaluate, source in [
            ("from random import seed, random", "seed(0)", "print(random())", "random"),
            ("from random import seed as x, choice as y", "x(0)", "print(y([1]))", "random"),
            ("from random import *", "seed(0)", "print(randint(1, 9))", "random"),
            ("import numpy.random as r", "r.seed(0)", "print(r.rand())", "numpy.random"),
            ("from numpy import random as r", "r.seed(0)", "print(r.rand())", "numpy.random"),
            (
                "import numpy as np\ndef f():\n    return np.random.rand()",
                "np.random.seed(0)",
                "print(f())",
                "numpy.random",
            ),
            (
                "import random\ndef f():\n    return random.random()\ndef g():\n    return f()",
                "random.seed(0)",
                "x = g()",
                "random",
            ),
            ("import random\ndef f(n):\n    random.seed(n)", "f(0)", "print(random.random())", "random"),
            ("import random\nf = lambda: random.random()", "random.seed(0)", "x = list(map(f, ()))", "random"),
            ("import numpy as np", "np.random.seed(0)\nrows = None", "print(rows.sample(3))", "numpy.random"),
            (
                "import numpy as np\nfrom sklearn.ensemble import RandomForestClassifier as R",
                "np.random.seed(0)",
                "print(R())",
                "numpy.random",
            ),
        ]:
            found = self.notes(common=imports, extract=extract, evaluate=evaluate)
            told = f"2: `{extract.splitlines()[0]}` is for extract alone: evaluate draws from `{source}`, too"
            self.assertEqual([note[: len(told)] for note in found], [told], (imports, extract, evaluate))
        for evaluate in ["print(rows.sample(3, random_state=1))", "seed(1)\nprint(rows.sample(3))"]:
            cells = {"common": "from numpy.random import seed", "extract": "seed(0)\nrows = None", "evaluate": evaluate}
            self.assertEqual(self.notes(**cells), [])
        own = "import random\ndef seed_everything(n):\n    random.seed(n)\n"
        (note,) = self.notes(common=own + "seed_everything(3)", train="x = 1")
        self.assertTrue(note.startswith("1: `seed_everything(3)` runs in each component anew: its chance"), note)
        (note,) = self.notes(
            common="import random\nstart = random.random()", train="x = start", evaluate="print(start)"
        )
        self.assertTrue(note.startswith("1: `random.random()` runs in each component anew: it comes to another"), note)
        self.assertEqual(self.notes(common="import random\nr = random.Random(3)", train="x = 1"), [])
        # A function of its own of that name seeds nothing.
        self.assertEqual(self.notes(common="def seed(x): ...", extract="seed(0)", evaluate="print(1)"), [])

    def test_what_only_functions_assign(self) -> None:
        common = "def start():\n    global n\n    n = 1\ndef more():\n    return n + 1"
        self.comes_to_the_same(common=common, train="start()\nx = more()", evaluate="print(x)")
        self.comes_to_the_same(extract="def start():\n    global n\n    n = 1\nstart()\nx = n", evaluate="print(x, n)")
        problem = self.problem(common=common, train="start()\nx = n")
        self.assertEqual(problem[:70], "4, 2: train reads `n`, which a function that all share assigns with `g")

    def test_what_has_learned_is_handed_on(self) -> None:
        common = "from sklearn.linear_model import LogisticRegression\nmodel = LogisticRegression()"
        notes = self.notes(
            common=common, train="model.fit([[1]], [1])", predict="p = model.predict([[1]])", evaluate="print(p)"
        )
        self.assertEqual(notes, ["4: train changes `model`, so predict gets it from there"])


if __name__ == "__main__":
    unittest.main()
