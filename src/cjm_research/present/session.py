"""Open a study in a notebook: its tables, shown in its words."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cjm_research.present.context import use
from cjm_research.present.formatter import register

if TYPE_CHECKING:
    from pathlib import Path

    from cjm_research.workspace.workspace import Workspace


def open_study(
    name: str, *, as_of: str = "", grouping: str = "", root: Path | None = None
) -> Workspace:
    """Open a study and show everything after it in the study's languages and words.

    Parameters
    ----------
    name : str
        A file in ``studies/``, without its ending.
    as_of : str
        ISO day that recency is counted to; the newest day of the data if empty.
    grouping : str
        Whose words a segment has where a table names no grouping. Two groupings may call
        different customers by one id; if empty, the first that has the id gives its words.
    root : Path, optional
        Folder of the project; found from the current folder if absent.

    Returns
    -------
    Workspace
        The tables of the study.
    """
    from cjm_research.workspace import workspace  # noqa: PLC0415  # heavy

    world = workspace.open_study(name, as_of=as_of, root=root)
    use(world, grouping=grouping)
    shell = _shell()
    if shell is not None:
        register(shell)
    return world


def _shell() -> object | None:
    """Return the IPython shell that runs, if one does; IPython is not imported for that."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None
