"""The studies of the demo businesses fit their files and name everything in every language."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

import pytest

from cjm_research import demo
from cjm_research.needs.codebook import load_codebook
from cjm_research.study.actions import TRANSLATED
from cjm_research.study.load import load_study

STUDIES = Path(__file__).parents[2] / "studies"
SHOWN = {
    "retail": {
        "customers": ["gender", "city", "region", "income_band", "education", "occupation",
                      "household", "interests", "preferred_channel", "acquisition_channel",
                      "status", "lost_reason"],
        "orders": ["category", "channel", "status"],
        "events": ["channel", "device"],
        "feedback": ["touchpoint", "channel"],
    },
    "freight": {
        "customers": ["niche", "company_size", "main_cargo", "region", "legal_form",
                      "contract_type", "preferred_channel", "acquisition_channel", "status",
                      "lost_reason"],
        "orders": ["cargo_type", "transport_mode", "status"],
        "deals": ["lost_reason", "source", "outcome"],
        "contacts": ["role"],
        "events": ["channel"],
        "feedback": ["touchpoint"],
    },
}  # fmt: skip
COLUMNS = [
    (name, table, column)
    for name, tables in SHOWN.items()
    for table, columns in tables.items()
    for column in columns
]


@pytest.fixture
def world(request, name):
    return request.getfixturevalue(name)


@pytest.mark.parametrize(("name", "table", "column"), COLUMNS)
def test_every_value_that_a_page_may_show_has_words(world, name, table, column):
    study = load_study(STUDIES / f"{name}.toml")
    values = set(world.table(table)[column].dropna())
    labels = study.labels[column]
    assert values
    assert values <= set(labels)
    assert all(labels[v].has(language) for v in values for language in study.languages)


@pytest.mark.parametrize("name", demo.NAMES)
def test_every_event_belongs_to_a_stage(world):
    assert len(world.event_stages) == len(world.events)
    assert world.event_stages["stage"].notna().all()


@pytest.mark.parametrize("name", demo.NAMES)
def test_every_touchpoint_has_words(world):
    touchpoints = set(world.event_stages["touchpoint"]) | set(world.feedback["touchpoint"].dropna())
    assert touchpoints <= set(world.study.labels["touchpoint"])


@pytest.mark.parametrize("name", demo.NAMES)
def test_every_theme_of_the_codebook_is_planted_and_the_other_way_round(name):
    book = load_codebook(STUDIES / f"{name}.codebook.toml")
    planted = {t.theme: (t.kind, t.stage) for t in demo.truth(name).themes}
    assert {t.id: (t.kind, t.stage) for t in book.themes} == planted


@pytest.mark.parametrize("name", demo.NAMES)
def test_themes_stages_and_segments_are_named_in_every_language_of_pages(name):
    study = load_study(STUDIES / f"{name}.toml")
    book = load_codebook(STUDIES / f"{name}.codebook.toml")
    labels = [
        *(t.label for t in book.themes),
        *(s.label for s in study.stages),
        *(s.label for g in study.groupings for s in g.segments),
    ]
    assert all(label.has(language) for label in labels for language in study.languages)


@pytest.mark.parametrize("name", demo.NAMES)
def test_every_planted_effect_is_a_metric_of_the_study(name):
    study = load_study(STUDIES / f"{name}.toml")
    metrics = {(e.id, arm, m.id) for e in study.experiments for arm in e.arms for m in e.metrics}
    assert {(e.experiment, e.arm, e.metric) for e in demo.truth(name).effects} <= metrics


@pytest.mark.parametrize("name", demo.NAMES)
def test_every_raw_file_is_a_source(name, demo_project):
    plain = tomllib.loads((STUDIES / f"{name}.toml").read_text(encoding="utf-8"))
    folder = demo_project / "data" / "raw" / name
    written = {p.name for p in folder.iterdir() if p.is_file()}
    assert {s["file"] for s in plain["sources"]} == written


LANGUAGES = {"en", "ru", "zh"}


def phrases(plain, *, at=()):
    """Yield each phrase of a study file that is said in more than one language, with its key."""
    if isinstance(plain, list):
        plain = dict(enumerate(plain))
    if not isinstance(plain, dict):
        return
    if len(LANGUAGES & set(plain)) > 1 and all(isinstance(v, str) for v in plain.values()):
        yield ".".join(map(str, at)), plain
    for key, value in plain.items():
        yield from phrases(value, at=(*at, key))


@pytest.mark.parametrize("file", sorted(STUDIES.glob("*.toml")), ids=lambda path: path.name)
def test_a_phrase_in_two_languages_is_said_in_all_three(file):
    said = list(phrases(tomllib.loads(file.read_text(encoding="utf-8"))))
    lacking = {key: LANGUAGES - set(phrase) for key, phrase in said if set(phrase) != LANGUAGES}
    assert lacking == {}


def test_the_retail_study_has_phrases_of_every_kind():
    said = dict(phrases(tomllib.loads((STUDIES / "retail.toml").read_text(encoding="utf-8"))))
    kinds = {key.split(".")[0] for key in said}
    assert {"research", "survey", "stages", "journey", "groupings", "experiments", "hypotheses",
            "matrix", "labels"} <= kinds  # fmt: skip


def test_an_action_told_in_two_languages_is_told_in_all():
    with (STUDIES / "retail.actions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    other = [c for c in TRANSLATED if c != "action_en"]  # column `action` is in English
    assert rows
    assert all(row.get(column) for row in rows for column in other)
