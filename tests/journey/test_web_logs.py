"""Traps of web analytics exports, from the file to the order of the journey."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from cjm_research.cleaning.load import load, load_files
from cjm_research.journey.log import event_log
from cjm_research.journey.log_checks import log_checks
from cjm_research.journey.sessions import sessions
from cjm_research.journey.stages import event_stages
from cjm_research.study.plans import Stage
from cjm_research.study.sources import Source

STAGES = tuple(
    Stage.model_validate({"id": s, "label": s, "events": [{"names": [s]}]})
    for s in ("view", "cart", "pay")
)
STAMP = 1714039200123456


def ga4_line(name, *, batch, place, stamp=STAMP, who="1.2", session="77"):
    value = {"string_value": None, "int_value": session}
    return {
        "event_timestamp": str(stamp), "event_name": name, "user_pseudo_id": who,
        "event_params": [{"key": "ga_session_id", "value": value}],
        "batch_ordering_id": str(batch), "batch_event_index": str(place),
    }  # fmt: skip


def written(path, lines):
    path.write_text("\n".join(json.dumps(line) for line in lines) + "\n", encoding="utf-8")
    return path


def test_ga4_events_of_one_stamp_go_by_batch_and_then_by_place_in_it(tmp_path):
    lines = [
        ga4_line("pay", batch=2, place=1),
        ga4_line("cart", batch=1, place=2),
        ga4_line("view", batch=1, place=1),
    ]
    events = load(written(tmp_path / "ga4.json", lines)).table
    assert event_stages(events, STAGES)["stage"].tolist() == ["view", "cart", "pay"]
    assert event_log(events, STAGES).stage.tolist() == [0, 1, 2]


def test_ga4_stamps_keep_their_microseconds(tmp_path):
    lines = [
        ga4_line("pay", batch=1, place=1, stamp=STAMP + 1),
        ga4_line("view", batch=1, place=1, stamp=STAMP),
    ]
    log = event_log(load(written(tmp_path / "ga4.json", lines)).table, STAGES)
    assert log.time.tolist() == [STAMP, STAMP + 1]
    assert log.stage.tolist() == [0, 2]


def test_one_ga_session_id_of_two_people_is_two_sessions(tmp_path):
    lines = [ga4_line("view", batch=1, place=1, who=who) for who in ("1.1", "1.2")]
    events = load(written(tmp_path / "ga4.json", lines)).table
    assert sessions(event_log(events, STAGES), ["view", "cart", "pay"]).n_sessions == 2


def test_a_ga4_export_without_batches_is_still_read(tmp_path):
    lines = [ga4_line(name, batch=1, place=i) for i, name in enumerate(("view", "cart"))]
    for line in lines:
        del line["batch_ordering_id"]
    assert load(written(tmp_path / "ga4.json", lines)).table["sequence"].tolist() == [0, 1]


def metrica(path, columns, *rows):
    path.write_text("\n".join("\t".join(r) for r in (columns, *rows)) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("zone", ["UTC", "Europe/Moscow", "Asia/Yekaterinburg"])
def test_what_metrica_calls_utc_is_three_hours_ahead_of_it(tmp_path, zone):
    columns = ("ym:s:visitID", "ym:s:clientID", "ym:s:dateTimeUTC", "ym:s:dateTime")
    row = ("7500000000000000001", "1699999999123456789", "2024-04-25 13:00:00",
           "2024-04-25 15:00:00")  # fmt: skip
    path = metrica(tmp_path / "visits.tsv", columns, row)
    source = Source(table="events", file=path.name, adapter="metrica_logs")
    loaded = load_files({path.name: path}, source, study_zone=zone)
    assert loaded.table["occurred_at"][0] == pd.Timestamp("2024-04-25 10:00", tz="UTC")


def test_metricas_own_time_is_in_the_zone_of_the_counter(tmp_path):
    columns = ("ym:s:visitID", "ym:s:clientID", "ym:s:dateTime")
    row = ("7500000000000000001", "1699999999123456789", "2024-04-25 15:00:00")
    path = metrica(tmp_path / "visits.tsv", columns, row)
    loaded = load(path, hints={"zone": "Asia/Yekaterinburg"})
    assert loaded.table["occurred_at"][0] == pd.Timestamp("2024-04-25 10:00", tz="UTC")


def test_metricas_hits_know_their_visit_where_the_export_tells_it(tmp_path):
    columns = ("ym:pv:watchID", "ym:pv:clientID", "ym:pv:dateTime", "ym:pv:visitID",
               "ym:pv:goalsID")  # fmt: skip
    rows = [
        ("11", "16", "2025-11-01 10:00:00", "75", "[12]"),
        ("12", "16", "2025-11-01 10:01:00", "75", "[]"),
    ]
    table = load(metrica(tmp_path / "hits.tsv", columns, *rows)).table
    assert table["session_id"].tolist() == ["75", "75"]
    assert table["name"].tolist() == ["goal", "hit"]


def test_metricas_hits_without_a_visit_are_cut_into_sessions_by_pauses(tmp_path):
    columns = ("ym:pv:watchID", "ym:pv:clientID", "ym:pv:dateTime")
    at = ("10:00:00", "10:20:00", "11:00:00")
    rows = [(str(i), "16", f"2025-01-01 {clock}") for i, clock in enumerate(at)]
    events = load(metrica(tmp_path / "hits.tsv", columns, *rows)).table
    stage = Stage.model_validate({"id": "hit", "label": "hit", "events": [{"names": ["hit"]}]})
    assert sessions(event_log(events, [stage]), ["hit"]).n_sessions == 2


VISITS = ("ym:s:visitID", "ym:s:clientID", "ym:s:dateTime", "ym:s:visitDuration")
HITS = ("ym:pv:watchID", "ym:pv:clientID", "ym:pv:dateTime")
VISIT_ROWS = [
    ("75", "16", "2025-11-01 10:00:00", "120"),
    ("76", "17", "2025-11-02 11:00:00", "60"),
]


def both_of_metrica(tmp_path, columns, rows):
    visits = load(metrica(tmp_path / "visits.tsv", VISITS, *VISIT_ROWS)).table
    hits = load(metrica(tmp_path / "hits.tsv", columns, *rows)).table
    return pd.concat([visits, hits], ignore_index=True)


def test_metricas_visits_and_hits_in_one_study_are_told_by_the_visits_number(tmp_path):
    # The hits' clock runs two seconds late: only the number of the visit tells them.
    rows = [
        ("11", "16", "2025-11-01 10:00:02", "75"),
        ("12", "16", "2025-11-01 10:01:00", "75"),
        ("13", "18", "2025-11-03 09:00:00", "77"),
    ]
    events = both_of_metrica(tmp_path, (*HITS, "ym:pv:visitID"), rows)
    found = log_checks(events)
    assert (found.of("twice").events, found.of("twice").customers) == (1, 1)
    (told,) = [f for f in found.findings() if f.subject == {"log_check": "twice"}]
    assert told.status == "shown"


def test_metricas_visits_and_hits_without_a_number_are_told_by_their_first_second(tmp_path):
    rows = [
        ("11", "16", "2025-11-01 10:00:00"),
        ("12", "16", "2025-11-01 10:01:00"),
        ("13", "17", "2025-11-02 11:00:00"),
    ]
    # Each visit and its first hit.
    assert log_checks(both_of_metrica(tmp_path, HITS, rows)).of("twice").events == 4


def test_hits_alone_are_each_contact_once(tmp_path):
    rows = [("11", "16", "2025-11-01 10:00:00", "75"), ("12", "16", "2025-11-01 10:00:00", "75")]
    hits = load(metrica(tmp_path / "hits.tsv", (*HITS, "ym:pv:visitID"), *rows)).table
    assert log_checks(hits).of("twice").events == 0


def test_dates_without_a_time_in_two_files_are_not_one_contact():
    day = pd.Timestamp("2025-11-01", tz="UTC")
    events = pd.DataFrame(
        {"customer_id": ["p", "p"], "name": ["call", "letter"], "occurred_at": day,
         "source_file": ["calls.csv", "letters.csv"]}
    )  # fmt: skip
    assert log_checks(events).of("twice").events == 0
