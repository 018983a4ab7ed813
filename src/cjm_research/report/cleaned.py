"""The version of a study's store that a run is made from: cleaned anew if need be."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from cjm_research.errors import ReportError
from cjm_research.report import remote
from cjm_research.report.inputs import raw_digest
from cjm_research.report.light import load_execute
from cjm_research.report.manifest import read_json, to_json
from cjm_research.report.prepare import current_version
from cjm_research.report.publish import runs_folder
from cjm_research.store.lock import locked
from cjm_research.store.whole import write_whole
from cjm_research.workspace.project import store_folder

if TYPE_CHECKING:
    from pathlib import Path

    from cjm_research.report.inputs import Hashes
    from cjm_research.report.listener import Listener
    from cjm_research.report.session import Session
    from cjm_research.store.versions import Version

PATIENCE = 3600.0
"""Seconds that a shard waits for another one that cleans the raw files."""


def cleaned(
    name: str, root: Path, hashes: Hashes, *, session: Session, listener: Listener
) -> Version:
    """Return the store's version, made anew when raw files or their description changed.

    Parameters
    ----------
    name : str
        Name of the study.
    root : Path
        The project's folder.
    hashes : Hashes
        Of the raw files.
    session : Session
        Cleans while its server starts.
    listener : Listener
        Is told when the raw files are cleaned.

    Raises
    ------
    CjmError
        If a raw file does not fit, or the cleaning left no data.
    """
    with locked(
        runs_folder(root / "reports", name) / ".cleaning.lock",
        what=f"The cleaning of {name!r}", patience=PATIENCE,
    ):  # fmt: skip
        digest = raw_digest(root, name, hashes)
        version = current_version(root, name)
        if version is not None and is_clean(name, root, hashes):
            return version
        listener.cleaning(name)
        with ThreadPoolExecutor(1) as meanwhile:
            meanwhile.submit(load_execute)  # papermill, which this process has the time for
            made = session.call_apart(remote.clean, name, root)
        write_whole(_kept(name, root), to_json({"raw": digest, "version": made}))
        version = current_version(root, name)
        if version is None:
            raise ReportError(f"The cleaning of {name!r} left no data.")
        return version


def is_clean(name: str, root: Path, hashes: Hashes) -> bool:
    """Tell whether the store was made from the raw files as they are now, of which none changed."""
    version = current_version(root, name)
    now = {"raw": raw_digest(root, name, hashes), "version": version.id if version else ""}
    return read_json(_kept(name, root)) == now


def _kept(name: str, root: Path) -> Path:
    return store_folder(root, name) / ".cleaned.json"
