"""The demo businesses by name."""

from __future__ import annotations

import os
import shutil
import tempfile
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from cjm_research.errors import ParameterError

if TYPE_CHECKING:
    from types import ModuleType

    import pandas as pd

    from cjm_research.demo.draw import Variant
    from cjm_research.demo.planted import Truth

NAMES = ("retail", "freight")
"""Every demo business."""
SEED = 20260630


def write(
    name: str, folder: Path | str, *, seed: int = SEED, variant: Variant = "planted"
) -> tuple[Path, ...]:
    """Write the raw files of a demo business.

    The files are made in a folder beside `folder` and moved into place when all of them are
    whole, so that an interrupted run leaves nothing half-written.

    Parameters
    ----------
    name : str
        ``retail`` or ``freight``.
    folder : path
        Where the files go, as a rule ``data/raw/NAME``. Other files there are left alone.
    seed : int
        The same seed gives the same bytes.
    variant : str
        ``planted``, or ``continuum``: the same business, but how often and what customers buy
        divides them into no groups.

    Returns
    -------
    tuple of pathlib.Path
        The files, in the order of their names.

    Raises
    ------
    ParameterError
        If there is no demo business of that name.
    """
    business = _business(name)
    folder = Path(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    staged = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        business.write_files(staged, seed=seed, variant=variant)
        files = sorted(p.relative_to(staged) for p in staged.rglob("*") if p.is_file())
        for file in files:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            os.replace(staged / file, folder / file)  # noqa: PTH105  # atomic on every system
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return tuple(folder / file for file in files)


def truth(name: str) -> Truth:
    """Tell what is planted in a demo business.

    Raises
    ------
    ParameterError
        If there is no demo business of that name.

    Examples
    --------
    >>> truth("retail").weakest_step
    'purchase'
    """
    found: Truth = _business(name).planted()
    return found


def planted_groups(name: str, *, seed: int = SEED) -> pd.DataFrame:
    """Tell who is in which group of those that no file names: what clusters should find.

    Returns
    -------
    pandas.DataFrame
        `customer_id`, `grouping` (of the demo study, of kind clusters) and `group`, for
        customers who bought.

    Raises
    ------
    ParameterError
        If there is no demo business of that name.
    """
    found: pd.DataFrame = _business(name).planted_groups(seed)
    return found


def _business(name: str) -> ModuleType:
    if name not in NAMES:
        raise ParameterError.unknown("demo business", name, known=NAMES)
    return import_module(f"cjm_research.demo.{name}.files")
