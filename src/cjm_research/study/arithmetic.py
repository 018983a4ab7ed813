"""Sums a study file may write over columns: numbers, names, ``+ - * /`` and parentheses."""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

_BINARY: dict[type[ast.operator], Callable[[Numbers, Numbers], Numbers]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_LONGEST = 500
_LARGEST = 1e300  # a number beyond it is a slip, and soon none that a double holds


def parse_sum(text: str) -> tuple[ast.expr, tuple[str, ...]]:
    """Read an expression; return its tree and the columns it names, in order.

    Nothing is executed: a call, a comparison, an attribute or a power is refused.

    Raises
    ------
    ValueError
        If the text is not such an expression, or names no column.

    Examples
    --------
    >>> parse_sum("quantity * unit_price - discount")[1]
    ('quantity', 'unit_price', 'discount')
    >>> parse_sum("open('x')")
    Traceback (most recent call last):
    ValueError: "open('x')" may hold column names, numbers, + - * / and parentheses only
    """
    refused = ValueError(
        f"{text!r} may hold column names, numbers, + - * / and parentheses only"
        if len(text) <= _LONGEST
        else f"a computed column may be {_LONGEST} characters long; got {len(text)}"
    )
    if len(text) > _LONGEST:
        raise refused
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError):
        raise refused from None
    names: dict[str, None] = {}
    if not _is_sum(tree, names) or not names:
        raise refused
    return tree, tuple(names)


def evaluate_sum(text: str, values: Mapping[str, Numbers]) -> Numbers:
    """Return the value of an expression over arrays; what is infinite is not a number.

    Examples
    --------
    >>> evaluate_sum("n * (price - 1)", {"n": np.array([3.0]), "price": np.array([2.5])})
    array([4.5])
    """
    tree, _ = parse_sum(text)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        found = _value(tree, values)
    return np.where(np.isinf(found), np.nan, found)


def _is_sum(node: ast.AST, names: dict[str, None]) -> bool:
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            return type(op) in _BINARY and _is_sum(left, names) and _is_sum(right, names)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            return _is_sum(operand, names)
        case ast.Name(id=name):
            names[name] = None
            return True
        case ast.Constant(value=int() | float() as value):
            return not isinstance(value, bool) and abs(value) <= _LARGEST
        case _:
            return False


def _value(node: ast.expr, values: Mapping[str, Numbers]) -> Numbers:
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            return _BINARY[type(op)](_value(left, values), _value(right, values))
        case ast.UnaryOp(op=op, operand=operand):
            inner = _value(operand, values)
            return -inner if isinstance(op, ast.USub) else inner
        case ast.Name(id=name):
            return values[name]
        case ast.Constant(value=int() | float() as value):
            return np.asarray(value, dtype=np.float64)
        case _:  # pragma: no cover - parse_sum lets nothing else through
            raise ValueError(ast.dump(node))
