"""Pages of segments and of the matrix: words in every language, no crowded figure, no names."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from cjm_research.present import theme
from cjm_research.present.figures.matrix import (
    by_manager,
    care,
    cells,
    contact_figures,
    contacts,
    matrix_grid,
    opening,
    power_grid,
    regions,
)  # fmt: skip
from cjm_research.present.figures.segmentation.apart import set_apart
from cjm_research.present.figures.segmentation.balance import balanced
from cjm_research.present.figures.segmentation.facts import Facts
from cjm_research.present.figures.segmentation.portrait import Portrait
from cjm_research.present.figures.segmentation.sizes import sizes
from cjm_research.present.layout import crowded
from cjm_research.present.words import Words
from cjm_research.segmentation.care import care_plans, due_for_contact
from cjm_research.segmentation.groupings import coverage, memberships
from cjm_research.segmentation.matrix import cadences, customer_matrix, place_customers
from cjm_research.segmentation.matrix_axes import POWER
from cjm_research.segmentation.portraits import portraits
from cjm_research.segmentation.rfm import rfm
from cjm_research.study.model import Limits
from cjm_research.study.phrase import Phrase
from cjm_research.study.plans import Grouping, Matrix

N = 1200
LANGUAGES = ["en", "ru", "zh"]
LONG = "Компании с долгосрочными контрактами и сезонными перевозками сельскохозяйственной техники"
GROUPING = Grouping.model_validate({
    "id": "life", "label": "x",
    "segments": [
        {"id": "families", "label": LONG, "when": "household = 'family'"},
        {"id": "singles", "label": "x", "when": "household = 'single'"},
        {"id": "few", "label": "x", "when": "household = 'commune'"},
    ],
})  # fmt: skip
LABELS = {"segment": {s.id: s.label for s in GROUPING.segments}}


def text(values):
    return pd.array(values, dtype="string[pyarrow]")


@pytest.fixture(scope="module")
def tables():
    rng = np.random.default_rng(11)
    household = rng.choice(["family", "single"], N, p=[0.4, 0.6]).astype(object)
    household[:7] = "commune"
    family = household == "family"
    customers = pd.DataFrame({
        "customer_id": [f"c{i}" for i in range(N)],
        "name": text(["Анна Секретова"] * N),
        "household": text(household),
        "interests": text(np.where(rng.random(N) < np.where(family, 0.6, 0.1), "kids", "sport")),
        "preferred_channel": text(rng.choice(["email", "phone"], N)),
        "employees": pd.array(rng.integers(1, 400, N), dtype="Int64"),
    })  # fmt: skip
    late = pd.Series(rng.random(N) < np.where(family, 0.5, 0.2), dtype="boolean")
    money = rng.lognormal(8, 1, N)
    features = pd.DataFrame({
        "customer_id": customers["customer_id"],
        "n_orders": pd.array(rng.integers(1, 9, N), dtype="Int64"),
        "n_order_days": pd.array(rng.integers(1, 9, N), dtype="Int64"),
        "revenue": money,
        "revenue_share": money / money.sum(),
        "average_order": rng.lognormal(6, 1, N),
        "orders_per_year": rng.integers(1, 9, N).astype(float),
        "order_value_rate": money * rng.lognormal(0, 0.8, N),
        "recency_days": rng.integers(0, 300, N).astype(float),
        "gap_p80_days": rng.integers(5, 90, N).astype(float),
        "late_share": rng.random(N),
        "mood": rng.normal(0, 0.3, N).clip(-1, 1),
        "pain_late": late,
    })  # fmt: skip
    return customers, features


@pytest.fixture(scope="module")
def found(tables):
    rows = memberships(*tables, [GROUPING])
    return portraits(*tables, rows, grouping=GROUPING, limits=Limits())


@pytest.fixture(scope="module")
def placed(tables):
    return place_customers(*tables, Matrix())


@pytest.fixture(scope="module")
def plans(placed):
    made = pd.DataFrame({
        "customer_id": [f"c{i}" for i in range(0, N, 3)],
        "made_at": pd.to_datetime(["2026-06-20"] * (N // 3), utc=True),
    })  # fmt: skip
    due = due_for_contact(
        placed, made, cadence=cadences(Matrix()), as_of=pd.Timestamp("2026-06-30")
    )
    return care_plans(due, limits=Limits())


def words(language):
    return Words(language, labels=LABELS)


def portrait(found, segment):
    quote = {"late": "“Поздно”"}
    return Portrait(
        portraits=found, segment=segment,
        facts=Facts(strategy=Phrase.model_validate("Звонить <реже>"),
                    quotes=dict.fromkeys(LANGUAGES, quote)),
    )  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_texts_of_every_figure_have_room(found, placed, plans, tables, language):
    matrix = customer_matrix(placed, Matrix(), limits=Limits())
    drawings = [(sizes, found), (cells, matrix), (care, plans), (regions, rfm(tables[1]))]
    with theme.style():
        figures = [draw(result, words(language)) for draw, result in drawings]
    assert [crowded(f) for f in figures] == [[]] * len(figures)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("segment", ["families", "singles", "few"])
def test_a_portrait_is_written_in_every_language(found, language, segment):
    page = portrait(found, segment).html(words(language))
    assert page.startswith('<section class="portrait wide"')
    assert page.count("<table") == page.count("</table>")
    assert not re.search(r"\b(nan|None|NA)\b", page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentences_of_all_findings_are_written(found, placed, plans, tables, language):
    matrix = customer_matrix(placed, Matrix(), limits=Limits())
    reach = coverage(*tables, GROUPING)
    told = [f for r in (found, matrix, plans, rfm(tables[1]), reach) for f in r.findings()]
    sentences = [words(language).sentence(f) for f in told]
    assert all(sentences)
    assert {f.kind for f in told} >= {
        "segment_size_revenue", "segment_trait_more", "segment_pain_more", "matrix_cell",
        "contact_due", "rfm_region", "grouping_coverage",
    }  # fmt: skip


def test_a_portrait_names_nobody(found):
    assert "Секретова" not in portrait(found, "families").html(words("ru"))


def test_a_segment_of_seven_says_only_that_it_is_too_small(found):
    page = portrait(found, "few").html(words("en"))
    assert "Too few customers" in page
    assert "<table" not in page


@pytest.fixture(scope="module")
def bare(tables):
    """Return portraits of customers of whom only the orders are known."""
    features = tables[1].drop(columns="pain_late").assign(mood=np.nan)
    plan = Grouping.model_validate({
        "id": "money", "label": "x",
        "segments": [{"id": "rich", "label": "x", "when": "revenue >= 3000"},
                     {"id": "poor", "label": "x", "when": "revenue < 3000"}],
    })  # fmt: skip
    nobody = tables[0][["customer_id"]]
    rows = memberships(nobody, features, [plan])
    return portraits(nobody, features, rows, grouping=plan, limits=Limits())


def test_what_was_never_compared_is_not_said_to_be_alike(bare):
    page = portrait(bare, "rich").html(words("en"))
    assert "no trait that could be compared" in page
    assert "No feedback of this segment" in page
    assert "beyond chance" not in page[: page.index('class="sure"')]


def test_a_segment_of_which_only_orders_are_known_is_told_by_its_behaviour(bare):
    rows = bare.main().behaviour.rows
    assert len({r.segment for r in rows}) == len(rows)
    assert not [r for r in rows if r.defines]


def test_medians_far_apart_are_told_where_no_trait_differs(tables):
    customers, features = (t.copy() for t in tables)
    half = np.arange(N) % 2 == 0
    customers = customers[["customer_id"]].assign(
        gender=text(np.where(half, "f", "m")), city=text(np.where(np.arange(N) % 4 < 2, "a", "b"))
    )
    features = features.drop(columns="pain_late").assign(
        average_order=np.where(half, 5614.5, 816.5) + np.arange(N) % 7, mood=np.nan
    )
    plan = Grouping.model_validate({"id": "sex", "label": "x", "column": "gender"})
    rows = memberships(customers, features, [plan])
    made = portraits(customers, features, rows, grouping=plan, limits=Limits())
    page = portrait(made, "f").html(words("en"))
    summary = page[: page.index("<ul")]
    assert "by medians they differ: " in summary
    assert "nothing sets them apart" not in summary


def test_words_of_the_study_are_escaped(found):
    page = portrait(found, "families").html(words("ru"))
    assert "&lt;реже&gt;" in page
    assert "<реже>" not in page


def test_the_planted_trait_and_pain_stand_in_the_summary(found):
    page = portrait(found, "families").html(words("en"))
    summary = page[: page.index("<ul")]
    assert "kids" in summary
    assert "late" in summary


def test_no_column_or_model_name_stands_above_the_fold(found):
    page = portrait(found, "families").html(words("en"))
    above = page[: page.index('class="sure"')]
    assert not re.search(r"[a-z]+_[a-z]+(?![^<]*>)", above)


def test_bands_are_words():
    assert [words("en").label("trait", f"employees={b}") for b in ("-15", "16-100", "251+")] == [
        "Employees: up to 15", "Employees: 16–100", "Employees: 251 and over",
    ]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_matrix_shows_strategy_cadence_and_who_is_due(placed, plans, language):
    plan = Matrix.model_validate(
        {"cells": {"high_high": {"strategy": "Звонить", "cadence_days": 7}}}
    )
    matrix = customer_matrix(placed, plan, limits=Limits())
    page = matrix_grid(matrix, plan, care=plans).html(words(language))
    assert page.count('class="cell') == 4
    assert "Звонить" in page


def test_purchasing_power_has_axes_of_its_own(tables):
    matrix = customer_matrix(place_customers(*tables, POWER), POWER, limits=Limits())
    page = power_grid(matrix).html(words("en"))
    assert "Purchasing power (average order): high" in page
    assert "importance" not in page.lower()


def test_the_findings_of_a_portrait_are_those_of_its_segment(found):
    told = portrait(found, "families").findings()
    assert {f.subject["segment"] for f in told} == {"families"}
    assert {f.status for f in told} == {"shown"}


def test_the_headline_holds_one_trait_and_one_pain_of_a_segment(found):
    shown = [f for f in found.main().findings() if f.status == "shown"]
    of_families = [f.kind for f in shown if f.subject["segment"] == "families"]
    assert sorted(of_families) == [
        "segment_pain_more", "segment_size_revenue", "segment_trait_more",
    ]  # fmt: skip


def test_blocks_go_to_the_column_that_has_little_to_say():
    rows = "<tr><th>x</th></tr>"
    long = [("do", "<p>x</p>"), ("products", rows * 9), ("pages", rows * 2)]
    who, how, do = balanced([[("who", rows)], [("how", rows * 12)], long])
    assert [name for name, _ in who] == ["who", "pages"]
    assert [name for name, _ in how] == ["how"]
    assert [name for name, _ in do] == ["do", "products"]


def test_a_column_with_nothing_to_say_is_no_column():
    assert balanced([[], [("how", "<p>x</p>")], []]) == [[("how", "<p>x</p>")]]


def test_columns_of_like_length_stay_as_they_are():
    rows = "<tr><th>x</th></tr>"
    sides = [[("who", rows * 5), ("typical", "<p>x</p>")], [("how", rows * 4), ("moves", rows)]]
    assert balanced(sides) == sides


def test_a_block_that_fits_exactly_does_not_go_to_and_fro():
    items, rows = "<li>x</li>" * 2, "<tr><th>x</th></tr>" * 3
    first, second = [("who", items)], [("who", items), ("pages", rows)]
    assert balanced([first, second]) == [first, second]


def test_a_block_without_anything_to_say_is_left_out(bare):
    page = portrait(bare, "rich").html(words("en"))
    titles = re.findall(r"<h4>([^<]+)</h4>", page)
    assert not {"Who they are, against all", "Pains, needs, praise", "What to say"} & set(titles)


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_segments_stand_side_by_side(found, language):
    page = set_apart(found).html(words(language))
    heads = re.search(r"<thead>.*?</thead>", page)[0]
    assert heads.count("<th ") == 3  # two segments that are not too small, and all
    planted = next(r for r in re.findall(r"<tr>.*?</tr>", page) if "kids" in r)
    assert re.findall(r"▲|▼", planted) == ["▲", "▼"]
    assert not re.search(r"\b(nan|None)\b", page)


def test_one_segment_has_nothing_to_stand_beside(found):
    one = found.sizes_only()
    assert set_apart(one) is None


def test_a_segment_without_orders_has_cards_of_what_sets_it_apart(tables):
    customers = (
        tables[0]
        .drop(columns="name")
        .assign(
            milk=np.where(tables[0]["household"] == "family", 7000.5, 1800.25) + np.arange(N) % 90
        )
    )
    nothing = pd.DataFrame({"customer_id": customers["customer_id"], "n_orders": 0,
                            "revenue": np.nan, "mood": np.nan})  # fmt: skip
    rows = memberships(customers, nothing, [GROUPING])
    made = portraits(customers, nothing, rows, grouping=GROUPING, limits=Limits())
    page = portrait(made, "families").html(words("en"))
    cards = re.findall(r"<li><span>([^<]+)</span><b>([^<]+)</b>", page)
    assert cards[0][0] == "Customers"
    milk = customers.loc[customers["household"] == "family", "milk"].median()
    assert dict(cards)["Milk"] == f"{milk:,.0f}"  # no halves of thousands


def test_the_card_of_common_values_leaves_out_what_made_the_segment(found):
    page = portrait(found, "families").html(words("en"))
    card = page[page.index('class="persona"') :]
    assert "Household" not in card[: card.index("</div>")]


def test_a_segment_made_of_its_orders_is_summed_up_by_its_numbers(bare):
    page = portrait(bare, "rich").html(words("en"))
    summary = page[: page.index("<ul")]
    assert re.search(r"In numbers: [a-z ]+ [^ ]+ \(among all", summary)


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_no_contact_is_written_down_the_own_rhythm_is_told(placed, language):
    nothing = pd.DataFrame({"customer_id": [], "made_at": pd.to_datetime([], utc=True)})
    day = pd.Timestamp("2026-06-30")
    due = due_for_contact(placed, nothing, cadence=cadences(Matrix()), as_of=day)
    plans = care_plans(due, limits=Limits())
    assert plans.n_silent == due["silent_days"].notna().sum() > 0
    assert by_manager(care_plans(due, "manager", limits=Limits())) is None
    assert [f.key for f in contact_figures(plans)] == ["matrix_silent"]
    page = contacts(plans).html(words(language))
    assert "care_contacts" in page
    matrix = customer_matrix(placed, Matrix(), limits=Limits())
    assert not matrix_grid(matrix, Matrix(), care=plans).due
    assert [c.cell for c in opening(matrix, plans).cells] == ["high_high"]


def test_where_contacts_are_written_down_the_page_begins_with_who_is_due(placed, plans):
    matrix = customer_matrix(placed, Matrix(), limits=Limits())
    assert opening(matrix, plans) == plans.main()
    assert [f.key for f in contact_figures(plans)] == ["matrix_due", "matrix_silent"]
