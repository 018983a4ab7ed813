"""A chart as the body of an exhibit, with the same numbers as a table."""

from __future__ import annotations

import os
from base64 import b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cjm_research.present import markup, theme
from cjm_research.present.bodies import Body
from cjm_research.present.svg import png, svg
from cjm_research.present.tables import table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from matplotlib.figure import Figure

    from cjm_research.present.words import Words
    from cjm_research.results import Result


PICTURES = "CJM_PICTURES"
"""Variable of the environment: when it is set, blocks carry their figures as PNG too."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chart(Body):
    """A figure drawn once per language."""

    draw: Callable[..., Figure]
    result: Any
    options: Mapping[str, Any]
    twin: Body | None
    _drawn: dict[str, str] = field(default_factory=dict)
    """PNG of what was drawn, by language, until `pictures` takes it."""

    def figure(self, words: Words) -> Figure:
        """Draw the figure in one language."""
        with theme.style():
            return self.draw(self.result, words, **self.options)

    def html(self, words: Words, *, title: str = "", alt: str = "") -> str:
        """Return the figure, and its numbers in a fold."""
        figure = self.figure(words)
        drawn = svg(figure, alt=alt or title or words("figure.region"))
        if os.environ.get(PICTURES):
            self._drawn[words.language] = b64encode(png(figure)).decode("ascii")
        name = words("figure.alt", title=title) if title else words("figure.region")
        box = markup.tag("div", drawn, class_="scroll", role="group", tabindex=0, aria_label=name)
        if self.twin is None:
            return box
        summary = markup.tag("summary", markup.text(words("table.twin")))
        fold = markup.tag("details", summary + self.twin.html(words, title=title), class_="twin")
        return box + fold

    def tables(self, languages: Sequence[Words]) -> list[dict[str, Any]]:
        """Return the numbers of the chart."""
        return self.twin.tables(languages) if self.twin else []

    def pictures(self) -> list[dict[str, str]]:
        """Return the figure as PNG, by language: what `html` has drawn, once."""
        taken = dict(self._drawn)
        self._drawn.clear()
        return [taken] if taken else []


def chart(
    draw: Callable[..., Figure],
    result: Result | Any,  # noqa: ANN401  # whatever `draw` takes
    *,
    twin: bool | Body = True,
    **options: Any,  # noqa: ANN401
) -> Body:
    """Return a chart of a result.

    Parameters
    ----------
    draw : Callable
        ``draw(result, words, **options) -> Figure``, called once per language.
    result : Result
        What is drawn.
    twin : bool or Body
        The same numbers as a table in a fold: True shows the result's own, a body shows that one,
        False none (for a chart whose table stands beside it).
    **options
        Handed to `draw`.
    """
    own = table(result) if twin is True else None
    return Chart(
        draw=draw, result=result, options=options, twin=twin if isinstance(twin, Body) else own
    )
