"""Quotes: what customers said, in their words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cjm_research.present import markup
from cjm_research.present.bodies import Body
from cjm_research.present.tables import frame_of, table, within
from cjm_research.present.values import is_missing
from cjm_research.present.words import capital
from cjm_research.results import Result, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from cjm_research.present.words import Words

_MARKS = {"ru": "«»", "zh": "“”"}
_LABELS = ("theme", "stage", "segment", "touchpoint", "channel", "kind")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Quotes(Body):
    """Quotes with what they are about."""

    frame: pd.DataFrame
    units: Mapping[str, Unit]
    labels: tuple[str, ...]
    within: Mapping[str, object] = field(default_factory=dict)
    """What is to be said of all: themes that people agree too little on."""

    def html(self, words: Words, *, title: str = "", alt: str = "") -> str:  # noqa: ARG002
        """Return each quote with theme, stage and segment under it."""
        if self.frame.empty:
            return markup.tag("p", markup.text(words("quotes.none")), class_="meta")
        rows = self.frame.to_dict("records")
        return markup.tag("div", "".join(self._quote(r, words) for r in rows), class_="quotes")

    def tables(self, languages: Sequence[Words]) -> list[dict[str, Any]]:
        """Return the quotes as a table."""
        chosen = [*(c for c in self.labels), "text"]
        units = {c: self.units[c] for c in chosen}
        return table(self.frame, units, name="quotes").tables(languages)

    def _quote(self, row: Mapping[Any, Any], words: Words) -> str:
        language = row.get("language")
        spoken = None if is_missing(language) else str(language)
        marks = _MARKS.get(spoken or words.language, "“”")
        said = marks[0] + str(row["text"]).strip() + marks[1]
        among = {**self.within, **row}
        about = [words.label(c, row[c], among=among) for c in self.labels if not is_missing(row[c])]
        about += _when_and_how(row, words)
        other = spoken if spoken != words.language else None
        below = markup.tag("footer", markup.text(capital(" · ".join(about)))) if about else ""
        return markup.tag(
            "blockquote", markup.tag("p", markup.text(said), lang=other) + below, class_="quote"
        )


def _when_and_how(row: Mapping[Any, Any], words: Words) -> list[str]:
    """Return the day and the grade that a quote came with, as far as they are known."""
    found = []
    if not is_missing(row.get("given_on")):
        found.append(words.value(row["given_on"], Unit.DATE))
    if not is_missing(row.get("score")):
        found.append(words("quotes.score", score=row["score"]))
    return found


def quotes(result: Result | pd.DataFrame, *, about: Sequence[str] = _LABELS) -> Body:
    """Return quotes, redacted before they come here.

    Parameters
    ----------
    result : Result or DataFrame
        Column ``text`` and, if known, ``language``; what else it has of `about` stands under
        each quote.
    about : Sequence of str
        Columns of labels.
    """
    known = {"text": Unit.TEXT} | dict.fromkeys(about, Unit.LABEL)
    frame, units = frame_of(result, None if isinstance(result, Result) else known)
    return Quotes(
        frame=frame,
        units={**known, **units},
        labels=tuple(c for c in about if c in frame and frame[c].notna().any()),
        within=within(result),
    )
