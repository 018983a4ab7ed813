"""Small raw files and sources for the tests of the cleaning."""

from __future__ import annotations

import pytest

from cjm_research.cleaning.load import load
from cjm_research.study.sources import Source

ORDERS = {"customer_id": "client", "amount": "sum", "ordered_at": "day"}


@pytest.fixture
def orders():
    """Return a function that makes a source of orders."""

    def _source(**settings):
        return Source.model_validate(
            {"table": "orders", "file": "orders.csv", "columns": ORDERS, **settings}
        )

    return _source


@pytest.fixture
def write(tmp_path):
    """Return a function that writes bytes or text into a file."""

    def _write(content, name="orders.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return _write


@pytest.fixture
def load_orders(write, orders):
    """Return a function that loads a text as orders."""

    def _load(content, *, zone="UTC", **settings):
        return load(write(content), orders(**settings), hints={"zone": zone})

    return _load
