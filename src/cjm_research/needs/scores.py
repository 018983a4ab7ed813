"""The Net Promoter Score of all customers, of each segment and wave."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
import pandas as pd

from cjm_research.needs.answers import ALL, answers_of, period_of, with_groups
from cjm_research.needs.telling import USUAL, Telling
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.multiplicity import adjust_p_values
from cjm_research.stats.nps import nps_difference, nps_interval
from cjm_research.stats.raking import design_effect_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cjm_research.needs.answers import Wave

_SCALE = (0.0, 10.0)
_NO_ESTIMATE = ("hidden", "facts")


@dataclass(frozen=True, slots=True, kw_only=True)
class NpsRow:
    """The score of one group."""

    grouping: str
    segment: str
    """``all`` for everybody."""
    wave: str | None
    """First day of the period, ISO; None for the whole time."""
    n: int
    """Answers."""
    detractors: float
    passives: float
    promoters: float
    score: float
    low: float
    high: float
    reference: float
    """Score that it is compared with: of all others, or of the wave before; NaN if none."""
    p: float
    p_adjusted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NpsScores(Result):
    """Scores: everybody first, then segments against the rest, then waves in time."""

    units: ClassVar[Mapping[str, Unit]] = {
        "grouping": Unit.LABEL,
        "segment": Unit.LABEL,
        "wave": Unit.DATE,
        "n": Unit.COUNT,
        "detractors": Unit.SHARE,
        "passives": Unit.SHARE,
        "promoters": Unit.SHARE,
        "score": Unit.NPS,
        "low": Unit.NPS,
        "high": Unit.NPS,
        "reference": Unit.NPS,
        "p": Unit.P_VALUE,
        "p_adjusted": Unit.P_VALUE,
    }

    rows: tuple[NpsRow, ...]
    period: Wave
    """How long a wave is; empty without waves."""
    n_other_scale: int
    """Answers left out: not on 0 to 10, or on a scale that the data do not name."""
    telling: Telling

    @property
    def overall(self) -> NpsRow | None:
        """The score of everybody; None without answers."""
        return self.rows[0] if self.rows else None

    def everybody(self) -> NpsScores:
        """Return the score of all customers and its waves, without the segments."""
        return replace(self, rows=tuple(r for r in self.rows if r.segment == ALL))

    def segments(self) -> NpsScores:
        """Return everybody and the segments with enough answers for an estimate."""
        least = self.telling.limits
        return replace(
            self,
            rows=tuple(
                r for r in self.rows if r.wave is None and least.level(r.n) not in _NO_ESTIMATE
            ),
        )

    def waves(self) -> NpsScores:
        """Return the waves with enough answers for an estimate, in time."""
        least = self.telling.limits
        return replace(
            self,
            rows=tuple(
                r for r in self.rows if r.wave is not None and least.level(r.n) not in _NO_ESTIMATE
            ),
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row per group."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return the score, segments that differ from the rest, the newest wave's change."""
        newest = max((r.wave for r in self.rows if r.wave is not None), default=None)
        told = (r for r in self.rows if r.wave in {None, newest})
        return tuple(self._finding(r) for r in told)

    def _finding(self, row: NpsRow) -> Finding:
        compared = row.reference == row.reference
        kind = "nps" if row.segment == ALL and row.wave is None else "nps_segment"
        kind = "nps_change" if row.wave is not None else kind
        clear = kind == "nps" or (compared and row.p_adjusted < 1 - self.telling.confidence)
        subject = {} if row.segment == ALL else {"segment": row.segment, "grouping": row.grouping}
        subject |= {} if row.wave is None else {"wave": row.wave}
        return Finding(
            id="/".join(["needs/nps", *(f"{k}={v}" for k, v in sorted(subject.items()))]),
            kind=kind,
            subject=subject,
            estimate=row.score,
            low=row.low,
            high=row.high,
            reference=row.reference if compared else None,
            p=row.p if compared else None,
            p_adjusted=row.p_adjusted if compared else None,
            family="needs/nps" if compared else None,
            confidence=self.telling.confidence,
            unit=Unit.NPS,
            n=row.n,
            method="adjusted wald (Rocks 2016)",
            window=self.telling.window,
            direction=_direction(row) if compared else "neutral",
            status=self.telling.status(row.n, is_clear=clear),
            values={
                "detractors": row.detractors,
                "passives": row.passives,
                "promoters": row.promoters,
            },
        )


def nps(
    feedback: pd.DataFrame,
    groups: pd.DataFrame | None = None,
    *,
    grouping: str = "",
    wave: Wave = "quarter",
    telling: Telling = USUAL,
) -> NpsScores:
    """Return the Net Promoter Score of everybody, each segment and each wave.

    Only answers of kind ``nps`` on a scale that the data say is 0 to 10 count; a 1-10 or 1-5
    question is no Net Promoter Score. Several answers of one customer widen the interval.

    Parameters
    ----------
    feedback : pandas.DataFrame
        The canonical table `feedback`.
    groups : pandas.DataFrame, optional
        `customer_id` and `segment`: each segment is compared with all others of the table.
    grouping : str
        Id of the grouping, for findings.
    wave : {"quarter", "month", "year", ""}
        Periods that are compared, each with the one before; none if empty.
    telling : Telling
        Limits, confidence and window.

    Returns
    -------
    NpsScores
        Segments are one family of tests (Benjamini-Hochberg), the waves another.
    """
    answers, left_out = answers_of(feedback, "nps", scale=_SCALE)
    # Whose an answer is matters as a number only, and numbers are grouped in no time.
    answers["unit"] = pd.factorize(answers["unit"].astype("string[pyarrow]"), sort=True)[0]
    if answers.empty:
        return NpsScores(rows=(), period=wave, n_other_scale=left_out, telling=telling)
    rows = [_row(answers, ("", ALL, None), None, telling)]
    known = with_groups(answers, groups)
    names = sorted(known["segment"].dropna().unique()) if groups is not None else []
    every = known.drop_duplicates("row")
    segments = []
    for name in names:
        own = known.loc[known["segment"] == name]
        rest = every.loc[~every["row"].isin(own["row"])]
        segments.append(_row(own, (grouping, str(name), None), rest, telling))
    periods = period_of(answers, wave, zone=telling.zone)
    waves, before = [], None
    for name in sorted(periods.dropna().unique()):
        own = answers.loc[periods == name]
        waves.append(_row(own, ("", ALL, str(name)), before, telling))
        before = own
    return NpsScores(
        rows=(*rows, *_adjusted(segments), *_adjusted(waves if len(waves) > 1 else [])),
        period=wave,
        n_other_scale=left_out,
        telling=telling,
    )


def _row(
    own: pd.DataFrame,
    name: tuple[str, str, str | None],
    other: pd.DataFrame | None,
    telling: Telling,
) -> NpsRow:
    counts, effect = _counted(own)
    interval = nps_interval(counts, confidence=telling.confidence, design_effect=effect)
    reference, p = np.nan, np.nan
    if other is not None and len(other):
        theirs, their_effect = _counted(other)
        reference = float(nps_interval(theirs).score)
        p = float(nps_difference(counts, theirs, design_effects=(effect, their_effect)).p)
    shares = counts / counts.sum()
    return NpsRow(
        grouping=name[0],
        segment=name[1],
        wave=name[2],
        n=len(own),
        detractors=float(shares[0]),
        passives=float(shares[1]),
        promoters=float(shares[2]),
        score=float(interval.score),
        low=float(interval.low),
        high=float(interval.high),
        reference=reference,
        p=p,
        p_adjusted=p,
    )


def _counted(answers: pd.DataFrame) -> tuple[NDArray[np.float64], float]:
    """Return detractors, passives, promoters, and the design effect of repeats and weights."""
    value = np.select([answers["score"] >= 9, answers["score"] >= 7], [1.0, 0.0], -1.0)
    weight = (answers["weight"] / answers["weight"].mean()).to_numpy()
    counts = np.array([weight[value == v].sum() for v in (-1, 0, 1)], dtype=np.float64)
    off = value - float(weight @ value) / len(value)
    of_unit = pd.Series(weight * off).groupby(answers["unit"].to_numpy()).sum()
    between, alone = float((of_unit**2).sum()), float(weight @ off**2)
    return counts, max(1.0, between / alone) if alone > 0 else design_effect_of(weight)


def _adjusted(rows: list[NpsRow]) -> list[NpsRow]:
    adjusted = adjust_p_values([r.p for r in rows], correction="benjamini_hochberg")
    return [
        NpsRow(**{**asdict(r), "p_adjusted": float(q)}) for r, q in zip(rows, adjusted, strict=True)
    ]


def _direction(row: NpsRow) -> Literal["good", "bad"]:
    return "good" if row.score > row.reference else "bad"
