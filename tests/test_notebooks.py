"""Every notebook is thin, carries no output, and has the cells that the runner reads."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb"))
REPORTS = [p for p in NOTEBOOKS if p.parent.name == "notebooks"]
LONGEST_CELL = 12  # lines


@pytest.fixture(params=NOTEBOOKS, ids=lambda p: p.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


@pytest.fixture(params=REPORTS, ids=lambda p: p.stem)
def report(request):
    return nbformat.read(request.param, as_version=4)


def _code(notebook):
    return [c.source for c in notebook.cells if c.cell_type == "code"]


def test_the_six_reports_are_there():
    assert [p.stem for p in REPORTS] == [
        "01_data_quality",
        "02_segment_portraits",
        "03_pains_and_needs",
        "04_journey_map",
        "05_campaign_results",
        "06_customer_matrix",
    ]


def test_notebook_carries_no_output(notebook):
    assert not [c for c in notebook.cells if c.get("outputs") or c.get("execution_count")]


def test_cells_have_stable_ids(notebook):
    ids = [c.get("id", "") for c in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert not [i for i in ids if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f-]+)?|", i)]


def test_metadata_names_a_kernel_and_nothing_of_a_machine(notebook):
    assert set(notebook.metadata) <= {"kernelspec", "language_info"}
    assert notebook.metadata["kernelspec"]["name"] == "python3"


def test_notebook_is_thin(notebook):
    assert max(len(source.splitlines()) for source in _code(notebook)) <= LONGEST_CELL
    nodes = [n for source in _code(notebook) for n in ast.walk(ast.parse(source))]
    forbidden = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.Try, ast.Lambda)
    assert not [n for n in nodes if isinstance(n, forbidden)]


def test_report_opens_with_its_question(report):
    assert report.cells[0].source.startswith("# ")
    assert "**Question" in report.cells[0].source


def test_report_has_one_parameters_cell_that_names_the_study(report):
    tagged = [c for c in report.cells if "parameters" in c.metadata.get("tags", [])]
    assert len(tagged) == 1
    assert tagged[0].source.startswith('study: str = "retail"')


def test_report_ends_with_what_it_keeps(report):
    assert "report.keep(" in _code(report)[-1]
