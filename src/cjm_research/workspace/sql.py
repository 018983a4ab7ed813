"""SQL over an opened study, for exploration."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from cjm_research.errors import ParameterError
from cjm_research.schema.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd

    from cjm_research.workspace.workspace import Workspace

DERIVED = ("event_stages", "feedback_codes", "features", "memberships")
LEFT_BY_CLEANING = (
    "quarantine", "changes", "flags", "loads", "issues", "choices",
    "identities", "identity_review", "identity_values",
)  # fmt: skip


def query(world: Workspace, text: str) -> pd.DataFrame:
    """Answer one SQL statement over the tables that it names.

    The connection is in memory, cannot reach files or the network, and sees only copies, so
    a statement changes nothing that is stored.

    Raises
    ------
    ParameterError
        If the statement is wrong; the message is the database's own.
    """
    named = set(re.findall(r"[a-z_]+", text.casefold()))
    tables = {n: world.table(n) for n in (*TABLES, *LEFT_BY_CLEANING) if n in named}
    tables |= {n: getattr(world, n) for n in DERIVED if n in named}
    with duckdb.connect(":memory:", config={"enable_external_access": "false"}) as connection:
        for name, table in tables.items():  # as Arrow: not every DuckDB knows the texts of pandas
            connection.register(name, pa.Table.from_pandas(table, preserve_index=False))
        connection.execute("SET lock_configuration = true")
        try:
            return connection.execute(text).df()
        except duckdb.Error as error:
            raise ParameterError(f"The statement cannot be answered: {error}") from None
