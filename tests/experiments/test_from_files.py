"""Units in Parquet files give the answer that they give in memory."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

from cjm_research.errors import DataError, DesignError, NoDataError, SchemaError
from cjm_research.experiments.campaign import analyse
from cjm_research.experiments.effects import arm_effects
from cjm_research.experiments.folded import effects_of_moments
from cjm_research.experiments.from_files import analyse_files, files_moments
from cjm_research.study.plans import Experiment

FIELDS = ("difference", "low", "high", "se", "p", "lift", "lift_low", "lift_high", "p_adjusted")


@pytest.fixture(scope="module")
def experiment(plan):
    return plan(
        {"id": "bought"},
        {"id": "revenue", "kind": "mean", "is_money": True, "covariates": ["before", "age"]},
        {"id": "basket", "kind": "ratio", "is_money": True, "per": "orders"},
    )


@pytest.fixture(scope="module")
def units():
    rng = np.random.default_rng(11)
    n = 6_000
    bought = rng.random(n) < 0.2
    before = rng.lognormal(3, 1, n)
    return pd.DataFrame(
        {"unit_id": [f"c{i:05}" for i in range(n)], "arm": rng.choice(["control", "offer"], n),
         "bought": bought, "revenue": np.where(bought, before * rng.lognormal(0, 0.3, n), 0),
         "basket": rng.lognormal(2, 1, n), "basket:per": rng.integers(1, 5, n),
         "before": before, "age": np.where(rng.random(n) < 0.3, np.nan, rng.normal(40, 9, n)),
         "exclusion": pd.Series(None, index=range(n), dtype="string")}
    )  # fmt: skip


@pytest.fixture
def write(tmp_path):
    """Write units as so many files of a folder, each in row groups of a few rows."""

    def written(units, n_files=3):
        edges = np.linspace(0, len(units), n_files + 1).astype(int)
        for i in range(n_files):
            part = units.iloc[edges[i] : edges[i + 1]]
            part.to_parquet(tmp_path / f"part{i}.parquet", index=False, row_group_size=700)
        return tmp_path

    return written


def numbers(rows):
    return [[getattr(r, f) for f in FIELDS] for r in rows if r.is_main]


@pytest.mark.parametrize("n_files", [1, 4])
def test_files_give_what_the_units_in_memory_give(units, experiment, write, n_files):
    found = effects_of_moments(files_moments(write(units, n_files), experiment), experiment)
    wanted = arm_effects(units, experiment)
    np.testing.assert_allclose(numbers(found), numbers(wanted), rtol=1e-10, atol=1e-12)


def test_the_order_of_rows_does_not_matter(units, experiment, write):
    shuffled = units.sample(frac=1, random_state=np.random.RandomState(3))
    found = effects_of_moments(files_moments(write(shuffled), experiment), experiment)
    wanted = arm_effects(units, experiment)
    np.testing.assert_allclose(numbers(found), numbers(wanted), rtol=1e-10, atol=1e-12)


def test_files_may_be_read_by_an_executor(units, experiment, write):
    folder = write(units)
    with ThreadPoolExecutor(2) as threads:
        found = files_moments([*folder.glob("*.parquet")], experiment, executor=threads)
    wanted = arm_effects(units, experiment)
    rows = effects_of_moments(found, experiment)
    np.testing.assert_allclose(numbers(rows), numbers(wanted), rtol=1e-10, atol=1e-12)


def test_decision_and_checks_are_those_of_the_units_in_memory(units, experiment, write):
    found, wanted = analyse_files(write(units), experiment), analyse(experiment, units)
    assert found.decision.state == wanted.decision.state
    assert found.arms == wanted.arms
    own = {(c.check, c.metric): c for c in found.checks.checks}
    shared = [c for c in wanted.checks.checks if (c.check, c.metric) in own]
    assert {c.check for c in shared} >= {"sample_ratio", "empty_arm", "missing_values"}
    assert [own[c.check, c.metric].verdict for c in shared] == [c.verdict for c in shared]


def test_what_arms_earned_is_that_of_the_units_in_memory(units, experiment, write):
    priced = Experiment.model_validate({**experiment.model_dump(), "money": {"margin": 0.4}})
    found, wanted = analyse_files(write(units), priced), analyse(priced, units)
    assert wanted.decision.worth
    assert found.decision.worth == pytest.approx(wanted.decision.worth, rel=1e-10)


def test_a_broken_split_of_files_has_no_winner(units, experiment, write):
    kept = units[(units["arm"] == "offer") | (units.index % 2 == 0)]
    found = analyse_files(write(kept), experiment)
    assert found.decision.state == "invalid"
    assert found.decision.failed_check == "sample_ratio"


def test_units_that_take_no_part_are_left_out(units, experiment, write):
    excluded = units["exclusion"].mask(units.index % 7 == 0, "two_arms")
    found = files_moments(write(units.assign(exclusion=excluded)), experiment)
    rows = effects_of_moments(found, experiment)
    wanted = arm_effects(units[units.index % 7 != 0], experiment)
    np.testing.assert_allclose(numbers(rows), numbers(wanted), rtol=1e-10, atol=1e-12)


def test_unknown_values_of_a_metric_are_counted_and_left_out(units, experiment, write):
    units = units.assign(basket=units["basket"].mask(units.index % 5 == 0))
    rows = effects_of_moments(files_moments(write(units), experiment), experiment)
    wanted = arm_effects(units, experiment)
    np.testing.assert_allclose(numbers(rows), numbers(wanted), rtol=1e-10, atol=1e-12)
    assert rows[2].control.n_null + rows[2].treated.n_null == 1_200


@pytest.mark.parametrize("place", [1, 5_999])
def test_a_unit_in_two_rows_is_refused_in_the_same_file_and_in_another(
    units, experiment, write, place
):
    units = units.assign(unit_id=units["unit_id"].where(units.index != place, "c00000"))
    with pytest.raises(DesignError, match="stands in another row"):
        files_moments(write(units), experiment)


def test_a_column_that_is_missing_is_named(units, experiment, write):
    with pytest.raises(SchemaError, match="basket:per"):
        files_moments(write(units.drop(columns="basket:per")), experiment)


def test_text_in_a_metric_is_named(units, experiment, write):
    with pytest.raises(DataError, match="'revenue' must be a number"):
        files_moments(write(units.assign(revenue="a lot")), experiment)


def test_a_file_that_is_no_parquet_is_named(experiment, tmp_path):
    (tmp_path / "units.csv").write_text("unit_id,arm\n1,control\n")
    with pytest.raises(DataError, match=r"units\.csv"):
        files_moments(tmp_path / "units.csv", experiment)


def test_no_units_are_nothing_to_report(units, experiment, write):
    with pytest.raises(NoDataError, match="No file holds"):
        files_moments(write(units.iloc[:0], 1), experiment)


def test_what_needs_the_units_in_one_piece_is_refused(units, plan, write):
    asked = plan({"id": "revenue", "kind": "quantile", "quantile": 0.9})
    with pytest.raises(DesignError, match="in one piece"):
        files_moments(write(units), asked)
