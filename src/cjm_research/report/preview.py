"""``%load_ext cjm_research`` in JupyterLab: results show themselves, `preview` shows the page."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbformat import from_dict

from cjm_research.errors import ParameterError
from cjm_research.present.blocks import MIME
from cjm_research.present.context import current
from cjm_research.present.formatter import register
from cjm_research.report.exporter import CjmExporter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nbformat import NotebookNode

HEIGHT = 720
"""Of the frame in Lab, in pixels."""


class Preview:
    """Remembers the blocks that cells show, and makes the page of them."""

    def __init__(self) -> None:
        self.blocks: list[tuple[str, dict[str, Any]]] = []
        self.cell = ""

    def begin(self, info: Any) -> None:  # noqa: ANN401  # IPython's
        """Note which cell runs; its earlier blocks are replaced."""
        self.cell = str(getattr(info, "raw_cell", "") or "")
        self.blocks = [(code, block) for code, block in self.blocks if code != self.cell]

    def take(self, block: dict[str, Any]) -> None:
        """Keep a block that the running cell shows."""
        self.blocks.append((self.cell, block))

    def page(self, language: str = "") -> str:
        """Return the page in one language; the researcher's if none is named.

        Raises
        ------
        ParameterError
            If no cell has shown a block yet, or none in that language.
        """
        if not self.blocks:
            raise ParameterError("No cell has shown a block of the page: run the notebook first.")
        known = tuple(self.blocks[0][1]["title"]) or current().languages
        wanted = language or current().researcher
        if wanted not in known:
            raise ParameterError.unknown("language", wanted, known=known)
        exporter = CjmExporter()  # type: ignore[no-untyped-call]
        exporter.language = wanted
        return exporter.from_notebook_node(_notebook(self.blocks))[0]


def load(shell: Any) -> Callable[..., object]:  # noqa: ANN401  # an IPython shell
    """Register the formatter, and put ``preview()`` into the notebook's names."""
    register(shell)
    remembered = Preview()
    shell.events.register("pre_run_cell", remembered.begin)
    formatter = shell.display_formatter
    show = formatter.format

    def format_and_take(obj: object, *args: Any, **more: Any) -> Any:  # noqa: ANN401
        data, metadata = show(obj, *args, **more)
        if MIME in data:
            remembered.take(data[MIME])
        return data, metadata

    formatter.format = format_and_take

    def preview(language: str = "", path: str = "") -> object:
        """Show the page of the blocks so far in a frame, or write it to `path`."""
        page = remembered.page(language)
        if path:
            Path(path).write_text(page, encoding="utf-8")
            return path
        from IPython.display import HTML  # noqa: PLC0415

        return HTML(  # type: ignore[no-untyped-call]
            f'<div><iframe sandbox srcdoc="{escape(page, quote=True)}" title="preview"'
            f' style="width:100%;height:{HEIGHT}px;border:1px solid var(--jp-border-color2)">'
            "</iframe></div>"
        )

    shell.user_ns["preview"] = preview
    return preview


def _notebook(blocks: Sequence[tuple[str, dict[str, Any]]]) -> NotebookNode:
    """Return a notebook whose cells showed these blocks."""
    cells: list[dict[str, Any]] = [
        {
            "cell_type": "code", "source": code, "metadata": {}, "execution_count": None,
            "outputs": [{"output_type": "display_data", "data": {MIME: block}, "metadata": {}}],
        }
        for code, block in blocks
    ]  # fmt: skip
    plain = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    notebook: NotebookNode = from_dict(plain)  # type: ignore[no-untyped-call]
    return notebook
