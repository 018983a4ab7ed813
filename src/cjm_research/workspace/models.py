"""Frozen models of found clusters: found once, kept beside the data, found anew on purpose."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.errors import SchemaError, StoreError
from cjm_research.segmentation.alignment import aligned_names
from cjm_research.segmentation.base import customer_table
from cjm_research.segmentation.cluster_card import assign
from cjm_research.segmentation.clusters import ClusterModel, found_clusters
from cjm_research.store.whole import write_whole
from cjm_research.workspace.kept import read_kept

if TYPE_CHECKING:
    from pathlib import Path

    from cjm_research.study.plans import Grouping
    from cjm_research.workspace.workspace import Workspace

_REMEDY = "Put back a copy of the file, or delete it to have the clusters found anew."
_MAKES = ("features", "n_clusters", "method", "scale", "unknown", "weights", "model")
"""Settings of a grouping that make its clusters; a change of one finds them anew."""


def frozen_model(world: Workspace, grouping: Grouping) -> ClusterModel:
    """Return the clusters of a grouping: kept ones, else those found in the open study.

    They are kept in the store, so a later day moves customers between the same clusters. When
    the grouping's settings change (or its number ``model`` is raised) they are found anew, and
    a cluster that holds mostly the customers of an older one keeps its name.
    """
    folder = world.store.folder / "models" / grouping.id
    kept = sorted(folder.glob("*.json"))
    ending = f"-{_settings(grouping)}.json"
    own = [p for p in kept if p.name.endswith(ending)]
    if own:
        return _kept(own[-1], grouping)
    base = customer_table(world.customers, world.features)
    model = found_clusters(base, grouping, found_on=f"{world.as_of:%Y-%m-%d}")
    if kept:
        model = _following(model, _read(kept[-1]), base)
    write_whole(folder / f"{len(kept) + 1:04}{ending}", model.to_json())
    return model


def _kept(path: Path, grouping: Grouping) -> ClusterModel:
    model = _read(path)
    found, asked = sorted(set(model.card.columns)), sorted(set(grouping.features))
    if found != asked:
        raise StoreError(
            f"The model of clusters {path.name} of grouping {grouping.id!r} is made from"
            f" {', '.join(found)}, and the grouping from {', '.join(asked)}. {_REMEDY}"
        )
    return model


def _read(path: Path) -> ClusterModel:
    return read_kept(path, ClusterModel.from_json, remedy=_REMEDY)


def _settings(grouping: Grouping) -> str:
    plain = grouping.model_dump(include=set(_MAKES), mode="json")
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:12]


def _following(model: ClusterModel, older: ClusterModel, base: pd.DataFrame) -> ClusterModel:
    new = _numbers(base, model)
    try:
        old = _numbers(base, older)
    except SchemaError:  # made from columns that the data no longer have: nothing to follow
        old = np.full(len(base), -1)
    names = aligned_names(old, new, names=older.card.names, n_new=len(model.card.names))
    return model.named(names)


def _numbers(base: pd.DataFrame, model: ClusterModel) -> np.ndarray:
    segment = assign(base, model.card)["segment"]
    return pd.Categorical(segment, categories=list(model.card.names)).codes.astype(np.int64)
