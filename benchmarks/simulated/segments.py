"""Segments: how often a trait is called typical, and whether groups are there at all."""

from __future__ import annotations

import numpy as np

from benchmarks.simulated.row import Part, Row, held
from cjm_research.segmentation.cluster_criteria import judge
from cjm_research.segmentation.cluster_scales import Scale
from cjm_research.segmentation.lifts import trait_lifts
from cjm_research.segmentation.traits import Trait
from cjm_research.stats.ratios import lift_interval
from cjm_research.study.model import Limits

LIFTS = [(0.1, 0.3, 0.15), (0.3, 0.08, 0.2), (0.5, 0.5, 0.5), (0.05, 0.6, 0.3)]


def lifts(rng: np.random.Generator, runs: int = 20_000) -> list[Part]:
    """How many times as common a trait is in a segment as among all."""
    rows = []
    for part, here, elsewhere in LIFTS:
        size = int(part * 4000)
        hits = rng.binomial(size, here, runs), rng.binomial(4000 - size, elsewhere, runs)
        found = lift_interval((hits[0], size), (hits[1], 4000 - size))
        truth = here / (part * here + (1 - part) * elsewhere)
        what = f"{size:,} of 4,000 customers, {here:.0%} with the trait, {elsewhere:.0%} elsewhere"
        rows.append(held(what, (found.low, found.high), truth))
    meaning = "*Held*: the 95 % interval held the true value."
    return [Part("Lift of a trait (Walter against the rest, mapped)", meaning, rows)]


def noise(rng: np.random.Generator, runs: int = 300) -> list[Part]:
    """Twenty traits that have nothing to do with the segments."""
    silent = 0
    for _ in range(runs):
        segment = rng.integers(0, 4, 3000)
        members = {f"s{i}": segment == i for i in range(4)}
        traits = [_trait(rng, number) for number in range(20)]
        rows = trait_lifts(members, traits, limits=Limits())
        silent += not any(row.status == "shown" for row in rows)
    rows = [Row("20 traits of noise, 4 segments, 3,000 customers", silent, runs)]
    return [Part("Portraits of noise", "*Held*: no trait was called typical.", rows)]


def _trait(rng: np.random.Generator, number: int) -> Trait:
    codes = (rng.random(3000) < rng.uniform(0.05, 0.6)).astype(np.int64)
    return Trait(column=f"noise_{number}", kind="trait", codes=codes, levels=("no", "yes"),
                 told=(1,))  # fmt: skip


def structure(rng: np.random.Generator, runs: int = 12) -> list[Part]:
    """One cloud, round, long or a box, and clouds that stand apart."""
    continuum, groups = [], []
    for name in ("one round cloud", "one long cloud", "one box"):
        kept = sum(not _is_grouped(_cloud(rng, name)) for _ in range(runs))
        continuum.append(Row(f"{name}, 600 customers, 4 features", kept, runs))
    for apart in (6.0, 4.0):
        kept = sum(_is_grouped(_clouds(rng, apart)) for _ in range(runs))
        groups.append(Row(f"three clouds, {apart:g} standard deviations apart", kept, runs))
    return [
        Part("Slices of one cloud", "*Held*: called a continuum, as it is.", continuum),
        Part("Clouds that stand apart", "*Held*: called groups, as they are.", groups),
    ]


def _cloud(rng: np.random.Generator, name: str) -> np.ndarray:
    points = rng.normal(size=(600, 4))
    if name == "one long cloud":
        points[:, 1] = 0.8 * points[:, 0] + 0.6 * points[:, 1]
    return rng.random((600, 4)) if name == "one box" else points


def _clouds(rng: np.random.Generator, apart: float) -> np.ndarray:
    centres = np.zeros((3, 4))
    centres[1, 0], centres[2, 1] = apart, apart
    return np.asarray(centres[rng.integers(0, 3, 600)] + rng.normal(size=(600, 4)))


def _is_grouped(points: np.ndarray) -> bool:
    scales = tuple(Scale(column=f"f{i}", transform="plain") for i in range(points.shape[1]))
    scaled = (points - points.mean(0)) / points.std(0)
    return judge(scaled, scales, grouping="made_up", numbers=(2, 3, 4, 5)).has_structure
