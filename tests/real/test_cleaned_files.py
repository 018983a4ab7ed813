"""Real dirt, cleaned as studies: the counts of SOURCES.md hold, what was ruined is restored."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from cjm_research.store.store import Store
from cjm_research.workspace.build import clean

HERE = Path(__file__).parent
RAW = {
    "airline_tweets": ("airline_tweets/Tweets.csv", "airline_tweets/tweets_6cols.csv"),
    "scms_freight": ("scms_freight/SCMS_Delivery_History_Dataset.csv",),
    "wholesale": ("wholesale/wholesale_customers.csv",),
    "telco": ("telco_churn/Telco-Customer-Churn.csv",),
}


@pytest.fixture(scope="module")
def store(shared_data, tmp_path_factory):
    """Return a function that cleans one of the studies, once, and opens its store."""
    root = tmp_path_factory.mktemp("real")
    (root / "studies").mkdir()
    done = {}

    def _store(name):
        if name not in done:
            for part in (HERE / "studies").glob(f"{name}.*toml"):
                shutil.copy(part, root / "studies")
            folder = root / "data" / "raw" / name
            folder.mkdir(parents=True)
            for file in RAW[name]:
                shutil.copy(shared_data / file, folder)
            clean(name, root)
            done[name] = Store.open(root / "data" / "processed" / name)
        return done[name]

    return _store


@pytest.mark.parametrize(
    ("name", "rows"),
    [("airline_tweets", 14_640), ("scms_freight", 10_324), ("wholesale", 440), ("telco", 7_043)],
)
def test_rows_in_are_rows_kept_and_rows_set_aside(store, name, rows):
    loads = store(name).read("loads")
    assert loads["rows_in"].tolist() == [rows]
    assert (loads["rows_kept"] + loads["rows_quarantined"]).tolist() == [rows]


@pytest.fixture(scope="module")
def clean_tweets(shared_data):
    """Return the copy that no spreadsheet ruined."""
    return pd.read_csv(shared_data / "airline_tweets/tweets_6cols.csv", dtype=str)


def test_every_rounded_id_is_restored_from_the_clean_copy(store, clean_tweets):
    ids = store("airline_tweets").read("feedback")["feedback_id"]
    assert set(ids) == set(clean_tweets["tweet_id"])
    assert ids.is_unique


def test_tweets_that_stand_twice_in_the_clean_copy_too_are_set_aside(store, clean_tweets):
    aside = store("airline_tweets").read("quarantine")
    assert len(aside) == clean_tweets["tweet_id"].duplicated().sum() == 155


def test_no_restored_text_begins_like_a_formula(store):
    texts = store("airline_tweets").read("feedback")["text"]
    assert texts.str.startswith("=").sum() == 0


def test_texts_are_those_of_the_clean_copy_wherever_it_is_sure_of_them(store, clean_tweets):
    kept = store("airline_tweets").read("feedback").set_index("feedback_id")["text"]
    once = clean_tweets[~clean_tweets["tweet_id"].duplicated(keep=False)].set_index("tweet_id")
    plain = once["text"].str.strip()
    assert (kept.reindex(plain.index) == plain).mean() > 0.999


def test_what_was_restored_and_what_could_not_be_is_counted(store):
    issues = store("airline_tweets").read("issues").groupby(["code", "column"])["rows"].sum()
    assert issues["rounded_id", "feedback_id"] == 14_640
    assert issues["restored", "feedback_id"] > 14_000
    assert ("not_restored", "feedback_id") not in issues.index


def test_values_before_the_repair_are_kept(store):
    changes = store("airline_tweets").read("changes")
    before = changes.loc[(changes["code"] == "restored") & (changes["column"] == "text"), "before"]
    assert before.str.startswith("=").sum() > 3_000


def test_freight_has_its_known_sums(store):
    orders = store("scms_freight").read("orders")
    assert orders["amount"].sum() == pytest.approx(1_627_584_457.29, abs=0.01)
    assert orders[["cost", "weight"]].notna().sum().tolist() == [6_198, 6_372]
    assert (orders["delivered_at"] > orders["promised_at"]).sum() == 1_186
    modes = orders["transport_mode"].value_counts()
    assert modes[["Air", "Truck"]].tolist() == [6_113, 2_830]


def test_words_in_money_columns_are_named_with_the_line_that_overrides(store):
    choices = store("scms_freight").read("choices")
    words = choices[(choices["column"] == "cost") & (choices["choice"] == "not_known")]
    assert words["override"].str.contains("Freight Included in Commodity Cost").any()


def test_stray_columns_of_wholesale_are_left_and_its_sums_hold(store):
    customers = store("wholesale").read("customers")
    sums = customers[["fresh", "milk", "grocery", "frozen", "paper", "delicatessen"]].sum()
    assert sums.tolist() == [5_280_131, 2_550_357, 3_498_562, 1_351_650, 1_267_857, 670_943]
    assert customers["business_type"].value_counts().to_dict() == {"horeca": 298, "retail": 142}
    assert customers["region"].value_counts().to_dict() == {
        "other": 316,
        "lisbon": 77,
        "oporto": 47,
    }


def test_blank_charges_of_telco_are_missing(store):
    customers = store("telco").read("customers")
    assert customers["total_charges"].isna().sum() == 11
    assert customers["is_churned"].mean() == pytest.approx(0.2654, abs=5e-5)
