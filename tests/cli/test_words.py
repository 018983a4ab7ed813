"""Words of the command line that are read before anything is loaded."""

from __future__ import annotations

import pytest

from cjm_research.cli.words import shard_of
from cjm_research.errors import ParameterError


@pytest.mark.parametrize("text", ["", "1", "0/4", "5/4", "1/", "a/b", "1/4/2"])
def test_a_shard_that_is_none_is_told_with_an_example(text):
    with pytest.raises(ParameterError, match=r"--shard must be i/n .* such as 1/4; got"):
        shard_of(text)
