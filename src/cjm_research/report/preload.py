"""What a report's kernel needs, imported once by the fork server, and the words of all languages.

Nothing of that becomes rubbish, so the collector rests meanwhile.

`matplotlib_inline.backend_inline` must not be here: it hooks the shell that exists when it is
imported, and every figure of the forked kernels would vanish.
"""

from __future__ import annotations

import gc
from contextlib import suppress
from importlib import import_module
from pkgutil import walk_packages

import cjm_research
from cjm_research.report.light import load_jsonschema

LIBRARIES = (
    "numpy",
    "pandas",
    "pandas.core.methods.describe",
    "pyarrow.parquet",
    "pyarrow.dataset",
    "scipy.special",
    "scipy.stats",
    "matplotlib.figure",
    "matplotlib.backends.backend_svg",
    "babel.numbers",
    "babel.dates",
    "duckdb",
    "sklearn.cluster",
    "sklearn.linear_model",
    "sklearn.feature_extraction.text",
    "pymorphy3",
    "pymorphy3_dicts_ru",
    "psutil",
    "rich.console",
    "tzdata",
    "encodings.utf_8_sig",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "cjm_research.report.kept",
)
NOT_HERE = ("cjm_research.cli", "cjm_research.demo", "cjm_research.report")
"""What notebooks have no use for. What makes pages is imported by the workers that make them."""


def load() -> None:
    """Import the libraries and every module of the package that a notebook or a page may use.

    What cannot be imported is imported again by the notebook that needs it, which can say why.
    """
    load_jsonschema()
    own = [m.name for m in walk_packages(cjm_research.__path__, "cjm_research.")]
    for name in (*LIBRARIES, *(n for n in own if not n.startswith(NOT_HERE))):
        with suppress(Exception):
            import_module(name)
    with suppress(Exception):
        from cjm_research.present.catalogue import LOCALES, catalogue  # noqa: PLC0415

        for language in LOCALES:
            catalogue(language)


gc.disable()
load()
gc.enable()
