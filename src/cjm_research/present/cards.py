"""Key figures: a few numbers in large type."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from cjm_research.present import markup
from cjm_research.present.blocks import Block
from cjm_research.present.tables import plain
from cjm_research.present.values import is_missing
from cjm_research.present.words import capital

if TYPE_CHECKING:
    from cjm_research.present.words import Words
    from cjm_research.results import Unit

Compared = Literal["days", "day", "never"]
"""How the next report may compare a key figure: as one of the days of the data, as a state at the
last of them (two reports are then two samples), or not, as the newest customers had less time."""


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One number with what makes it credible; its label is ``key_figure.KEY``."""

    key: str
    value: float | int | str | None
    unit: Unit
    low: float | None = None
    high: float | None = None
    n: int | None = None
    compared: Compared = "days"

    def html(self, words: Words) -> str:
        """Return the card."""
        sure = []
        if not is_missing(self.low) and not is_missing(self.high):
            sure.append(words.interval(self.low, self.high, self.unit))
        if self.n is not None:
            sure.append(words("key_figures.n", n=self.n))
        label = capital(words(f"key_figure.{self.key}"))
        return markup.tag(
            "li",
            markup.tag("span", markup.text(label))
            + markup.tag("b", markup.text(words.value(self.value, self.unit)))
            + (markup.tag("span", markup.text(" · ".join(sure)), class_="meta") if sure else "")
            + f"<!--change:{markup.anchor(self.key)}-->",
        )


@dataclass(frozen=True, slots=True)
class KeyFigures(Block):
    """A row of key figures."""

    figures: tuple[KeyFigure, ...]
    kind: ClassVar[str] = "key_figures"

    @property
    def id(self) -> str:
        """Anchor of the row."""
        return markup.anchor("key-figures", *(f.key for f in self.figures))

    def title(self, words: Words) -> str:
        """Return the name of the row."""
        return words("key_figures.title")

    def html(self, words: Words) -> str:
        """Return the cards."""
        cards = "".join(f.html(words) for f in self.figures)
        return markup.tag("ul", cards, class_="cards", id=self.id, aria_label=self.title(words))

    def extra(self) -> dict[str, Any]:
        """Return the figures as plain data, for what changed since the last page."""
        figures = [{k: plain(v) for k, v in asdict(f).items()} for f in self.figures]
        return {"key_figures": figures}


def key_figures(*figures: KeyFigure) -> KeyFigures:
    """Return a row of key figures."""
    return KeyFigures(figures)
