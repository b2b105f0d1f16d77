"""The files of a blueprint's components."""

from __future__ import annotations

import ast
import keyword
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from greenroom.split.cells import Statement
from greenroom.split.functions import DEFINED
from greenroom.split.keeping import owner
from greenroom.split.names import use
from greenroom.split.parts import Component, Notebook, Param, is_constant, is_lambda
from greenroom.split.trying import imports_in, is_trying

# What a notebook calls nothing of its own.
HANDED, COMMON, BEGUN = "_greenroom_handed", "_greenroom_common", "_greenroom_begun"
KEPT, AT_FIRST = "_greenroom_kept", "_greenroom_at_first"
# What each component uses.
BESIDE = ("handed.py", "compared.py", "kept.py", "told.py")
READ = {"int": "int({})", "float": "float({})", "bool": '{} == "true"'}


def written(book: Notebook) -> dict[str, Any]:
    files = {
        f"{book.name}/__init__.py": f'"""The components of blueprints/{book.name}.yaml, from {book.file}."""\n',
        **{f"{book.name}/{name}": Path(__file__).with_name(name).read_text(encoding="utf-8") for name in BESIDE},
    }
    if book.common:
        files[f"{book.name}/common.py"] = common(book)
    components = {}
    for of, component in book.components.items():
        files[f"{book.name}/{of}.py"] = program(book, component)
        components[of] = {
            "inputs": {
                book.names[variable]: [giver, book.names[variable]] for variable, giver in component.inputs.items()
            },
            "outputs": [book.names[variable] for variable in component.outputs],
            "texts": texts(component.body + book.common),
        }
    params = [
        {"name": param.name, "type": param.kind, "default": param.default, "description": param.description}
        for param in book.params.values()
    ]
    return {
        "files": files,
        "components": components,
        "params": params,
        "notes": in_order(book.notes),
        "modules": modules(book),
        "taken": taken(book),
    }


def program(book: Notebook, component: Component) -> str:
    run = f"python3 -m {book.name}.{component.name}"
    top = [f'"""The component {component.name} of {book.name}, from {book.file}: {run}"""']
    top += [statement.text for statement in book.futures]
    own = [statement.text.strip() for statement in component.imports]
    bound = {name for statement in component.imports for name in use([(0, statement.node)]).assigns}
    used = {**component.used.reads, **component.used.late}
    taken = set(component.inputs) | set(component.shared) | {param.variable for param in component.params}
    more = [one.text for name in used if name not in bound | taken for one in book.imports.get(name, [])]
    imports = unique(["import os", *(statement.text for statement in book.stars), *own, *more])
    parts = ["\n".join(top), "\n".join(imports)]
    given = [f"from {book.name} import handed as {HANDED}"]
    # Functions that all share see what was handed on, too.
    reached = set(book.reached(component)) & (book.shared.assigns | set(book.params))
    seen = [name for name in component.inputs if name in reached]
    # Or it is imported for what it does.
    defines = (isinstance(one.node, DEFINED) or is_constant(one.node) or is_lambda(one.node) for one in book.common)
    does = not all(defines)
    begun = {name: at_first(component, name) for name in component.again if name not in component.inputs}
    keeping = {name: at_first(component, name) for name in component.keeping}
    caching = {called: at_first(component, owner(called)) + after_owner(called) for called in component.caching}
    through = any(value.startswith(f"{COMMON}.") for of in (begun, keeping, caching) for value in of.values())
    if keeping or caching:
        given.append(f"from {book.name} import kept as {KEPT}")
    perhaps = perhaps_there(book, component)
    sure = sorted(set(component.shared) - set(perhaps))
    if seen or through or perhaps or does and not sure:
        given.append(f"from {book.name} import common as {COMMON}")
    if sure:
        given.append(f"from {book.name}.common import {', '.join(sure)}")
    given += [f'if hasattr({COMMON}, "{name}"):\n    {name} = {COMMON}.{name}' for name in perhaps]
    parts.append("\n".join(given))
    if "display" in used and "display" not in taken | component.used.assigns:
        parts.append("display = print")
    parts += section("What a run may change.", [read(param) for param in component.params])
    parts += section(
        "What all share, as it is in the beginning.",
        [f"{BEGUN} = {HANDED}.begun({', '.join(f'{name}={value}' for name, value in begun.items())})"] if begun else [],
    )
    parts += section(
        "What classes and functions keep, as it is in the beginning.",
        [f"{AT_FIRST} = {KEPT}.begun({', '.join(f'{name}={value}' for name, value in keeping.items())})"]
        if keeping
        else [],
    )
    parts += section("What earlier components made.", [load(book, component, name, seen) for name in component.inputs])
    parts += body(component)
    parts += section("What later ones read, too, has to be what it was.", unchanged(book, component, begun))
    parts += section("What has another name, too, is changed under both.", alone(book, component))
    left = [*unkept(component, keeping), *uncached(component, caching)]
    parts += section("What classes and functions keep is not handed on.", left)
    made = [save(book, component, variable) for variable in component.outputs]
    if component.name == "evaluate":
        made.append(f'{HANDED}.{figures(component)}, os.environ["GREENROOM_OUTPUT_METRICS"])')
    parts += section("What this one hands on.", made)
    return "\n\n".join(part for part in parts if part) + "\n"


def perhaps_there(book: Notebook, component: Component) -> list[str]:
    """What could not be imported is missed by who comes to need it, and by nobody else."""
    tried = {name for one in book.common if is_trying(one.node) for name in use([(0, one.node)]).assigns}
    return sorted(name for name in component.shared if name in tried - book.shared.surely)


def load(book: Notebook, component: Component, variable: str, seen: list[str]) -> str:
    path = place(book, "INPUT", variable)
    line = f"{target(variable, seen)} = {HANDED}.load({path})"
    if book.may_lack(book.components[component.inputs[variable]], variable):
        return f"if {HANDED}.is_there({path}):\n    {line}"
    return line


def save(book: Notebook, component: Component, variable: str) -> str:
    path = place(book, "OUTPUT", variable)
    if book.may_lack(component, variable):
        return f"{HANDED}.save_if_there(lambda: {variable}, {path})"
    return f"{HANDED}.save({variable}, {path})"


def place(book: Notebook, side: str, variable: str) -> str:
    return f'os.environ["GREENROOM_{side}_{book.names[variable].upper()}"]'


def unchanged(book: Notebook, component: Component, begun: dict[str, str]) -> list[str]:
    lines = []
    for variable, readers in component.again.items():
        was = f'{BEGUN}["{variable}"]' if variable in begun else place(book, "INPUT", variable)
        who = listed(readers)
        lines.append(f'    ("{variable}", lambda: {begun.get(variable, variable)}, {was}, "{who}"),')
    return [f'{HANDED}.unchanged(\n    "{component.name}",', *lines, ")"] if lines else []


def alone(book: Notebook, component: Component) -> list[str]:
    lines = []
    for variable, others in component.also.items():
        now = f'"{variable}", lambda: {variable}, {place(book, "INPUT", variable)}'
        lines += [f'    ({now}, "{other}", "{book.names[other]}", "{who}"),' for other, who in others.items()]
    return [f'{HANDED}.alone(\n    "{component.name}",', *lines, ")"] if lines else []


def unkept(component: Component, keeping: dict[str, str]) -> list[str]:
    lines = []
    for name, (readers, others) in component.keeping.items():
        who = ", ".join(f'"{listed(some) if some else ""}"' for some in (readers, others))
        lines.append(f'    ("{name}", {keeping[name]}, {AT_FIRST}["{name}"], {who}),')
    return [f'{KEPT}.unkept(\n    "{component.name}",', *lines, ")"] if lines else []


def uncached(component: Component, caching: dict[str, str]) -> list[str]:
    lines = []
    for called, function in caching.items():
        sure, who = component.cached[called].is_sure, listed(component.caching[called])
        lines.append(f'    ("{called}", {function}, {sure}, "{who}"),')
    return [f'{KEPT}.uncached(\n    "{component.name}",', *lines, ")"] if lines else []


def after_owner(called: str) -> str:
    """`.rows` of `Table.rows()`."""
    return called.removeprefix(owner(called)).removesuffix("()")


def at_first(component: Component, name: str) -> str:
    return name if name in component.shared else f"{COMMON}.{name}"


def listed(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def target(variable: str, seen: list[str]) -> str:
    return f"{variable} = {COMMON}.{variable}" if variable in seen else variable


def common(book: Notebook) -> str:
    top = [f'"""What the components of {book.name} share, from {book.file}."""', *(one.text for one in book.futures)]
    used = {**book.shared.reads, **book.shared.late}
    params = [book.params[name] for name in used if name in book.params]
    named_ones = [one.text for name in used for one in book.imports.get(name, [])]
    imports = unique([one.text for one in book.stars] + named_ones)
    parts = ["\n".join(top), "\n".join((["import os"] if params else []) + imports)]
    parts.append("display = print" if "display" in used and "display" not in book.shared.assigns else "")
    parts += section("What a run may change.", [read(param) for param in params])
    parts += [statement.text.strip("\n") for statement in book.common]
    return "\n\n".join(part for part in parts if part) + "\n"


def body(component: Component) -> list[str]:
    parts: list[str] = []
    cell = None
    for statement in component.body:
        if statement.cell != cell:
            cell = statement.cell
            above = [f"# {line}".rstrip() for line in component.comments.get(cell, [])]
            parts.append("\n".join([*above, statement.text.strip("\n")]))
        else:
            parts[-1] += "\n" + statement.text.rstrip()
    return parts


def section(title: str, lines: list[str]) -> list[str]:
    return ["\n".join([f"# {title}", *lines])] if lines else []


def read(param: Param) -> str:
    told = f'os.environ["GREENROOM_PARAM_{param.name.upper()}"]'
    return f"{param.variable} = " + READ.get(param.kind, "{}").format(told)


def figures(component: Component) -> str:
    """The notebook's own `metrics`, or whatever numbers it came to: the call, but for where they are written."""
    surely = component.used.surely
    # Also where it was begun before, and is filled here.
    if "metrics" in surely | component.inputs.keys() | set(component.shared):
        return "metrics(metrics"
    order = [name for statement in component.body for name in sorted(use([(0, statement.node)]).surely)]
    order += sorted(component.used.tried)
    names = [name for name in unique(order) if name in surely | component.used.tried and not name.startswith("_")]
    values = [name if name in surely else f"{HANDED}.if_there(lambda: {name})" for name in names]
    return "numbers_among({" + ", ".join(f'"{name}": {value}' for name, value in zip(names, values)) + "}"


def texts(statements: list[Statement]) -> list[str]:
    """What may be the names of files."""
    found = [
        part.value
        for statement in statements
        for part in ast.walk(statement.node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]
    return unique([text for text in found if 0 < len(text) < 256 and "\n" not in text])


def modules(book: Notebook) -> list[str]:
    """What has to be in the image, or is the project's own."""
    all_used = [of.used for of in book.components.values()] + [book.shared]
    used = {name for one in all_used for name in {**one.reads, **one.late}}
    statements = [one for name in sorted(used) for one in book.imports.get(name, [])] + book.stars
    statements += [statement for component in book.components.values() for statement in component.imports]
    nodes = [statement.node for statement in statements]
    nodes += [node for statement in book.common for node in imports_in(statement.node)]
    found = set()
    for node in nodes:
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
        found |= {name.partition(".")[0] for name in names}
    return sorted(found - set(sys.stdlib_module_names))


def taken(book: Notebook) -> str | None:
    """Why the components cannot lie in a folder of this name: it is a package, and would stand before all others."""
    if keyword.iskeyword(book.name):
        return "it is a word of Python's own, and no package can be called so"
    if book.name in modules(book) or book.name in sys.stdlib_module_names or find_spec(book.name) is not None:
        return "Python would take its components for the module of this name, which other code imports"
    return None


def in_order(notes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As the cells stand; what is of no cell comes last."""
    return sorted(notes, key=lambda note: note["cell"] or sys.maxsize)


def unique(texts: list[str]) -> list[str]:
    return list(dict.fromkeys(texts))
