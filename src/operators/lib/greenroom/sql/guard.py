"""Refuses, by name and place, what means something else on DuckDB or cannot be had there."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

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
    _explicit_unions(source)
    tables = [_table(table, source, catalog) for table in _tables(tree)]
    _aliases(tree, source, catalog)
    return tables


def _explicit_unions(source: Source) -> None:
    """BigQuery wants ALL or DISTINCT behind UNION, DISTINCT behind the two others."""
    for token, after in zip(source.tokens, source.tokens[1:]):
        word = token.text.upper()
        if token.token_type.name in ("UNION", "INTERSECT", "EXCEPT") and after.text.upper() not in ("ALL", "DISTINCT"):
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


def _aliases(tree: exp.Query, source: Source, catalog: Catalog) -> None:
    """DuckDB knows a column's alias further on in the same SELECT and in WHERE; BigQuery does not."""
    for scope in traverse_scope(tree):
        select = scope.expression
        columns = _columns(scope, catalog)
        if not isinstance(select, exp.Select) or columns is None:
            continue
        aliases: set[str] = set()
        for projection in select.expressions:
            _alias_in(projection, aliases - columns, source, "in the same SELECT")
            if isinstance(projection, exp.Alias):
                aliases.add(projection.alias.lower())
        if select.args.get("where"):
            _alias_in(select.args["where"], aliases - columns, source, "in WHERE")


def _alias_in(node: exp.Expression, aliases: set[str], source: Source, where: str) -> None:
    for column in node.find_all(exp.Column):
        if not column.table and column.name.lower() in aliases and not column.find_ancestor(exp.Subquery, exp.Exists, exp.Unnest):
            raise Problem(
                f"BigQuery does not know the alias `{column.name}` {where}",
                "repeat the expression, or make it a column of a WITH clause or subquery",
                **source.at(column),
            )


def _columns(scope: Scope, catalog: Catalog) -> set[str] | None:
    """The columns that a SELECT's sources have, in lower case; None where a star hides them."""
    columns: set[str] = set()
    for found in scope.sources.values():
        if isinstance(found, exp.Table):
            table = catalog.get(f"{found.db}.{found.name}")
            names = list(table.columns) if table else ["*"]
        elif isinstance(found, Scope) and isinstance(found.expression, exp.Query):
            names = found.expression.named_selects
        else:
            expression = found.expression if isinstance(found, Scope) else found
            alias = expression.args.get("alias") if expression is not None else None
            names = [column.name for column in alias.args.get("columns") or []] if alias else ["*"]
        if "*" in names:
            return None
        columns |= {name.lower() for name in names}
    return columns
