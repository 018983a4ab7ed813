"""pyproject.toml, environment.yml and requirements.lock say the same."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
CONDA_NAMES = {
    "matplotlib-base": "matplotlib",
    "seaborn-base": "seaborn",
    "nbconvert-core": "nbconvert",
    "python-duckdb": "duckdb",
}


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def locked():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    found = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", text, flags=re.MULTILINE)
    versions: dict[str, set[str]] = {}
    for name, version in found:
        versions.setdefault(canonicalize_name(name), set()).add(version)
    return versions


def _ranges(requirements):
    parsed = [Requirement(r) for r in requirements]
    return {canonicalize_name(r.name): r.specifier for r in parsed}


def test_conda_environment_has_the_ranges_of_the_project(project):
    plain = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    (from_pip,) = [d["pip"] for d in plain if isinstance(d, dict)]
    named = [d for d in plain if isinstance(d, str) and d != "pip"]
    conda = {CONDA_NAMES.get(n, n): s for n, s in _ranges([*named, *from_pip]).items()}
    wanted = _ranges([*project["dependencies"], *project["optional-dependencies"]["lab"]])
    assert conda.pop("python") == Requirement(f"x{project['requires-python']}").specifier
    assert conda == wanted


def test_lock_holds_every_dependency_within_its_range(project, locked):
    extras = [r for group in project["optional-dependencies"].values() for r in group]
    wanted = _ranges([*project["dependencies"], *extras])
    assert set(wanted) <= set(locked)
    outside = {n: locked[n] for n, s in wanted.items() if not all(v in s for v in locked[n])}
    assert outside == {}


def test_lock_names_no_index_and_hashes_every_package():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index-url" not in text
    blocks = re.split(r"\n(?=[A-Za-z0-9])", text.partition("\n")[2])
    bare = [b.splitlines()[0] for b in blocks if "==" in b and "--hash=sha256:" not in b]
    assert bare == []
