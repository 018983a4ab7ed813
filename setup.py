"""The build lays the report notebooks and the demo studies into the package, as `starter/`.

Everything else about the package stands in pyproject.toml. The notebooks have one home, the
folder `notebooks/`; an installed package carries a copy, so that `cjm new` can begin a project in
an empty folder.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
STARTER = (
    "notebooks/*.ipynb", "notebooks/explore/*.ipynb", "studies/*.*", "data/*/README.md",
    "reports/README.md",
)  # fmt: skip


class BuildWithStarter(build_py):
    """Build the package, then lay the starter into it."""

    def run(self) -> None:
        """Copy the starter's files beside the built modules."""
        super().run()
        if self.editable_mode:
            return
        for file in (f for pattern in STARTER for f in ROOT.glob(pattern)):
            target = Path(self.build_lib, "cjm_research", "starter", file.relative_to(ROOT))
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)


setup(cmdclass={"build_py": BuildWithStarter})
