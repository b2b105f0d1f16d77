"""Refuses, by name and place, what means something else on DuckDB or cannot be had there."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.optimizer.scope import traverse_scope

from greenroom.catalog import Catalog
from greenroom.problem import Problem
from greenroom.sql.source import Source

PSEUDO_COLUMNS = {
    "_PARTITIONDATE": "name the table's partition column",
    "_PARTITIONTIME": "name the table's partition column",
    "_TABLE_SUFFIX": "name the tables one by one",
    "_FILE_NAME": "",
}

# Node → what it is called and what to write instead.
REFUSED: dict[type[exp.Expression], tuple[str, str]] = {
    exp.Pivot: ("PIVOT and UNPIVOT name and order columns otherwise here", "write one IF or COUNTIF for each column, or UNION ALL"),
    exp.TableSample: ("TABLESAMPLE gives other rows each time", "filter by a hash or a partition"),
    exp.Version: ("FOR SYSTEM_TIME AS OF asks for a table's past, which the dev warehouse has not", ""),
    exp.SafeFunc: ("the prefix SAFE. is not known to the dev warehouse", "use SAFE_CAST, SAFE_DIVIDE, NULLIF or IF"),
    exp.Collate: ("COLLATE is not known to the dev warehouse", "compare LOWER(…) of both sides"),
    exp.SessionParameter: ("system variables are not known to the dev warehouse", "take a parameter of the workflow: @name"),
    exp.Placeholder: ("positional parameters have no names", "write @name for a parameter of the workflow"),
    exp.Lateral: ("table functions are not known to the dev warehouse", ""),
}


def guard(tree: exp.Query, source: Source, catalog: Catalog) -> list[str]:
    """Checks the whole tree; answers with the names of the tables it reads."""
    for node in tree.walk():
        for kind, (what, help) in REFUSED.items():
            if isinstance(node, kind):
                raise Problem(what, help, **source.at(node))
        if isinstance(node, exp.Column) and node.name.upper() in PSEUDO_COLUMNS:
            help = PSEUDO_COLUMNS[node.name.upper()]
            raise Problem(f"`{node.name}` is not known to the dev warehouse", help, **source.at(node))
        if isinstance(node, exp.Select) and node.args.get("kind"):
            raise Problem(f"SELECT AS {node.args['kind']} is not known to the dev warehouse", **source.at(node))
    _explicit_unions(tree, source)
    _one_spelling(tree)
    return [_table(table, source, catalog) for table in _tables(tree)]


def _one_spelling(tree: exp.Query) -> None:
    """Capitals make no difference in the name of a WITH clause; in a table's they do."""
    names = {cte.alias.lower(): cte.alias for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        name = names.get(table.name.lower())
        if name is not None and not table.db and table.name != name:
            table.this.set("this", name)


def _explicit_unions(tree: exp.Query, source: Source) -> None:
    """BigQuery wants ALL or DISTINCT behind UNION, DISTINCT behind the two others, and brackets where they mix."""
    for node in tree.find_all(exp.SetOperation):
        inner = node.this
        if isinstance(inner, exp.SetOperation) and (type(inner), inner.args.get("distinct")) != (type(node), node.args.get("distinct")):
            raise Problem("BigQuery asks for brackets where UNION, INTERSECT and EXCEPT mix", "write (… UNION ALL …) EXCEPT DISTINCT …", **source.at(node.expression))
    for token, after in zip(source.tokens, source.tokens[1:]):
        word = token.text.upper()
        given = ("ALL", "DISTINCT") if word == "UNION" else ("DISTINCT",)
        if token.token_type.name in ("UNION", "INTERSECT", "EXCEPT") and after.text.upper() not in given:
            if word == "EXCEPT" and after.text == "(":
                continue  # SELECT * EXCEPT (…)
            choice = "UNION ALL or UNION DISTINCT" if word == "UNION" else f"{word} DISTINCT"
            raise Problem(f"BigQuery asks to say {choice}", **source.at_token(token))


def _tables(tree: exp.Query) -> Iterator[exp.Table]:
    """Those that are neither a WITH clause's nor an array's."""
    for scope in traverse_scope(tree):
        for table in scope.tables:
            if table.db or table.name not in scope.cte_sources:
                yield table


def _table(table: exp.Table, source: Source, catalog: Catalog) -> str:
    place = source.across(part for part in (table.args.get("catalog"), table.args.get("db"), table.this) if part)
    if not isinstance(table.this, exp.Identifier):
        raise Problem("table functions are not known to the dev warehouse", **place)
    if table.catalog:
        short = f"{table.db}.{table.name}"
        raise Problem(
            f"`{table.catalog}.{short}` names one project, but this query runs in all environments",
            f"write {short}: the environment says which project",
            **place,
        )
    if "*" in table.name:
        raise Problem("wildcard tables are not known to the dev warehouse", "name the tables, with UNION ALL", **place)
    name = f"{table.db}.{table.name}" if table.db else table.name
    if table.db.upper() == "INFORMATION_SCHEMA" or table.name.upper().startswith("INFORMATION_SCHEMA"):
        raise Problem("INFORMATION_SCHEMA is not known to the dev warehouse", **place)
    if catalog.get(name) is None:
        message, help = catalog.unknown(name)
        if not table.db:
            help = help or "write dataset.table"
        raise Problem(message, help, **place)
    return name
