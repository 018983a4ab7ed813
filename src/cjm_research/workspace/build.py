"""From raw files to a new version of the store: only what changed, and all or nothing."""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING

from cjm_research.cleaning.clean_study import METHOD_VERSION, clean_study
from cjm_research.cleaning.history import History, code, file_hash, sweep_history
from cjm_research.cleaning.privacy import hashing_key, without_identifiers
from cjm_research.cleaning.quality.drift import drift, profile
from cjm_research.cleaning.read_sources import planned
from cjm_research.errors import StoreError
from cjm_research.store.store import Store, commit, sweep
from cjm_research.store.versions import Version
from cjm_research.study.load import load_study
from cjm_research.workspace.identity_list import write_identity_list
from cjm_research.workspace.project import raw_folder, store_folder, study_path

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from cjm_research.cleaning.read_sources import Planned
    from cjm_research.study.model import Study

_LOADS = "loaded"


def clean(name: str, root: Path) -> Version:
    """Clean every source of a study and make the result the current version of its store.

    Files that were read before are not read again; where nothing changed at all (files,
    settings, decisions, code), nothing is done. A load that fails leaves the store as it was.

    Parameters
    ----------
    name : str
        Name of the study.
    root : Path
        The project's folder.

    Raises
    ------
    StudyError, SourceError
        If the study file or a raw file is wrong; the store stays as it was.
    ParameterError
        If identifiers are to be hashed and there is no key.
    """
    study = load_study(study_path(root, name))
    raw, folder = raw_folder(root, name), store_folder(root, name)
    current = _current(folder)
    secret = hashing_key(os.environ) if study.privacy.identifiers == "hash" else None
    history = _history(folder, current) if secret is None else None
    hashes = history or History(folder=raw / "none")  # contents are hashed in either case
    plan = planned(study, raw, history=hashes)
    key = _key(study, plan, secret)
    if current is not None and current.version.info.get("load_key") == key:
        return current.version
    cleaned = clean_study(study, raw, history=history, plan=plan if history else None)
    tables = dict(cleaned.tables)
    if secret is not None:
        tables = without_identifiers(tables, key=secret, personal=study.privacy.personal)
    tables |= _compared(tables, current)
    if secret is None:  # first: a run that dies after the commit would find nothing left to do
        write_identity_list(study, tables, root)
    version = commit(folder, tables, info={**cleaned.info, "load_key": key})
    sweep(folder)
    sweep_history(folder / _LOADS, used=_used(folder))
    return version


def _current(folder: Path) -> Store | None:
    """Return the store as it is; None before the first load, or when it is damaged."""
    try:
        return Store.open(folder)
    except StoreError:
        return None


def _history(folder: Path, current: Store | None) -> History:
    keys = current.version.info.get("sources", {}) if current is not None else {}
    return History(folder=folder / _LOADS, keys=keys)


def _key(study: Study, plan: Sequence[Planned], secret: bytes | None) -> str:
    """Return the key of the whole load; it is the same when nothing would change."""
    sources = [p.key for p in plan]
    path = study.decisions_path
    decided = file_hash(path) if path is not None and path.is_file() else ""
    settings = study.model_dump(mode="json", include={"identity", "privacy", "zone", "currency"})
    hidden = hashlib.sha256(secret).hexdigest() if secret is not None else ""
    text = json.dumps([METHOD_VERSION, sources, settings, decided, hidden, code()], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _compared(tables: dict[str, pd.DataFrame], current: Store | None) -> dict[str, pd.DataFrame]:
    """Describe the tables, and what differs from the last load."""
    now = profile(tables)
    before = current.read("profile") if current is not None and current.has("profile") else None
    return {"profile": now, "drift": drift(before, now)}


def _used(folder: Path) -> set[str]:
    """Return the loads that any version still in the store names."""
    versions = [Version.read(p) for p in (folder / "versions").glob("*.json")]
    return {key for v in versions for key in v.info.get("sources", {}).values()}
