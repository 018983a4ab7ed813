"""What many tests stand on: the real data beside the project, a browser, the demo businesses."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples in every run: a failure is a change of the code, never of the dice.
# HYPOTHESIS_PROFILE=default looks for new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

ROOT = Path(__file__).parents[1]


def absent(reason: str) -> None:
    """Skip with the reason; where everything has to be there, fail instead."""
    if os.environ.get("CJM_REQUIRE_ALL"):
        pytest.fail(f"{reason} CJM_REQUIRE_ALL is set, so this is a failure.")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def shared_data():
    """Folder of real public data, from CJM_SHARED_DATA or beside the project."""
    folder = Path(os.environ.get("CJM_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        absent(f"No real data: {folder} is not there (set CJM_SHARED_DATA).")
    return folder


@pytest.fixture(scope="session")
def chromium():
    """Path of an installed Chromium."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        absent("No browser: chromium is not on the path.")
    return found


def project(folder: Path) -> Path:
    """Make a project folder with this repository's studies and notebooks."""
    for name in ("studies", "notebooks"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def demo_project(tmp_path_factory):
    """Return a project with both demo businesses written and cleaned."""
    from cjm_research import demo
    from cjm_research.workspace.build import clean

    root = project(tmp_path_factory.mktemp("project"))
    for name in demo.NAMES:
        demo.write(name, root / "data" / "raw" / name)
        clean(name, root)
    return root


@pytest.fixture(scope="session")
def retail(demo_project):
    """Return the opened retail study."""
    from cjm_research.workspace.workspace import open_study

    return open_study("retail", root=demo_project)


@pytest.fixture(scope="session")
def freight(demo_project):
    """Return the opened freight study."""
    from cjm_research.workspace.workspace import open_study

    return open_study("freight", root=demo_project)
