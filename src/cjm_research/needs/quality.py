"""How much of the feedback was read, and how the codebook's rules work."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.errors import NoDataError
from cjm_research.needs.matching import SentenceIndex, rule_matches
from cjm_research.needs.reading import is_asker
from cjm_research.needs.text import fold
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.proportions import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.needs.codebook import Codebook
    from cjm_research.needs.matching import RuleMatch

_GREEDY_SHARE = 0.25
_FEW = 30  # sentences: below it a share of them says nothing about a rule


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityRow:
    """One count about the reading of texts."""

    measure: str
    count: int
    share: float
    """Of the base that the measure has: texts, or sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackQuality(Result):
    """Coverage of the reading: texts, sentences, languages, redactions."""

    units: ClassVar[Mapping[str, Unit]] = {
        "measure": Unit.LABEL,
        "count": Unit.COUNT,
        "share": Unit.SHARE,
    }

    rows: tuple[QualityRow, ...]

    @property
    def has_texts(self) -> bool:
        """Whether anybody wrote anything."""
        return self.count("texts") > 0

    def count(self, measure: str) -> int:
        """Return one count; 0 where the measure has no row."""
        return next((r.count for r in self.rows if r.measure == measure), 0)

    def share(self, measure: str) -> float:
        """Return one share; NaN where the measure has no row."""
        return next((r.share for r in self.rows if r.measure == measure), float("nan"))

    def to_frame(self) -> pd.DataFrame:
        """Return one row per measure."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: these counts say how far to trust the page."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """How one rule of the codebook works."""

    theme: str
    language: str
    rule_kind: str
    """``any``, ``near`` or ``regex``."""
    rule: str
    hits: int
    """Sentences that it finds."""
    exclusive: int
    """Of these, sentences that no other rule of the theme finds."""
    checked: int
    """Of these, sentences that people coded for the theme."""
    precision: float
    """Share of the checked sentences in which most of them see the theme."""
    precision_low: float
    precision_high: float
    verdict: str
    """``works``, ``dead`` (finds nothing) or ``greedy`` (a quarter of all sentences)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleReport(Result):
    """Every rule of the codebook in the languages of the feedback."""

    units: ClassVar[Mapping[str, Unit]] = {
        "theme": Unit.LABEL,
        "language": Unit.LABEL,
        "rule_kind": Unit.LABEL,
        "rule": Unit.TEXT,
        "hits": Unit.COUNT,
        "exclusive": Unit.COUNT,
        "checked": Unit.COUNT,
        "precision": Unit.SHARE,
        "precision_low": Unit.SHARE,
        "precision_high": Unit.SHARE,
        "verdict": Unit.LABEL,
    }

    rows: tuple[RuleRow, ...]

    def checked(self) -> RuleReport:
        """Return the rules whose sentences people checked, the least precise first."""
        rows = sorted((r for r in self.rows if r.checked), key=lambda r: (r.precision, -r.checked))
        return RuleReport(rows=tuple(rows))

    def suspects(self) -> RuleReport:
        """Return dead and greedy rules only."""
        return RuleReport(rows=tuple(r for r in self.rows if r.verdict != "works"))

    def to_frame(self) -> pd.DataFrame:
        """Return one row per rule, in the order of the codebook."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: rules are the researcher's business."""
        return ()


def feedback_quality(feedback: pd.DataFrame, codes: pd.DataFrame) -> FeedbackQuality:
    """Count texts, sentences, languages and redactions; an interviewer's remarks are left out.

    Parameters
    ----------
    feedback : pandas.DataFrame
        The canonical table `feedback`.
    codes : pandas.DataFrame
        What `feedback_codes` made of it.

    Raises
    ------
    NoDataError
        If there is no feedback at all: a page about it has nothing to say.
    """
    if feedback.empty:
        raise NoDataError("There is no feedback: no survey, review, ticket or interview.")
    if "speaker" in feedback:
        feedback = feedback.loc[~is_asker(feedback["speaker"])]
    texts = codes.drop_duplicates("feedback_id")
    sentences = codes.loc[codes["sentence"].notna()].drop_duplicates(["feedback_id", "sentence"])
    n_texts, n_sentences = len(texts), len(sentences)
    rows = [
        _measured("answers", len(feedback), len(feedback)),
        _measured("texts", n_texts, len(feedback)),
        _measured("no_content", int((texts["content"] == "none").sum()), n_texts),
        _measured("doubles", int(texts["is_double"].sum()), n_texts),
        _measured("unknown_customer", int(texts["customer_id"].isna().sum()), n_texts),
        _measured("mixed_language", int(texts["is_mixed"].fillna(value=False).sum()), n_texts),
        _measured("redacted", int((texts["n_redacted"] > 0).sum()), n_texts),
        _measured("sentences", n_sentences, n_sentences),
        _measured("coded", int((sentences["content"] == "coded").sum()), n_sentences),
        _measured("uncoded", int((sentences["content"] == "uncoded").sum()), n_sentences),
    ]
    by_language = sentences["language"].value_counts().sort_index()
    rows += [_measured(f"language_{k}", int(n), n_sentences) for k, n in by_language.items()]
    return FeedbackQuality(rows=tuple(rows))


def rule_report(
    codes: pd.DataFrame, codebook: Codebook | None, *, by_hand: pd.DataFrame | None = None
) -> RuleReport:
    """Tell how many sentences each rule finds, and how many it alone finds.

    A rule is dead when it finds none, and greedy when it finds a quarter of the sentences of
    its language (of 30 or more). Rules of a language that no sentence has are not listed,
    and none without a codebook. With sentences that people coded (`read_coding_sheets`), each
    rule has its precision there, with Wilson's 95 % interval.
    """
    if codebook is None:
        return RuleReport(rows=())
    distinct = codes.loc[codes["sentence"].notna(), ["text", "language"]].drop_duplicates()
    rows: list[RuleRow] = []
    indexes = {
        str(language): SentenceIndex([fold(t) for t in own["text"]], language)  # type: ignore[arg-type]
        for language, own in distinct.groupby("language", sort=True)
    }
    seen = _seen_by_people(by_hand)
    for theme in codebook.themes:
        for index in indexes.values():
            rules = rule_matches(index, theme)
            found, times = np.unique(
                np.concatenate([r.sentences for r in rules]) if rules else [], return_counts=True
            )
            judged = seen.get((theme.id, index.language), {})
            people = np.array([judged.get(t, np.nan) for t in index.sentences])
            once = found[times == 1]
            rows += [_rule_row(theme.id, rule, index, once=once, people=people) for rule in rules]
    return RuleReport(rows=tuple(rows))


def _seen_by_people(by_hand: pd.DataFrame | None) -> dict[tuple[str, str], dict[str, float]]:
    """Return by theme and language whether most coders see the theme in a folded sentence."""
    if by_hand is None or by_hand.empty:
        return {}
    keys = ["theme", "language", "text"]
    share = by_hand.groupby(keys, observed=True)["named"].mean().reset_index()
    seen: dict[tuple[str, str], dict[str, float]] = {}
    for theme, language, text, value in share.itertuples(index=False):
        seen.setdefault((theme, language), {})[fold(text)] = float(value > 1 / 2)
    return seen


def _rule_row(
    theme: str, rule: RuleMatch, index: SentenceIndex, *, once: np.ndarray, people: np.ndarray
) -> RuleRow:
    n = len(index.sentences)
    hits = len(rule.sentences)
    judged = people[rule.sentences]
    judged = judged[~np.isnan(judged)]
    ends = wilson_interval(int(judged.sum()), len(judged))
    is_greedy = n >= _FEW and hits >= _GREEDY_SHARE * n
    return RuleRow(
        theme=theme,
        language=index.language,
        rule_kind=rule.key,
        rule=rule.text,
        hits=hits,
        exclusive=int(np.isin(rule.sentences, once).sum()),
        checked=len(judged),
        precision=float(judged.mean()) if len(judged) else float("nan"),
        precision_low=float(ends.low),
        precision_high=float(ends.high),
        verdict="dead" if not hits else "greedy" if is_greedy else "works",
    )


def _measured(measure: str, count: int, base: int) -> QualityRow:
    return QualityRow(measure=measure, count=count, share=count / base if base else float("nan"))
