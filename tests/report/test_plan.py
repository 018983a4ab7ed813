"""The plan is a pure function of the study."""

from __future__ import annotations

import json

import pytest

from cjm_research.errors import ParameterError, StudyError
from cjm_research.report.plan import Job, plan, select
from cjm_research.report.prepare import slowest_first
from cjm_research.study.model import REPORTS, Study

NOTEBOOKS = [f"{i:02d}_{name}" for i, name in enumerate(REPORTS, 1)]
SEGMENT = {"id": "big", "label": "Big", "when": "amount > 1"}
METRIC = {"id": "m", "label": "M", "kind": "conversion", "table": "orders"}
ARMS = {"a": {"label": "A", "share": 0.5}, "b": {"label": "B", "share": 0.5}}


def _study(**more):
    plain = {
        "name": "shop", "title": "Shop", "languages": ["en"], "currency": "RUB",
        "research": {"question": "Who?"},
        "sources": [{"table": "orders", "file": "x.csv",
                     "columns": {"customer_id": "c", "amount": "a"}}],
        "groupings": [{"id": g, "label": g, "segments": [SEGMENT]} for g in ("size", "age")],
        "experiments": [{"id": "spring", "label": "S", "control": "a", "arms": ARMS,
                         "metrics": [METRIC]}],
        **more,
    }  # fmt: skip
    return Study.model_validate(plain)


def _plan(study, tables=("customers", "orders", "events", "feedback", "exposures"), **more):
    return plan(study, tables=tables, notebooks=NOTEBOOKS, **more)


def test_portraits_fan_out_by_grouping_and_results_by_experiment():
    assert [j.stem for j in _plan(_study())] == [
        "data_quality", "segment_portraits-size", "segment_portraits-age", "pains_and_needs",
        "journey_map", "campaign_results-spring", "customer_matrix",
    ]  # fmt: skip


def test_parameters_name_the_study_and_what_the_page_is_about():
    jobs = {j.stem: dict(j.parameters) for j in _plan(_study())}
    assert jobs["segment_portraits-age"] == {"study": "shop", "grouping": "age"}
    assert jobs["campaign_results-spring"] == {"study": "shop", "experiment": "spring"}


@pytest.mark.parametrize(
    ("tables", "runs"),
    [
        ((), {"data_quality"}),
        (("feedback",), {"data_quality", "pains_and_needs"}),
        (("events",), {"data_quality", "journey_map"}),
        (("customers",), {"data_quality", "segment_portraits"}),
        (("exposures",), {"data_quality"}),
        (("exposures", "outcomes"), {"data_quality", "campaign_results"}),
        (("campaign_totals",), {"data_quality", "campaign_results"}),
        (("orders",), {"data_quality", "segment_portraits", "journey_map", "customer_matrix"}),
    ],
)
def test_a_report_without_its_tables_is_planned_as_skipped(tables, runs):
    assert {j.report for j in _plan(_study(), tables=tables) if not j.skipped} == runs


def test_without_groupings_and_experiments_their_reports_say_so():
    jobs = _plan(_study(groupings=[], experiments=[]))
    assert {j.report: j.skipped for j in jobs if j.skipped} == {
        "segment_portraits": "report.needs.grouping",
        "campaign_results": "report.needs.experiment",
    }


def test_a_report_can_fix_its_grouping_and_fan_out_by_another():
    reports = [
        {"id": "sizes", "notebook": "02_segment_portraits", "parameters": {"grouping": "size"}},
        {"id": "journey_map", "for_each": "grouping"},
    ]
    jobs = _plan(_study(reports=reports))
    assert [j.stem for j in jobs] == ["sizes", "journey_map-size", "journey_map-age"]


def test_an_unknown_notebook_is_named_with_the_nearest():
    with pytest.raises(StudyError, match="Did you mean 'journey_map'"):
        _plan(_study(reports=[{"id": "journey_mapp"}]))


def test_an_unknown_grouping_is_named():
    reports = [{"id": "segment_portraits", "parameters": {"grouping": "sise"}}]
    with pytest.raises(ParameterError, match="Did you mean 'size'"):
        _plan(_study(reports=reports))


def test_a_page_made_with_parameters_by_hand_has_a_name_of_its_own():
    job = _plan(_study(), overrides={"confidence": "0.9"})[0]
    assert job.stem == "data_quality~confidence=0.9"
    assert job.given == {"confidence": "0.9"}


def test_pages_made_with_other_parameters_never_share_a_name():
    stems = [_plan(_study(), overrides={"segment": s})[0].stem
             for s in ("a b", "a/b", "a-b", "中" * 100, "中" * 101)]  # fmt: skip
    assert len(set(stems)) == 5
    assert max(len(f"{s}.findings.json".encode()) for s in stems) < 255


@pytest.mark.parametrize("name", ["summary", "segment_portraits-age"])
def test_a_report_named_like_another_page_is_refused(name):
    reports = [{"id": "segment_portraits"}, {"id": name, "notebook": NOTEBOOKS[0]}]
    with pytest.raises(StudyError, match=f"there is another page '{name}'"):
        _plan(_study(reports=reports))


def test_a_grouping_given_by_hand_chooses_the_page_of_the_study():
    jobs = select(_plan(_study(), overrides={"grouping": "age"}), reports=["segment_portraits"])
    assert [j.stem for j in jobs] == ["segment_portraits-age"]


@pytest.mark.parametrize(
    ("name", "stems"),
    [
        ("portraits", ["segment_portraits-size", "segment_portraits-age"]),
        ("segment_portraits-age", ["segment_portraits-age"]),
        ("-age", ["segment_portraits-age"]),
        ("04_journey_map", ["journey_map"]),
    ],
)
def test_reports_are_chosen_by_name_page_or_part(name, stems):
    assert [j.stem for j in select(_plan(_study()), reports=[name])] == stems


def test_a_name_that_fits_several_reports_is_refused():
    with pytest.raises(ParameterError, match="fits several"):
        select(_plan(_study()), reports=["ma"])
    with pytest.raises(ParameterError, match="fits several pages"):
        select(_plan(_study()), reports=["s-"])


def test_pages_are_chosen_by_grouping():
    assert [j.stem for j in select(_plan(_study()), grouping="size")] == ["segment_portraits-size"]


def test_the_longest_begins_first_as_far_as_anybody_knows(tmp_path):
    jobs = [
        Job(study="shop", report=name, notebook=name, stem=name, parameters={}) for name in "abcd"
    ]
    (tmp_path / "notebooks").mkdir()
    for size, name in enumerate("abcd"):
        (tmp_path / f"notebooks/{name}.ipynb").write_text("x" * size, encoding="utf-8")
    (tmp_path / "reports/shop").mkdir(parents=True)
    known = {"study": "shop", "report": "b", "stem": "b", "status": "fresh", "seconds": 9.0}
    manifest = tmp_path / "reports/shop/b.manifest.json"
    manifest.write_text(json.dumps(known), encoding="utf-8")
    assert [j.stem for j in slowest_first(jobs, tmp_path)] == ["b", "d", "c", "a"]
