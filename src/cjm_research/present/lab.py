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


@cache
def portrait_style() -> str:
    """Return the style of portraits, which only pages that have one carry."""
    return Path(__file__).with_name("portrait.css").read_text(encoding="utf-8")


def style_for(markup_of_blocks: str) -> str:
    """Return the rules that pieces of a page need beside the common ones."""
    return portrait_style() if 'class="portrait' in markup_of_blocks else ""


def in_lab(block: str) -> str:
    """Return a block with the style that makes it look as on the page, in Lab's light or dark."""
    light = ";".join(f"--{name}:{_followed(name, c[1])}" for name, c in theme.VARIABLES.items())
    dark = ";".join(f"--{n}:{c[2]}" for n, c in theme.VARIABLES.items() if n not in _LAB)
    rules = (
        f".cjm{{{light}}}[data-jp-theme-light=false] .cjm{{{dark}}}@scope(.cjm)"
        f"{{{block_style()}{style_for(block)}}}"
    )
    return f"<style>{rules}</style>" + markup.tag("div", block, class_="cjm")


def _followed(name: str, colour: str) -> str:
    """Return Lab's own colour where it has one; other notebooks have none, so name ours too."""
    return f"var({_LAB[name]},{colour})" if name in _LAB else colour
