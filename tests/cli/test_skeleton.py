"""``cjm new report NAME``: a notebook that runs as it is."""

from __future__ import annotations

import json

import pytest

from cjm_research.cli.skeleton import new_report
from cjm_research.errors import ParameterError
from cjm_research.report.parameters import read_parameters


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_a_notebook_has_all_parts_and_its_schema_can_be_read(tmp_path, language):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks/06_customer_matrix.ipynb").write_text("{}", encoding="utf-8")
    path = new_report("regions", tmp_path, study="shop", language=language)
    assert path.name == "07_regions.ipynb"
    plain = json.loads(path.read_text(encoding="utf-8"))
    tags = [t for c in plain["cells"] for t in c["metadata"].get("tags", ())]
    assert tags == ["parameters", "setup", "exhibit", "outputs"]
    assert [p.name for p in read_parameters(path)] == ["study", "as_of", "confidence"]


def test_what_is_wrong_is_said_and_nothing_written(tmp_path):
    for name, language in (("Regions!", "en"), ("regions", "de")):
        with pytest.raises(ParameterError):
            new_report(name, tmp_path, study="shop", language=language)
    new_report("regions", tmp_path, study="shop")
    with pytest.raises(ParameterError, match="already"):
        new_report("regions", tmp_path, study="shop")
    assert len(list((tmp_path / "notebooks").iterdir())) == 1
