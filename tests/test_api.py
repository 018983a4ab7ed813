"""Conventions of every public name, held for the whole package at once."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import cjm_research
from cjm_research.results import Result, Unit

LIMIT = 300  # lines of a module
LONGER = {
    # module: why it is longer
}
MORE_TABLES = {
    "cjm_research.segmentation.features.customer_features": 4,  # joins four tables
    "cjm_research.demo.retail.raw.web_hits": 4,
    "cjm_research.segmentation.outlook.outlook": 4,  # three tables and how to read them
    # Parts of one page: each takes the portraits, the segment, what is known of it, the words.
    "cjm_research.present.figures.segmentation.portrait_advice.what_to_say": 4,
    "cjm_research.present.figures.segmentation.portrait_advice.persona": 4,
    "cjm_research.present.figures.segmentation.portrait_head.summary": 4,
    "cjm_research.present.figures.segmentation.portrait_head.badges": 4,
    "cjm_research.present.figures.segmentation.portrait_head.numbers": 4,
}
OPTIONS = {
    "cjm_research.cli.app.run",  # the options of a command
    "cjm_research.cli.app.export",
    "cjm_research.cli.app.new",
    "cjm_research.report.document.document",  # the parts of a page
}
MODULES = sorted(
    m.name for m in pkgutil.walk_packages(cjm_research.__path__, "cjm_research.") if not m.ispkg
)


def _public():
    for name in MODULES:
        module = importlib.import_module(name)
        for key, value in vars(module).items():
            own = getattr(value, "__module__", None) == name
            if own and key.isidentifier() and not key.startswith("_") and callable(value):
                yield pytest.param(value, id=f"{name}.{key}")


PUBLIC = list(_public())
FUNCTIONS = [p for p in PUBLIC if inspect.isfunction(p.values[0])]
RESULTS = [
    p for p in PUBLIC
    if inspect.isclass(p.values[0])
    and issubclass(p.values[0], Result)
    and not inspect.isabstract(p.values[0])
]  # fmt: skip


@pytest.mark.parametrize("thing", PUBLIC)
def test_every_public_name_has_a_docstring_of_its_own(thing):
    doc = vars(thing).get("__doc__") if inspect.isclass(thing) else thing.__doc__
    assert doc
    first = doc.strip().splitlines()[0]
    assert first.endswith((".", ":"))
    assert not first.startswith(f"{thing.__name__}(")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_functions_take_few_positional_arguments_and_six_in_all(function):
    parameters = inspect.signature(function).parameters.values()
    kinds = [p.kind for p in parameters]
    positional = {inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.POSITIONAL_ONLY}
    name = f"{function.__module__}.{function.__name__}"
    assert sum(k in positional for k in kinds) <= MORE_TABLES.get(name, 3)
    assert len(kinds) <= 6 or name in OPTIONS


@pytest.mark.parametrize("result", RESULTS)
def test_results_are_frozen_slotted_and_declare_units(result):
    assert dataclasses.is_dataclass(result)
    assert result.__dataclass_params__.frozen
    assert "__slots__" in vars(result)
    assert result.units
    assert all(isinstance(u, Unit) for u in result.units.values())


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_short_or_says_why(name):
    path = Path(importlib.import_module(name).__file__)
    n_lines = len(path.read_text(encoding="utf-8").splitlines())
    assert n_lines <= LIMIT or name in LONGER


def test_importing_the_root_loads_nothing_heavy():
    code = (
        "import sys, cjm_research;"
        "print(sorted({'pandas', 'numpy', 'matplotlib', 'pydantic', 'typer'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_root_exports_what_it_lists():
    assert all(getattr(cjm_research, name) is not None for name in cjm_research.__all__)


@pytest.mark.parametrize("package", ["cleaning", "experiments", "journey", "needs", "segmentation"])
def test_a_package_gives_what_it_lists_and_never_a_module(package):
    found = importlib.import_module(f"cjm_research.{package}")
    assert found.__all__
    assert not [n for n in found.__all__ if inspect.ismodule(getattr(found, n))]
