"""The study's own words for the keys that its results name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.needs.codebook import Codebook
    from cjm_research.study.model import Study
    from cjm_research.study.phrase import Phrase

Labels = dict[str, dict[str, "Phrase"]]
"""Vocabulary, key, words: ``labels["stage"]["purchase"]``."""


def study_labels(study: Study, codebook: Codebook | None) -> Labels:
    """Collect the words of stages, segments, themes, experiments and declared values.

    Two groupings may use one segment id for different groups: ``segment`` holds the first,
    and ``segment.GROUPING`` each grouping's own.
    """
    labels: Labels = {name: dict(words) for name, words in study.labels.items()}
    _add(labels, "stage", {s.id: s.label for s in study.stages})
    _add(labels, "grouping", {g.id: g.label for g in study.groupings})
    for grouping in study.groupings:
        own = {s.id: s.label for s in grouping.segments}
        if grouping.column:
            own = dict(study.labels.get(grouping.column, {}))
        _add(labels, "segment", own)
        _add(labels, f"segment.{grouping.id}", own)
    _add(labels, "segment.brand", labels.get("brand", {}))
    _add(labels, "experiment", {e.id: e.label for e in study.experiments})
    for experiment in study.experiments:
        _add(labels, "arm", {a: arm.label for a, arm in experiment.arms.items()})
        _add(labels, f"arm.{experiment.id}", {a: x.label for a, x in experiment.arms.items()})
        _add(labels, "metric", {m.id: m.label for m in experiment.metrics})
        _add(labels, f"metric.{experiment.id}", {m.id: m.label for m in experiment.metrics})
        for column in set(experiment.segments) & set(study.labels):
            _add(labels, f"segment.{column}", study.labels[column])
    _add(labels, "hypothesis", {h.id: h.label for h in study.hypotheses})
    for name, question in study.survey.questions.items():
        _add(labels, "question", {name: question.label})
        _add(labels, f"option.{name}", question.options)
    if codebook is not None:
        _add(labels, "theme", {t.id: t.label for t in codebook.themes})
        _add(labels, "remedy", {t.id: t.change for t in codebook.themes if t.change})
    _add(labels, "test", {h.id: h.label for h in study.hypotheses})
    _add(labels, "test", {e.id: e.label for e in study.experiments})
    _add(labels, "occasion", {o.id: o.label for o in study.survey.occasions})
    return labels


def _add(labels: Labels, vocabulary: str, words: Mapping[str, Phrase]) -> None:
    known = labels.setdefault(vocabulary, {})
    for key, phrase in words.items():
        known.setdefault(key, phrase)
