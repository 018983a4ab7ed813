"""Parameters of a notebook: read from its own cell, checked before a kernel starts.

The cell tagged ``parameters`` is the schema. It is read as text and never executed: literal
defaults with a type, and a comment as help. Only the standard library is used.
"""

from __future__ import annotations

import ast
import io
import json
import math
import tokenize
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from cjm_research.errors import ParameterError, ReportError, nearest
from cjm_research.report.bounds import named_choices, named_range, names_a_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

Value = str | int | float | bool

TYPES = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "date": "a day such as 2026-11-22",
    "Literal": "one of its choices",
}
"""Types that a parameter may have, each with the words of its message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter, as its notebook declares it."""

    name: str
    type: str
    """A key of `TYPES`."""
    default: Value
    help: str
    choices: tuple[Value, ...] = ()
    low: float = -math.inf
    high: float = math.inf

    @property
    def allowed(self) -> str:
        """What it may be, in words.

        Examples
        --------
        >>> Parameter(name="share", type="float", default=0.5, help="", low=0, high=1).allowed
        'a number between 0 and 1'
        """
        if self.choices:
            return f"one of {list(self.choices)}"
        if math.isfinite(self.low):
            return f"{TYPES[self.type]} between {self.low:g} and {self.high:g}"
        return TYPES[self.type]


def read_parameters(notebook: Path) -> tuple[Parameter, ...]:
    """Read the schema of a notebook from its ``parameters`` cell.

    Parameters
    ----------
    notebook : Path
        An ``.ipynb`` file.

    Raises
    ------
    ReportError
        If the file is no notebook, or the cell holds anything but typed literal defaults.
    """
    cells = [c for c in notebook_cells(notebook) if "parameters" in _tags(c)]
    if len(cells) > 1:
        raise ReportError(f"{notebook.name} has {len(cells)} cells tagged 'parameters', not one.")
    return parse_parameters(_text(cells[0].get("source")), notebook.name) if cells else ()


def notebook_cells(notebook: Path) -> list[dict[str, Any]]:
    """Return the cells of a notebook as plain data.

    Raises
    ------
    ReportError
        If the file is missing or is no notebook.
    """
    try:
        cells: list[dict[str, Any]] = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReportError(f"{notebook.name} cannot be read as a notebook: {error}.") from error
    return cells


def code_of(notebook: Path) -> tuple[str, ...]:
    """Return the source of every code cell; markdown, tags and outputs are not code."""
    cells = notebook_cells(notebook)
    return tuple(_text(c.get("source")) for c in cells if c.get("cell_type") == "code")


def parse_parameters(source: str, notebook: str) -> tuple[Parameter, ...]:
    """Read a schema from the text of a cell.

    Raises
    ------
    ReportError
        If a line is no typed literal default; every such line is named.

    Examples
    --------
    >>> (p,) = parse_parameters("share: float = 0.5  # between 0 and 1", "x.ipynb")
    >>> p.name, p.type, p.default, p.high
    ('share', 'float', 0.5, 1.0)
    >>> (p,) = parse_parameters("by: str = 'month'  # one of month, year; empty: none", "x.ipynb")
    >>> p.choices
    ('month', 'year', '')
    """
    try:
        body = ast.parse(source).body
    except SyntaxError as error:
        raise ReportError(
            f"{notebook}, parameters cell: {error.msg} in line {error.lineno}."
        ) from None
    comments = _comments(source)
    found, problems = [], []
    for statement in body:
        try:
            found.append(_declared(statement, comments.get(statement.end_lineno or 0, "")))
        except ParameterError as error:
            problems.append(f"{notebook}, parameters cell, line {statement.lineno}: {error}")
    if problems:
        raise ReportError("\n".join(problems))
    return tuple(found)


def check_parameters(
    given: Mapping[str, object], schema: Iterable[Parameter], *, notebook: str
) -> dict[str, Value]:
    """Check given values against a schema and turn each into its declared type.

    A text, as the command line gives it, is read by the declared type: ``007`` stays text where
    text is declared. Other values must be of the type already.

    Parameters
    ----------
    given : mapping
        Values by parameter name; those that are not given keep their default.
    schema : iterable of Parameter
    notebook : str
        Name for the message.

    Raises
    ------
    ParameterError
        Listing everything that is wrong, one a line, with the nearest name.

    Examples
    --------
    >>> schema = parse_parameters("segment: str = 'a'", "x.ipynb")
    >>> check_parameters({"segment": "007"}, schema, notebook="x")
    {'segment': '007'}
    """
    declared = {p.name: p for p in schema}
    values: dict[str, Value] = {}
    problems = []
    for name, value in given.items():
        if name not in declared:
            problems.append(
                f"{notebook} has no parameter {name!r}.{nearest(name, declared)}"
                f" Its parameters are {list(declared)}."
            )
            continue
        try:
            values[name] = checked(declared[name], value)
        except ParameterError as error:
            problems.append(f"{notebook}: {error}")
    if problems:
        raise ParameterError("\n".join(problems))
    return values


def checked(parameter: Parameter, value: object) -> Value:
    """Return `value` as the parameter's type.

    Raises
    ------
    ParameterError
        If it is of another type, out of range, or none of the choices.
    """
    if parameter.choices:
        for choice in parameter.choices:
            if value == str(choice) or (value == choice and type(value) is type(choice)):
                return choice
        hint = nearest(str(value), map(str, parameter.choices))
        raise ParameterError(f"{parameter.name} must be {parameter.allowed}; got {value!r}.{hint}")
    typed = _typed(parameter.type, value)
    if typed is None or (
        isinstance(typed, int | float) and not parameter.low <= typed <= parameter.high
    ):
        raise ParameterError.expected(parameter.name, parameter.allowed, got=value)
    return typed


def _typed(kind: str, value: object) -> Value | None:
    """Return the value as its type, or None when it cannot be."""
    if isinstance(value, str):
        return _from_text(kind, value)
    if kind == "bool":
        return value if isinstance(value, bool) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if kind == "int":
        return int(value) if float(value).is_integer() else None
    return float(value) if kind == "float" and math.isfinite(value) else None


def _from_text(kind: str, text: str) -> Value | None:
    if kind == "str":
        return text
    if kind == "bool":
        return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(
            text.casefold()
        )
    try:
        if kind == "date":
            return date.fromisoformat(text).isoformat() if text else text
        number = float(text)
        if not math.isfinite(number):
            return None
        return int(text) if kind == "int" else number
    except ValueError:
        return None


def _declared(statement: ast.stmt, comment: str) -> Parameter:
    if not (isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)):
        raise ParameterError("only 'name: type = default  # help' is allowed here.")
    name = statement.target.id
    kind, choices = _type_of(name, statement.annotation)
    kind = "date" if kind == "str" and names_a_day(comment) else kind
    try:
        default = ast.literal_eval(statement.value) if statement.value is not None else None
    except ValueError:
        default = None
    if default is None:
        text = f"{name} needs a literal default; computed values go to the next cell."
        raise ParameterError(text)
    span = named_range(comment) if kind in {"int", "float"} else None
    parameter = Parameter(
        name=name,
        type=kind,
        default=default,
        help=comment,
        choices=choices or (named_choices(comment) if kind == "str" else ()),
        low=span[0] if span else -math.inf,
        high=span[1] if span else math.inf,
    )
    checked(parameter, default)
    return parameter


def _type_of(name: str, annotation: ast.expr) -> tuple[str, tuple[Value, ...]]:
    if isinstance(annotation, ast.Name) and annotation.id in TYPES and annotation.id != "Literal":
        return annotation.id, ()
    if (
        isinstance(annotation, ast.Subscript)
        and isinstance(annotation.value, ast.Name)
        and annotation.value.id == "Literal"
    ):
        with suppress(ValueError):
            given = ast.literal_eval(annotation.slice)
            return "Literal", given if isinstance(given, tuple) else (given,)
    raise ParameterError(
        f"{name} has the type {ast.unparse(annotation)!r}; types are"
        " str, int, float, bool, date and Literal[...]."
    )


def _comments(source: str) -> dict[int, str]:
    """Return the comment of each line that has one."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {
        t.start[0]: t.string.lstrip("# ").rstrip() for t in tokens if t.type == tokenize.COMMENT
    }


def _tags(cell: Mapping[str, Any]) -> list[str]:
    tags: list[str] = cell.get("metadata", {}).get("tags", [])
    return tags


def _text(source: object) -> str:
    return "".join(source) if isinstance(source, list) else str(source or "")
