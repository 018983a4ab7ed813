"""A result, its words and a study for the tests of pages."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import ClassVar
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from cjm_research.present.catalogue import catalogue
from cjm_research.present.context import Context, using
from cjm_research.results import Finding, Result, Unit
from cjm_research.store.extents import extent_in
from cjm_research.study.phrase import Phrase

EVIL = "<script>alert(1)</script> {{ 7*7 }} javascript:x"
TEXTS = {
    "section.pains": {"en": "Pains", "ru": "Боли", "zh": "痛点"},
    "caveat.few": {"en": "Few {customer:many}.", "ru": "Мало {customer:many}.", "zh": "客户少。"},
    "note.how": {"en": "n = {n:count}", "ru": "n = {n:count}", "zh": "n = {n:count}"},
    "key_figure.nps": {"en": "NPS", "ru": "NPS", "zh": "净推荐值"},
    "test.title": {"en": "{theme:label} {x:share}", "ru": "{theme:label} {x:share}",
                   "zh": "{theme:label} {x:share}"},
    "finding.pain": {
        "en": "{theme:label}: {estimate:unit} ({interval:unit}, n = {n:count})",
        "ru": "{theme:label}: {estimate:unit} ({interval:unit}, n = {n:count})",
        "zh": "{theme:label}：{estimate:unit}（{interval:unit}，n = {n:count}）",
    },
}  # fmt: skip


def _pain(theme="late", **changes):
    fields = {
        "id": f"needs/pain/theme={theme}",
        "kind": "pain",
        "subject": {"theme": theme},
        "estimate": 0.3,
        "low": 0.25,
        "high": 0.36,
        "reference": 0.1,
        "unit": Unit.SHARE,
        "n": 200,
        "method": "wilson",
    }
    return Finding(**{**fields, **changes})


@dataclass(frozen=True, slots=True, kw_only=True)
class Pains(Result):
    """A result with a hostile label, a missing value and findings that are handed in."""

    told: tuple = ()
    units: ClassVar = {
        "theme": Unit.LABEL,
        "n": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
    }

    def to_frame(self):  # noqa: D102
        return pd.DataFrame(
            {
                "theme": ["late", "docs", EVIL],
                "n": [1200, 340, 12],
                "share": [0.4321, 0.2, float("nan")],
                "low": [0.4, 0.15, float("nan")],
                "high": [0.46, 0.26, float("nan")],
            }
        )

    def findings(self):  # noqa: D102
        return self.told


@pytest.fixture
def pains():
    return Pains()


@pytest.fixture
def pain():
    """Make a finding; what is given replaces its fields."""
    return _pain


@pytest.fixture
def told():
    """Make a result that has the given findings."""
    return lambda *findings: Pains(told=findings)


@pytest.fixture
def evil():
    """Return a text of a customer that tries to be markup, script and template."""
    return EVIL


@pytest.fixture
def context(monkeypatch):
    """Words of the tests in three languages, and labels of a study."""
    for key, texts in TEXTS.items():
        for language, text in texts.items():
            monkeypatch.setitem(catalogue(language).texts, key, text)
    late = Phrase.model_validate({"en": "late delivery", "ru": "срыв сроков", "zh": "交货延迟"})
    docs = Phrase.model_validate(
        {"en": "late documents", "ru": "поздние документы", "zh": "单据迟"}
    )
    with using(Context(labels={"theme": {"late": late, "docs": docs}})):
        yield


@pytest.fixture
def world():
    """Return what the blocks read of a workspace."""
    phrase = Phrase.model_validate({"en": "What to mend", "ru": "Что чинить", "zh": "改进什么"})
    research = SimpleNamespace(questions={"journey_map": phrase}, decision=phrase, owner="<b>O</b>")
    stamps = ["2026-01-01 22:30", "2026-03-05 10:00", "2026-03-05 10:00"]
    tables = {
        "customers": pd.DataFrame({"customer_id": ["a", "b"]}),
        "orders": pd.DataFrame(
            {"customer_id": ["a", "a", "b"], "ordered_at": pd.to_datetime(stamps, utc=True)}
        ),
    }
    return SimpleNamespace(
        study=SimpleNamespace(research=research, tzinfo=ZoneInfo("Europe/Moscow")),
        window=("2026-01-02", "2026-03-05"),
        **tables,
        quarantine=pd.DataFrame({"table": ["orders", "orders"]}),
        extent=lambda name, clocks: extent_in(tables[name], clocks),
    )
