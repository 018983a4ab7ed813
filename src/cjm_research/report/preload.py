"""What a report's kernel needs, imported once by the fork server. This module only imports.

`matplotlib_inline.backend_inline` must not be here: it hooks the shell that exists when it is
imported, and every figure of the forked kernels would vanish.
"""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module

MODULES = (
    "numpy",
    "pandas",
    "pyarrow.parquet",
    "scipy.special",
    "scipy.stats",
    "matplotlib.figure",
    "matplotlib.backends.backend_svg",
    "babel.numbers",
    "babel.dates",
    "duckdb",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "cjm_research.workspace.workspace",
    "cjm_research.workspace.build",
    "cjm_research.present.session",
    "cjm_research.report.kept",
    "cjm_research.segmentation",
    "cjm_research.needs",
    "cjm_research.journey",
    "cjm_research.experiments",
)

for name in MODULES:
    # What cannot be imported here is imported by the notebook that needs it, which can say why.
    with suppress(Exception):
        import_module(name)
