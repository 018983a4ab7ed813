"""What a report shows: the finding above, table or figure, the fine print below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from cjm_research.present import markup
from cjm_research.present.blocks import Block

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjm_research.present.bodies import Body
    from cjm_research.present.sentences import Text
    from cjm_research.present.words import Words


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExhibitBlock(Block):
    """See `Exhibit`."""

    heading: Text
    bodies: tuple[Body, ...]
    note: Text | None
    alt: Text | None
    kind: ClassVar[str] = "exhibit"

    @property
    def id(self) -> str:
        """Anchor of the exhibit, made of its title's key and labels."""
        return self.heading.anchor

    def title(self, words: Words) -> str:
        """Return the finding that the exhibit shows."""
        return self.heading.text(words)

    def html(self, words: Words) -> str:
        """Return the figure with caption, bodies and note."""
        title = self.title(words)
        alt = self.alt.text(words) if self.alt else words("figure.alt", title=title)
        caption = markup.tag("figcaption", markup.text(title))
        names = [title, *(f"{title} ({i})" for i in range(2, len(self.bodies) + 1))]
        bodies = "".join(
            b.html(words, title=name, alt=alt) for b, name in zip(self.bodies, names, strict=False)
        )
        note = markup.text(self.note.text(words)) if self.note else ""
        below = markup.tag("p", note, class_="note") if note else ""
        return markup.tag("figure", caption + bodies + below, class_="exhibit", id=self.id)

    def tables(self, languages: Sequence[Words]) -> list[dict[str, Any]]:
        """Return the numbers of every body."""
        return [t for body in self.bodies for t in body.tables(languages)]

    def extra(self) -> dict[str, Any]:
        """Return the figures as pictures, when a report is made."""
        pictures = [p for body in self.bodies for p in body.pictures()]
        return {"pictures": pictures} if pictures else {}


def Exhibit(  # noqa: N802  # reads as the thing it makes
    *,
    title: Text,
    body: Body | tuple[Body, ...],
    note: Text | None = None,
    alt: Text | None = None,
) -> ExhibitBlock:
    """Return an exhibit.

    Parameters
    ----------
    title : Sentence
        States the finding.
    body : Body or tuple of Body
        Table, chart, quotes.
    note : Sentence, optional
        n, period, method, source.
    alt : Sentence, optional
        What the picture shows, for who cannot see it; made from the title if absent.
    """
    bodies = body if isinstance(body, tuple) else (body,)
    return ExhibitBlock(heading=title, bodies=bodies, note=note, alt=alt)
