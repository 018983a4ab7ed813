"""From feedback to coded sentences."""

from __future__ import annotations

import pandas as pd
import pytest

from cjm_research.errors import SchemaError
from cjm_research.needs.coding import feedback_codes


def test_a_sentence_has_a_row_per_theme_and_one_when_uncoded(feedback, codebook):
    codes = feedback_codes(
        feedback([("a", "open", "Вкусно, но опоздали. Заказал во вторник.")]), codebook
    )
    assert codes["sentence"].tolist() == [1, 1, 2]
    assert codes["theme"].fillna("-").tolist() == ["late", "tasty", "-"]
    assert codes["content"].tolist() == ["coded", "coded", "uncoded"]


def test_languages_are_told_sentence_by_sentence(feedback, codebook):
    codes = feedback_codes(feedback([("a", "open", "Опоздали. Late again! 太慢了。")]), codebook)
    assert codes["language"].tolist() == ["ru", "en", "zh"]
    assert set(codes["theme"]) == {"late"}


def test_a_language_that_the_user_gives_wins_where_letters_allow(feedback, codebook):
    rows = feedback([("a", "open", "Zu spät geliefert")], language="de-DE")
    assert feedback_codes(rows, codebook)["language"].tolist() == ["de"]


def test_personal_data_are_gone_before_anything_is_stored(feedback, codebook):
    codes = feedback_codes(feedback([("a", "open", "Звоните +7 912 345-67-89")]), codebook)
    assert not codes["text"].str.contains("345").any()
    assert codes["n_redacted"].tolist() == [1]


def test_an_answer_that_says_nothing_is_kept_apart(feedback, codebook):
    codes = feedback_codes(feedback([("a", "open", "Нет."), ("b", "open", "无")]), codebook)
    assert codes["content"].tolist() == ["none", "none"]
    assert codes["sentiment"].isna().all()


def test_the_second_of_two_equal_texts_of_a_customer_is_a_double(feedback, codebook):
    text = "Опоздали на два дня"
    rows = feedback([("a", "open", text), ("a", "open", text + "!"), ("b", "open", text)])
    codes = feedback_codes(rows, codebook)
    assert codes["is_double"].tolist() == [False, True, False]


def test_long_equal_texts_of_unknown_customers_are_doubles_and_short_ones_are_not(
    feedback, codebook
):
    long = "Очень долго ждали доставку заказа"
    rows = [(None, "open", t) for t in (long, long, "Долго", "Долго")]
    assert feedback_codes(feedback(rows), codebook)["is_double"].tolist() == [
        False, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ("Курьер опоздал на три часа и даже не позвонил, больше не закажу",
         "Курьер опоздал на три часа и даже не позвонил, больше не закажу у вас"),
        ("The parcel came late and nobody called me back, very disappointing",
         "The parcel came late and nobody called me back, very dissappointing!"),
        ("快递迟到了三个小时也没有人打电话给我，以后不会再买了",
         "快递迟到了三个小时也没有人打电话给我，以后不会再买了吧"),
    ],
)  # fmt: skip
def test_a_text_sent_again_with_a_word_changed_is_a_double(feedback, codebook, first, again):
    rows = [("a", "open", first), ("a", "open", again), ("b", "open", again)]
    coded = feedback_codes(feedback(rows), codebook)
    double = coded.drop_duplicates("feedback_id")["is_double"].tolist()
    assert double == [False, True, False]


def test_texts_of_a_customer_that_say_other_things_are_no_doubles(feedback, codebook):
    rows = [
        ("a", "open", "Курьер опоздал на три часа, и еда приехала совсем холодной"),
        ("a", "open", "Курьер приехал вовремя, но пиццу перепутали и деньги не вернули"),
        ("a", "open", "Ждал три часа"),
        ("a", "open", "Ждал два часа"),
    ]
    assert not feedback_codes(feedback(rows), codebook)["is_double"].any()


def test_the_same_words_about_two_brands_are_no_doubles(feedback, codebook):
    rows = [("a", "open", "Опоздали"), ("a", "open", "Опоздали"), ("a", "open", "Опоздали")]
    coded = feedback_codes(feedback(rows, brand=["One", "Two", "Two"]), codebook)
    assert coded["is_double"].tolist() == [False, False, True]


def test_the_stage_is_the_themes_else_the_feedbacks(feedback, codebook):
    rows = feedback([("a", "open", "Опоздали. Вкусно.")], stage="order")
    assert feedback_codes(rows, codebook)["stage"].tolist() == ["delivery", "order"]


def test_the_interviewer_is_not_heard(feedback, codebook):
    rows = feedback(
        [("a", "interview", "Опоздали?"), ("a", "interview", "Да, опоздали на день")],
        speaker=["Интервьюер", "клиент"],
    )
    assert feedback_codes(rows, codebook)["text"].tolist() == ["Да, опоздали на день"]


def test_a_grade_is_known_only_with_its_scale(feedback, codebook):
    rows = feedback(
        [("a", "csat", "Опоздали"), ("b", "csat", "Опоздали"), ("c", "ces", "Опоздали")],
        score=[2.0, 2.0, 2.0],
        scale_min=[1.0, None, 1.0],
        scale_max=[5.0, None, 5.0],
    )
    assert feedback_codes(rows, codebook)["grade"].fillna(-1).tolist() == [0.25, -1, -1]


def test_without_a_codebook_language_and_tone_remain(feedback):
    codes = feedback_codes(feedback([("a", "open", "Ужасно опоздали")]), None)
    assert codes["theme"].isna().all()
    assert codes["sentiment"].iloc[0] < 0


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [None],
        ["нет", "無", "-"],
        ["👍", "👎👎"],
        ["<script>alert(1)</script>"],
        ["ужас " * 200_000],
        ["\x00\u200b"],
        ["Опоздали"] * 50,
    ],
)
def test_odd_texts_give_a_table_of_the_same_columns(feedback, codebook, texts):
    usual = feedback_codes(feedback([("a", "open", "Опоздали")]), codebook)
    codes = feedback_codes(feedback([("a", "open", t) for t in texts]), codebook)
    assert codes.dtypes.equals(usual.dtypes)


def test_the_order_of_rows_changes_nothing(feedback, codebook):
    rows = feedback([(c, "open", t) for c in "abc" for t in ("Опоздали", "Вкусно. Опоздали!")])
    forward = feedback_codes(rows, codebook)
    backward = feedback_codes(rows.iloc[::-1], codebook)
    key = ["feedback_id", "sentence", "theme"]
    pd.testing.assert_frame_equal(
        forward.sort_values(key, ignore_index=True), backward.sort_values(key, ignore_index=True)
    )


def test_the_table_given_is_not_changed(feedback, codebook):
    rows = feedback([("a", "open", "Опоздали")])
    before = rows.copy(deep=True)
    feedback_codes(rows, codebook)
    pd.testing.assert_frame_equal(rows, before)


def test_a_missing_column_is_named(codebook):
    with pytest.raises(SchemaError, match="Table 'feedback' has no column 'feedback_id'"):
        feedback_codes(pd.DataFrame({"kind": ["open"]}), codebook)
