"""The small journey of the tests, computed once."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from cjm_research.journey.data import JourneyData
from cjm_research.journey.journey_map import journey_map
from cjm_research.journey.stages import event_stages


def _small():
    """Load the module beside this file; tests are no package."""
    spec = importlib.util.spec_from_file_location(
        "small_journey", Path(__file__).parent / "small.py"
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules["small_journey"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def small():
    """Return the made-up tables and their stages."""
    return _small()


@pytest.fixture(scope="session")
def data(small):
    """Return the three tables of the small journey."""
    return JourneyData(
        event_stages=event_stages(small.event_rows(), small.STAGES),
        feedback=small.feedback_rows(),
        feedback_codes=small.code_rows(),
    )


@pytest.fixture(scope="session")
def drawn(small, data):
    """Return the map of the small journey."""
    return journey_map(data, small.STAGES)
