"""Shares corrected for what the rules miss and what they find by mistake."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from cjm_research.needs.telling import USUAL, Telling
from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cjm_research.needs.pains import ThemeShare, ThemeShares

    Floats = NDArray[np.float64]

_KEY = ["feedback_id", "sentence"]
_SEED, _DRAWS = 20_260_104, 4000
_FEWEST = 10
"""Sentences of a stratum that people must have looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectedShare:
    """One theme: what the rules count and what is likely true."""

    theme: str
    checked: int
    """Sentences that people looked at for the theme."""
    precision: float
    """Share of what the rules find that people find too."""
    found: float
    """Share of what people find that the rules find (sensitivity)."""
    share: float
    """Of customers, as the rules count."""
    corrected: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectedShares(Result):
    """Themes whose rules were checked, in the order of their shares."""

    units: ClassVar[Mapping[str, Unit]] = {
        "theme": Unit.LABEL,
        "checked": Unit.COUNT,
        "precision": Unit.SHARE,
        "found": Unit.SHARE,
        "share": Unit.SHARE,
        "corrected": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
    }

    rows: tuple[DetectedShare, ...]
    telling: Telling

    def to_frame(self) -> pd.DataFrame:
        """Return one row per theme."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: the share that the rules count is told, this stands beside it."""
        return ()


def detected_shares(
    shares: ThemeShares, codes: pd.DataFrame, by_hand: pd.DataFrame, *, telling: Telling = USUAL
) -> DetectedShares:
    """Correct each theme's share by a sample of sentences that people coded.

    The sample is taken by strata (sentences where a rule found the theme, those with other
    themes, those without any), so each stratum is weighted by its size among all sentences.
    With sensitivity and specificity so found, Rogan and Gladen's true share of sentences is
    carried to the customers by its ratio to what the rules find. The interval holds the
    uncertainty of the sample and of the share: 4000 draws, the same in every run.

    Parameters
    ----------
    shares : ThemeShares
        As the rules count.
    codes : pandas.DataFrame
        What `feedback_codes` gave.
    by_hand : pandas.DataFrame
        ``feedback_id``, ``sentence``, ``coder``, ``theme``, ``named``: one row per coder,
        sentence and theme. Where several coded a sentence, most of them decide; a tie is no.
    telling : Telling
        Its confidence.

    Returns
    -------
    DetectedShares
        Without themes of whose found and other sentences fewer than ten each were coded.

    References
    ----------
    Rogan W. J., Gladen B. (1978). Estimating prevalence from the results of a screening test.
    American Journal of Epidemiology 107(1), 71-76. doi:10.1093/oxfordjournals.aje.a112510
    Tenenbein A. (1970). A double sampling scheme for estimating from binomial data with
    misclassifications. JASA 65(331), 1350-1361. doi:10.1080/01621459.1970.10481170
    """
    if by_hand.empty:
        return DetectedShares(rows=(), telling=telling)
    said = codes.loc[codes["sentence"].notna(), [*_KEY, "theme"]]
    every = said.assign(sentence=said["sentence"].astype("int64"), coded=said["theme"].notna())
    any_theme = every.groupby(_KEY)["coded"].any()
    marks = by_hand.assign(sentence=by_hand["sentence"].astype("int64"))
    truth = marks.groupby(["theme", *_KEY])["named"].mean() > 0.5
    rows = []
    for row in shares.rows:
        if row.theme not in truth.index.get_level_values("theme"):
            continue
        hit = every.loc[every["theme"] == row.theme].drop_duplicates(_KEY)
        stratum = pd.Series(np.where(any_theme, 1, 2), any_theme.index, dtype="int64")
        stratum.loc[pd.MultiIndex.from_frame(hit[_KEY])] = 0
        own = pd.Series(truth.xs(row.theme))
        made = _corrected(row, stratum, own, telling.confidence)
        rows += [] if made is None else [made]
    return DetectedShares(rows=tuple(rows), telling=telling)


def _corrected(
    row: ThemeShare, stratum: pd.Series[Any], truth: pd.Series[Any], confidence: float
) -> DetectedShare | None:
    sizes = np.bincount(stratum, minlength=3) / len(stratum)
    seen = stratum.reindex(truth.index).dropna().astype("int64")
    true = truth.reindex(seen.index).to_numpy(dtype=np.float64)
    n = np.bincount(seen, minlength=3)
    named = np.bincount(seen, true, minlength=3)
    if n[0] < _FEWEST or n[1:].sum() < _FEWEST or sizes[0] == 0:
        return None
    rng = np.random.default_rng(_SEED)
    rates = rng.beta(named + 0.5, n - named + 0.5, (_DRAWS, 3))
    effective = max(row.n, 1)
    drawn = rng.beta(row.share * effective + 0.5, (1 - row.share) * effective + 0.5, _DRAWS)
    with np.errstate(invalid="ignore", divide="ignore"):
        plain = np.where(n > 0, named / np.maximum(n, 1), 0.0)
    ratio = (sizes * plain).sum() / sizes[0]
    ends = np.clip(drawn * (rates @ sizes) / sizes[0], 0, 1)
    tails = (1 - confidence) / 2, (1 + confidence) / 2
    low, high = np.quantile(ends, tails)
    total = float((sizes * plain).sum())
    return DetectedShare(
        theme=row.theme,
        checked=len(seen),
        precision=float(plain[0]),
        found=float(sizes[0] * plain[0] / total) if total > 0 else float("nan"),
        share=row.share,
        corrected=float(min(1.0, row.share * ratio)),
        low=float(low),
        high=float(high),
    )
