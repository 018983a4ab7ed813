"""Which stage of the journey a piece of feedback speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cjm_research.errors import SchemaError
from cjm_research.journey.contacts import contacts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cjm_research.journey.coded_events import EventStages


def touchpoint_stages(event_stages: EventStages | pd.Series[str]) -> pd.Series[str]:
    """Return the stage of each touchpoint: the one that most of its events belong to.

    Parameters
    ----------
    event_stages : pandas.DataFrame, CodedEvents or Series
        With `stage` and `touchpoint`; what this function gave is returned as it is.

    Returns
    -------
    pandas.Series
        Stage by touchpoint; of two equally frequent stages the first by name.

    Examples
    --------
    >>> log = pd.DataFrame({"stage": ["buy", "buy", "use"], "touchpoint": ["till", "till", "till"]})
    >>> touchpoint_stages(log).to_dict()
    {'till': 'buy'}
    """
    if isinstance(event_stages, pd.Series):
        return event_stages
    return main_stages([place_counts(event_stages)])


def place_counts(event_stages: EventStages) -> pd.DataFrame:
    """Count the events of each touchpoint and stage: `touchpoint`, `stage`, `n`."""
    counts = contacts(event_stages).events
    return pd.DataFrame(
        {
            "touchpoint": pd.Series([t for _, t in counts], dtype="str"),
            "stage": pd.Series([s for s, _ in counts], dtype="str"),
            "n": pd.Series(counts.values(), dtype="int64"),
        }
    )


def main_stages(counts: Iterable[pd.DataFrame]) -> pd.Series[str]:
    """Return the stage of each touchpoint from counts of the events of one or more buckets."""
    every = pd.concat(list(counts), ignore_index=True)
    rows = every.groupby(["touchpoint", "stage"])["n"].sum().reset_index()
    rows = rows.sort_values(["touchpoint", "n", "stage"], ascending=[True, False, True])
    return rows.drop_duplicates("touchpoint").set_index("touchpoint")["stage"]


def placed(feedback: pd.DataFrame, event_stages: EventStages | pd.Series[str]) -> pd.DataFrame:
    """Return the feedback with the stage that it was given at, and the customer who gave it.

    The stage is that of its touchpoint; where there is none, the row's own `stage`. A row that
    has neither keeps a missing stage. Feedback without a customer is a customer of its own.

    Parameters
    ----------
    feedback : pandas.DataFrame
        Feedback or feedback codes, with `feedback_id`.
    event_stages : pandas.DataFrame, CodedEvents or Series
        What `event_stages` gave, which tells the stages of the touchpoints, or these stages, as
        `touchpoint_stages` gives them.

    Returns
    -------
    pandas.DataFrame
        A copy with `customer_id`, `stage` and `touchpoint` filled as said.
    """
    need(feedback, ("feedback_id",), table="feedback")
    out = feedback.copy()
    for column in ("customer_id", "stage", "touchpoint"):
        out[column] = _texts(feedback, column)
    found = out["touchpoint"].map(touchpoint_stages(event_stages)).astype("string[pyarrow]")
    out["stage"] = found.fillna(out["stage"])
    alone = "feedback " + _texts(feedback, "feedback_id")
    out["customer_id"] = out["customer_id"].fillna(alone)
    return out


def need(frame: EventStages, columns: Iterable[str], *, table: str) -> None:
    """Raise `SchemaError` for the first column that a table lacks."""
    for column in columns:
        if column not in frame:
            raise SchemaError.missing_column(column, table=table, found=list(frame.columns))


def _texts(frame: pd.DataFrame, column: str) -> pd.Series[str]:
    if column in frame:
        return frame[column].astype("string[pyarrow]")
    return pd.Series(None, index=frame.index, dtype="string[pyarrow]")
