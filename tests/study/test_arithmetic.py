"""Sums over columns."""

from __future__ import annotations

import numpy as np
import pytest

from cjm_research.study.arithmetic import evaluate_sum, parse_sum


@pytest.mark.parametrize("text", ["a * 1e999", f"a * 1{'0' * 400}"])
def test_a_number_that_no_double_holds_is_refused(text):
    with pytest.raises(ValueError, match="may hold column names, numbers"):
        parse_sum(text)


def test_a_product_that_no_double_holds_is_not_a_number():
    assert np.isnan(evaluate_sum("a * a", {"a": np.array([1e300])})).all()
