"""nbconvert's door to the page: one self-contained file, without script and without requests."""

from __future__ import annotations

from typing import Any

from nbconvert.exporters.templateexporter import TemplateExporter
from nbformat import NotebookNode
from traitlets import List, Unicode, default

from cjm_research.report.page import languages_of, page_parts, shown_blocks
from cjm_research.report.wording import TEMPLATES


class CjmExporter(TemplateExporter):
    """Makes a page of the blocks of an executed notebook, in one language.

    JupyterLab offers it as *Cjm* under *Save and Export Notebook As*, by the name of the entry
    point, and the runner uses it too. What the runner knows beside the notebook (provenance,
    changes, links) lies in the notebook's metadata under ``cjm``, so that the same notebook gives
    the same page, to the byte.
    """

    export_from_notebook = "Customer research page"
    output_mimetype = "text/html"
    template_name = Unicode("cjm").tag(config=True, affects_template=True)
    default_preprocessors: Any = List([]).tag(config=True)

    language = Unicode("", help="Language of the page; the study's first if empty.").tag(
        config=True
    )

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    @default("extra_template_basedirs")
    def _default_extra_template_basedirs(self) -> list[str]:
        return [str(TEMPLATES)]

    def from_notebook_node(  # type: ignore[override]
        self,
        nb: NotebookNode,
        resources: dict[str, Any] | None = None,
        **kwargs: Any,  # noqa: ANN401  # nbconvert's signature
    ) -> tuple[str, dict[str, Any]]:
        """Return the page and nbconvert's resources; ``--execute`` runs the notebook before."""
        if self.config.ExecutePreprocessor.enabled is True:
            from nbconvert.preprocessors import ExecutePreprocessor  # noqa: PLC0415

            run = ExecutePreprocessor(parent=self)  # type: ignore[no-untyped-call]
            nb, resources = run(nb, resources or {})
        known = languages_of(shown_blocks(nb))
        language = self.language or next(iter(known), "en")
        parts = page_parts(nb, nb.metadata.get("cjm", {}), language=language)
        given = {**(resources or {}), "cjm": parts}
        # The template knows the parts alone; nbconvert copies each cell, figures and all, twice.
        bare = NotebookNode({**nb, "cells": []})  # type: ignore[no-untyped-call]
        page, made = super().from_notebook_node(bare, given, **kwargs)
        return page, made
