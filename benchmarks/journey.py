"""Journeys: events to stages, two funnels and the moves between stages."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from benchmarks.contest import Contest, Promise

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.contest import Answer

STAGES = {
    "awareness": ("ad_click", "article", "home"),
    "consideration": ("catalog", "product", "compare", "search"),
    "purchase": ("cart", "checkout", "payment"),
    "service": ("support", "delivery_status"),
    "loyalty": ("review", "share"),
}
OTHERS = ("login", "logout", "scroll", "filter", "error", "account")
PATH = ("awareness", "consideration", "purchase", "loyalty")
WINDOW_DAYS = 7
UNTIL = "2028-01-01"
"""Long after the last event, so that nobody's window is open."""
_DAY = 86_400_000_000
SESSION_PAUSE = 1_800_000_000
"""Microseconds; a longer pause between a customer's events begins a session."""


def make(folder: Path, size: int) -> None:
    """Write `events.parquet`: about 25 events a customer, in sessions, in no order of customers."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(20260105)
    n_customers = max(1, size // 25)
    customer = np.sort(rng.integers(0, n_customers, size))
    gap = np.where(rng.random(size) < 0.85, 60e6, 3.0 * _DAY) * rng.exponential(1, size)
    begin = np.append(True, customer[1:] != customer[:-1])
    total = np.cumsum(gap)
    since = total - np.maximum.accumulate(np.where(begin, total, 0))
    start = rng.integers(0, 200 * _DAY, n_customers)[customer]
    # One microsecond apart at least: tools break ties in different ways.
    stamp = np.datetime64("2026-01-01", "us") + (start + since.astype(np.int64) + np.arange(size))
    names = np.array([*(n for stage in STAGES.values() for n in stage), *OTHERS])
    weight = rng.dirichlet(np.full(len(names), 3.0))
    events = pd.DataFrame(
        {
            "customer_id": pd.Series(customer).astype("string[pyarrow]").radd("C"),
            "name": names[rng.choice(len(names), size, p=weight)],
            "occurred_at": pd.Series(stamp).dt.tz_localize("UTC"),
            "channel": np.array(["web", "app", "shop"])[rng.integers(0, 3, size)],
        }
    )
    events.sort_values("occurred_at").to_parquet(folder / "events.parquet", index=False)


CONTEST = Contest(
    name="journey",
    task="From events in memory, in the order of time, to stages by rules, a funnel of four steps "
    f"without a window, one with {WINDOW_DAYS} days from the start (best attempt counts), the "
    "moves between visits of stages, and sessions (a pause of 30 minutes ends one).",
    size=1_000_000,
    of="events",
    make=make,
    repeat=2,
    promises=(
        Promise(at_most=1.3, of="wall", against=("bare numpy",)),
        Promise(at_most=1 / 3, of="wall", against=("pandas", "DuckDB", "polars")),
        Promise(at_most=1 / 3, of="peak", against=("retentioneering",)),
    ),
)


def _frame(folder: Path) -> Any:
    import pandas as pd

    texts = dict.fromkeys(("customer_id", "name", "channel"), "string[pyarrow]")
    return pd.read_parquet(folder / "events.parquet").astype(texts)


def _polars(folder: Path) -> Any:
    import polars

    return polars.read_parquet(folder / "events.parquet")


@CONTEST.tool("bare numpy", role="floor", load=_frame, needs=("numpy", "pandas"))
def journey_numpy(events: Any) -> Answer:
    """Codes, one sort, and steps that carry the latest possible start forward."""
    import numpy as np
    import pandas as pd

    who, ids = pd.factorize(events["customer_id"])
    name, names = pd.factorize(events["name"])
    known = list(STAGES)
    number = [next((i for i, s in enumerate(known) if n in STAGES[s]), -1) for n in names]
    stage = np.array(number)[name]
    time = events["occurred_at"].to_numpy("M8[us]").view(np.int64)
    order = np.lexsort((time, who))
    order = order[stage[order] >= 0]
    who, stage, time = who[order], stage[order], time[order]

    def funnel(within: int) -> list[float]:
        place = np.flatnonzero(stage == known.index(PATH[0]))
        start = time[place]
        reached = [float(len(np.unique(who[place])))]
        for step in PATH[1:]:
            here = np.flatnonzero(stage == known.index(step))
            before = np.searchsorted(place, here) - 1
            here, before = here[before >= 0], before[before >= 0]
            fits = (who[place[before]] == who[here]) & (time[here] - start[before] <= within)
            place, start = here[fits], start[before[fits]]
            reached.append(float(len(np.unique(who[place]))))
        return reached

    opens = np.append(True, (who[1:] != who[:-1]) | (stage[1:] != stage[:-1]))
    whose, visit = who[opens], stage[opens]
    same = whose[1:] == whose[:-1]
    k = len(known)
    moves = np.bincount(visit[:-1][same] * k + visit[1:][same], minlength=k * k)
    pause = np.append(True, (who[1:] != who[:-1]) | (np.diff(time) > SESSION_PAUSE))
    return {
        "events": len(stage),
        "customers": len(ids),
        "sessions": int(pause.sum()),
        "funnel": funnel(np.iinfo(np.int64).max),
        "funnel_in_window": funnel(WINDOW_DAYS * _DAY),
        "moves": moves.astype(float).tolist(),
    }


@CONTEST.tool(
    "ours",
    role="ours",
    load=_frame,
    needs=("cjm_research",),
    note="`event_log`, `sessions`, `funnel` twice, `transitions`; also intervals clustered by "
    "customer, open windows, days to each step",
)
def journey_ours(events: Any) -> Answer:
    """Call the functions of the journey report."""
    from cjm_research.journey.funnel import funnel
    from cjm_research.journey.log import event_log
    from cjm_research.journey.moves import transitions
    from cjm_research.journey.sessions import sessions
    from cjm_research.study.plans import Stage

    stages = [
        Stage.model_validate({"id": s, "label": s, "events": [{"names": list(names)}]})
        for s, names in STAGES.items()
    ]
    log = event_log(events, stages)
    free = funnel(log, PATH)
    windowed = funnel(log, PATH, within=WINDOW_DAYS, observed_until=UNTIL)
    moves = {(m.stage, m.next_stage): float(m.moves) for m in transitions(log, [*STAGES]).moves}
    return {
        "events": len(log.time),
        "sessions": sessions(log, [*STAGES]).n_sessions,
        "funnel": [float(s.reached) for s in free.steps],
        "funnel_in_window": [float(s.reached) for s in windowed.steps],
        "moves": [moves.get((a, b), 0.0) for a in STAGES for b in STAGES],
    }


@CONTEST.tool("pandas", load=_frame, needs=("pandas",))
def journey_pandas(events: Any) -> Answer:
    """Map, sort, group."""
    import pandas as pd

    stage_of = {name: stage for stage, names in STAGES.items() for name in names}
    log = events.assign(stage=events["name"].map(stage_of)).dropna(subset="stage")
    log = log.sort_values(["customer_id", "occurred_at"], ignore_index=True)
    by = log.groupby("customer_id", sort=False)

    def funnel(within: pd.Timedelta | None) -> list[float]:
        start = log["occurred_at"].where(log["stage"] == PATH[0])
        reached = [float(log.loc[start.notna(), "customer_id"].nunique())]
        for step in PATH[1:]:
            carried = start.groupby(log["customer_id"], sort=False).ffill()
            carried = carried.groupby(log["customer_id"], sort=False).shift()
            fits = (log["stage"] == step) & carried.notna()
            if within is not None:
                fits &= log["occurred_at"] - carried <= within
            start = carried.where(fits)
            reached.append(float(log.loc[fits, "customer_id"].nunique()))
        return reached

    pause = by["occurred_at"].diff() > pd.Timedelta(SESSION_PAUSE, unit="us")
    opens = by["stage"].shift() != log["stage"]
    visits = log[opens]
    following = visits.groupby("customer_id", sort=False)["stage"].shift(-1)
    moves = pd.crosstab(visits["stage"], following).reindex(
        index=list(STAGES), columns=list(STAGES), fill_value=0
    )
    return {
        "events": len(log),
        "sessions": int(pause.sum()) + log["customer_id"].nunique(),
        "funnel": funnel(None),
        "funnel_in_window": funnel(pd.Timedelta(days=WINDOW_DAYS)),
        "moves": moves.to_numpy(float).ravel().tolist(),
    }


@CONTEST.tool("DuckDB", load=_frame, needs=("duckdb", "pandas"))
def journey_duckdb(events: Any) -> Answer:
    """Window functions over a table that is made once."""
    import duckdb

    connection = duckdb.connect()
    connection.register("events", events)
    cases = " ".join(
        f"when name in ({', '.join(repr(n) for n in names)}) then {i}"
        for i, names in enumerate(STAGES.values())
    )
    connection.execute(
        f"""create temp table log as select customer_id, occurred_at, case {cases} end as stage
        from events where stage is not null"""
    )
    own = "over (partition by customer_id order by occurred_at"
    numbers = [list(STAGES).index(step) for step in PATH]

    def funnel(limit: str) -> list[float]:
        parts = [
            f"""s0 as (select *, case when stage = {numbers[0]} then occurred_at end as start
            from log where stage in ({", ".join(map(str, numbers))}))"""
        ]
        parts += [
            f"""s{i} as (select customer_id, occurred_at, stage,
            case when stage = {numbers[i]} and {limit} then carried end as start from
            (select *, max(start) {own} rows between unbounded preceding and 1 preceding)
            as carried from s{i - 1}))"""
            for i in range(1, len(PATH))
        ]
        asked = ", ".join(
            f"(select count(distinct customer_id) from s{i} where start is not null)"
            for i in range(len(PATH))
        )
        found = connection.execute(f"with {', '.join(parts)} select {asked}").fetchone()
        return [float(n) for n in found or ()]

    moves = dict.fromkeys(((a, b) for a in range(5) for b in range(5)), 0.0)
    rows = connection.sql(
        f"""with visits as (select * from (select *, lag(stage) {own}) as before from log)
        where before is distinct from stage),
        pairs as (select stage, lead(stage) {own}) as following from visits)
        select stage, following, count(*) from pairs where following is not null group by 1, 2"""
    ).fetchall()
    moves |= {(a, b): float(n) for a, b, n in rows}
    pauses = connection.execute(
        f"""select count(*) from (select occurred_at - lag(occurred_at) {own}) as pause
        from log) where pause is null or pause > interval 30 minute"""
    ).fetchone()
    return {
        "events": len(connection.execute("select stage from log").fetchnumpy()["stage"]),
        "sessions": float(pauses[0]) if pauses else 0.0,
        "funnel": funnel("carried is not null"),
        "funnel_in_window": funnel(f"occurred_at - carried <= interval {WINDOW_DAYS} day"),
        "moves": list(moves.values()),
    }


@CONTEST.tool("polars", load=_polars, needs=("polars",))
def journey_polars(events: Any) -> Answer:
    """Replace, sort, expressions over customers."""
    import polars as pl

    stage_of = {name: stage for stage, names in STAGES.items() for name in names}
    log = (
        events.with_columns(stage=pl.col("name").replace_strict(stage_of, default=None))
        .drop_nulls("stage").sort("customer_id", "occurred_at")
    )  # fmt: skip
    customer = pl.col("customer_id")

    def funnel(within: pl.Expr | None) -> list[float]:
        step = log.with_columns(
            start=pl.when(pl.col("stage") == PATH[0]).then(pl.col("occurred_at"))
        )
        reached = [float(step.filter(pl.col("start").is_not_null())["customer_id"].n_unique())]
        for name in PATH[1:]:
            step = step.with_columns(
                carried=pl.col("start").forward_fill().shift(1).over("customer_id")
            )
            fits = (pl.col("stage") == name) & pl.col("carried").is_not_null()
            if within is not None:
                fits &= pl.col("occurred_at") - pl.col("carried") <= within
            step = step.with_columns(start=pl.when(fits).then(pl.col("carried")))
            reached.append(
                float(step.filter(pl.col("start").is_not_null())["customer_id"].n_unique())
            )
        return reached

    opens = (pl.col("stage") != pl.col("stage").shift(1)) | (customer != customer.shift(1))
    moves = (
        log.filter(opens.fill_null(value=True))
        .with_columns(following=pl.col("stage").shift(-1), same=customer == customer.shift(-1))
        .filter("same").group_by("stage", "following").len()
    )  # fmt: skip
    counted = {(a, b): float(n) for a, b, n in moves.iter_rows()}
    pause = pl.col("occurred_at").diff() > pl.duration(microseconds=SESSION_PAUSE)
    first = customer != customer.shift(1)
    return {
        "events": log.height,
        "sessions": log.select((pause | first).fill_null(value=True).sum()).item(),
        "funnel": funnel(None),
        "funnel_in_window": funnel(pl.duration(days=WINDOW_DAYS)),
        "moves": [counted.get((a, b), 0.0) for a in STAGES for b in STAGES],
    }


@CONTEST.tool(
    "retentioneering",
    load=_frame,
    needs=("retentioneering", "pandas"),
    note="no window of several steps, so that funnel is left out; its own methods for all else",
)
def journey_retentioneering(events: Any) -> Answer:
    """Its event stream of stages: sessions, funnel, graph of moves."""
    os.environ["RETENTIONEERING_NO_TRACK"] = "1"  # it reports its use to its makers otherwise
    from retentioneering import Eventstream

    stage_of = {name: stage for stage, names in STAGES.items() for name in names}
    log = events.assign(stage=events["name"].map(stage_of)).dropna(subset="stage")
    log = log[["customer_id", "stage", "occurred_at"]].astype({"customer_id": object})
    log["occurred_at"] = log["occurred_at"].dt.tz_localize(None)
    names = {"path_cols": ["customer_id"], "event_col": "stage", "timestamp_col": "occurred_at"}
    stream = Eventstream(log, schema=names)
    cut = stream.split_sessions(timeout="30m").df
    columns = [c for c in cut if c == "session_id"] or ["customer_id", "session_index"]
    steps = stream.funnel_data(steps=list(PATH))["steps"]
    moves = stream.transition_graph_data(edge_weight="count")
    moves = moves.reindex(index=list(STAGES), columns=list(STAGES)).fillna(0)
    return {
        "events": len(log),
        "sessions": len(cut[columns].drop_duplicates()),
        "funnel": [float(step["unique_paths"]) for step in steps],
        # Events in a row at one stage are one visit: its moves to the same stage are none.
        "moves": [float(moves.loc[a, b]) if a != b else 0.0 for a in STAGES for b in STAGES],
    }
