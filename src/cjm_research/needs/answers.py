"""Answers with a grade: on which scale, of whom, when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pandas as pd

from cjm_research.errors import ParameterError, SchemaError

if TYPE_CHECKING:
    from typing import Any

ALL = "all"
"""Everybody, or the whole time, where a row may name a segment or a wave."""
Wave = Literal["", "month", "quarter", "year"]
_COLUMNS = ["row", "customer_id", "unit", "question", "score", "scale_min", "scale_max",
            "low_is_good", "weight", "given_at"]  # fmt: skip
_PERIODS = {"month": "M", "quarter": "Q", "year": "Y"}


def answers_of(
    feedback: pd.DataFrame, kind: str, *, scale: tuple[float, float] | None = None
) -> tuple[pd.DataFrame, int]:
    """Return the graded answers of one kind on a named scale, and how many were left out.

    An answer whose scale the data do not name, whose grade lies outside its scale, or whose
    scale is not `scale`, is left out: scales are not guessed.

    Parameters
    ----------
    feedback : pandas.DataFrame
        The canonical table `feedback`.
    kind : str
        Kind of feedback: ``nps``, ``csat``, ``ces``, ``rating``, ``satisfaction``.
    scale : tuple of float, optional
        Lowest and highest grade that the kind must have.

    Returns
    -------
    tuple of pandas.DataFrame, int
        Columns ``row``, ``customer_id``, ``unit`` (the customer, else the respondent, else the
        answer), ``question``, ``score``, ``scale_min``, ``scale_max``, ``low_is_good``,
        ``weight``, ``given_at``; the number left out.
    """
    for column in ("kind", "feedback_id"):
        if column not in feedback:
            raise SchemaError.missing_column(column, table="feedback", found=list(feedback.columns))
    rows = feedback.loc[feedback["kind"].eq(kind).fillna(value=False).to_numpy(dtype=bool)]
    if "score" not in rows:
        rows = rows.iloc[:0].assign(score=pd.Series(dtype="float64"))
    rows = rows.loc[rows["score"].notna()]
    if "text" in rows:
        rows = rows.drop_duplicates("feedback_id")
    named = {"scale_min", "scale_max"} <= set(rows.columns)
    kept = rows if named else rows.iloc[:0].assign(scale_min=0.0, scale_max=0.0)
    kept = kept.loc[kept["score"].between(kept["scale_min"], kept["scale_max"])]
    if scale is not None:
        kept = kept.loc[(kept["scale_min"] == scale[0]) & (kept["scale_max"] == scale[1])]
    customer = kept.get("customer_id", pd.Series(pd.NA, kept.index)).astype("string[pyarrow]")
    answers = kept.assign(
        row=range(len(kept)),
        customer_id=customer,
        unit=units_of(kept),
        question=kept.get("question", pd.Series(pd.NA, kept.index, dtype="string[pyarrow]")),
        low_is_good=kept.get("low_is_good", pd.Series(data=False, index=kept.index)),
        weight=kept.get("weight", pd.Series(1.0, kept.index)).fillna(1.0),
        given_at=kept.get("given_at", pd.Series(pd.NaT, kept.index)),
    )
    return answers[_COLUMNS].reset_index(drop=True), len(rows) - len(kept)


def units_of(feedback: pd.DataFrame) -> pd.Series[Any]:
    """Return whose each answer is: the customer's, else the respondent's, else its own.

    Examples
    --------
    >>> rows = pd.DataFrame({"feedback_id": ["1", "2"], "customer_id": ["c", None]})
    >>> units_of(rows).tolist()
    ['c', '#2']
    """
    unit = "#" + feedback["feedback_id"].astype("string[pyarrow]")
    for column in ("respondent", "customer_id"):
        if column in feedback:
            given = feedback[column].astype("string[pyarrow]")
            unit = (given if column == "customer_id" else "#" + given).fillna(unit)
    return unit.astype(object)


def with_groups(answers: pd.DataFrame, groups: pd.DataFrame | None) -> pd.DataFrame:
    """Return one row per answer and segment of its customer; no segment where none is known.

    With groups, only answers of customers in any group are kept.
    """
    if groups is None:
        return answers.assign(segment=pd.Series(pd.NA, answers.index, dtype="string[pyarrow]"))
    for column in ("customer_id", "segment"):
        if column not in groups:
            raise SchemaError.missing_column(column, table="groups", found=list(groups.columns))
    pairs = groups[["customer_id", "segment"]].dropna().drop_duplicates()
    return answers.merge(pairs, on="customer_id", how="inner")


def period_of(answers: pd.DataFrame, wave: Wave, *, zone: str = "UTC") -> pd.Series[Any]:
    """Return the first day of each answer's period in a zone, ISO; missing where it has no date.

    Examples
    --------
    >>> stamps = pd.DataFrame({"given_at": pd.to_datetime(["2026-05-20"], utc=True)})
    >>> period_of(stamps, "quarter").tolist()
    ['2026-04-01']
    >>> stamps = pd.DataFrame({"given_at": pd.to_datetime(["2026-03-31T21:00"], utc=True)})
    >>> period_of(stamps, "quarter", zone="Europe/Moscow").tolist()
    ['2026-04-01']
    """
    if wave not in ("", *_PERIODS):
        raise ParameterError.expected("wave", f"one of {['', *_PERIODS]}", got=wave)
    if not wave:
        return pd.Series(pd.NA, answers.index, dtype="string[pyarrow]")
    stamps = pd.to_datetime(answers["given_at"], utc=True).dt.tz_convert(zone).dt.tz_localize(None)
    return stamps.dt.to_period(_PERIODS[wave]).dt.start_time.dt.strftime("%Y-%m-%d")
