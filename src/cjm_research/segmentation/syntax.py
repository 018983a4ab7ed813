"""What a condition may be made of: an allow-list over the tree that DuckDB parses."""

from __future__ import annotations

import json
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import duckdb

from cjm_research.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

LONGEST = 2000  # characters of a condition

FUNCTIONS = frozenset(
    # arithmetic and comparison of texts, as operators
    ["+", "-", "*", "/", "//", "%", "~~", "!~~", "~~*", "!~~*", "like_escape",
     # numbers
     "abs", "round", "floor", "ceil", "ln", "log10", "sqrt", "greatest", "least",
     # texts
     "lower", "upper", "trim", "length", "contains", "starts_with", "ends_with", "prefix", "suffix",
     "regexp_matches", "regexp_full_match",
     # days
     "year", "quarter", "month", "day", "dayofweek", "date_part", "date_diff", "datediff",
     "date_trunc", "trunc", "to_days", "to_weeks", "to_months", "to_years"]
)  # fmt: skip
"""Functions that give one value of one row, always the same, and cannot grow a value."""

_CLASSES = frozenset(
    ["CONJUNCTION", "COMPARISON", "BETWEEN", "OPERATOR", "CASE", "CAST", "CONSTANT", "COLUMN_REF",
     "FUNCTION", "TYPE"]
)  # fmt: skip
_OPERATORS = frozenset(
    ["COMPARE_IN", "COMPARE_NOT_IN", "OPERATOR_NOT", "OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL",
     "OPERATOR_COALESCE", "OPERATOR_NULLIF"]
)  # fmt: skip
_TYPES = frozenset(
    ["BOOLEAN", "INTEGER", "BIGINT", "DOUBLE", "FLOAT", "DECIMAL", "VARCHAR", "DATE", "TIMESTAMP",
     "INTERVAL"]
)  # fmt: skip
_EMPTY_PARTS = ("modifiers", "group_expressions", "group_sets", "having", "qualify", "sample")

_ONE = "one condition is needed, and no statement after it."
_OTHER_STATEMENT = "Only SELECT statements"  # as DuckDB says of INSTALL, ATTACH, COPY, PRAGMA, SET


def check_condition(text: str, *, columns: Collection[str]) -> str:
    """Say what is wrong with a condition; an empty text if it may be evaluated.

    Examples
    --------
    >>> check_condition("revenue > 100 AND city IN ('Пермь', 'Уфа')", columns=["revenue", "city"])
    ''
    >>> check_condition("revenu > 100", columns=["revenue"])
    "there is no column 'revenu'. Did you mean 'revenue'?"
    """
    if len(text) > LONGEST:
        return f"a condition has at most {LONGEST} characters; this one has {len(text)}."
    # As it stands, so that nothing can follow it; in parentheses, as it will be evaluated.
    return _problem(text, columns) or _problem(f"(\n{text}\n)", columns)


def columns_used(text: str) -> frozenset[str]:
    """Return the columns that a condition looks at, in lower case; none if it cannot be read.

    Examples
    --------
    >>> sorted(columns_used("Revenue > 10 AND city IS NOT NULL"))
    ['city', 'revenue']
    """
    tree, error = _parsed(text)
    if error:
        return frozenset()
    where = tree["statements"][0]["node"].get("where_clause") or {}
    named = (p["column_names"] for p in _parts(where) if p["class"] == "COLUMN_REF")
    return frozenset(path[-1].casefold() for path in named)


def _problem(text: str, columns: Collection[str]) -> str:
    tree, error = _parsed(text)
    if error:
        return error
    if len(tree["statements"]) != 1:
        return _ONE
    node = tree["statements"][0]["node"]
    table = node.get("from_table") or {}
    one_table = table.get("type") == "BASE_TABLE" and table.get("table_name") == "customer"
    if node.get("type") != "SELECT_NODE" or not one_table or not node.get("where_clause"):
        return "one condition is needed, and nothing else of SQL."
    if any(node.get(part) for part in _EMPTY_PARTS) or node["cte_map"]["map"]:
        return "a condition has no ORDER BY, LIMIT, GROUP BY, HAVING, QUALIFY, SAMPLE or WITH."
    known = {c.casefold() for c in columns}
    for part in _parts(node["where_clause"]):
        if problem := _wrong(part, known, columns):
            return problem
    return ""


@lru_cache(maxsize=256)
def _parsed(text: str) -> tuple[dict[str, Any], str]:
    question = f"SELECT 1 FROM customer WHERE {text}"  # noqa: S608  # is parsed, never run
    try:
        with _parser().cursor() as base:
            row = base.execute("SELECT json_serialize_sql(?)", [question]).fetchone()
        tree: dict[str, Any] = json.loads(row[0]) if row else {"error": True}
    except (duckdb.Error, RecursionError) as error:
        return {}, f"it cannot be read as SQL: {str(error).splitlines()[0]}"
    if tree.get("error"):
        message = str(tree.get("error_message", "")).splitlines()
        if message and message[0].startswith(_OTHER_STATEMENT):
            return {}, _ONE
        return {}, f"it cannot be read as SQL: {message[0] if message else 'unknown reason'}"
    return tree, ""


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    """Return a base without tables, opened once: that takes forty times as long as to parse."""
    return duckdb.connect(":memory:", config={"enable_external_access": "false"})


def _parts(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Go through every expression of the tree without recursion."""
    left: list[Any] = [tree]
    while left:
        part = left.pop()
        if isinstance(part, dict):
            if "class" in part:
                yield part
            left.extend(part.values())
        elif isinstance(part, list):
            left.extend(part)


def _wrong(part: dict[str, Any], known: Collection[str], columns: Collection[str]) -> str:
    match part["class"]:
        case "COLUMN_REF":
            return _wrong_column(part["column_names"], known, columns)
        case "FUNCTION":
            return _wrong_function(part)
        case "OPERATOR" if part["type"] not in _OPERATORS:
            return f"{part['type'].casefold()} is not allowed in a condition."
        case "TYPE" if part["type_name"].upper() not in _TYPES:
            return f"a value cannot be made a {part['type_name']} in a condition."
        case name if name not in _CLASSES:
            return f"a condition looks at one row: {name.casefold()} is not allowed."
    return ""


def _wrong_column(path: list[str], known: Collection[str], columns: Collection[str]) -> str:
    if len(path) == 1 and path[0].casefold() in known:
        return ""
    name = ".".join(path)
    return f"there is no column {name!r}.{nearest(name, columns)}"


def _wrong_function(part: dict[str, Any]) -> str:
    name = ".".join(filter(None, [part["catalog"], part["schema"], part["function_name"]]))
    plain = not (part["distinct"] or part["filter"] or part["order_bys"].get("orders"))
    if name.casefold() in FUNCTIONS and plain:
        return ""
    return f"function {name!r} is not allowed.{nearest(name, FUNCTIONS)}"
