"""Units in groups: by segment, by day, by stratum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from datetime import tzinfo

    from numpy.typing import NDArray

    from cjm_research.experiments.participants import Participants

_QUARTER = 900_000_000  # microseconds of a quarter of an hour: no zone is off by less


def segment_codes(
    part: Participants, segments: pd.DataFrame, grouping: str
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return the number of each participant's segment, -1 for none, and the segments' names."""
    named = segments.drop_duplicates("unit_id").set_index("unit_id")[grouping]
    return text_codes(part.frame["unit_id"].map(named))


def stratum_codes(part: Participants) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return the number of each participant's stratum, -1 for none, and the strata's names."""
    if "stratum" not in part.frame or part.frame["stratum"].isna().all():
        return np.full(len(part), -1, dtype=np.int64), ()
    return text_codes(part.frame["stratum"])


def day_codes(part: Participants, zone: tzinfo | str) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return the number of each participant's day of exposure, -1 for none, and the days."""
    if "exposed_at" not in part.frame or part.frame["exposed_at"].isna().all():
        return np.full(len(part), -1, dtype=np.int64), ()
    at = pd.to_datetime(part.frame["exposed_at"], utc=True).astype("datetime64[us, UTC]")
    known = at.notna().to_numpy()
    ticks = at.to_numpy("M8[us]").view(np.int64)[known]
    # Days are named once for each quarter of an hour that occurs, not once for each unit.
    quarters, starts = pd.factorize(ticks // _QUARTER)
    clock = pd.Series(pd.to_datetime(starts * _QUARTER, unit="us", utc=True))
    of_quarter, days = text_codes(clock.dt.tz_convert(zone).dt.strftime("%Y-%m-%d"))
    codes = np.full(len(part), -1, dtype=np.int64)
    codes[known] = of_quarter[quarters]
    return codes, days


def text_codes(texts: pd.Series) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return the number of each text among the sorted texts, -1 for null, and those texts."""
    codes, names = pd.factorize(texts.astype("string"))
    order = np.argsort(np.asarray(names, dtype=object), kind="stable")
    place = np.empty(len(names) + 1, dtype=np.int64)
    place[order], place[-1] = np.arange(len(names)), -1
    return place[codes], tuple(str(names[i]) for i in order)
