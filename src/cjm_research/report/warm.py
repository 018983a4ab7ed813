"""What several notebooks need, made once before they begin."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from typing import TYPE_CHECKING

from cjm_research.report import remote
from cjm_research.report.light import load_execute
from cjm_research.report.shared import shared_tables
from cjm_research.workspace.derived import MADE_FROM

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cjm_research.report.plan import Job
    from cjm_research.report.session import Session
    from cjm_research.store.versions import Version


def warm_up(
    session: Session, version: Version, name: str, *, jobs: Sequence[Job], executor: str = ""
) -> None:
    """Start the server; make what several notebooks would make at once, on all cores.

    Parameters
    ----------
    session : Session
        Works in the project's folder.
    version : Version
        Of the study's store.
    name : str
        The study.
    jobs : sequence of Job
        The notebooks that will run: for one alone nothing is made before.
    executor : str
        Where derived tables are made, see `store.executors`; by the session if empty.
    """
    session.start()
    root = session.folder
    if executor:
        session.call(remote.derive, name, root, executor)
    tables = [d for d, t in MADE_FROM.items() if version.rows(t)] if len(jobs) > 1 else []
    shared = shared_tables(jobs, root) if version.n_buckets > 1 else []
    makers = {of: partial(session.call, remote.warm_shared, name, root, of) for of in shared}
    from_orders = [make for of, make in makers.items() if of.table == "forecasts"]
    from_derived = [make for of, make in makers.items() if of.table != "forecasts"]
    calls: list[Callable[[], None]] = [
        partial(session.call, remote.warm_gate, name, root),
        *(
            partial(session.call, remote.warm, name, root, (table, bucket))
            for table in tables
            for bucket in range(version.n_buckets)
        ),
    ]
    with ThreadPoolExecutor(session.workers + 1) as threads:
        beside = [threads.submit(make) for make in from_orders]
        begun = [threads.submit(call) for call in calls]
        load_execute()  # papermill, meanwhile
        wait(begun)  # what fails here fails in the notebook that needs it, which says so
        wait([*beside, *(threads.submit(make) for make in from_derived)])
    if version.n_buckets > 1:
        session.renew()  # what they hold of large tables is room that the notebooks need
