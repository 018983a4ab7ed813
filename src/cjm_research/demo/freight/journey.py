"""The forwarder's log: what companies and managers did at each stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.demo.draw import at_daytime, days, generator, mark_by, pick, seconds
from cjm_research.demo.freight import plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cjm_research.demo.draw import Times

END = days("2026-06-30") + np.timedelta64(18, "h")
STAGE_OF = {
    "rate_requested": "rate_request", "quote_sent": "quote", "quote_opened": "quote",
    "contract_sent": "contract", "contract_signed": "contract", "pickup": "carriage",
    "status_asked": "carriage", "delivered": "carriage", "documents_sent": "documents",
    "invoice_paid": "documents", "repeat_request": "repeat",
}  # fmt: skip
TEST_ARMS = ("no_messages", "messages")


def first_requests(seed: int, table: pd.DataFrame, shipped: pd.DataFrame) -> Times:
    """Return when each company asked for its first rate, two weeks before it ships."""
    rng, n = generator(seed, "requests"), len(table)
    width = (END - plan.FIRST).astype(np.int64) / 86400
    anywhere = plan.FIRST + seconds(rng.uniform(2, width - 20, n))
    first = shipped.groupby("row")["at"].min().reindex(range(n)).to_numpy()
    ahead = first - seconds(rng.uniform(14, 24, n))
    found = np.where(np.isnat(first), anywhere, ahead).astype("datetime64[s]")
    return at_daytime(rng, found, first=8.5, last=18)


def events(seed: int, table: pd.DataFrame, *, shipped: pd.DataFrame, first: Times) -> pd.DataFrame:
    """Draw the events in the order of time: `row`, `at`, `name`."""
    rng = generator(seed, "journey")
    parts: list[pd.DataFrame] = [
        *_before_shipping(rng, table, first),
        *_shipping(rng, table, shipped),
    ]
    found = pd.concat(parts, ignore_index=True)
    found = found[found["at"] <= END].sort_values(["at", "row"], kind="stable", ignore_index=True)
    found["channel"] = pick(rng, len(found), {"email": 0.5, "phone": 0.3, "portal": 0.2})
    return found


def status_test(
    seed: int, table: pd.DataFrame, happened: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Send status messages to half of 120 companies; a few more of them order again.

    Companies come into the test over three weeks, so that its pace is known. Returns the exposures
    and the events with the requests that the messages brought. The test is too small to find an
    effect of this size.
    """
    rng = generator(seed, plan.TEST)
    ships = np.flatnonzero(table["reaches_repeat"] & ~table["leaves"])
    units = rng.choice(ships, plan.TEST_UNITS, replace=False)
    since = plan.TEST_START + seconds(np.sort(rng.uniform(0.4, plan.TEST_DAYS, len(units))))
    asked = happened[happened["name"] == "repeat_request"].merge(
        pd.DataFrame({"row": units, "since": since}), on="row"
    )
    gap = asked["at"] - asked["since"]
    asked = asked[(gap >= pd.Timedelta(0)) & (gap < pd.Timedelta(days=30))]
    idle = ~np.isin(units, asked["row"])
    order = np.lexsort((rng.random(len(units)), idle))
    arm = np.empty(len(units), dtype=object)
    arm[order] = np.array(TEST_ARMS, dtype=object)[np.arange(len(units)) % 2]
    able = np.flatnonzero(idle & (arm == "messages"))
    won = rng.permutation(able)[: round(plan.TEST_LIFT * len(units) / 2)]
    at = since[won] + seconds(rng.uniform(2, 25, len(won)))
    extra = _events(units[won], at, "repeat_request")
    shown = pd.DataFrame({"row": units, "arm": arm, "exposed_at": since})
    happened = pd.concat([happened, extra.assign(channel="portal")], ignore_index=True)
    return shown, happened.sort_values(["at", "row"], kind="stable", ignore_index=True)


def _events(row: NDArray[np.int64], at: Times, name: str) -> pd.DataFrame:
    return pd.DataFrame({"row": row, "at": at.astype("datetime64[s]"), "name": name})


def _before_shipping(
    rng: np.random.Generator, table: pd.DataFrame, first: Times
) -> Sequence[pd.DataFrame]:
    steps = (
        ("rate_request", "rate_requested", 0.0, 0.01),
        ("quote", "quote_sent", 0.05, 0.2),
        ("quote", "quote_opened", 1.0, 3.0),
        ("contract", "contract_sent", 4.0, 5.9),
        ("contract", "contract_signed", 7.0, 12.0),
    )
    parts = []
    for stage, name, low, high in steps:
        row = np.flatnonzero(table[f"reaches_{stage}"])
        at = first[row] + seconds(rng.uniform(low, high, len(row)))
        if low >= 1:
            at = at_daytime(rng, at, first=8.5, last=18)
        parts.append(_events(row, at, name))
    return parts


def _shipping(
    rng: np.random.Generator, table: pd.DataFrame, shipped: pd.DataFrame
) -> Sequence[pd.DataFrame]:
    row, at = shipped["row"].to_numpy(), shipped["at"].to_numpy()
    again = shipped["row"].duplicated().to_numpy()
    late = np.where(shipped["is_late"], "late", "").astype(object)
    asked = mark_by(rng, late, {"late": 0.5, "": 0.12})
    came = shipped["delivered_at"].notna().to_numpy()
    papers = came & table["reaches_documents"].to_numpy()[row]
    done = shipped["delivered_at"].to_numpy()
    paid = shipped["paid_on"].to_numpy().astype("datetime64[s]") + seconds(0.5)
    wait = rng.uniform(3, 18, len(row))
    return [
        _events(row, at + seconds(0.3), "pickup"),
        _events(row[asked], at[asked] + seconds(rng.uniform(1, 3, int(asked.sum()))),
                "status_asked"),
        _events(row[came], done[came], "delivered"),
        _events(row[papers], done[papers] + seconds(wait[papers]), "documents_sent"),
        _events(row[papers & ~np.isnat(paid)], paid[papers & ~np.isnat(paid)], "invoice_paid"),
        _events(row[again], at[again] - seconds(rng.uniform(0.5, 2.5, int(again.sum()))),
                "repeat_request"),
    ]  # fmt: skip
