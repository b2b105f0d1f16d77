"""What of a notebook goes where: into a component, into what they share, or nowhere."""

from __future__ import annotations

import ast
import builtins
import datetime
import itertools
import math
import re
import sys
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from greenroom.split.acting import Acting, defined_name, tell_acting
from greenroom.split.again import find_again
from greenroom.split.cells import Cell, Problem, Statement, lines_of, parse
from greenroom.split.changes import Change, Flow, Value, learn
from greenroom.split.functions import DEFINED, QUIET, Functions
from greenroom.split.keeping import find_keeping
from greenroom.split.names import Used, is_of_names, of_node, use
from greenroom.split.origins import Origins
from greenroom.split.trying import is_trying
from greenroom.split.unpicklable import tell_unpicklable
from greenroom.split.unseen import Unseen

COMPONENTS = ("extract", "preprocess", "train", "predict", "evaluate")
# What there is without an assignment: `display` and `get_ipython` are the notebook's.
KNOWN = {*dir(builtins), "__name__", "__file__", "__doc__"}
# What makes a value that is filled bit by bit. Other things that all share, such as connections, cannot be handed on.
FILLED = (
    *("list", "dict", "set", "defaultdict", "deque", "Counter", "OrderedDict", "DataFrame", "Series"),
    *("SimpleNamespace", "Namespace"),
    # Sources of chance.
    *("Random", "default_rng", "RandomState"),
)
# Methods whose first argument is the file that they write.
WRITING = ("to_csv", "to_parquet", "to_json", "to_pickle", "to_feather", "to_excel", "savefig")
# What is learned can be handed on, whatever has learned it.
FITTING = ("fit", "partial_fit", "fit_transform", "fit_predict", "fit_resample")
# Where `display` is imported from.
DISPLAYING = ("IPython.display", "IPython.core.display")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass
class Param:
    name: str
    # In Python.
    variable: str
    kind: str
    default: Any
    description: str


@dataclass
class Component:
    name: str
    imports: list[Statement] = field(default_factory=list)
    body: list[Statement] = field(default_factory=list)
    comments: dict[int, list[str]] = field(default_factory=dict)
    used: Used = field(default_factory=Used)
    # By imports within other statements.
    imported: set[str] = field(default_factory=set)
    # Variable → the component that hands it on.
    inputs: dict[str, str] = field(default_factory=dict)
    outputs: list[str] = field(default_factory=list)
    params: list[Param] = field(default_factory=list)
    shared: list[str] = field(default_factory=list)
    # Of values that it has from elsewhere, those that are others afterwards.
    changed: dict[str, Change] = field(default_factory=dict)
    # What each name is in the end.
    ends: dict[str, Value] = field(default_factory=dict)
    # Values that it has from elsewhere and does not hand on, for all that can be seen → who reads the same ones later.
    again: dict[str, list[str]] = field(default_factory=dict)
    # Value that it has from elsewhere → such as were perhaps one and the same there, each with who reads that.
    also: dict[str, dict[str, str]] = field(default_factory=dict)
    # What a cached function gave, as `rows()`, and is another afterwards.
    cached: dict[str, Change] = field(default_factory=dict)
    # The same, of such as later components name → who does.
    caching: dict[str, list[str]] = field(default_factory=dict)
    # Class or function that all share → who names it later, and who else may have one of its kind.
    keeping: dict[str, tuple[list[str], list[str]]] = field(default_factory=dict)


class Notebook:
    def __init__(self, told: dict[str, Any]) -> None:
        self.name: str = told["name"]
        self.file: str = told["file"]
        self.notes: list[dict[str, Any]] = []
        self.params: dict[str, Param] = {}
        # Name → what imports it. A later one stands in for an earlier, but for another part of the same package.
        self.imports: dict[str, list[Statement]] = {}
        self.stars: list[Statement] = []
        self.futures: list[Statement] = []
        self.components = {name: Component(name) for name in COMPONENTS}
        self.common: list[Statement] = []
        # Name → the cell without a tag that assigns it, and is left out.
        self.dropped: dict[str, int] = {}
        self.cells = self.read(told["cells"])
        # A star may import any name, but hardly one that a line assigned which is no Python.
        self.unassigned: set[str] = set().union(*(cell.unassigned for cell in self.cells))
        # Definition → what of it acts where it stands.
        self.acting: dict[int, str] = {}
        self.sort()
        self.shared = use([(statement.cell, statement.node) for statement in self.common])
        self.check_common()
        self.filled = filled(self.common, self.imported_as())
        self.values = values(self.common)
        self.numbers = itertools.count()
        self.functions = self.own_functions()
        # Component and variable → who gets it as it was changed there.
        self.passed: dict[tuple[str, str], list[str]] = {}
        self.start = self.flow([], self.common)
        for component in self.components.values():
            self.resolve(component)
        find_again(self)
        find_keeping(self)
        tell_acting(self)
        self.tell_passed()
        Unseen(self).tell()
        tell_unpicklable(self)
        # Variable → what it is called where it is handed on: everywhere the same.
        self.names = names_of(dict.fromkeys(name for of in self.components.values() for name in of.outputs))
        told = [f"`{variable}` is {name}" for variable, name in self.names.items() if name != variable]
        if told:
            self.note(0, f"names of outputs are a-z, 0-9 and _: {', '.join(told)}")

    def note(self, cell: int, message: str) -> None:
        self.notes.append({"cell": cell, "message": message})

    def read(self, told: list[dict[str, Any]]) -> list[Cell]:
        cells, comments, furthest = [], [], 0
        for asked in told:
            number, part = asked["number"], asked["part"]
            if asked["kind"] == "markdown":
                comments.extend(lines_of(asked["source"].strip()))
                continue
            cell = parse(number, part, asked["source"], comments)
            comments = []
            for line in cell.left_out:
                self.note(number, f"`{line}` is left out: it is no Python")
            for path in beside(cell.statements if part in COMPONENTS else []):
                why = "a step may write only below GREENROOM_OUTPUT_DIR"
                mend = f"`os.path.join(os.environ.get('GREENROOM_OUTPUT_DIR', ''), {path!r})` is right here and there"
                self.note(number, f"`{path}` is written beside the program, which fails: {why}. {mend}")
            if part in COMPONENTS:
                at = COMPONENTS.index(part)
                if at < furthest:
                    above = COMPONENTS[furthest]
                    self.note(number, f"it belongs to {part}, and so runs before the cells of {above} above it")
                furthest = max(furthest, at)
            cells.append(cell)
        return cells

    def sort(self) -> None:
        """Imports, definitions and constants to all; parameters; the rest to its component."""
        times: dict[str, int] = {}
        for cell in self.cells:
            for statement in cell.statements:
                for name in of_node(statement.node)[2]:
                    times[name] = times.get(name, 0) + 1
        everywhere = self.movable(times)
        for cell in self.cells:
            dropped = False
            for statement in cell.statements:
                node = statement.node
                if isinstance(node, (ast.Import, ast.ImportFrom)):
                    self.add_import(statement, cell.part)
                elif cell.part == "parameters" and self.add_param(statement):
                    pass
                elif id(node) in everywhere or cell.part in ("common", "parameters"):
                    self.common.append(statement)
                elif cell.part in COMPONENTS:
                    component = self.components[cell.part]
                    component.body.append(statement)
                    for inner in ast.walk(node):
                        if isinstance(inner, (ast.Import, ast.ImportFrom)):
                            component.imported |= of_node(inner)[2]
                            self.add_import(Statement(cell.number, inner, ""), None)
                    if cell.comments:
                        component.comments.setdefault(cell.number, cell.comments)
                elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
                    dropped = True
                    if what := self.acting.get(id(node)):
                        name = defined_name(node)
                        why = f"{what} acts where `{name}` is defined"
                        self.note(cell.number, f"`{name}` is left out, as the cell has no tag: {why}")
                    for name in of_node(node)[2]:
                        self.dropped.setdefault(name, cell.number)
            if dropped:
                self.note(cell.number, "it has no tag: left out but for what it imports and defines")

    def movable(self, times: dict[str, int]) -> set[int]:
        """Constants, and definitions that read nothing but each other, imports, constants and parameters. A pickle
        finds a class or function again only if it does not lie in the program that was run."""
        free: set[str] = {*KNOWN, "display"}
        acting = Acting(statement.node for cell in self.cells for statement in cell.statements)
        candidates: dict[int, tuple[set[str], set[str]]] = {}
        for cell in self.cells:
            for statement in cell.statements:
                node = statement.node
                now, later, assigns = of_node(node)
                if isinstance(node, (ast.Import, ast.ImportFrom)) or cell.part in ("parameters", "common"):
                    free |= assigns
                elif (is_constant(node) or is_trying(node)) and all(times[name] == 1 for name in assigns):
                    candidates[id(node)] = (now, assigns)
                elif is_lambda(node) or isinstance(node, DEFINED):
                    # A lambda is a definition in all but the word. A function that assigns to what is outside of it has
                    # no place but its own.
                    if what := acting.of(node):
                        self.acting[id(node)] = what
                    elif assigns == {defined_name(node)} and times[defined_name(node)] == 1:
                        candidates[id(node)] = (now | later, assigns)
        while True:
            known = free.union(*(assigns for _, assigns in candidates.values()))
            stay = {key for key, (reads, _) in candidates.items() if not reads <= known}
            stay = stay or self.of_one_alone(candidates)
            if not stay:
                return set(candidates)
            for key in stay:
                del candidates[key]

    def of_one_alone(self, candidates: dict[int, tuple[set[str], set[str]]]) -> set[int]:
        """Constants of a component, or what it tries to import, that nobody else reads."""
        readers: dict[str, set[str | None]] = {}
        for cell in self.cells:
            for statement in cell.statements:
                now, later, _ = of_node(statement.node)
                part = None if id(statement.node) in candidates else cell.part
                for name in now | later:
                    readers.setdefault(name, set()).add(part)
        return {
            id(statement.node)
            for cell in self.cells
            for statement in cell.statements
            if id(statement.node) in candidates and cell.part in COMPONENTS
            if is_constant(statement.node) or is_trying(statement.node)
            if all(readers.get(name, {cell.part}) == {cell.part} for name in candidates[id(statement.node)][1])
        }

    def add_import(self, statement: Statement, part: str | None) -> None:
        node = statement.node
        if isinstance(node, ast.ImportFrom) and node.module in DISPLAYING:
            # Here it prints; no image need have IPython for that.
            others = [alias for alias in node.names if (alias.name, alias.asname) != ("display", None)]
            if not others:
                return
            if len(others) < len(node.names):
                node = ast.copy_location(ast.ImportFrom(node.module, others, 0), node)
                statement = Statement(statement.cell, node, ast.unparse(node))
        if isinstance(node, ast.ImportFrom) and node.module == "tqdm.notebook":
            node = ast.copy_location(ast.ImportFrom("tqdm.auto", node.names, 0), node)
            statement = Statement(statement.cell, node, ast.unparse(node))
            self.note(statement.cell, "`tqdm.notebook` draws in notebooks only: tqdm.auto is imported instead")
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            self.futures.append(statement)
            return
        if isinstance(node, ast.ImportFrom) and node.level:
            why = "a notebook has no package around it: name the module in full"
            raise Problem(statement.cell, statement.line, why)
        if isinstance(node, ast.ImportFrom) and any(name.name == "*" for name in node.names):
            self.stars.append(statement)
            return
        for alias in node.names:
            bound = alias.asname or alias.name.partition(".")[0]
            one = ast.Import([alias]) if isinstance(node, ast.Import) else ast.ImportFrom(node.module, [alias], 0)
            part_of_package = alias.asname is None and isinstance(node, ast.Import)
            others = [other for other in self.imports.get(bound, []) if part_of_package and is_package(other)]
            self.imports[bound] = [*others, Statement(statement.cell, ast.copy_location(one, node), ast.unparse(one))]
        if part in COMPONENTS:
            self.components[part].imports.append(statement)

    def add_param(self, statement: Statement) -> bool:
        """`depth = 6  # How deep`"""
        node = statement.node
        target = node.targets[0] if isinstance(node, ast.Assign) and len(node.targets) == 1 else None
        target = node.target if isinstance(node, ast.AnnAssign) else target
        if not isinstance(target, ast.Name) or node.value is None:
            return False
        try:
            value = ast.literal_eval(node.value)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            value = None
        kind = {bool: "bool", int: "int", float: "float", str: "string"}.get(type(value))
        if kind == "float" and not math.isfinite(value) or kind == "int" and abs(value) >= 1 << 63:
            kind = None
        if kind == "string" and any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in value):
            kind = None
        if kind is None:
            why = "a parameter's default is a number (a finite one, and of 64 bits), a text or a bool"
            self.note(statement.cell, f"`{target.id}` becomes no parameter, for {why}: it stays as it is")
            return False
        if kind == "string" and is_date(value):
            kind = "date"
        name = named(target.id, {param.name for param in self.params.values() if param.variable != target.id})
        if name != target.id:
            self.note(statement.cell, f"`{target.id}` is the parameter {name}: names of parameters are a-z, 0-9 and _")
        comment = lines_of(statement.text)[-1].partition("#")[2].strip() if kind != "string" else ""
        self.params[target.id] = Param(name, target.id, kind, value, comment)
        return True

    def check_common(self) -> None:
        for name, (cell, line) in {**self.shared.reads, **self.shared.late}.items():
            if name in KNOWN or name in self.imports or name in self.params or name == "display" or self.stars:
                continue
            if name in self.shared.assigns and name not in self.shared.early:
                # By then a function, or a branch, may have assigned it.
                continue
            made = next((of.name for of in self.components.values() if name in use_of(of).assigns), None)
            why = f"`{name}` is assigned nowhere"
            if made:
                why = f"`{name}` is assigned in {made}, and what all components share cannot read it"
            raise Problem(cell, line, why, "hand it to a function as an argument, or tag the cell as one component's")

    def resolve(self, component: Component) -> None:
        """Where the names come from that a component reads and does not assign."""
        component.used = use_of(component)
        at = COMPONENTS.index(component.name)
        earlier, later = list(self.components.values())[:at], list(self.components.values())[at + 1 :]
        flow = self.flow(self.start.values, component.body)
        component.ends = flow.values
        changed = flow.changed
        component.cached = {of: change for of, change in changed.items() if isinstance(of, str) and of.endswith("()")}
        wanted = {**component.used.reads, **component.used.late}
        # What a function that all share fills or looks at is its caller's, too.
        for name, of in self.reached(component).items():
            given = any(gives(other, name, self) for other in earlier)
            if name not in wanted and (given or name in self.filled and self.is_changed(name, changed)):
                wanted[name] = of
        for name in wanted:
            if change := self.is_changed(name, changed):
                component.changed[name] = change
        for name, (cell, line) in wanted.items():
            giver = next((of for of in reversed(earlier) if gives(of, name, self)), None)
            if giver is not None:
                self.hand(giver, component, name, cell, line)
            elif name in self.shared.itself:
                component.shared.append(name)
            elif name in self.shared.assigns:
                why = f"{component.name} reads `{name}`, which a function that all share assigns with `global`"
                raise Problem(cell, line, f"{why}: components do not see that", "let it return the value")
            elif name in self.params:
                component.params.append(self.params[name])
            elif name in self.imports or name in KNOWN or name == "display":
                pass
            elif name in component.used.assigns:
                if name in self.dropped and name in component.used.reads:
                    why = f"{component.name} may read `{name}` before it assigns it"
                    self.note(cell, f"{why}, and cell {self.dropped[name]}, which assigns it, has no tag")
            elif not self.stars or name in self.unassigned:
                after = [of.name for of in later if name in use_of(of).assigns]
                where = f"only {after[0]} assigns it, which runs later" if after else "nothing before it assigns it"
                if name in self.dropped:
                    where = f"cell {self.dropped[name]}, which assigns it, has no tag"
                why = f"{component.name} reads `{name}`, and {where}"
                notebooks_own = name == "get_ipython"
                help = "only notebooks have it: take it out" if notebooks_own else "tag the cell that assigns it"
                raise Problem(cell, line, why, help)

    def imported_as(self) -> dict[str, str]:
        """`from random import Random as R`: what it is called at home."""
        nodes = [one.node for statements in self.imports.values() for one in statements]
        return {name: path.rpartition(".")[2] for name, path in Origins(nodes, set()).names.items()}

    def own_functions(self) -> Functions:
        nodes = [statement.node for cell in self.cells for statement in cell.statements]
        functions = Functions(homes=self.imported_as())
        functions.add(nodes)
        found = {name for statements in self.imports.values() for one in statements for name in of_node(one.node)[2]}
        for node in nodes:
            if not isinstance(node, (ast.Import, ast.ImportFrom, *DEFINED)):
                functions.assigned |= of_node(node)[2]
        functions.modules = found - functions.assigned
        functions.foreign = {name for name in functions.modules if is_foreign(self.imports.get(name, []))}
        functions.ignored = {*KNOWN, "display", *found, *functions.plain} - functions.assigned
        learn(functions, self.numbers)
        return functions

    def flow(self, values: Any, statements: list[Statement]) -> Flow:
        flow = Flow(self.functions, dict(values), numbers=self.numbers)
        for statement in statements:
            flow.cell = statement.cell
            flow.statement(statement.node)
        return flow

    def is_changed(self, name: str, changed: dict[str | int, Change]) -> Change | None:
        value = self.start.values.get(name, Value(frozenset([name])))
        return next((changed[root] for root in (name, *value.same, *value.held) if root in changed), None)

    def reached(self, component: Component) -> dict[str, tuple[int, int]]:
        """What the functions and classes that all share use, of those that it uses: by where it names them."""
        definitions: dict[str, set[str]] = {}
        for statement in self.common:
            now, later, assigns = of_node(statement.node)
            if isinstance(statement.node, DEFINED) or is_of_names(statement.node):
                for name in assigns:
                    definitions.setdefault(name, set()).update(now | later | assigns - {name})
        found: dict[str, tuple[int, int]] = {}
        open_names = [(name, where) for name, where in {**component.used.reads, **component.used.late}.items()]
        while open_names:
            name, where = open_names.pop()
            for used in definitions.get(name, ()):
                if used not in found:
                    found[used] = where
                    open_names.append((used, where))
        return found

    def hand(self, giver: Component, taker: Component, name: str, cell: int, line: int) -> None:
        for statement in giver.body:
            defined = isinstance(statement.node, DEFINED) and statement.node.name == name
            if defined or is_lambda(statement.node) and statement.node.targets[0].id == name:
                several = sum(name in of_node(one.node)[2] for cell in self.cells for one in cell.statements) > 1
                why = "is defined more than once" if several else f"uses what only {giver.name} has"
                help = "give each a name of its own" if several else "hand it that as an argument"
                if not several and (what := self.acting.get(id(statement.node))):
                    why = f"{what} acts where it is defined, which is in {giver.name}"
                    help = "tag its cell `common` if it may act in each component, and from the beginning"
                raise Problem(statement.cell, statement.line, f"`{name}` is called in {taker.name}, and {why}", help)
        if name not in giver.outputs:
            giver.outputs.append(name)
            self.hand_before(giver, name, cell, line)
        taker.inputs[name] = giver.name
        if name not in giver.used.assigns and name in giver.changed:
            self.passed.setdefault((giver.name, name), []).append(taker.name)

    def hand_before(self, component: Component, name: str, cell: int, line: int) -> None:
        """One that perhaps assigns it anew, or not, hands on what there was before it."""
        used = component.used
        if name in used.surely or name in {**component.inputs, **used.reads, **used.late} or name in component.shared:
            return
        earlier = list(self.components.values())[: COMPONENTS.index(component.name)]
        before = next((of for of in reversed(earlier) if gives(of, name, self)), None)
        if before is not None and any(isinstance(one.node, DEFINED) and one.node.name == name for one in before.body):
            pass
        elif before is not None:
            self.hand(before, component, name, cell, line)
        elif name in self.shared.itself:
            component.shared.append(name)
        elif name in self.params:
            component.params.append(self.params[name])

    def may_lack(self, component: Component, name: str) -> bool:
        """It may end without having it."""
        used = component.used
        if name in used.surely:
            return False
        if name in used.deleted or name not in component.inputs:
            return name in used.assigns and (name in used.deleted or not self.had(component, name))
        return self.may_lack(self.components[component.inputs[name]], name)

    def had(self, component: Component, name: str) -> bool:
        return name in component.shared or any(param.variable == name for param in component.params)

    def tell_passed(self) -> None:
        for (giver, name), takers in self.passed.items():
            change = self.components[giver].changed[name]
            word = "in" if self.functions.called(change.through) else "as"
            other = f" {word} `{change.through}`" if change.through != name else ""
            changes = "changes" if change.is_sure else "may change"
            who = f"{', '.join(takers[:-1])} and {takers[-1]} get" if len(takers) > 1 else f"{takers[0]} gets"
            self.note(change.cell, f"{giver} {changes} `{name}`{other}, so {who} it from there")


def use_of(component: Component) -> Used:
    return use([(statement.cell, statement.node) for statement in component.body])


def gives(component: Component, name: str, book: Notebook) -> bool:
    """A module is imported again instead."""
    assigns = name in component.used.assigns and name not in component.imported
    change = component.changed.get(name)
    shared = name in component.shared and (name in book.filled or change is not None and change.how in FITTING)
    return assigns or change is not None and (name in component.inputs or shared)


def is_foreign(imports: list[Statement]) -> bool:
    nodes = [statement.node for statement in imports]
    names = [node.module or "" if isinstance(node, ast.ImportFrom) else node.names[0].name for node in nodes]
    return any(name.partition(".")[0] not in QUIET | set(sys.stdlib_module_names) for name in names)


def values(common: list[Statement]) -> set[str]:
    """What all share but functions, modules and numbers or texts."""
    found: set[str] = set()
    for statement in common:
        node = statement.node
        value = getattr(node, "value", None)
        fixed = is_constant(node) and is_fixed(ast.literal_eval(value)) or isinstance(value, (ast.Lambda, ast.Constant))
        if not fixed and not isinstance(node, (ast.Import, ast.ImportFrom, *DEFINED)):
            found |= of_node(node)[2]
    return found


def filled(common: list[Statement], homes: dict[str, str]) -> set[str]:
    """What all share and a component may fill: each has it as it is in the beginning."""
    found: set[str] = set()
    classes = {statement.node.name for statement in common if isinstance(statement.node, ast.ClassDef)}
    for statement in common:
        node = statement.node
        for target in getattr(node, "targets", None) or [getattr(node, "target", None)]:
            several = isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
            pairs = zip(target.elts, node.value.elts) if several else [(target, getattr(node, "value", None))]
            found |= {
                one.id for one, value in pairs if isinstance(one, ast.Name) and is_filled(value, classes, homes, found)
            }
    return found


def is_filled(node: ast.expr | None, classes: set[str], homes: dict[str, str], found: set[str]) -> bool:
    """`classes`: the notebook's own. `homes`: what imported names are called at home. `found`: names of such."""
    if isinstance(node, ast.Name):
        return node.id in found
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return homes.get(name, name) in FILLED or name in classes
    return isinstance(node, (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp))


def beside(statements: list[Statement]) -> list[str]:
    """Files that are written where the program stands, as far as their names are written down."""
    found = []
    for part in (part for statement in statements for part in ast.walk(statement.node)):
        if not isinstance(part, ast.Call):
            continue
        texts = [arg.value if isinstance(arg, ast.Constant) else None for arg in part.args]
        mode = next((key.value.value for key in part.keywords if key.arg == "mode" and is_text(key.value)), None)
        name = part.func.attr if isinstance(part.func, ast.Attribute) else getattr(part.func, "id", "")
        path = None
        if name == "open" and isinstance(part.func, ast.Name):
            mode = mode or (texts[1] if len(texts) > 1 else None)
            path = texts[0] if texts and isinstance(mode, str) and set(mode) & set("wax+") else None
        elif name in WRITING and isinstance(part.func, ast.Attribute):
            path = texts[0] if texts else None
        if isinstance(path, str) and path and not path.startswith("/") and "://" not in path:
            found.append(path)
    return list(dict.fromkeys(found))


def is_date(text: str) -> bool:
    try:
        return bool(DATE.fullmatch(text) and datetime.date.fromisoformat(text))
    except ValueError:
        return False


def is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def is_lambda(node: ast.stmt) -> bool:
    """`f = lambda x: …`"""
    single = isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)
    return single and isinstance(node.value, ast.Lambda)


def is_package(statement: Statement) -> bool:
    """`import a.b`, which makes `a` known."""
    return isinstance(statement.node, ast.Import) and statement.node.names[0].asname is None


def is_constant(node: ast.stmt) -> bool:
    """One that nobody can change, or that is written as if: a list in capitals."""
    if not isinstance(node, ast.Assign) or len(node.targets) != 1 or not isinstance(node.targets[0], ast.Name):
        return False
    try:
        value = ast.literal_eval(node.value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return node.targets[0].id.isupper() or is_fixed(value)


def is_fixed(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(is_fixed(part) for part in value)
    return not isinstance(value, (list, dict, set))


def named(variable: str, taken: set[str]) -> str:
    """As parameters and outputs are called: `X_train` is x_train, and `größe` grosse."""
    letters = unicodedata.normalize("NFKD", variable.casefold())
    plain = re.sub(r"[^a-z0-9_]", "", letters).lstrip("_0123456789")[:50] or "value"
    name, number = plain, 2
    while name in taken:
        name, number = f"{plain}_{number}", number + 1
    return name


def names_of(variables: Iterable[str]) -> dict[str, str]:
    """Where two come to the same, the one that is written so has it: `c`, and `C` is c_2."""
    found: dict[str, str] = {}
    for variable in sorted(variables, key=lambda variable: named(variable, set()) != variable):
        found[variable] = named(variable, set(found.values()))
    return found
