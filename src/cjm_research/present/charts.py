"""A chart as the body of an exhibit, with the same numbers as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cjm_research.present import markup, theme
from cjm_research.present.bodies import Body
from cjm_research.present.svg import svg
from cjm_research.present.tables import table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from matplotlib.figure import Figure

    from cjm_research.present.words import Words
    from cjm_research.results import Result


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chart(Body):
    """A figure drawn once per language."""

    draw: Callable[..., Figure]
    result: Any
    options: Mapping[str, Any]
    twin: Body | None

    def figure(self, words: Words) -> Figure:
        """Draw the figure in one language."""
        with theme.style():
            return self.draw(self.result, words, **self.options)

    def html(self, words: Words, *, title: str = "", alt: str = "") -> str:
        """Return the figure, and its numbers in a fold."""
        drawn = svg(self.figure(words), alt=alt or title or words("figure.region"))
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
