"""Experiments and units to test with."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from cjm_research.study.plans import Experiment


class World(SimpleNamespace):
    """Tables in memory in the place of an open study's."""

    def rows_of(self, name, _customers, columns, *, clock):
        """Return all rows: those of others must make no difference."""
        table = getattr(self, name)
        return table[[c for c in ("customer_id", clock, *columns) if c in table]]


def _metric(**given):
    name = given.get("id", "bought")
    return {"id": name, "label": name, "kind": "conversion", "table": "orders", **given}


def _experiment(*metrics, arms=None, **given):
    shares = arms or {"control": 0.5, "offer": 0.5}
    plan = {
        "id": "test",
        "label": "A test",
        "control": next(iter(shares)),
        "arms": {a: {"label": a, "share": s} for a, s in shares.items()},
        "metrics": [_metric(**m) for m in metrics] or [_metric()],
        **given,
    }
    return Experiment.model_validate(plan)


def _units(counts, metric="bought"):
    """One row per unit from ``{arm: (converted, units)}``."""
    arms = [a for a, (_, n) in counts.items() for _ in range(n)]
    values = [float(i < x) for x, n in counts.values() for i in range(n)]
    ids = [f"u{i:07d}" for i in range(len(arms))]
    return pd.DataFrame({"unit_id": ids, "arm": arms, metric: values})


def _mean_units(arms, metric="revenue"):
    """One row per unit from ``{arm: values}``."""
    names = np.repeat(list(arms), [len(v) for v in arms.values()])
    ids = [f"u{i:07d}" for i in range(len(names))]
    return pd.DataFrame({"unit_id": ids, "arm": names, metric: np.concatenate([*arms.values()])})


@pytest.fixture(scope="session")
def plan():
    """Make an experiment of metrics given as keywords."""
    return _experiment


@pytest.fixture(scope="session")
def counted():
    """Make units from converted units per arm."""
    return _units


@pytest.fixture(scope="session")
def measured():
    """Make units from values per arm."""
    return _mean_units
