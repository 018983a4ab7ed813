"""Suggested themes as text to paste into a codebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present import markup
from cjm_research.present.bodies import Body, html

if TYPE_CHECKING:
    from cjm_research.needs.suggested import SuggestedThemes
    from cjm_research.present.words import Words


def snippets(result: SuggestedThemes) -> Body:
    """Return the suggestions as entries of a codebook, folded away.

    Parameters
    ----------
    result : SuggestedThemes
        Those that a reader may see.
    """

    def written(words: Words) -> str:
        head = markup.tag("summary", markup.text(words("needs.snippets")))
        text = "\n".join(r.snippet() for r in result.rows)
        return markup.tag("details", head + markup.tag("pre", markup.text(text)))

    return html(written)
