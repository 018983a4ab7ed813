"""Each notebook also runs without the runner: in Lab on its defaults, and by plain papermill."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

pytestmark = [pytest.mark.path, pytest.mark.slow]

NAMES = ["01_data_quality", "02_segment_portraits", "03_pains_and_needs", "04_journey_map",
         "05_campaign_results", "06_customer_matrix"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_run_all_in_lab(demo_project, name):
    folder = demo_project / "notebooks"
    notebook = nbformat.read(folder / f"{name}.ipynb", as_version=4)
    client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(folder)}})
    client.execute()
    shown = [o for c in notebook.cells for o in c.get("outputs", ()) if "data" in o]
    assert any("text/html" in o["data"] for o in shown)


@pytest.mark.parametrize("name", NAMES)
def test_plain_papermill_takes_another_study(demo_project, tmp_path, name):
    command = [sys.executable, "-m", "papermill", f"notebooks/{name}.ipynb",
               str(tmp_path / "out.ipynb"), "-p", "study", "freight"]  # fmt: skip
    done = subprocess.run(command, cwd=demo_project, capture_output=True, text=True,
                          env=os.environ | {"PYTHONWARNINGS": "ignore"}, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]


EXPLORE = Path(__file__).parents[2] / "notebooks" / "explore"


@pytest.mark.parametrize("name", sorted(p.stem for p in EXPLORE.glob("*.ipynb")))
def test_every_starting_point_of_a_researcher_runs_to_its_end(demo_project, name):
    folder = demo_project / "notebooks" / "explore"
    notebook = nbformat.read(folder / f"{name}.ipynb", as_version=4)
    client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(folder)}})
    client.execute()
    outputs = [o for c in notebook.cells for o in c.get("outputs", ())]
    assert [o["output_type"] for o in outputs if o["output_type"] == "error"] == []
    assert any("text/html" in o.get("data", {}) for o in outputs)


def test_the_planner_runs_in_lab(demo_project):
    folder = demo_project / "notebooks"
    notebook = nbformat.read(folder / "explore" / "plan_a_test.ipynb", as_version=4)
    client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(folder)}})
    client.execute()
    cells = [c for c in notebook.cells if c.cell_type == "code"]
    shown = {c.id: [o["data"]["text/html"] for o in c.outputs if "data" in o] for c in cells}
    assert "The test needs" in shown["size"][0]
    assert "The test needs" in shown["python-size"][0]
    assert "<svg" in shown["seen"][0]
    assert "<svg" in shown["chance"][0]
