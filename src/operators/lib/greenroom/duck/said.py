"""What DuckDB says, in the words of BigQuery's SQL."""

from __future__ import annotations

import re

TYPES = {
    "VARCHAR": "STRING",
    "STRING_LITERAL": "STRING",
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UBIGINT", "INT32", "INT128", "INTEGER_LITERAL"), "INT64"),
    **dict.fromkeys(("DOUBLE", "FLOAT"), "FLOAT64"),
    "BOOLEAN": "BOOL",
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMP",
    "TIMESTAMP": "DATETIME",
    "BLOB": "BYTES",
    '"NULL"': "NULL",
}
# By length: the longest name first.
TYPE = re.compile(r"DECIMAL ?\(\d+(?:, ?\d+)?\)|(?<![\w`'])(?:" + "|".join(sorted(map(re.escape, TYPES), key=len, reverse=True)) + r")(?!\w)")
ARRAY = re.compile(r"([\w]+)\[\]")

# DuckDB's function → how the query calls it.
FUNCTIONS = {
    "regexp_matches": "REGEXP_CONTAINS",
    "regexp_extract": "REGEXP_EXTRACT",
    "like_escape": "LIKE",
    "not_like_escape": "NOT LIKE",
    "strptime": "PARSE_…",
    "strftime": "FORMAT_…",
    "str_split": "SPLIT",
    "suffix": "ENDS_WITH",
    "prefix": "STARTS_WITH",
    "array_length": "ARRAY_LENGTH",
    "generate_series": "GENERATE_ARRAY",
    "octet_length": "BYTE_LENGTH",
    "list": "ARRAY_AGG",
    "year": "EXTRACT",
    "month": "EXTRACT",
    "day": "EXTRACT",
    "length": "this function",
}
OPERATOR = re.compile(r"\W+")
NO_FUNCTION = re.compile(r"^(?:No function matches the given name and argument types '|Could not choose a best candidate function for the function call \")"
                         r"(.+?)\((.*)\)['\"]")
NOT_GROUPED = re.compile(r"^column \"?(\w+)\"? must appear in the GROUP BY clause")
MIXED = re.compile(r"^Cannot (?:compare|mix|combine) (?:values|types) of (?:type )?(.+?) and (?:type )?(.+?)(?: in .*)?(?: -.*)$")
NO_CAST = re.compile(r"^Unimplemented type for cast \((.+) -> (.+)\)")
NOT_CAST = re.compile(r"^Could not convert string ['\"](.*)['\"] to (.+)$", re.DOTALL)
NOT_PARSED = re.compile(r"^Could not parse string \"(.*)\" according to format specifier \"(.*)\"", re.DOTALL)
OVERFLOW = re.compile(r"^Overflow in (\w+) of (?:DECIMAL|INT128|HUGEINT)")
TOO_LARGE = re.compile(r"^Type (\S+) with value (.+) can't be cast because the value is out of range for the destination type (\S+)")
MALFORMED = re.compile(r"^Malformed JSON")


def in_bigquerys_types(text: str) -> str:
    named = TYPE.sub(lambda found: TYPES.get(found.group(), "NUMERIC"), text)
    return ARRAY.sub(r"ARRAY<\1>", named)


def said(message: str) -> tuple[str, str] | None:
    """What happened and what to do; None where DuckDB's own words will do."""
    types = in_bigquerys_types
    if found := NO_FUNCTION.match(message):
        name = FUNCTIONS.get(found[1], found[1].upper())
        if name.startswith("GR_"):
            name = "this function"
        given = types(found[2])
        what = f"`{name}` does not take {given}" if not OPERATOR.fullmatch(found[1]) else f"`{name}` does not go with {given}"
        return what.replace("`this function`", "this function"), "CAST what does not fit, or take another function"
    if found := NOT_GROUPED.match(message):
        return f"`{found[1]}` is neither in GROUP BY nor in an aggregate", "add it to GROUP BY, or take MIN(…), ANY_VALUE(…) of it"
    if found := MIXED.match(message):
        return f"{types(found[1])} and {types(found[2])} do not go together", "CAST one of them"
    if found := NO_CAST.match(message):
        return f"{types(found[1])} cannot be CAST AS {types(found[2])}", ""
    if found := NOT_CAST.match(message):
        return f"`{found[1]}` is no {types(found[2])}", "SAFE_CAST gives NULL instead"
    if found := NOT_PARSED.match(message):
        return f"`{found[1]}` does not fit the format {found[2]}", ""
    if found := OVERFLOW.match(message):
        return f"the result of a NUMERIC {found[1]} is too large", "CAST AS FLOAT64"
    if found := TOO_LARGE.match(message):
        return f"{found[2]} is too large for {types(found[3])}", ""
    if MALFORMED.match(message):
        return "a text that JSON_VALUE reads is no JSON", "keep it out with WHERE or IF"
    if message.startswith("More than one row returned by a subquery"):
        return "a subquery that stands for one value gives more than one row", "LIMIT 1, or an aggregate"
    if "expression depth limit" in message or "stack overflow" in message.lower():
        return "the query is nested too deeply", "name parts of it in WITH clauses, or write IN (…) for many ORs"
    if message.startswith("Failure in decode"):
        return "these BYTES are no UTF-8, so that they are no STRING", "TO_HEX shows them"
    if message.startswith("SELECT clause without selection list"):
        return "nothing is selected", "write SELECT … FROM …"
    return None
