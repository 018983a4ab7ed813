"""What the data-quality page says is counted right, guarded, and shows no person."""

from __future__ import annotations

import pandas as pd
import pytest

from cjm_research.cleaning.load import load
from cjm_research.cleaning.quality.completeness import completeness, segment_completeness
from cjm_research.cleaning.quality.data_quality import CHECKED, data_quality
from cjm_research.cleaning.quality.freshness import Dated, freshness
from cjm_research.cleaning.quality.gaps import report_gaps
from cjm_research.cleaning.quality.health import segment_health
from cjm_research.cleaning.quality.loads import choices_made, issue_counts, source_loads
from cjm_research.errors import NoDataError
from cjm_research.study.model import Limits

LOADS = pd.DataFrame(
    {
        "source_file": ["a.csv", "b.csv", "b.csv"],
        "table": ["orders", "exposures", "outcomes"],
        "rows_in": [100, 50, 50],
        "rows_kept": [90, 50, 50],
        "rows_quarantined": [10, 0, 0],
    }
)
ISSUES = pd.DataFrame(
    [
        ("a.csv", "orders", "double", "order_id", "set_aside", 4, ""),
        ("c.csv", "orders", "double", "order_id", "set_aside", 6, ""),
        ("a.csv", "orders", "same_content", "", "flagged", 50, ""),
    ],
    columns=["source_file", "table", "code", "column", "outcome", "rows", "example"],
)


@pytest.fixture
def people():
    """Return two segments of customers: of the small one the city is known for one in ten."""
    known = ["Omsk"] * 190 + [None] * 10 + ["Perm"] * 20 + [None] * 180
    customers = pd.DataFrame(
        {"customer_id": [f"c{i}" for i in range(400)], "city": known, "source_file": "x.csv"}
    )
    memberships = pd.DataFrame(
        {
            "customer_id": customers["customer_id"],
            "grouping": "size",
            "segment": ["large"] * 200 + ["small"] * 200,
        }
    )
    return customers, memberships


def test_rows_are_summed_over_sources_and_files_counted_once():
    loads = source_loads(LOADS)
    assert (loads.rows_in, loads.rows_quarantined, loads.n_files) == (200, 10, 2)
    assert loads.share == 0.05


def test_a_source_that_lost_many_rows_is_told():
    kinds = [(f.kind, f.estimate) for f in source_loads(LOADS).findings()]
    assert kinds == [("rows_set_aside", 0.05), ("source_set_aside", 0.1)]


def test_issues_are_summed_over_files_and_rows_set_aside_come_first():
    frame = issue_counts(ISSUES, LOADS).to_frame()
    assert frame[["code", "rows", "share"]].to_numpy().tolist() == [
        ["double", 10, 0.1],
        ["same_content", 50, 0.5],
    ]


def test_an_id_that_a_clean_copy_restored_is_no_longer_rounded():
    flaws = [
        ("rounded_id", "flagged", 90),
        ("restored", "restored", 88),
        ("rounded_id", "flagged", 5),
    ]
    columns = ["order_id", "order_id", "customer_id"]
    issues = pd.DataFrame(
        [("a.csv", "orders", code, column, outcome, rows, "")
         for (code, outcome, rows), column in zip(flaws, columns, strict=True)],
        columns=ISSUES.columns,
    )  # fmt: skip
    found = issue_counts(issues, LOADS).to_frame()
    assert found[["code", "column", "rows"]].to_numpy().tolist() == [
        ["restored", "order_id", 88],
        ["rounded_id", "customer_id", 5],
        ["rounded_id", "order_id", 2],
    ]


def test_completeness_counts_filled_cells_and_leaves_out_empty_columns(people):
    frame = completeness({"customers": people[0].assign(email=None)}).to_frame()
    assert frame[["column", "share"]].to_numpy().tolist() == [["city", 0.525], ["customer_id", 1.0]]


def test_a_segment_that_is_known_worse_is_told_with_its_interval(people):
    found = segment_completeness(*people, limits=Limits())
    (told,) = [f for f in found.findings() if f.status == "shown"]
    assert told.subject == {"grouping": "size", "segment": "small", "column": "city"}
    assert told.estimate == pytest.approx(-0.85)
    assert told.low < -0.85 < told.high < -0.75


def test_a_small_segment_is_not_told(people):
    found = segment_completeness(*people, limits=Limits(claims_from=500))
    assert {f.status for f in found.findings()} == {"hidden_small_n"}


def test_a_segment_below_the_limit_is_left_out(people):
    assert (
        segment_completeness(
            *people, limits=Limits(hidden_below=300, facts_below=300, claims_from=300)
        ).cells
        == ()
    )


def test_segments_alike_are_not_told(people):
    customers, memberships = people
    mixed = memberships.assign(segment=["large", "small"] * 200)
    found = segment_completeness(customers, mixed, limits=Limits())
    assert [f for f in found.findings() if f.status == "shown"] == []


@pytest.mark.parametrize("zone", ["Europe/Moscow", "America/Sao_Paulo", "Asia/Beirut"])
def test_days_near_an_edge_are_those_of_the_zone(zone):
    """Beirut and Sao Paulo turned their clocks back at midnight: a later stamp, an earlier day."""
    every = pd.date_range("2018-02-10", "2018-10-30", freq="20min", tz="UTC")
    stamps = pd.Series(every).sample(frac=1, random_state=1)
    days = stamps.dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()
    dated = Dated(stamps=stamps, table="orders", column="ordered_at", zone=zone)
    assert dated.newest_day == days.max()
    for day in pd.to_datetime(["2018-02-17", "2018-02-18", "2018-10-28", "2018-06-01"]):
        assert (dated.from_day(day) == (days >= day)).all()


def test_freshness_counts_days_in_the_studys_zone():
    orders = pd.DataFrame({"ordered_at": pd.to_datetime(["2026-05-30T22:00:00Z"], utc=True)})
    moscow = freshness({"orders": orders}, as_of="2026-06-30", zone="Europe/Moscow")
    assert (moscow.ages[0].newest, moscow.ages[0].days_since) == ("2026-05-31", 30.0)


@pytest.mark.parametrize(("as_of", "kinds"), [("2026-06-30", []), ("2026-07-30", ["table_stale"])])
def test_a_table_that_stopped_growing_is_told(as_of, kinds):
    orders = pd.DataFrame({"ordered_at": pd.to_datetime(["2026-06-01"], utc=True)})
    assert [f.kind for f in freshness({"orders": orders}, as_of=as_of).findings()] == kinds


def test_a_report_whose_column_is_filled_in_part_is_told():
    events = pd.DataFrame({"occurred_at": [None, *["2026-01-01"] * 3]})
    (told,) = report_gaps({"events": events}).findings()
    assert (told.kind, told.subject["report"]) == ("gap_partly", "journey_map")
    assert dict(told.values) == {"empty": 1}


def test_a_table_that_the_study_does_not_have_is_no_gap_to_tell():
    assert report_gaps({}).findings() == ()
    assert set(report_gaps({}).to_frame()["state"]) == {"absent"}


def test_a_gap_of_a_report_that_is_skipped_is_no_news():
    answers = pd.DataFrame({"text": ["a"], "customer_id": ["1"], "given_at": ["2026-01-01"]})
    assert report_gaps({"feedback": answers}).findings() == ()
    with_orders = report_gaps({"feedback": answers, "orders": pd.DataFrame({"amount": [1.0]})})
    assert "journey_map" in {f.subject["report"] for f in with_orders.findings()}


def test_nothing_loaded_is_nothing_to_check():
    tables = {name: pd.DataFrame() for name in CHECKED}
    with pytest.raises(NoDataError, match="nothing to check"):
        data_quality(tables, as_of="2026-06-30")


@pytest.fixture
def quality(freight):
    """Return the freight demo's data quality."""
    return data_quality(
        {name: freight.table(name) for name in CHECKED},
        as_of=freight.as_of,
        zone=freight.study.zone,
        memberships=freight.memberships,
        limits=freight.limits,
    )


def test_frames_have_exactly_the_declared_columns(quality):
    results = (*quality.results, quality.choices)
    assert [list(r.to_frame()) for r in results] == [list(r.units) for r in results]


def test_no_id_of_a_customer_stands_in_the_results(quality, freight):
    ids = set(freight.customers["customer_id"]) | set(freight.quarantine["customer_id"].dropna())
    shown = " ".join(r.to_frame().to_csv() for r in (*quality.results, quality.choices))
    assert [i for i in ids if i in shown] == []


def test_finding_ids_are_unique(quality):
    ids = [f.id for r in quality.results for f in r.findings()]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_every_finding_has_its_sentence_in_every_language(quality, language):
    from cjm_research.present.words import Words

    words = Words(language)
    sentences = [words.sentence(f) for r in quality.results for f in r.findings()]
    assert all(sentences)
    assert not [s for s in sentences if "{" in s or "set_aside" in s]


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_every_code_has_words_in_every_language(language):
    from cjm_research.cleaning.codes import Code
    from cjm_research.present.words import Words

    words = Words(language)
    assert [c for c in Code if not words.has(f"label.code.{c}")] == []


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_every_column_of_the_schema_has_words_in_every_language(language):
    from cjm_research.present.words import Words
    from cjm_research.schema.tables import TABLES

    words = Words(language)
    names = {c.name for t in TABLES.values() for c in t.columns}
    assert [n for n in sorted(names) if not words.has(f"label.column.{n}")] == []


@pytest.mark.parametrize(
    ("language", "said"), [("en", "the same row twice"), ("ru", "одна и та же строка дважды")]
)
def test_a_row_that_was_set_aside_says_why_in_words(language, said):
    from cjm_research.present.figures.quality import with_reasons
    from cjm_research.present.words import Words

    rows = pd.DataFrame({"code": ["double"], "column": ["amount"], "value": ["5"]})
    assert with_reasons(rows, Words(language))["reason"].tolist() == [said]


def test_rows_set_aside_and_pointed_out_are_counted_by_segment(people):
    customers, memberships = people
    orders = pd.DataFrame({"customer_id": ["c0"] * 6 + ["c1"] * 3 + ["c300"] * 5})
    book = ["table", "source_file", "source_line", "code", "customer_id"]
    aside = [
        ("orders", "a.csv", 2, "unreadable_date", "c0"),
        ("orders", "a.csv", 3, "double", "c0"),  # tells nothing about validity
        ("orders", "a.csv", 4, "unknown_customer", "c999"),  # of nobody
        ("customers", "x.csv", 9, "out_of_range", "c0"),  # no row of what a customer did
    ]
    flags = [
        ("orders", "a.csv", 7, "outlier", "c300"),
        ("orders", "a.csv", 7, "other_currency", "c300"),  # the same row once more
    ]
    tables = {
        "customers": customers.assign(identity=None),
        "orders": orders.assign(ordered_at=pd.Timestamp("2024-05-01", tz="UTC")),
        "quarantine": pd.DataFrame(aside, columns=book),
        "flags": pd.DataFrame(flags, columns=book),
    }
    found = segment_health(tables, memberships, as_of="2024-06-01", limits=Limits()).to_frame()
    large, small = found.to_dict("records")
    assert (large["invalid"], large["flagged"]) == (0.1, 0.0)
    assert (small["invalid"], small["flagged"]) == (0.0, 0.2)


def test_a_row_that_is_pointed_out_is_kept_with_its_place(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text("order_id,customer_id,amount,status\n1,a,5,completed\n2,b,-7,completed\n")
    loaded = load(path, "orders")
    flags = loaded.flags[["source_line", "code", "column", "value", "customer_id"]]
    assert flags.to_numpy().tolist() == [[3, "negative_amount", "amount", "-7.0", "b"]]
    assert loaded.table["amount"].tolist() == [5.0, -7.0]


@pytest.mark.parametrize(
    ("choice", "parts"),
    [
        ("decimal=','", ("decimal", ",")),
        ("day_first=True", ("day_first", "")),
        ("day_first=False", ("month_first", "")),
        ("encoding=cp1251", ("encoding", "cp1251")),
        ("not_known", ("not_known", "")),
    ],
)
@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_a_decision_is_told_in_words(choice, parts, language):
    from cjm_research.present.words import Words

    row = dict.fromkeys(("source_file", "table", "column", "evidence", "override"), "x")
    made = choices_made(pd.DataFrame([row | {"choice": choice}]))
    (shown,) = made.to_frame()[["choice", "chosen"]].fillna("").itertuples(index=False, name=None)
    assert shown == parts
    assert Words(language).label("choice", parts[0]) != parts[0] or language == "en"


def test_what_has_nothing_to_show_says_so():
    issues = issue_counts(ISSUES.iloc[:0], LOADS)
    assert issues.heading == "quality.issues_none"
    assert choices_made(pd.DataFrame()).heading == "quality.choices_none"
