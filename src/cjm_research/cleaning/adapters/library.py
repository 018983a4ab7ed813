"""The adapters of the package and those of the project."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from cjm_research.cleaning.adapters.model import Adapter
from cjm_research.errors import ParameterError, SourceError

_HERE = Path(__file__).parent / "layouts"
ANY = "any"
"""The adapter of no system: aliases of headers in three languages."""


def adapters(folder: Path | None = None) -> dict[str, Adapter]:
    """Return every adapter by name; those of a project's folder replace the package's own.

    Raises
    ------
    SourceError
        If an adapter file is wrong: file, key and what is allowed.

    Examples
    --------
    >>> adapters()["bitrix24"].title
    'Bitrix24 CRM'
    """
    own = {} if folder is None or not folder.is_dir() else _folder(folder)
    return {**_package(), **own}


def adapter(name: str, folder: Path | None = None) -> Adapter:
    """Return the adapter of a name.

    Raises
    ------
    ParameterError
        If there is none; with the nearest name.
    """
    known = adapters(folder)
    if name not in known:
        raise ParameterError.unknown("adapter", name, known=known)
    return known[name]


def read_adapter(path: Path) -> Adapter:
    """Read one adapter file.

    Raises
    ------
    SourceError
        If it is no TOML or does not fit.
    """
    try:
        plain = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        found = Adapter.model_validate(plain)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"Adapter {path.name!r} is not valid TOML in UTF-8: {error}.") from None
    except ValidationError as error:
        problems = [
            f"{'.'.join(map(str, e['loc']))}: {e['msg'].removeprefix('Value error, ').rstrip('.')}."
            for e in error.errors()
        ]
        raise SourceError(f"Adapter {path.name!r}: " + " ".join(problems)) from None
    except OSError as error:
        raise SourceError(f"Adapter {path.name!r} cannot be read: {error.strerror}.") from None
    found._name = path.stem  # noqa: SLF001  # the file is no part of the model's data
    return found


@lru_cache
def _package() -> dict[str, Adapter]:
    return _folder(_HERE)


def _folder(folder: Path) -> dict[str, Adapter]:
    return {path.stem: read_adapter(path) for path in sorted(folder.glob("*.toml"))}
