"""Small pieces of HTML: escaping, attributes, anchors."""

from __future__ import annotations

import re
from collections import Counter
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_NOT_WORD = re.compile(r"[^a-z0-9]+")


def text(words: object) -> str:
    """Return data or words as HTML text: nothing in them is markup.

    Braces are written as entities too, so that text of a customer is inert in a template engine.

    Examples
    --------
    >>> text("<b>{{x}}</b>")
    '&lt;b&gt;&#123;&#123;x&#125;&#125;&lt;/b&gt;'
    """
    return escape(str(words), quote=True).replace("{", "&#123;").replace("}", "&#125;")


def tag(name: str, content: str, /, **attributes: str | int | None) -> str:
    """Return an element around markup; an attribute that is None or empty is left out.

    A trailing underscore is dropped and inner ones become hyphens: ``class_``, ``aria_label``.

    Examples
    --------
    >>> tag("p", text("a < b"), class_="meta")
    '<p class="meta">a &lt; b</p>'
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(value)}"'
        for key, value in attributes.items()
        if value is not None and value != ""
    )
    return f"<{name}{given}>{content}</{name}>"


def anchor(*parts: object) -> str:
    """Return an id made of words, the same for the same words.

    Examples
    --------
    >>> anchor("finding.weakest_step", "stage=Cart")
    'finding-weakest-step-stage-cart'
    """
    joined = " ".join(str(p) for p in parts)
    name = _NOT_WORD.sub("-", joined.lower()).strip("-")
    is_plain = joined.isascii() and len(name) <= 60
    return name if is_plain else f"{name[:48].strip('-')}-{digest(joined)}".strip("-")


def anchors(names: Iterable[str]) -> dict[str, str]:
    """Return an anchor for each name, no two the same, though they differ in signs only.

    Examples
    --------
    >>> anchors(["young", "18+", "<18"])
    {'young': 'young', '18+': '18-x7bc43ae', '<18': '18-xce7e083'}
    """
    plain = {name: anchor(name) for name in names}
    taken = Counter(plain.values())
    return {
        name: own if own and taken[own] == 1 else f"{own}-{digest(name)}".strip("-")
        for name, own in plain.items()
    }


def digest(content: str) -> str:
    """Return eight letters that stand for a content."""
    return "x" + sha256(content.encode()).hexdigest()[:7]
