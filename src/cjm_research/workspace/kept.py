"""What a study keeps beside its data as JSON, read again; a damaged file is named."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from cjm_research.errors import ParameterError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Kept = TypeVar("Kept")


def read_kept(path: Path, read: Callable[[str], Kept], *, remedy: str) -> Kept:
    """Return what `read` makes of a kept file.

    Parameters
    ----------
    path : Path
    read : callable
        Makes the thing from the file's text.
    remedy : str
        What to do about a damaged file, as a sentence.

    Raises
    ------
    StoreError
        If the file is none that `read` can make out; it is named with its folder.
    """
    try:
        return read(path.read_text(encoding="utf-8"))
    except (ParameterError, TypeError, ValueError, KeyError, AttributeError) as error:
        what = str(error) or type(error).__name__
        raise StoreError(
            f"{path.parent.name}/{path.name} cannot be read: {what.rstrip('.')}. {remedy}"
        ) from None
