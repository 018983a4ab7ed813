"""Every real file beside the project loads with the counts that SOURCES.md there names."""

from __future__ import annotations

import pytest

from cjm_research.cleaning.load import load
from cjm_research.study.sources import Source


@pytest.fixture(scope="module")
def read(shared_data):
    """Return a function that loads a shared file; the books are balanced by the load itself."""

    def _read(path, **settings):
        return load(shared_data / path, Source.model_validate({"file": path, **settings}))

    return _read


@pytest.fixture(scope="module")
def scms(read):
    """Return the deliveries of a health programme: words among money, three styles of dates."""
    return read(
        "scms_freight/SCMS_Delivery_History_Dataset.csv",
        table="orders",
        columns={
            "customer_id": "Country", "order_id": "ID", "amount": "Line Item Value",
            "cost": "Freight Cost (USD)", "weight": "Weight (Kilograms)",
            "transport_mode": "Shipment Mode", "ordered_at": "PO Sent to Vendor Date",
            "promised_at": "Scheduled Delivery Date", "delivered_at": "Delivered to Client Date",
        },
    )  # fmt: skip


def test_scms_loses_no_row_and_no_money(scms):
    assert len(scms.table) == 10_324
    assert scms.table["amount"].sum() == pytest.approx(1_627_584_457.29, abs=0.01)


def test_scms_words_in_money_columns_are_not_numbers(scms):
    assert scms.table[["cost", "weight"]].notna().sum().tolist() == [6_198, 6_372]


def test_scms_words_for_not_known_are_named(scms):
    evidence = scms.choices.loc[scms.choices["choice"] == "not_known", "evidence"].tolist()
    assert "1442: Freight Included in Commodity Cost" in evidence
    assert "239: Invoiced Separately" in evidence
    assert "5404: N/A - From RDC" in evidence


def test_scms_late_deliveries_are_those_of_the_clean_dates(scms):
    assert (scms.table["delivered_at"] > scms.table["promised_at"]).sum() == 1_186


def test_scms_order_dates_are_read_month_first(scms):
    # Excel turned the dates with a day up to 12 into dd/mm/yyyy of the same digits. Read with the
    # month first, a delivery before its order is rare; read with the day first it would be 428.
    found = scms.issues[scms.issues["code"] == "delivered_before_ordered"]
    assert found["rows"].sum() < 10


@pytest.fixture(scope="module")
def tweets(read):
    """Return the tweets that Excel ruined, and the clean copy."""
    columns = {"feedback_id": "tweet_id", "text": "text", "given_at": "tweet_created"}
    files = ("Tweets.csv", "tweets_6cols.csv")
    return [
        read(f"airline_tweets/{f}", table="feedback", columns=columns, constants={"kind": "open"})
        for f in files
    ]


def test_both_tweet_files_keep_every_row(tweets):
    assert [len(t.table) for t in tweets] == [14_640, 14_640]


def test_excel_days_give_the_same_minutes_as_the_clean_copy(tweets):
    ruined, clean = (t.table["given_at"].dt.floor("min") for t in tweets)
    same = ruined.reset_index(drop=True) == clean.reset_index(drop=True)
    assert same.mean() > 0.999


def test_ids_that_excel_rounded_are_said_to_be_lost(tweets):
    ruined, clean = tweets
    assert ruined.issues.loc[ruined.issues["code"] == "rounded_id", "rows"].tolist() == [14_640]
    assert "rounded_id" not in clean.issues["code"].tolist()


def test_two_lines_in_another_encoding_are_repaired(tweets):
    repaired = tweets[0].issues.set_index("code").loc["repaired_encoding"]
    assert (repaired["rows"], repaired["example"]) == (2, "8073, 13825")


def test_a_file_with_stray_notes_in_another_encoding_is_read(read):
    table = read(
        "wholesale/wholesale_customers.csv", table="customers",
        columns={
            "customer_id": "#line", "fresh": "Fresh", "milk": "Milk", "paper": "Detergents_Paper",
        },
    ).table  # fmt: skip
    assert len(table) == 440
    assert table[["fresh", "milk", "paper"]].sum().tolist() == [5_280_131, 2_550_357, 1_267_857]


def test_a_zipped_file_with_semicolons_is_read(read):
    table = read(
        "bank_marketing/bank.zip", table="customers",
        columns={"customer_id": "#line", "education": "education", "is_churned": "y"},
        values={"education": {"unknown": ""}},
    ).table  # fmt: skip
    assert len(table) == 41_188
    assert table["is_churned"].mean() == pytest.approx(0.1127, abs=5e-5)
    assert table["education"].isna().sum() == 1_731


def test_blank_charges_are_missing_and_not_zero(read):
    table = read(
        "telco_churn/Telco-Customer-Churn.csv", table="customers",
        columns={"customer_id": "customerID", "contract_type": "Contract", "is_churned": "Churn",
                 "total_charges": "TotalCharges"},
    ).table  # fmt: skip
    churn = table.groupby("contract_type")["is_churned"].mean()
    assert table["total_charges"].isna().sum() == 11
    assert churn.tolist() == pytest.approx([0.4271, 0.1127, 0.0283], abs=5e-5)


def test_zipped_chinese_reviews_are_read(read):
    table = read(
        "zh_shopping_10_cats/online_shopping_10_cats.zip", table="feedback",
        columns={"score": "label", "text": "review", "category": "cat"},
        constants={"kind": "rating", "scale_min": 0, "scale_max": 1},
    ).table  # fmt: skip
    assert table["score"].value_counts().tolist() == [31_728, 31_046]
    assert table["category"].value_counts().tolist()[-5:] == [3_992, 3_851, 2_323, 2_033, 575]
    assert table["text"].isna().sum() == 1


def test_a_survey_with_a_column_per_question_becomes_a_row_per_answer(read):
    question = "Is itrude to move to an unsold seat on a plane?"
    table = read(
        "flying_etiquette/flying-etiquette.csv", table="feedback",
        columns={"customer_id": "RespondentID"}, constants={"kind": "choice"},
        unpivot={question: "seat"}, unpivot_into=["question", "text"],
    ).table  # fmt: skip
    assert set(table["question"]) == {"seat"}
    assert table["text"].notna().all()


def test_a_file_of_blanks_without_a_header_is_read(read):
    table = read(
        "cdnow/CDNOW_sample.txt", table="orders", header_row=0,
        columns={"customer_id": "2", "ordered_at": "3", "quantity": "4", "amount": "5"},
    ).table  # fmt: skip
    assert (len(table), table["customer_id"].nunique()) == (6_919, 2_357)


def test_experiments_of_sums_are_read(read):
    table = read(
        "asos_experiments/asos_digital_experiments_dataset.parquet", table="campaign_totals",
        columns={"experiment": "experiment_id", "arm": "variant_id", "metric": "metric_id",
                 "n": "count_c", "mean": "mean_c", "variance": "variance_c"},
        computed={"total": "n * mean"},
    ).table  # fmt: skip
    assert (len(table), table["experiment"].nunique()) == (24_153, 78)
    assert table["variance"].isna().sum() == 778


def test_febrl_codes_with_leading_zeros_stay_codes(read):
    table = read(
        "febrl3/febrl3.csv", table="customers",
        columns={"customer_id": "rec_id", "name": "surname", "postcode": "postcode"},
    ).table  # fmt: skip
    assert len(table) == 5_000
    assert table["customer_id"].str.startswith("rec-").all()


# file: table ("" where the headers tell it), hints, rows, what is inferred of columns or file
TWEET = {"constants": {"kind": "open"}}
EVERY_FILE = {
    "airline_tweets/Tweets.csv": ("feedback", TWEET, 14_640, ["excel_days"]),
    "airline_tweets/tweets_6cols.csv": ("feedback", TWEET, 14_640, ["header=tweet_id"]),
    "asos_experiments/asos_digital_experiments_dataset.parquet": (
        "campaign_totals",
        {"columns": {"n": "count_c", "mean": "mean_c"}, "computed": {"total": "n * mean"}},
        24_153, ["header=experiment_id", "header=variant_id"],
    ),
    "bank_marketing/bank.zip": ("customers", {"constants": {"country": "PT"}}, 41_188,
                                ["header=education"]),
    "bpic2012/bpic2012.xes.gz": ("", {}, 262_200, ["adapter=xes"]),
    "cdnow/CDNOW_master.txt": ("", {}, 69_659, ["header=dollar_value"]),
    "cdnow/CDNOW_sample.txt": (
        "orders", {"header_row": 0, "columns": {"customer_id": "2", "amount": "5"}}, 6_919, [],
    ),
    "cdnow/cdnow_customers_summary.csv": ("customers", {}, 2_357, ["header=ID"]),
    "cdnow/cdnow_customers_summary_with_transactions.csv": (
        "customers", {}, 2_357, ["header=ID"],
    ),
    "febrl3/febrl3.csv": ("", {}, 5_000, ["header=rec_id", "headers=surname + given_name"]),
    "flying_etiquette/flying-etiquette.csv": ("feedback", {}, None, ["header=RespondentID"]),
    "hillstrom/hillstrom.csv": ("customers", {}, 64_000, ["header=channel"]),
    "online_retail/online_retail.parquet": ("", {}, 541_909, ["header=InvoiceNo"]),
    "scms_freight/SCMS_Delivery_History_Dataset.csv": (
        "orders", {"columns": {"customer_id": "Country"}}, 10_324, ["header=Line Item Value"],
    ),
    "sentirueval_banks/banks_test_etalon.xml": (
        "feedback", {"columns": {"feedback_id": "twitid"}}, 3_313, ["unix_time"],
    ),
    "simple_shop/simple-onlineshop.csv": ("", {}, 32_283, ["header=event"]),
    "telco_churn/Telco-Customer-Churn.csv": ("", {}, 7_043, ["header=Churn"]),
    "udacity_free_trial/control_data.csv": (
        "campaign_totals",
        {"columns": {"n": "Pageviews"}, "constants": {"experiment": "trial", "arm": "control"},
         "unpivot": {"Clicks": "clicks", "Enrollments": "enrolments"}},
        60, ["header=Date"],
    ),
    "udacity_free_trial/experiment_data.csv": (
        "campaign_totals",
        {"columns": {"n": "Pageviews"}, "constants": {"experiment": "trial", "arm": "experiment"},
         "unpivot": {"Clicks": "clicks", "Enrollments": "enrolments"}},
        60, ["header=Date"],
    ),
    "waimai/waimai_10k.csv": ("", {}, 11_987, ["header=review"]),
    "wholesale/wholesale_customers.csv": ("customers", {}, 440, ["header=Region"]),
    "zh_shopping_10_cats/online_shopping_10_cats.zip": ("", {}, 62_774, ["header=review"]),
    "sentiment_ru.csv": ("", {}, 1_000, ["header=text"]),
    "sentiment_zh.csv": ("", {}, 1_000, ["header=text"]),
    "sentiment_en.csv": ("", {}, 1_000, ["header=text"]),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("file", EVERY_FILE)
def test_every_shared_file_adds_up_and_says_what_was_inferred(shared_data, file):
    table, hints, rows, inferred = EVERY_FILE[file]
    loaded = load(shared_data / file, table, hints=hints)
    info = loaded.info
    assert (info["rows_in"] == info["rows_kept"] + info["rows_quarantined"]).all()
    assert rows is None or info["rows_in"].sum() == rows
    assert set(inferred) <= set(loaded.evidence["choice"])
