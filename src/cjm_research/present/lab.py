"""How a block looks inside JupyterLab, where no page style is at hand."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from cjm_research.present import markup, theme

_LAB = {
    "ink": "--jp-content-font-color1",
    "soft": "--jp-content-font-color2",
    "line": "--jp-border-color2",
    "bg": "--jp-layout-color0",
    "card": "--jp-layout-color1",
}
"""Variables that follow Lab's own theme."""


@cache
def block_style() -> str:
    """Return the style of the blocks: the rules of ``style.css``."""
    return Path(__file__).with_name("style.css").read_text(encoding="utf-8")


def in_lab(block: str) -> str:
    """Return a block with the style that makes it look as on the page."""
    own = ";".join(f"--{name}:var({theirs})" for name, theirs in _LAB.items())
    rest = ";".join(f"--{n}:{c[1]}" for n, c in theme.VARIABLES.items() if n not in _LAB)
    rules = f"<style>@scope(.cjm){{:scope{{{own};{rest}}}{block_style()}}}</style>"
    return rules + markup.tag("div", block, class_="cjm")
