"""How probable it is that two records are one customer, by the Fellegi-Sunter model of splink."""

from __future__ import annotations

import logging
import warnings
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray
    from splink import Linker

    from cjm_research.cleaning.identity.records import Records

FEWEST = 200
"""Customers below which chance cannot be told from likeness: only sure keys are used."""

_PAIRS_BY_ROW = 6
"""Pairs by customer that one way of looking for them may give; one that gives more is left out."""
_RECALL = 0.7
"""Share of the true pairs that are taken to share a key and the name, for the prior."""
_SAMPLED = 1_000_000
_SEED = 20_261_122
_FEW_PAIRS = 20
_COARSE = ("city", "gender")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Pairs of customers by place, and how probable it is that each is one customer."""

    pairs: NDArray[np.int64]
    """Shape (n, 2), the lower place first."""
    probability: NDArray[np.float64]
    is_specific: NDArray[np.bool_]
    """Something that few share is alike too, beside the name and the city."""
    skipped: str = ""
    """Why nothing was looked for; empty when it was."""


def alike(records: Records, *, at_least: float) -> Alike:
    """Find pairs of customers that are alike in more than chance explains.

    The chance that two strangers agree in a field is counted on random pairs, the chance that one
    customer's records do is learned from pairs that share a key (expectation maximisation, one
    key at a time, never on the key itself).

    Parameters
    ----------
    records : Records
        As `prepared` gives them.
    at_least : float
        Pairs below this probability are not returned.

    References
    ----------
    Fellegi I. P., Sunter A. B. (1969). A theory for record linkage. Journal of the American
    Statistical Association 64, 1183-1210. doi:10.1080/01621459.1969.10501049
    Linacre R. et al. (2022). Splink. International Journal of Population Data Science 7(3).
    doi:10.23889/ijpds.v7i3.1794
    """
    fields = _compared(records)
    blocks = ways_to_look(records.fields, [f for f in fields if f != "gender"])
    if len(records) < FEWEST:
        return _nothing("too_few")
    if len(fields) < 2 or not blocks:
        return _nothing("too_little")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = _predicted(records, fields, blocks, at_least=at_least)
    pairs = found[["unique_id_l", "unique_id_r"]].to_numpy(dtype=np.int64)
    order = np.lexsort((pairs.max(axis=1), pairs.min(axis=1)))
    specific = [f for f in fields if not f.startswith("name") and f not in _COARSE]
    is_specific = np.zeros(len(found), dtype=bool)
    for field in specific:
        is_specific |= (found[f"gamma_{field}"] > 0).to_numpy(dtype=bool)
    return Alike(
        pairs=np.sort(pairs, axis=1)[order],
        probability=found["match_probability"].to_numpy(dtype=np.float64)[order],
        is_specific=is_specific[order],
    )


def ways_to_look(fields: pd.DataFrame, columns: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Return the columns, alone or by two, that few enough customers share to compare them all.

    Comparing everyone with everyone is out of reach, so only those are compared who agree in
    something. A column alone is enough where it is rare for two to share it; else two together.

    Examples
    --------
    >>> import pandas as pd
    >>> phones = [str(i // 2) for i in range(40)]
    >>> ways_to_look(pd.DataFrame({"phone": phones, "city": ["a", "b"] * 20}), ["phone", "city"])
    (('phone',),)
    """
    budget = _PAIRS_BY_ROW * len(fields)
    alone = {c: _pairs_of(fields, [c]) for c in columns}
    chosen: list[tuple[str, ...]] = [(c,) for c in columns if 0 < alone[c] <= budget]
    wide = [c for c in columns if alone[c] > budget]
    chosen += [p for p in combinations(wide, 2) if 0 < _pairs_of(fields, list(p)) <= budget]
    return tuple(chosen)


def _pairs_of(fields: pd.DataFrame, columns: list[str]) -> int:
    sizes = fields[columns].dropna().value_counts(sort=False).to_numpy(dtype=np.int64)
    return int((sizes * (sizes - 1) // 2).sum())


def _compared(records: Records) -> list[str]:
    """Return the fields that tell customers apart: known for enough, and not the same for all."""
    frame = records.fields
    columns = [str(c) for c in frame]
    has_parts = any(c.startswith("name_") for c in columns)
    names = [c for c in columns if not (has_parts and c == "name")]
    enough = max(2, 0.02 * len(frame))
    return [
        c for c in names
        if frame[c].notna().sum() >= enough and len(frame[c].dropna().unique()) > 1
    ]  # fmt: skip


def _predicted(
    records: Records, fields: list[str], blocks: tuple[tuple[str, ...], ...], *, at_least: float
) -> pd.DataFrame:
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on  # noqa: PLC0415  # 1 s

    short = {f: f"f{i}" for i, f in enumerate(fields)}  # names that need no quotes in SQL
    table = records.fields[fields].rename(columns=short)
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[block_on(*(short[c] for c in b)) for b in blocks],
        comparisons=[_comparison(f, short[f]) for f in fields],
    )
    api = DuckDBAPI()
    linker = Linker(api.register(table.assign(unique_id=np.arange(len(table)))), settings)
    logging.getLogger("splink").setLevel(logging.ERROR)  # a new linker makes it talk
    named = [short[f] for f in fields if f.startswith("name")]
    _train(linker, table, [tuple(short[c] for c in b) for b in blocks], names=named)
    predicted = linker.inference.predict(threshold_match_probability=at_least)
    frame: pd.DataFrame = predicted.as_pandas_dataframe()  # type: ignore[no-untyped-call]
    return frame.rename(columns={f"gamma_{a}": f"gamma_{f}" for f, a in short.items()})


def _comparison(field: str, alias: str) -> Any:  # noqa: ANN401  # of splink, without a common name
    import splink.comparison_library as cl  # noqa: PLC0415  # 1 s

    if field in ("phone", "tax_id", "birth"):
        return cl.DamerauLevenshteinAtThresholds(alias, [1] if field == "phone" else [1, 2])
    if field == "gender":
        return cl.ExactMatch(alias)
    plain = cl.JaroWinklerAtThresholds(alias, [0.92, 0.8])
    is_common = field.startswith("name") or field == "city"
    return plain.configure(term_frequency_adjustments=True) if is_common else plain


def _train(
    linker: Linker, table: pd.DataFrame, blocks: list[tuple[str, ...]], *, names: list[str]
) -> None:
    from splink import block_on  # noqa: PLC0415  # 1 s

    keys = [b for b in blocks if not set(b) & set(names)] or blocks
    sure = [tuple(dict.fromkeys((*k, *names[:1]))) for k in keys]
    rules = [b for b in sure if _pairs_of(table, list(b))] or keys
    linker.training.estimate_probability_two_random_records_match(
        [block_on(*r) for r in rules], recall=_RECALL
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=_SAMPLED, seed=_SEED)
    enough = [b for b in blocks if _pairs_of(table, list(b)) >= _FEW_PAIRS]
    for block in _sessions(enough):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*block))


def _sessions(blocks: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Choose blocks to learn from: two that share no column, so that each field is learned."""
    for first, second in combinations(blocks, 2):
        if not set(first) & set(second):
            return [first, second]
    return blocks[:2]


def _nothing(why: str) -> Alike:
    return Alike(
        pairs=np.empty((0, 2), dtype=np.int64),
        probability=np.empty(0),
        is_specific=np.empty(0, dtype=bool),
        skipped=why,
    )
