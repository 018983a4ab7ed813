"""The documentation site: `make docs`. Offline, warnings are errors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import typer
from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util.docutils import SphinxDirective

import cjm_research
from cjm_research.cli.app import app as command_line

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

project = "cjm_research"
author = "the cjm_research authors"
version = release = cjm_research.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
default_role = "code"  # docstrings write names between single marks

myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence"]
myst_heading_anchors = 3

autodoc_typehints = "none"  # docstrings tell types in words
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True}
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True

html_theme = "furo"
html_title = f"cjm_research {version}"
html_copy_source = False
html_show_sphinx = False
html_math_renderer = "mathml"
suppress_warnings = [
    "misc.highlighting_failure",  # shell sessions and TOML with words of the file in them
    "toc.multiple_toc_parents",  # a guide that no list names is still reached
    "ref.python",  # a size `n` in a docstring is no link to every field named so
]


class Commands(SphinxDirective):
    """``{commands}``: the help of every command, as the command line prints it."""

    def run(self) -> list[nodes.Node]:
        """Return a section for each command."""
        group = typer.main.get_command(command_line)
        parent = group.make_context("cjm", [], resilient_parsing=True)
        found: list[nodes.Node] = [_literal(group.get_help(parent))]
        for name, command in group.commands.items():
            context = command.make_context(name, [], parent=parent, resilient_parsing=True)
            section = nodes.section(ids=[f"cjm-{name}"])
            section += nodes.title(text=f"cjm {name}")
            section += _literal(command.get_help(context))
            found.append(section)
        return found


def _literal(text: str) -> nodes.literal_block:
    return nodes.literal_block(text, text, language="none")


def _inline(translator: HTML5Translator, node: nodes.math) -> None:
    """Write a formula as MathML, which browsers draw without a script."""
    translator.body.append(tex2mathml(node.astext(), as_block=False))
    raise nodes.SkipNode


def _block(translator: HTML5Translator, node: nodes.math_block) -> None:
    tag = translator.starttag(node, "div", CLASS="math")
    translator.body.append(f"{tag}{tex2mathml(node.astext(), as_block=True)}</div>")
    raise nodes.SkipNode


def _bars(_app: Sphinx, _what: str, _name: str, _thing: Any, *more: Any) -> None:  # noqa: ANN401
    """Let a docstring write the size of a number as ``|z|``."""
    lines = more[-1]
    lines[:] = [re.sub(r"\|(\w+)\|", r"\\|\1\\|", line) for line in lines]


def setup(app: Sphinx) -> None:
    """Register the formulas, the commands and what docstrings need."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    app.add_directive("commands", Commands)
    app.connect("autodoc-process-docstring", _bars)
