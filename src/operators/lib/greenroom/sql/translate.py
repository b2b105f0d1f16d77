"""BigQuery's SQL → DuckDB's."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from sqlglot import ErrorLevel, exp
from sqlglot.errors import UnsupportedError

from greenroom.catalog import Catalog, nearest
from greenroom.params import Param
from greenroom.problem import Problem
from greenroom.sql.aliases import check_aliases, spell_out
from greenroom.sql.clauses import check_clauses
from greenroom.sql.coercion import check_coercion
from greenroom.sql.columns import Columns
from greenroom.sql.deep import deeply
from greenroom.sql.foreign import check_foreign
from greenroom.sql.guard import guard
from greenroom.sql.numeric import has_numeric, round_products
from greenroom.sql.parse import parse
from greenroom.sql.pipes import check_pipes
from greenroom.sql.rewrite import rewrite
from greenroom.sql.source import Source
from greenroom.sql.types import Types
from greenroom.sql.words import check_words

logging.getLogger("sqlglot").setLevel(logging.ERROR)


@dataclass(frozen=True)
class Translated:
    source: Source
    # For DuckDB; parameters are the variables `p_<name>`.
    sql: str
    tables: list[str]
    params: set[str]
    # The outermost query says in which order its rows come.
    ordered: bool


def translate(text: str, catalog: Catalog, params: dict[str, Param], kept: bool = True) -> Translated:
    """`kept`: the rows go into a table or file; where they are only shown, a column need not be named."""
    return deeply(lambda: _translate(text, catalog, params, kept))


def _translate(text: str, catalog: Catalog, params: dict[str, Param], kept: bool) -> Translated:
    source, tree = _read(text)
    tables = guard(tree, source, catalog)
    used = bind(tree, source, params)
    columns = Columns(tree, catalog)
    types = Types(columns)
    check_aliases(columns, source)
    check_coercion(tree, source, types)
    ordered = tree.args.get("order") is not None
    if not kept:
        _name_columns(tree)
    _named_columns(tree, source)
    _star_names(tree, columns, source)
    spell_out(columns)
    numeric = has_numeric(tree, map(catalog.get, tables))
    tree = rewrite(tree, source)
    if numeric:
        round_products(tree)
    # Last: what is added is DuckDB's own.
    _break_ties(tree)
    try:
        sql = tree.sql("duckdb", unsupported_level=ErrorLevel.RAISE)
    except UnsupportedError as error:
        raise Problem(f"not known to the dev warehouse: {error}", **source.at(tree)) from error
    return Translated(source, sql, tables, used, ordered)


def _read(text: str) -> tuple[Source, exp.Query]:
    """As far as words alone tell."""
    source = Source(text)
    tree = parse(source)
    check_clauses(source)
    check_pipes(source)
    check_words(source)
    check_foreign(tree, source)
    return source, tree


def check_names(text: str, catalog: Catalog | None) -> None:
    """Whether it is a query, and, where a catalog is given, one on tables that there are."""

    def check() -> None:
        source, tree = _read(text)
        if catalog is not None:
            guard(tree, source, catalog)

    deeply(check)


def bind(tree: exp.Query, source: Source, params: dict[str, Param]) -> set[str]:
    """Puts a variable of the connection in the place of each `@name`; answers with the names."""
    used: set[str] = set()
    for node in list(tree.find_all(exp.Parameter)):
        name = node.name
        param = params.get(name)
        if param is None:
            place = source.occurrence("@", len(used)) or {}
            token = source.find_words("@", name.upper())
            if token is not None:
                place = {"offset": token.start, "length": len(name) + 1}
            help = nearest(name, params) or ("there are: " + ", ".join(f"@{each}" for each in params) if params
                                             else f"declare it below `params:` of the workflow; greenroom sql takes --param {name}=…")
            raise Problem(f"there is no parameter @{name}", help, **place)
        used.add(name)
        variable = exp.Anonymous(this="getvariable", expressions=[exp.Literal.string(f"p_{name}")])
        value = exp.Cast(this=variable, to=exp.DataType.build(param.bigquery_type, dialect="bigquery"))
        variable.meta["bound"] = value.meta["bound"] = True
        value.meta.update(source.span(node))
        node.replace(value)
    return used


def _naming(tree: exp.Query) -> exp.Query:
    """The select that names the columns."""
    select = tree
    while isinstance(select, exp.SetOperation):
        select = select.this.unnest() if isinstance(select.this, exp.Subquery) else select.this
    return select


def _name_columns(tree: exp.Query) -> None:
    """As BigQuery calls those without a name: f0_, f1_ and so on."""
    select = _naming(tree)
    if not isinstance(select, exp.Select):
        return
    named: list[exp.Expression] = []
    nameless = 0
    for projection in select.expressions:
        if not projection.is_star and not isinstance(projection.unnest(), (exp.Alias, exp.Column, exp.Dot)):
            projection = exp.Alias(this=projection, alias=exp.to_identifier(f"f{nameless}_"))
            nameless += 1
        named.append(projection)
    select.set("expressions", named)


def _named_columns(tree: exp.Query, source: Source) -> None:
    """A column without a name would be called f0_ by BigQuery and something else here."""
    seen: set[str] = set()
    for projection in _naming(tree).selects:
        name = projection.alias_or_name
        if projection.is_star:
            continue
        if not name or name == "*":
            raise Problem("this column has no name", "give it one: … AS name", **source.at(projection))
        if name.lower() in seen:
            raise Problem(f"two columns are named `{name}`", "give one another name: … AS name", **source.at(projection))
        seen.add(name.lower())


def _star_names(tree: exp.Query, columns: Columns, source: Source) -> None:
    """A star over a JOIN … ON gives the columns of both, which no table can hold under one name."""
    scope = next((scope for scope in columns.scopes if scope.expression is tree), None)
    names = [name for name, _ in columns.output(scope) or []] if scope is not None else []
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice is not None:
        star = next((each for each in tree.selects if each.is_star), tree)
        raise Problem(f"two columns are named `{twice}`", "write JOIN … USING, * EXCEPT (…), or name the columns", **source.at(star))


def _break_ties(tree: exp.Query) -> None:
    """Rows that ORDER BY leaves equal come in any order: with LIMIT, other ones each time."""
    order = tree.args.get("order")
    if order is None:
        return
    every: list[exp.Expression] = [exp.Literal.number(number) for number in range(1, len(tree.selects) + 1)]
    if any(isinstance(each, exp.Star) or each.name == "*" for each in tree.selects):
        # How many columns a star has, only DuckDB knows; of a UNION it does not tell.
        every = [] if isinstance(tree, exp.SetOperation) else [exp.Columns(this=exp.Star())]
    for column in every:
        order.append("expressions", exp.Ordered(this=column, nulls_first=True))
