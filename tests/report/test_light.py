"""What a run does not load: checked in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys

CODE = """
import json, sys
from cjm_research.report.light import NOT_NEEDED, load_execute
load_execute()
import nbformat
notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
nbformat.validate(notebook)
try:
    nbformat.validate({**notebook, "cells": [{"cell_type": "none"}]})
    refused = False
except nbformat.ValidationError:
    refused = True
print(json.dumps([refused, [name for name in NOT_NEEDED if name in sys.modules]]))
"""


def test_papermill_comes_without_grammars_and_notebooks_are_still_checked():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [True, []]
