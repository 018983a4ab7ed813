"""Which features please, which are taken for granted: Kano's pairs of questions."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.needs.survey.questions import by_unit, graded
from cjm_research.needs.telling import USUAL, Telling
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.kano import CLASSES, better_worse, continuous, kano_counts, tie_p
from cjm_research.stats.proportions import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping

_SCALE = (1.0, 5.0)
_TIE_BELOW = 0.1
"""p above it is a tie."""
_STRANGE = 0.15
"""Share of questionable and reverse answers from which the questions were hardly understood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KanoFeature:
    """One feature."""

    question: str
    n: int
    """Customers who answered both questions."""
    must_be: float
    one_dimensional: float
    attractive: float
    indifferent: float
    reverse: float
    questionable: float
    category: str
    """The most frequent class."""
    second: str
    """The next one."""
    p: float
    """Of "both are equally frequent"."""
    pleases: float
    pleases_low: float
    pleases_high: float
    displeases: float
    displeases_low: float
    displeases_high: float
    of_lack: float
    """Mean of the continuous scores of the lack (x), -2..4."""
    of_feature: float
    """Mean of the continuous scores of the feature (y), -2..4."""

    @property
    def is_tie(self) -> bool:
        """Whether the two most frequent classes cannot be told apart."""
        return self.p > _TIE_BELOW

    @property
    def is_strange(self) -> bool:
        """Whether too many answers contradict themselves or are reversed."""
        return self.questionable + self.reverse > _STRANGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Kano(Result):
    """Features: the most disliked lack first."""

    units: ClassVar[Mapping[str, Unit]] = {
        "question": Unit.LABEL,
        "n": Unit.COUNT,
        **dict.fromkeys(CLASSES, Unit.SHARE),
        "category": Unit.LABEL,
        "second": Unit.LABEL,
        "p": Unit.P_VALUE,
        "pleases": Unit.NUMBER,
        "pleases_low": Unit.NUMBER,
        "pleases_high": Unit.NUMBER,
        "displeases": Unit.NUMBER,
        "displeases_low": Unit.NUMBER,
        "displeases_high": Unit.NUMBER,
        "of_lack": Unit.NUMBER,
        "of_feature": Unit.NUMBER,
    }

    rows: tuple[KanoFeature, ...]
    n_left_out: int
    """Answers that are not on the five of the method, or whose pair is missing."""
    telling: Telling

    def public(self) -> Kano:
        """Return the features with enough answers for an estimate."""
        is_enough = self.telling.limits.is_enough
        kept = tuple(r for r in self.rows if is_enough(r.n))
        return replace(self, rows=kept)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per feature."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return the class of each feature: not told where the two most frequent tie."""
        return tuple(self._finding(r) for r in self.rows)

    def _finding(self, row: KanoFeature) -> Finding:
        share = float(getattr(row, row.category))
        low, high = wilson_interval(round(share * row.n), row.n, confidence=self.telling.confidence)
        status = self.telling.status(row.n, is_clear=not row.is_tie)
        return Finding(
            id=f"needs/kano/question={row.question}",
            kind="kano_class",
            subject={"question": row.question, "category": row.category},
            estimate=share,
            low=float(low),
            high=float(high),
            p=row.p,
            confidence=self.telling.confidence,
            unit=Unit.SHARE,
            n=row.n,
            method="Kano's table (Berger 1993), sign test of a tie",
            window=self.telling.window,
            status="not_reliable" if row.is_strange and status == "shown" else status,
            values={"pleases": row.pleases, "displeases": row.displeases, "second": row.second},
        )


def kano(feedback: pd.DataFrame, *, telling: Telling = USUAL) -> Kano:
    """Class the features that customers were asked about twice.

    Parameters
    ----------
    feedback : pandas.DataFrame
        What `with_scales` gave: kinds ``kano_functional`` ("if it is there") and
        ``kano_dysfunctional`` ("if it is not") on the scale 1 (I like it) to 5 (I dislike
        it), with the feature in `question`.
    telling : Telling
        Limits, confidence and window.
    """
    tables, left_out = [], 0
    for kind in ("kano_functional", "kano_dysfunctional"):
        answers, other = graded(feedback, kind)
        on_five = (answers["scale_min"] == _SCALE[0]) & (answers["scale_max"] == _SCALE[1])
        left_out += other + int((~on_five).sum())
        kept = answers.loc[on_five & answers["score"].isin(range(1, 6))]
        last = kept.drop_duplicates(["unit", "question"], keep="last")
        tables.append(by_unit(last, last["score"].to_numpy(dtype=np.float64)))
    there, lacking = tables
    rows = []
    for question in sorted(set(there.columns) & set(lacking.columns)):
        pair = pd.concat([there[question], lacking[question]], axis=1, join="inner").dropna()
        if len(pair):
            rows.append(_feature(str(question), pair.to_numpy(), telling.confidence))
    rows.sort(key=lambda r: (r.displeases, r.question))
    return Kano(rows=tuple(rows), n_left_out=left_out, telling=telling)


def _feature(
    question: str, pair: np.ndarray[tuple[int, int], np.dtype[np.float64]], confidence: float
) -> KanoFeature:
    counts = kano_counts(pair[:, 0], pair[:, 1])
    order = sorted(range(len(CLASSES)), key=lambda i: (-counts[i], i))
    told = better_worse(counts)
    base = int(counts[:4].sum())
    ends = [
        wilson_interval(round(abs(float(v)) * base), base, confidence=confidence)
        if base
        else (np.nan,) * 2
        for v in told
    ]
    points = continuous(pair[:, 0], pair[:, 1]).mean(axis=0)
    shares = dict(zip(CLASSES, (counts / counts.sum()).tolist(), strict=True))
    return KanoFeature(
        question=question,
        n=len(pair),
        **shares,
        category=CLASSES[order[0]],
        second=CLASSES[order[1]],
        p=tie_p(counts),
        pleases=float(told.better),
        pleases_low=float(ends[0][0]),
        pleases_high=float(ends[0][1]),
        displeases=float(told.worse),
        displeases_low=-float(ends[1][1]),
        displeases_high=-float(ends[1][0]),
        of_lack=float(points[0]),
        of_feature=float(points[1]),
    )
