"""What stands inside an exhibit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cjm_research.present.context import current

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cjm_research.present.words import Words


class Body(ABC):
    """A table, a chart, quotes: shown in one language at a time."""

    __slots__ = ()

    @abstractmethod
    def html(self, words: Words, *, title: str = "", alt: str = "") -> str:
        """Return markup in the language of `words`.

        Parameters
        ----------
        words : Words
            The language.
        title : str
            Names the body for who cannot see it; plain text.
        alt : str
            Says what a picture shows; plain text. The title if empty.
        """

    def tables(self, languages: Sequence[Words]) -> list[dict[str, Any]]:  # noqa: ARG002
        """Return the numbers behind the body as plain data."""
        return []

    def pictures(self) -> list[dict[str, str]]:
        """Return the figures of the body as PNG (base64), each by language."""
        return []

    def _repr_html_(self) -> str:
        context = current()
        return self.html(context.words(context.researcher))


@dataclass(frozen=True, slots=True)
class Markup(Body):
    """Markup that our own code writes."""

    render: Callable[[Words], str]

    def html(self, words: Words, *, title: str = "", alt: str = "") -> str:  # noqa: ARG002
        """Return what the function writes."""
        return self.render(words)


def html(render: Callable[[Words], str]) -> Body:
    """Return a body of trusted markup.

    Parameters
    ----------
    render : Callable[[Words], str]
        Called once per language. It writes every text of the data through `markup.text`.
    """
    return Markup(render)
