"""The frame of pages that no notebook makes: the index and the page of a failure."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from cjm_research.report.wording import POLICY, TEMPLATES, html_language, page_style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Template

    from cjm_research.present.words import Words


def document(  # noqa: PLR0913  # a frame has its parts
    words: Words,
    body: str,
    *,
    title: str,
    kind: str,
    over: str = "",
    links: Sequence[dict[str, str]] = (),
    script: str = "",
) -> str:
    """Return a whole page around a body.

    Parameters
    ----------
    words : Words
    body : str
        Markup of this package's making, data in it escaped.
    title : str
    kind : str
        Class of the page, for its style.
    over : str
        Text above the title.
    links : sequence of dict
        Keys ``href``, ``lang``, ``text``.
    script : str
        The only script that the page may run: its policy names it by its hash.
    """
    policy = POLICY
    if script:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        policy += f"; script-src 'sha256-{digest}'"
    return _template().render(
        lang=html_language(words.language),
        policy=Markup(policy),  # noqa: S704  # a constant and a hash
        script=Markup(script),  # noqa: S704  # a constant
        style=Markup(page_style()),  # noqa: S704  # our own style
        skip=words("page.skip"),
        body=Markup(body),  # noqa: S704  # escaped by who made it
        title=title,
        kind=kind,
        over=over,
        links=links,
    )


@cache
def _template() -> Template:
    loader = FileSystemLoader(TEMPLATES / "cjm")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    return environment.get_template("document.html.j2")
