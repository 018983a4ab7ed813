"""What customers said about each theme, in their own words."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from cjm_research.needs.quotable import is_coarse, reveals
from cjm_research.needs.telling import USUAL, Telling
from cjm_research.needs.voices import INTERVIEW, voices
from cjm_research.results import Finding, Result, Unit
from cjm_research.store.rows import rows_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cjm_research.needs.pains import ThemeShares
    from cjm_research.needs.talks import InterviewThemes

_LENGTHS = {"zh": (8, 90)}
_USUAL_LENGTH = (25, 220)
_TELLING = {"zh": 15}
_USUALLY_TELLING = 40  # letters; shorter sentences are quoted where there is nothing longer
_RELEVANCE = 0.7  # against variety, in maximal marginal relevance
_SAME = 0.6  # cosine from which two sentences are one with other words
_CANDIDATES = 400  # of one theme; more would say the same
_MIDDLE = 0.5  # of a grade as 0..1


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """One sentence, verbatim and redacted."""

    theme: str
    theme_kind: str
    text: str
    language: str
    stage: str | None
    segment: str | None
    channel: str | None
    kind: str
    given_on: str | None
    """ISO day."""
    sentiment: float
    score: float | None
    """Grade that came with the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotes(Result):
    """Quotes, theme after theme, the most typical of each first."""

    units: ClassVar[Mapping[str, Unit]] = {
        "theme": Unit.LABEL,
        "theme_kind": Unit.LABEL,
        "text": Unit.TEXT,
        "language": Unit.LABEL,
        "stage": Unit.LABEL,
        "segment": Unit.LABEL,
        "channel": Unit.LABEL,
        "kind": Unit.LABEL,
        "given_on": Unit.DATE,
        "sentiment": Unit.MOOD,
        "score": Unit.NUMBER,
    }

    rows: tuple[Quote, ...]
    unreliable: tuple[str, ...] = ()
    """Themes on which people agree too little."""

    def of(self, theme: str) -> Quotes:
        """Return the quotes of one theme."""
        return replace(self, rows=tuple(r for r in self.rows if r.theme == theme))

    def to_frame(self) -> pd.DataFrame:
        """Return one row per quote."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: a quote proves nothing."""
        return ()


def quoted_themes(shares: ThemeShares, talks: InterviewThemes, *, limit: int = 12) -> list[str]:
    """Return the themes that a page quotes: pains first, then those of interviews, then others.

    Examples
    --------
    >>> from cjm_research.needs.pains import AnyPain, ThemeShares
    >>> from cjm_research.needs.talks import InterviewThemes
    >>> nothing = ThemeShares(rows=(), n=0, n_unknown=0, any_pain=AnyPain(0, 0, 0), telling=USUAL)
    >>> quoted_themes(nothing, InterviewThemes(rows=(), n=0, telling=USUAL))
    []
    """
    shown = shares.public()
    pains = [r.theme for r in shown.rows if r.theme_kind == "pain"]
    others = [r.theme for r in shown.rows if r.theme_kind != "pain"]
    talked = [r.theme for r in talks.public().rows]
    return list(dict.fromkeys([*pains, *talked, *others]))[:limit]


def quotes(
    codes: pd.DataFrame,
    themes: Sequence[str],
    *,
    groups: pd.DataFrame | None = None,
    languages: Sequence[str] = (),
    per_theme: int = 2,
    telling: Telling = USUAL,
) -> Quotes:
    """Pick sentences that speak for each theme: typical, various, one per customer.

    Typical is near the middle of all sentences of the theme (cosine of TF-IDF of character
    pieces, which works alike in the three languages); various is unlike those picked before
    (maximal marginal relevance, 0.7). A pain is quoted by sentences of bad tone, the worse half,
    that came with a bad grade or none, a delight by good ones, where there are such; coarse words
    are not quoted where others say the same. Sentences that hold redactions, long numbers, codes
    or two names in a row are not quoted; themes of fewer than `Telling.min_customers` customers
    are not quoted, interviews excepted.

    Parameters
    ----------
    codes : pandas.DataFrame
        What `feedback_codes` gave.
    themes : sequence of str
        Themes to quote, in this order.
    groups : pandas.DataFrame, optional
        `customer_id` and `segment`, to say who speaks.
    languages : sequence of str
        Languages to quote in as far as there are sentences; all if empty.
    per_theme : int, default 2
        Quotes of a theme at most.
    telling : Telling
        Limits.

    References
    ----------
    Carbonell J., Goldstein J. (1998). The use of MMR, diversity-based reranking for reordering
    documents and producing summaries. SIGIR, 335-336. doi:10.1145/290941.291025
    """
    said = _quotable(codes, telling)
    segment_of = _segments(groups, said["customer_id"])
    used: set[object] = set()
    rows: list[Quote] = []
    for theme in dict.fromkeys(themes):
        own = said.loc[said["theme"] == theme]
        own = _preferred(own, languages, per_theme)
        for n in _picked(own, used, per_theme):
            row = own.iloc[n]
            used.add(row["unit"])
            rows.append(_quote(row, segment_of, telling.zone))
    return Quotes(rows=tuple(rows), unreliable=tuple(sorted(telling.unreliable)))


def _quotable(codes: pd.DataFrame, telling: Telling) -> pd.DataFrame:
    everybody = voices(codes.assign(kind=codes["kind"].where(codes["kind"] != INTERVIEW, "open")))
    said = everybody.said.assign(kind=codes["kind"].reindex(everybody.said.index))
    said = said.loc[said["theme"].notna()]
    named = said.groupby("theme", observed=True)["unit"].transform("nunique")
    talked = said["kind"].eq(INTERVIEW).fillna(value=False)
    said = said.loc[(named >= telling.min_customers) | talked]
    said["is_alone"] = ~said.duplicated(["feedback_id", "sentence"], keep=False)
    length = said["text"].str.len()
    low = said["language"].map(lambda v: _LENGTHS.get(v, _USUAL_LENGTH)[0])
    high = said["language"].map(lambda v: _LENGTHS.get(v, _USUAL_LENGTH)[1])
    clean = ~said["text"].map(reveals).astype(bool)
    return said.loc[length.between(low, high) & clean].sort_values(["feedback_id", "sentence"])


def _segments(groups: pd.DataFrame | None, speakers: pd.Series[str]) -> Mapping[str, str]:
    if groups is None:
        return {}
    known = groups.loc[rows_of(groups["customer_id"], speakers), ["customer_id", "segment"]]
    known = known.dropna().drop_duplicates("customer_id")
    return dict(zip(known["customer_id"], known["segment"], strict=True))


def _preferred(own: pd.DataFrame, languages: Sequence[str], wanted: int) -> pd.DataFrame:
    """Keep, where there are such: languages of the page, the theme's tone, no other theme.

    Sentences long enough to tell something come alone where enough people said such.
    """
    if languages and own["language"].isin(languages).any():
        own = own.loc[own["language"].isin(languages)]
    for fits in (_of_grade, _of_tone, _polite):
        kept = own.loc[fits(own)]
        own = own if kept.empty else kept
    if own["is_alone"].any():
        own = own.loc[own["is_alone"]]
    own = _clearest(own, 4 * wanted)
    least = own["language"].map(lambda v: _TELLING.get(v, _USUALLY_TELLING)).astype("int64")
    long = own.loc[own["text"].str.len() >= least]
    if long["unit"].nunique() >= 2 * wanted:
        own = long
    return own.drop_duplicates("text").head(_CANDIDATES)


def _of_tone(own: pd.DataFrame) -> pd.Series[bool]:
    return _side(own) * own["sentiment"] >= 0


def _of_grade(own: pd.DataFrame) -> pd.Series[bool]:
    return ~(_side(own) * (own["grade"].fillna(_MIDDLE) - _MIDDLE) < 0)


def _polite(own: pd.DataFrame) -> pd.Series[bool]:
    return ~own["text"].map(is_coarse).astype(bool)


def _side(own: pd.DataFrame) -> pd.Series[float]:
    """Return -1 for a pain, 1 for a delight, 0 for what is neither."""
    return own["theme_kind"].astype(object).map({"pain": -1.0, "delight": 1.0}).fillna(0.0)


def _clearest(own: pd.DataFrame, enough: int) -> pd.DataFrame:
    """Keep the half with the clearer tone, if enough people are left."""
    tone = _side(own) * own["sentiment"]
    clear = own.loc[tone >= tone.median()]
    return clear if clear["unit"].nunique() >= enough else own


def _picked(own: pd.DataFrame, used: set[object], limit: int) -> list[int]:
    """Return the places of the picked sentences by maximal marginal relevance."""
    if own.empty:
        return []
    likeness, typical = _likeness(own["text"].tolist())
    units = own["unit"].tolist()
    picked: list[int] = []
    taken = set(used)
    while len(picked) < limit:
        free = [
            n
            for n in range(len(own))
            if units[n] not in taken and not (likeness[n, picked] > _SAME).any()
        ]
        if not free:
            break
        near = likeness[free][:, picked].max(axis=1) if picked else np.zeros(len(free))
        score = np.round(_RELEVANCE * typical[free] - (1 - _RELEVANCE) * near, 12)
        best = free[int(score.argmax())]  # the first of equals: rows are in order of their id
        picked.append(best)
        taken.add(units[best])
    return picked


def _likeness(texts: list[str]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the cosine of every two texts, and of each with the middle of all."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415  # slow import

    weights = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)
    try:
        matrix = weights.fit_transform(texts).toarray()
    except ValueError:  # no text has two letters in a row
        return np.eye(len(texts)), np.zeros(len(texts))
    middle = matrix.mean(axis=0)
    length = float(np.linalg.norm(middle))
    typical = matrix @ middle / length if length else np.zeros(len(texts))
    return matrix @ matrix.T, typical


def _quote(row: pd.Series[Any], segment_of: Mapping[str, str], zone: str) -> Quote:
    given = row.get("given_at")
    customer = row["customer_id"]
    return Quote(
        theme=str(row["theme"]),
        theme_kind=str(row["theme_kind"]),
        text=str(row["text"]),
        language=str(row["language"]),
        stage=_known(row.get("stage")),
        segment=None if pd.isna(customer) else segment_of.get(str(customer)),
        channel=_known(row.get("channel")),
        kind=str(row["kind"]),
        given_on=None if pd.isna(given) else f"{given.tz_convert(zone):%Y-%m-%d}",
        sentiment=float(row["sentiment"]),
        score=None if pd.isna(row.get("score")) else float(row["score"]),
    )


def _known(value: Any) -> str | None:  # noqa: ANN401  # a cell
    return None if pd.isna(value) else str(value)
