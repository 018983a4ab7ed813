"""Conditions: three-valued answers, helpful errors, nothing reachable but one row."""

from __future__ import annotations

import pandas as pd
import pytest

from cjm_research.errors import StudyError
from cjm_research.segmentation.conditions import evaluate
from cjm_research.segmentation.syntax import FUNCTIONS, check_condition

PEOPLE = pd.DataFrame({
    "customer_id": pd.array(["a", "b", "c"], dtype="string[pyarrow]"),
    "revenue": [5.0, 500.0, None],
    "city": pd.array(["Пермь", None, "Уфа"], dtype="string[pyarrow]"),
    "is_churned": pd.array([True, None, False], dtype="boolean"),
    "employees": pd.array([1, None, 300], dtype="Int64"),
    "acquired_on": pd.to_datetime(["2024-01-01", None, "2026-01-01"]),
    "last_contact_at": pd.to_datetime(["2024-01-01T10:00", None, "2026-01-01"], utc=True,
                                      format="ISO8601"),
}, index=[7, 8, 9])  # fmt: skip


def answers(text):
    return [{True: "yes", False: "no"}.get(x, "unknown")
            for x in evaluate(PEOPLE, {"s": text})["s"].tolist()]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("revenue > 100", ["no", "yes", "unknown"]),
        ("NOT revenue > 100", ["yes", "no", "unknown"]),
        ("revenue > 100 OR is_churned", ["yes", "yes", "unknown"]),
        ("revenue > 100 AND employees > 0", ["no", "unknown", "unknown"]),
        ("revenue IS NULL", ["no", "no", "yes"]),
        ("city IN ('Пермь', 'Казань')", ["yes", "unknown", "no"]),
        ("city LIKE 'П%' -- a comment", ["yes", "unknown", "no"]),
        ("coalesce(employees, 0) BETWEEN 0 AND 10", ["yes", "yes", "no"]),
        ("acquired_on + INTERVAL 1 YEAR > DATE '2025-06-01'", ["no", "unknown", "yes"]),
        ("last_contact_at < TIMESTAMP '2025-01-01'", ["yes", "unknown", "no"]),
        ("CASE WHEN employees > 250 THEN true ELSE false END", ["no", "no", "yes"]),
        ("NULL", ["unknown", "unknown", "unknown"]),
    ],
)
def test_a_condition_is_three_valued(text, expected):
    assert answers(text) == expected


def test_answers_keep_the_index_of_the_customers():
    assert evaluate(PEOPLE, {"s": "true"}).index.tolist() == [7, 8, 9]


@pytest.mark.parametrize(
    "text",
    [
        "true; DROP VIEW customer",
        "true); DROP VIEW customer; SELECT (1",
        "true) FROM customer; DELETE FROM customer; SELECT (true",
        "true UNION SELECT true",
        "true ORDER BY 1",
        "true LIMIT 1",
        "true GROUP BY 1",
        "true HAVING true",
        "true QUALIFY true",
        "revenue > (SELECT 1)",
        "EXISTS (SELECT 1)",
        "city IN (SELECT content FROM read_text('/etc/passwd'))",
        "read_csv('/etc/passwd') IS NOT NULL",
        "random() > 0.5",
        "getenv('HOME') = 'x'",
        "now() > acquired_on",
        "current_setting('threads') = 1",
        "length(repeat('x', 100000000000)) > 1",
        "length(lpad('x', 1000000000, 'x')) > 1",
        "city || city || city = 'x'",
        "row_number() OVER () = 1",
        "sum(revenue) > 1",
        "COLUMNS('.*') > 1",
        "revenue = $1",
        "customer.revenue > 1",
        "rowid = 1",
        "main.abs(revenue) > 1",
        "city COLLATE nocase = 'x'",
        "list_contains([1], 1)",
        "revenue::INTEGER[] IS NULL",
        "'a /* b",
        "true /* b",
        "",
    ],
)
def test_what_reaches_outside_the_row_is_refused(text):
    with pytest.raises(StudyError, match="segment 's'"):
        answers(text)


@pytest.mark.parametrize(
    "statement",
    ["INSTALL httpfs", "LOAD httpfs", "ATTACH 'x.db' AS other", "USE other",
     "COPY customer TO 'x.csv'", "EXPORT DATABASE 'x'", "PRAGMA database_list",
     "SET enable_external_access = true", "CALL pragma_version()", "CREATE SECRET s (TYPE s3)",
     "CHECKPOINT"],
)  # fmt: skip
def test_a_statement_is_no_condition_and_none_may_follow_one(statement, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StudyError, match="segment 's': one condition is needed, and no statement"):
        answers(f"true; {statement}")
    with pytest.raises(StudyError, match="segment 's': "):
        answers(statement)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "source",
    ["'https://example.org/x.csv'", "'s3://bucket/x.parquet'", "'/etc/passwd'",
     "read_csv('https://example.org/x.csv')", "read_parquet('x')", "read_blob('x')", "glob('*')",
     "duckdb_secrets()", "pragma_version()"],
)  # fmt: skip
def test_no_file_and_no_address_is_reached(source):
    with pytest.raises(StudyError, match="segment 's': a condition looks at one row"):
        answers(f"city IN (FROM {source})")


@pytest.mark.parametrize(
    "name",
    ["read_csv", "read_json", "sniff_csv", "query_table", "which_secret", "http_get", "system",
     "getvariable", "duckdb_settings", "pg_read_file"],
)  # fmt: skip
def test_a_function_that_reaches_out_is_named_as_not_allowed(name):
    with pytest.raises(StudyError, match=f"segment 's': function '{name}' is not allowed"):
        answers(f"{name}('https://example.org') = 'x'")


@pytest.mark.parametrize(
    "text", ["NOT " * 400 + "true", "(" * 900 + "true" + ")" * 900, "true AND " * 200 + "true"]
)
def test_a_deep_condition_is_answered(text):
    assert answers(text) == ["yes"] * 3


def test_a_long_condition_is_refused():
    with pytest.raises(StudyError, match="at most 2000 characters"):
        answers("true OR " * 300 + "true")


@pytest.mark.parametrize(
    "name", ["random", "uuid", "nextval", "now", "getenv", "read_text", "repeat", "lpad", "query"]
)
def test_no_function_that_varies_reaches_out_or_grows_is_allowed(name):
    assert name not in FUNCTIONS


def test_the_error_names_segment_column_and_the_nearest_one():
    with pytest.raises(StudyError, match=r"segment 'rich': there is no column 'revenu'\. Did you"):
        evaluate(PEOPLE, {"poor": "revenue < 1", "rich": "revenu > 1"})


def test_all_wrong_conditions_are_named_at_once():
    with pytest.raises(StudyError) as caught:
        evaluate(PEOPLE, {"one": "revenu > 1", "two": "random() > 1"})
    assert "'one'" in str(caught.value)
    assert "'two'" in str(caught.value)


def test_a_condition_that_is_no_question_is_refused():
    with pytest.raises(StudyError, match="segment 's': the condition gives double and not yes or"):
        evaluate(PEOPLE, {"s": "revenue + 1"})


def test_values_of_another_type_are_named():
    with pytest.raises(StudyError, match="segment 's':"):
        evaluate(PEOPLE, {"s": "employees > 'many'"})


def test_names_of_columns_ignore_case():
    assert check_condition("Revenue > 1", columns=["revenue"]) == ""


def test_a_frame_of_the_caller_is_not_reachable():
    other = pd.DataFrame({"secret": [1]})
    with pytest.raises(StudyError):
        evaluate(PEOPLE, {"s": "(FROM other) IS NOT NULL"})
    assert len(other) == 1


def test_a_condition_that_runs_too_long_is_stopped():
    many = pd.DataFrame({"x": pd.Series(range(3_000_000), dtype="int64").astype(str)})
    slow = " OR ".join(f"regexp_matches(x, '(a|b|[0-9]+x?)*{i}y$')" for i in range(40))
    with pytest.raises(StudyError, match="segment 's': INTERRUPT"):
        evaluate(many, {"s": slow}, seconds=0.05)
