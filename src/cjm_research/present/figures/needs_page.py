"""What the pains-and-needs page needs beside its figures: key figures and titles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present.blocks import Caveat, Lacking, caveat
from cjm_research.present.cards import KeyFigure, KeyFigures, key_figures
from cjm_research.present.headlines import ranked
from cjm_research.present.sentences import Sentence, note, say, sentence
from cjm_research.present.values import is_missing
from cjm_research.results import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjm_research.needs.codebook import Codebook
    from cjm_research.needs.grades import Satisfaction
    from cjm_research.needs.pains import ThemeShares
    from cjm_research.needs.quality import RuleReport
    from cjm_research.needs.rivals import Brands
    from cjm_research.needs.scores import NpsScores
    from cjm_research.needs.survey.choices import Choices
    from cjm_research.needs.survey.likert import Likert
    from cjm_research.needs.survey.weighting import WeightCheck
    from cjm_research.needs.talks import InterviewThemes
    from cjm_research.results import Result
    from cjm_research.study.survey import SurveyPlan

_NO_ESTIMATE = ("hidden", "facts")


def needs_cards(
    shares: ThemeShares,
    scores: NpsScores,
    *,
    grades: Satisfaction,
    talks: InterviewThemes,
    survey: tuple[Likert, Choices],
) -> KeyFigures:
    """Return the key figures that the study's feedback has: text, NPS, grades, interviews.

    Parameters
    ----------
    shares : ThemeShares
        Of all themes; where no text has one, the share of those in pain is not known.
    scores : NpsScores
        Of everybody first.
    grades : Satisfaction
        Of everybody first.
    talks : InterviewThemes
        Counted.
    survey : tuple of (Likert, Choices)
        Questions with grades and with options: who answered counts where nobody wrote.
    """
    limits = shares.telling.limits
    found: list[KeyFigure] = []
    if shares.n:
        found.append(KeyFigure("needs_voices", shares.n, Unit.COUNT))
    answered = max((r.n for result in survey for r in result.rows), default=0)
    if answered and not shares.n:
        found.append(KeyFigure("needs_answered", answered, Unit.COUNT))
    if shares.rows and limits.level(shares.n) not in _NO_ESTIMATE:
        pain = shares.any_pain
        found.append(
            KeyFigure("needs_any_pain", pain.share, Unit.SHARE, pain.low, pain.high, shares.n)
        )
    nps = scores.overall
    if nps is not None and limits.level(nps.n) not in _NO_ESTIMATE:
        found.append(KeyFigure("needs_nps", nps.score, Unit.NPS, nps.low, nps.high, nps.n))
    first = next((r for r in grades.rows if limits.level(r.n) not in _NO_ESTIMATE), None)
    if first is not None:
        found.append(
            KeyFigure("needs_satisfied", first.share, Unit.SHARE, first.low, first.high, first.n)
        )
    if talks.n:
        found.append(KeyFigure("needs_interviews", talks.n, Unit.COUNT))
    return key_figures(*found)


def needs_lacking(
    codebook: Codebook | None, shares: ThemeShares, *, grades: Satisfaction, study: str
) -> Lacking | None:
    """Return what the study has to say before its texts and grades count; None if it said all.

    Parameters
    ----------
    codebook : Codebook, optional
        The study's.
    shares : ThemeShares
        Of all themes.
    grades : Satisfaction
        Of the graded questions.
    study : str
        Its name, for the command to type.
    """
    found: list[Sentence] = []
    if codebook is None and shares.n:
        found.append(say("lacking.needs_codebook", study=study))
    if not grades.rows and grades.n_other_scale:
        found.append(say("lacking.needs_scale", n=grades.n_other_scale))
    return Lacking(tuple(found)) if found else None


def weights_note(result: WeightCheck, plan: SurveyPlan) -> Sentence:
    """Return how the answers were weighted and what it cost.

    Parameters
    ----------
    result : WeightCheck
        Of the answers.
    plan : SurveyPlan
        With the ends that weights are held between.
    """
    return note(
        "needs_weights",
        least=plan.trim[0],
        most=plan.trim[1],
        n=result.n,
        n_effective=result.n_effective,
        effect=result.design_effect,
        trimmed=result.n_trimmed,
        unknown=result.n_unknown,
    )


def needs_caveats(
    shares: ThemeShares, talks: InterviewThemes, *, brands: Brands | None = None
) -> Caveat:
    """Return what the page does not say; of texts only where there are such.

    Parameters
    ----------
    shares : ThemeShares
        Of all themes.
    talks : InterviewThemes
        Counted.
    brands : Brands, optional
        Side by side.
    """
    keys = ["needs_writers", "needs_rules_read", "needs_not_cause"]
    keys = keys if shares.n or talks.n else ["needs_answerers"]
    keys += ["needs_brands"] if brands is not None and brands.rows else []
    marked = ["needs_unreliable"] if shares.telling.unreliable else []
    return caveat(*marked, *(["needs_unknown_customers"] if shares.n_unknown else []), *keys)


def filled(result: Result, columns: Sequence[str]) -> list[str]:
    """Return those of the columns that hold something in any row.

    Parameters
    ----------
    result : Result
        The table.
    columns : sequence of str
        In their order.
    """
    frame = result.to_frame()
    return [c for c in columns if not all(is_missing(v) or v == "" for v in frame[c])]


def rule_columns(result: RuleReport) -> list[str]:
    """Return the columns of a table of rules: with the precision only where people checked any.

    Parameters
    ----------
    result : RuleReport
        Rules.
    """
    found = ["theme", "language", "rule_kind", "rule", "hits", "exclusive", "verdict"]
    known = ["checked", "precision", "precision_low", "precision_high"]
    is_checked = any(r.checked for r in result.rows)
    return [*found[:-1], *known] if is_checked else found


def heading(result: Result, otherwise: str, /, **values: object) -> Sentence:
    """Return the result's main finding as a title, or another text where nothing may be told.

    Parameters
    ----------
    result : Result
        Whose most important shown finding is the title.
    otherwise : str
        Key of the catalogues.
    **values
        Fields of that text.
    """
    best = ranked(result.findings(), limit=1)
    return sentence(best[0]) if best else say(otherwise, **values)
