"""Executors by name: what is allowed, and what is said when it is not."""

from __future__ import annotations

import pytest

from cjm_research.errors import ParameterError
from cjm_research.store import executors
from cjm_research.store.executors import check_executor, opened_executor


@pytest.mark.parametrize(
    "where", ["", "ray", "processes", "processes:0", "processes:x", "dask", "dask://", "dask://h"]
)
def test_what_is_no_executor_is_refused_with_what_is(where):
    with pytest.raises(ParameterError, match=r"processes:4 or dask://scheduler:8786"):
        check_executor(where)


@pytest.mark.parametrize("where", ["processes:2", "dask://10.0.0.5:8786", "dask://[::1]:8786"])
def test_what_is_an_executor_is_let_pass(where):
    check_executor(where)


def test_a_cluster_that_does_not_answer_is_said(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(executors, "CONNECTING", 0.2)
    with (
        pytest.raises(ParameterError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"),
        opened_executor("dask://127.0.0.1:9"),
    ):
        pass
