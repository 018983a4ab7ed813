"""From a TOML file to a `Study`, with every problem named at once."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from cjm_research.errors import StudyError, nearest
from cjm_research.study.model import Study
from cjm_research.study.saved import read_saved, saved_grouping, saved_path

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails


def load_study(path: Path) -> Study:
    """Read a study file.

    Parameters
    ----------
    path : Path
        ``studies/NAME.toml``. The study's name is the file's.

    Raises
    ------
    StudyError
        If the file is missing, is not TOML, or does not fit: all problems, one a line, each
        with its key, what is allowed, and the nearest name.
    """
    if not path.is_file():
        names = sorted(p.stem for p in path.parent.glob("*.toml") if p.stem.count(".") == 0)
        raise StudyError(
            f"There is no study file {path.name!r} in {path.parent}.{nearest(path.stem, names)}"
            f" Studies there: {names or 'none'}."
        )
    try:
        plain = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StudyError(f"{path.name} is not valid TOML in UTF-8: {error}.") from error
    plain.setdefault("name", path.stem)
    saved = read_saved(saved_path(path))
    if saved and isinstance(plain.get("groupings", []), list):
        plain["groupings"] = [*plain.get("groupings", []), saved_grouping(saved)]
    return _validated(plain, path)


def _validated(plain: dict[str, Any], path: Path) -> Study:
    try:
        study = Study.model_validate(plain)
    except ValidationError as error:
        found = [_line(e) for e in error.errors()]
        raise StudyError.problems(path.name, found) from None
    study._path = path  # noqa: SLF001  # the file is no part of the model's data
    if study.codebook_path is not None and not study.codebook_path.is_file():
        raise StudyError.problems(
            path.name, [f"codebook: there is no file {study.codebook!r} beside the study file."]
        )
    return study


def _line(error: ErrorDetails) -> str:
    """One problem in the words of a person: key, what is wrong, what is allowed."""
    where = ".".join(f"{p + 1}" if isinstance(p, int) else str(p) for p in error["loc"]) or "file"
    if error["type"] == "extra_forbidden":
        known = _known_keys(error["loc"][:-1])
        name = str(error["loc"][-1])
        return f"{where}: there is no such key.{nearest(name, known)} Keys there: {sorted(known)}."
    message = error["msg"].removeprefix("Value error, ").rstrip(".")
    if error["type"] == "missing":
        return f"{where}: this key is needed and missing."
    given = error.get("input")
    shown = f" Got {given!r}." if isinstance(given, str | int | float | bool) else ""
    return f"{where}: {message}.{shown}"


def _known_keys(where: tuple[int | str, ...]) -> list[str]:
    model: type[BaseModel] | None = Study
    for part in where:
        if isinstance(part, int):
            continue
        if model is not None and str(part) in model.model_fields:
            model = _inner_model(model.model_fields[str(part)].annotation)
    return list(model.model_fields) if model is not None else []


def _inner_model(annotation: object) -> type[BaseModel] | None:
    """Return the pydantic model inside ``list[X]``, ``dict[str, X]`` or ``X | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        model = _inner_model(inner)
        if model is not None:
            return model
    return None
