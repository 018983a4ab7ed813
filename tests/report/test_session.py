"""The processes of a run: kernels that are forks or are not, workers, the one that cleans."""

from __future__ import annotations

import json
import os
import random

import numpy as np
import pytest
from tests.report.conftest import notebook

from cjm_research.errors import ReportError
from cjm_research.report.session import Session

DRAWN = """import os, random
import numpy as np
print(random.random(), np.random.random(), hash("a text"), os.environ.get("IPYTHONDIR", ""))"""


@pytest.fixture
def session(one_server, tmp_path):  # noqa: ARG001
    with Session(tmp_path, workers=1) as opened:
        yield opened


def _printed(session, folder, *cells):
    path = folder / "drawn.ipynb"
    path.write_text(json.dumps(notebook(*cells)), encoding="utf-8")
    done, memory = session.execute(path, {"study": "shop"})
    assert done.failure is None, done.failure
    return "".join(o["text"] for o in done.notebook.cells[-1].outputs), memory


def test_a_notebook_that_draws_without_a_generator_draws_the_same_in_every_run(session, tmp_path):
    first, second = (_printed(session, tmp_path, DRAWN)[0].split()[:3] for _ in "ab")
    assert first == second
    # both generators begin anew from zero, which everybody's do from the same seed
    numbers = random.Random(0).random(), np.random.RandomState(0).random_sample()  # noqa: S311
    assert tuple(map(float, first[:2])) == numbers


def test_one_worker_sums_as_two_do(session, tmp_path):
    pools = "from threadpoolctl import threadpool_info as info; import sklearn.cluster"
    show = "print(*{library['num_threads'] for library in info()})"
    assert _printed(session, tmp_path, f"{pools}\n{show}")[0] == "1\n"


def test_where_nothing_can_be_forked_jupyters_own_kernels_serve(tmp_path):
    with Session(tmp_path, workers=1, forked=False) as session:
        told, _ = _printed(session, tmp_path, "print(confidence, study)")
        assert told == "0.95 shop\n"
        assert session.call(os.getpid) == os.getpid()
        assert session.call_apart(os.getpid) == os.getpid()


def test_what_is_called_apart_runs_in_a_process_of_its_own_with_the_servers_variables(session):
    assert session.call_apart(os.getenv, "PYTHONHASHSEED") == "0"
    assert session.call_apart(os.getpid) not in {os.getpid(), session.call(os.getpid)}


def test_an_error_of_a_call_apart_is_the_callers(session):
    with pytest.raises(ValueError, match="invalid literal"):
        session.call_apart(int, "no number")


def test_a_call_that_ends_its_process_everywhere_is_one_clear_error(session):
    with pytest.raises(ReportError, match="A worker process died"):
        session.call_apart(os._exit, 3)


def test_nothing_is_called_after_a_stop(session):
    session.stop()
    with pytest.raises(ReportError, match="was stopped"):
        session.call_apart(os.getpid)


def test_workers_that_are_renewed_are_other_processes_and_give_back_what_the_first_held(session):
    first = session.call(os.getpid)
    session.renew()
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
    assert session.call(os.getpid) != first


def test_before_anything_was_called_there_are_no_workers_to_renew(tmp_path):
    with Session(tmp_path, workers=1) as session:
        session.renew()
