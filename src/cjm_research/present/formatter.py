"""Results show themselves in JupyterLab, and stay plain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cjm_research.errors import CjmError
from cjm_research.present.context import current
from cjm_research.present.lab import in_lab
from cjm_research.present.tables import table
from cjm_research.results import Result

if TYPE_CHECKING:
    from collections.abc import Mapping

_ROWS = 30


def register(shell: Any) -> None:  # noqa: ANN401  # an IPython shell
    """Let an IPython shell show each `Result` as its table, in the researcher's language."""
    shell.display_formatter.mimebundle_formatter.for_type(Result, shown)


def shown(result: Result, **_: object) -> Mapping[str, str]:
    """Return a result as Lab shows it; a table without words yet falls back to plain columns."""
    context = current()
    words = context.words(context.researcher)
    frame = result.to_frame()
    name = type(result).__name__
    try:
        body = table(result, limit=_ROWS).html(words, title=name)
    except CjmError:
        body = frame.head(_ROWS).to_html(index=False)
    return {"text/html": in_lab(body), "text/plain": f"{name}\n{frame.head(_ROWS).to_string()}"}
