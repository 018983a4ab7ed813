"""A codebook to begin with: ``cjm new codebook STUDY KIND``."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

from cjm_research.errors import ParameterError
from cjm_research.store.whole import write_whole

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ("retail", "freight")
"""Trades that a starter codebook ships for."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


def new_codebook(study: str, root: Path, *, kind: str, force: bool = False) -> Path:
    """Write the starter codebook of a trade beside a study.

    Parameters
    ----------
    study : str
        Name of the study.
    root : Path
        The project's folder.
    kind : str
        ``retail`` or ``freight``.
    force : bool
        Write over a codebook that is there.

    Returns
    -------
    Path
        ``studies/STUDY.codebook.toml``.

    Raises
    ------
    ParameterError
        If the name is no name, the trade unknown, or the file there already.
    """
    if not _NAME.fullmatch(study):
        raise ParameterError.expected("STUDY", "small Latin letters, digits, - and _", got=study)
    if kind not in KINDS:
        raise ParameterError.unknown("codebook", kind, known=KINDS)
    path = root / "studies" / f"{study}.codebook.toml"
    if path.exists() and not force:
        raise ParameterError(f"There is a codebook {path.name!r} already; --force writes it anew.")
    text = (files("cjm_research.needs") / "codebooks" / f"{kind}.toml").read_text(encoding="utf-8")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, text)
    return path
