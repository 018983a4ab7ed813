"""Several questions at once: Dunnett, Holm, Benjamini-Hochberg; the split of a test."""

from __future__ import annotations

import numpy as np
from scipy import special

from benchmarks.simulated.row import Part, Row
from cjm_research.stats.multiplicity import adjust_p_values, dunnett_p_values
from cjm_research.stats.sample_ratio import sample_ratio_test


def several_arms(rng: np.random.Generator, runs: int = 600) -> list[Part]:
    """Compare several arms without an effect with one control."""
    rows, plain = [], []
    for arms, sizes in ((2, "equal"), (4, "equal"), (4, "a control twice as large")):
        weight = 2.0 if sizes != "equal" else 1.0
        loading = np.full(arms, 1 / (1 + weight))  # of the variance, from the control
        control = rng.normal(size=(runs, 1))
        own = rng.normal(size=(runs, arms))
        z = np.sqrt(1 - loading) * own - np.sqrt(loading) * control
        p = 2 * special.ndtr(-np.abs(z))
        kept = sum(bool((dunnett_p_values(row, loading) >= 0.05).all()) for row in p)
        what = f"{arms} arms beside the control, {sizes}"
        rows.append(Row(what, kept, runs))
        plain.append(Row(f"{what}, no correction", int((p >= 0.05).all(axis=1).sum()), runs))
    meaning = "*Held*: no arm was called different where none is."
    return [Part("Several arms (Dunnett)", meaning, [*rows, *plain])]


def several_metrics(rng: np.random.Generator, runs: int = 20_000) -> list[Part]:
    """Ask several metrics that hang together, some of them with an effect."""
    rows = []
    for metrics, correlation in ((2, 0.0), (5, 0.0), (5, 0.7)):
        common = rng.normal(size=(runs, 1))
        z = np.sqrt(correlation) * common + np.sqrt(1 - correlation) * rng.normal(
            size=(runs, metrics)
        )
        p = 2 * special.ndtr(-np.abs(z))
        kept = sum(bool((adjust_p_values(row, correction="holm") >= 0.05).all()) for row in p)
        rows.append(Row(f"{metrics} metrics, correlation {correlation:g}", kept, runs))
    return [Part("Several success metrics (Holm)", "*Held*: no metric was called changed.", rows)]


def many_questions(rng: np.random.Generator, runs: int = 4_000) -> list[Part]:
    """Ask forty questions of which ten have an answer; the share of false claims counts."""
    rows = []
    for effect in (2.0, 3.0, 4.0):
        z = rng.normal(size=(runs, 40)) + np.where(np.arange(40) < 10, effect, 0.0)
        p = 2 * special.ndtr(-np.abs(z))
        said = np.array([adjust_p_values(row, correction="benjamini_hochberg") < 0.05 for row in p])
        true = int(said[:, :10].sum())
        rows.append(Row(f"ten true effects of {effect:g} standard errors", true, int(said.sum())))
    meaning = (
        "*Runs*: claims of all runs together; *held*: those that are true. Promised are 95 % of "
        "the mean over runs, in which a run without a claim counts as true."
    )
    return [Part("Many questions (Benjamini-Hochberg)", meaning, rows)]


def splits(rng: np.random.Generator, runs: int = 20_000) -> list[Part]:
    """Check splits that went as planned, and splits that did not."""
    rows = []
    for n, shares, drawn in (
        (1_000, (0.5, 0.5), (0.5, 0.5)), (20_000, (0.5, 0.5), (0.5, 0.5)),
        (20_000, (0.1, 0.45, 0.45), (0.1, 0.45, 0.45)),
    ):  # fmt: skip
        counts = rng.multinomial(n, drawn, runs)
        kept = sum(sample_ratio_test(row, shares).p >= 0.001 for row in counts)
        rows.append(Row(f"{n:,} units, shares {', '.join(f'{s:g}' for s in shares)}", kept, runs))
    lost = []
    for n, share in ((2_000, 0.45), (20_000, 0.48), (100_000, 0.49)):
        counts = rng.multinomial(n, (share, 1 - share), 4_000)
        found = sum(sample_ratio_test(row, (0.5, 0.5)).p < 0.001 for row in counts)
        lost.append(Row(f"{n:,} units, {share:.0%} where 50% were planned", found, 4_000))
    return [
        Part("Splits as planned", "*Held*: not called off, at the threshold of 0.001.", rows),
        Part("Splits that are off", "*Held*: found, at the threshold of 0.001.", lost),
    ]
