"""The map as files: the same bytes each time, harmless, in the form that the schema says."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace

import jsonschema
import pandas as pd
import pytest

from cjm_research.cleaning.reading.read import read_raw
from cjm_research.errors import NoDataError, ParameterError, ReportError
from cjm_research.journey.export_log import write_xes
from cjm_research.journey.map_dress import dressed_map
from cjm_research.journey.moves import transitions
from cjm_research.present import export_map, theme
from cjm_research.present.context import Context, using
from cjm_research.present.figures.journey_map.export import FORMATS, SCHEMA
from cjm_research.present.figures.journey_map.mermaid import plain
from cjm_research.study.journey_plan import MAP_ROWS, JourneyPlan
from cjm_research.study.phrase import Phrase
from cjm_research.study.sources import Source

EVIL = '=HYPERLINK("http://x")'


@pytest.fixture(scope="module")
def context(small):
    """Return words in three languages; a touchpoint has a label that is a formula."""
    labels = {"stage": {s.id: s.label for s in small.STAGES},
              "touchpoint": {"cart": Phrase.model_validate(EVIL)}}  # fmt: skip
    return Context(labels=labels)


@pytest.fixture(scope="module")
def files(drawn, data, small, context, tmp_path_factory):
    """Return the files of the full map, by name."""
    folder = tmp_path_factory.mktemp("map")
    full = dressed_map(drawn, data, small.STAGES, plan=JourneyPlan(rows=list(MAP_ROWS)))
    moves = transitions(data.event_stages, small.IDS)
    with using(context):
        written = export_map(full, folder, moves=moves)
        first = {p.name: p.read_bytes() for p in written}
        again = {p.name: p.read_bytes() for p in export_map(full, folder, moves=moves)}
    assert first == again
    return first


def test_there_is_every_format_in_every_language(files):
    endings = ["svg", "png", "pdf", "csv", "journey.mmd", "flow.mmd"]
    known = {f"journey_map.{lang}.{e}" for lang in ("en", "ru", "zh") for e in endings}
    assert set(files) == known | {"journey_map.json", "journey_map.schema.json"}


def test_pictures_are_what_their_names_say_and_small(files):
    assert files["journey_map.zh.png"].startswith(b"\x89PNG")
    assert files["journey_map.zh.pdf"].startswith(b"%PDF")
    assert b"CreationDate" not in files["journey_map.zh.pdf"]
    assert files["journey_map.ru.svg"].startswith(b"<svg xmlns")
    assert len(files["journey_map.ru.svg"]) < 120_000


def test_pictures_of_vectors_ask_for_nothing_from_outside(files):
    text = files["journey_map.en.svg"].decode()
    assert "var(--" not in text
    assert "<script" not in text
    assert not re.findall(r"""(?:href|src)=["'](?!#)|url\((?!#)|@import""", text)


def test_the_data_fit_their_schema(files):
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    plain_map = json.loads(files["journey_map.json"])
    jsonschema.Draft202012Validator(schema).validate(plain_map)
    assert files["journey_map.schema.json"] == SCHEMA.read_bytes()


def test_the_schema_refuses_what_is_no_map(files):
    schema = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    plain_map = json.loads(files["journey_map.json"])
    for change in (
        {"version": 2},
        {"rows": ["moods"]},
        {"numbers": [{"map_row": "reach", "share": 1.2}]},
        {"confidence": 95},
        {"more": 1},
    ):
        assert not schema.is_valid(plain_map | change), change


def test_the_data_hold_every_number_of_the_table(files, drawn, data, small):
    full = dressed_map(drawn, data, small.STAGES, plan=JourneyPlan(rows=list(MAP_ROWS)))
    frame = full.to_frame()
    numbers = json.loads(files["journey_map.json"])["numbers"]
    assert len(numbers) == len(frame)
    for row, known in zip(numbers, frame.to_dict("records"), strict=True):
        assert row == {k: v for k, v in known.items() if pd.notna(v)}


def test_a_label_that_is_a_formula_is_text_in_the_csv(files):
    text = files["journey_map.en.csv"].decode("utf-8-sig")
    assert "'=HYPERLINK" in text
    assert ",=HYPERLINK" not in text
    assert '\n"=HYPERLINK' not in text


def test_headings_of_the_csv_are_words_of_its_language_and_all_different(files):
    heads = next(csv.reader(files["journey_map.ru.csv"].decode("utf-8-sig").splitlines()))
    assert "Этап" in heads
    assert len(set(heads)) == len(heads)


def test_the_flow_has_an_arrow_per_move_and_dashes_back(files):
    text = files["journey_map.en.flow.mmd"].decode()
    assert text.startswith("flowchart LR\n")
    assert 's0["Looking round<br/>300 · 100%"]' in text
    assert 's0 -->|"57.1%"| s1' in text  # 240 of 420 visits: 120 of the 300 came once more
    assert "s2 -.->|" in text


def test_the_journey_chart_has_grades_from_one_to_five(files):
    lines = files["journey_map.en.journey.mmd"].decode().splitlines()
    grades = [int(line.rsplit(":", 2)[1]) for line in lines if line.startswith("    ")]
    assert lines[0] == "journey"
    assert grades
    assert all(1 <= g <= 5 for g in grades)


@pytest.mark.parametrize("text", ['a: b; c#d "e"', "<script>", "x\ny|z]", "{{7*7}}"])
def test_words_cannot_break_out_of_a_mermaid_chart(text):
    assert not set(plain(text)) & set(':;#"<>\n|[]{}`')


def test_an_unknown_format_is_named_before_anything_is_written(drawn, tmp_path):
    with pytest.raises(ParameterError, match="Did you mean 'svg'"):
        export_map(drawn, tmp_path / "new", formats=["svgg"])
    assert not (tmp_path / "new").exists()


def test_a_segment_has_files_of_its_own(drawn, context, tmp_path):
    with using(replace(context, languages=("en",))):
        written = export_map(replace(drawn, segment="loyal"), tmp_path, formats=["csv"])
    assert [p.name for p in written] == ["journey_map.loyal.en.csv"]


def test_a_segment_that_no_file_can_be_named_after_has_files_all_the_same(drawn, context, tmp_path):
    names = ("Food/Drink", "Food:Drink", "../../x", "客户" * 200)
    with using(replace(context, languages=("en",))):
        for name in names:
            export_map(replace(drawn, segment=name), tmp_path, formats=["csv"])
    assert len(list(tmp_path.glob("journey_map.*.en.csv"))) == len(names)


def test_without_a_chinese_font_pictures_say_so_and_drawings_do_not(
    drawn, context, tmp_path, monkeypatch
):
    monkeypatch.setattr(theme, "font_families", lambda: ("DejaVu Sans",))
    with using(replace(context, languages=("zh",))):
        assert export_map(drawn, tmp_path, formats=["svg"])
        with pytest.raises(ReportError, match="no Chinese font is installed"):
            export_map(drawn, tmp_path, formats=["png"])


@pytest.mark.parametrize("name", ["log.xes", "log.xes.gz"])
def test_journeys_written_as_xes_are_read_back(data, tmp_path, name):
    events = data.event_stages.assign(name=lambda t: t["name"] + " & <more>\x07")
    path = tmp_path / name
    n = write_xes(events, path)
    source = Source(
        table="events", file=name,
        columns={"customer_id": "case:concept:name", "name": "concept:name", "step": "stage",
                 "occurred_at": "time:timestamp"},
    )  # fmt: skip
    table = read_raw(path, source)
    read = pd.DataFrame({h: c.to_pylist() for h, c in table.columns.items()})
    assert len(read) == n == len(events)
    assert read["case:concept:name"].nunique() == 300
    assert read["stage"].value_counts().to_dict() == events["stage"].value_counts().to_dict()
    assert set(read["concept:name"]) == {f"{x} & <more>" for x in data.event_stages["name"]}
    assert not read["case:concept:name"].str.startswith("c").any()  # numbered, not named
    first = path.read_bytes()
    write_xes(events, path)
    assert path.read_bytes() == first


def test_a_log_without_times_is_not_written(data, tmp_path):
    none = data.event_stages.assign(occurred_at=pd.NaT)
    with pytest.raises(NoDataError, match="no log to write"):
        write_xes(none, tmp_path / "log.xes")


def test_formats_are_those_of_the_signature():
    assert FORMATS == ("svg", "png", "pdf", "csv", "json", "mermaid")
