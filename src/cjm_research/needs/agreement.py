"""How far people agree on the themes, and the rules with the people."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.agreement import cohen_kappa, krippendorff_alpha
from cjm_research.stats.proportions import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.needs.telling import Telling

RELIABLE_FROM = 0.667
"""Krippendorff's lowest alpha from which tentative conclusions are acceptable."""
_FEWEST = 5  # sentences with the theme, by anyone's mark: below it nothing is said
_KEY = ["feedback_id", "sentence"]
_CODERS = 2
_SEED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeAgreementRow:
    """One theme in the sheets that people coded."""

    theme: str
    theme_kind: str
    n: int
    """Sentences that people coded for it."""
    named: int
    """Of these, sentences in which most coders see the theme."""
    coders: int
    kappa: float
    """Cohen's, of the two who coded most sentences; NaN with one coder."""
    alpha: float
    """Krippendorff's, of all coders; NaN with one coder."""
    low: float
    high: float
    machine: float
    """Krippendorff's alpha of rules and people (their majority)."""
    machine_low: float
    machine_high: float
    precision: float
    """Of the sentences that the rules find, the share in which people see the theme."""
    precision_low: float
    precision_high: float
    recall: float
    """Of the coded sentences with the theme, the share that the rules find."""
    verdict: str
    """``reliable``, ``unreliable`` (an alpha below .667), ``few`` (too few sentences with it)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeAgreement(Result):
    """Agreement by theme, in the order of the codebook."""

    units: ClassVar[Mapping[str, Unit]] = {
        "theme": Unit.LABEL,
        "theme_kind": Unit.LABEL,
        "n": Unit.COUNT,
        "named": Unit.COUNT,
        "coders": Unit.COUNT,
        "kappa": Unit.SCORE,
        "alpha": Unit.SCORE,
        "low": Unit.SCORE,
        "high": Unit.SCORE,
        "machine": Unit.SCORE,
        "machine_low": Unit.SCORE,
        "machine_high": Unit.SCORE,
        "precision": Unit.SHARE,
        "precision_low": Unit.SHARE,
        "precision_high": Unit.SHARE,
        "recall": Unit.SHARE,
        "verdict": Unit.LABEL,
    }

    rows: tuple[ThemeAgreementRow, ...]
    n: int
    """Sentences that people coded."""
    coders: int

    @property
    def unreliable(self) -> frozenset[str]:
        """Themes on which people, or the rules and people, agree too little."""
        return frozenset(r.theme for r in self.rows if r.verdict == "unreliable")

    @property
    def n_reliable(self) -> int:
        """Themes that may be relied on."""
        return sum(r.verdict == "reliable" for r in self.rows)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per theme."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: agreement says how far to trust the themes."""
        return ()


def theme_agreement(
    coded: pd.DataFrame,
    codes: pd.DataFrame,
    *,
    confidence: float = 0.95,
) -> ThemeAgreement:
    """Compare people with each other and with the rules, theme by theme.

    Where two or more people coded a sentence, most of them decide (a tie is "no"). A theme is
    unreliable if Krippendorff's alpha of the people, or that of rules and people, is below .667.

    Parameters
    ----------
    coded : pandas.DataFrame
        What `read_coding_sheets` gave.
    codes : pandas.DataFrame
        What `feedback_codes` gave.
    confidence : float, default 0.95
        Of the intervals.

    References
    ----------
    Krippendorff K. (2004). Reliability in content analysis: some common misconceptions and
    recommendations. Human Communication Research 30(3), 411-433.
    doi:10.1111/j.1468-2958.2004.tb00738.x
    """
    found = codes.loc[codes["theme"].notna(), [*_KEY, "theme", "theme_kind"]].drop_duplicates()
    kinds = dict(zip(found["theme"], found["theme_kind"], strict=True))
    hits = set(
        zip(found["feedback_id"], found["sentence"].astype(int), found["theme"], strict=True)
    )
    rows = []
    for theme in dict.fromkeys(coded["theme"]):
        own = coded.loc[coded["theme"] == theme]
        marks = own.pivot_table(index="coder", columns=_KEY, values="named", aggfunc="first")
        marks = marks.astype("float64")
        machine = np.array([(f, int(s), theme) in hits for f, s in marks.columns], dtype=float)
        rows.append(_row((theme, kinds.get(theme, "")), marks, machine, confidence))
    n_coded = len(coded[_KEY].drop_duplicates())
    return ThemeAgreement(rows=tuple(rows), n=n_coded, coders=coded["coder"].nunique())


def with_reliability(telling: Telling, agreement: ThemeAgreement) -> Telling:
    """Return how statements are told, so that those of unreliable themes are marked.

    Examples
    --------
    >>> from cjm_research.needs.telling import Telling
    >>> nobody = ThemeAgreement(rows=(), n=0, coders=0)
    >>> with_reliability(Telling(), nobody) == Telling()
    True
    """
    return replace(telling, unreliable=agreement.unreliable)


def _row(
    name: tuple[str, str],
    marks: pd.DataFrame,
    machine: np.ndarray,
    confidence: float,
) -> ThemeAgreementRow:
    rng = np.random.default_rng(_SEED)
    values = marks.to_numpy()
    people = (np.nanmean(values, axis=0) > 1 / 2).astype(float)
    among = krippendorff_alpha(values, rng=rng, confidence=confidence)
    most = np.argsort(-np.isfinite(values).sum(axis=1), kind="stable")[:_CODERS]
    kappa = cohen_kappa(*values[most]).value if len(most) == _CODERS else np.nan
    against = krippendorff_alpha([people, machine], rng=rng, confidence=confidence)
    right, n_found = int((people * machine).sum()), int(machine.sum())
    precision = wilson_interval(right, n_found, confidence=confidence)
    n_named = int(people.sum())
    seen = int((np.nanmax(values, axis=0) + machine > 0).sum())
    known = [a for a in (among.value, against.value) if not np.isnan(a)]
    weak = bool(known) and min(known) < RELIABLE_FROM
    return ThemeAgreementRow(
        theme=name[0],
        theme_kind=name[1],
        n=values.shape[1],
        named=n_named,
        coders=len(values),
        kappa=kappa,
        alpha=among.value,
        low=among.low,
        high=among.high,
        machine=against.value,
        machine_low=against.low,
        machine_high=against.high,
        precision=right / n_found if n_found else np.nan,
        precision_low=float(precision.low),
        precision_high=float(precision.high),
        recall=right / n_named if n_named else np.nan,
        verdict="few" if seen < _FEWEST or not known else "unreliable" if weak else "reliable",
    )
