"""Defects of peers, each reproduced by a few lines: ``python -m benchmarks.defects [PAGE]``.

Every function imports the tool that it is about, does what its users do and returns what came out.
What is right is known from a publication or by counting. A tool of another environment takes part
when ``CJM_PEERS`` names the folder of that environment. ``--json`` prints what this environment
has.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = """# Defects of other tools

Each line was reproduced by a function of `benchmarks/defects.py` in the version named; what is
right is published or can be counted by hand. They are listed because each is a trap that a report
can fall into, and a test here holds the same case. Made by `make trust`.

| tool | version | case | it gives | right |
| --- | --- | --- | --- | --- |"""


class Defect(NamedTuple):
    """A case: whose it is, what is done, what would be right."""

    tool: str
    case: str
    right: str
    found: Callable[[], str]


def score_interval() -> str:
    """Difference of 56/70 and 48/80; Newcombe 1998, doi:10.1002/(SICI)1097-0258."""
    from statsmodels.stats.proportion import confint_proportions_2indep

    low, high = confint_proportions_2indep(56, 70, 48, 80, method="score")
    return f"{low:.4f} to {high:.4f}"


def score_interval_fails() -> str:
    """Difference of 9/10 and 3/10."""
    from statsmodels.stats.proportion import confint_proportions_2indep

    try:
        low, high = confint_proportions_2indep(9, 10, 3, 10, method="score")
    except ValueError as error:
        return f"ValueError: {str(error)[:40]}"
    return f"{low:.4f} to {high:.4f}"


def variance_of_large_numbers() -> str:
    """Variance of 1e9 + 4, 7, 13, 16."""
    from gbstats.models.statistics import SampleMeanStatistic

    values = [1e9 + v for v in (4, 7, 13, 16)]
    sums = {"n": 4, "sum": sum(values), "sum_squares": sum(v * v for v in values)}
    return f"{SampleMeanStatistic(**sums).variance:.2f}"


def unknown_values() -> str:
    """Count false alarms of 1,000 tests without an effect, half of the values unknown."""
    import numpy as np
    import pandas as pd
    import tea_tasting as tt

    rng, wrong = np.random.default_rng(5), 0
    for _ in range(1000):
        values = np.where(rng.random(400) < 0.5, np.nan, rng.normal(10, 3, 400))
        table = pd.DataFrame({"variant": np.arange(400) % 2, "value": values})
        result = tt.Experiment(value=tt.Mean("value")).analyze(table)
        wrong += result["value"].pvalue < 0.05
    return f"{wrong / 10:.1f} %"


def equal_customers() -> str:
    """Mean frequency score of the first and the last fifth of 5,000 customers, all alike."""
    import pandas as pd
    from openretailscience.segmentation.rfm import RFMSegmentation

    orders = pd.DataFrame({
        "customer_id": range(5000), "transaction_id": range(5000), "unit_spend": 10.0,
        "transaction_date": pd.Timestamp("2026-05-01"),
    })  # fmt: skip
    score = RFMSegmentation(orders, current_date="2026-06-01").df["f_score"].sort_index()
    return f"{score.iloc[:1000].mean():.2f} and {score.iloc[-1000:].mean():.2f}"


def number_of_an_article() -> str:
    """Make a parameter of the article number 007 on the command line."""
    from papermill.cli import _resolve_type

    return repr(_resolve_type("007"))


def fifth_channel() -> str:
    """Share ten sales out over the five channels that each of the ten journeys met."""
    import pandas as pd
    from mam import MAM

    path = pd.DataFrame({"path": ["a > b > c > d > e"], "is_sale": [True], "n": [10]})
    read = MAM(path, "grouped_journey", "path", "is_sale", occurrences_colname="n")
    found = read.run_shapley().to_pandas()
    values = found.set_index(found.columns[0]).select_dtypes("number").iloc[:, 0]
    return ", ".join(f"{values.get(channel, 0.0):g}" for channel in "abcde")


def step_that_nobody_reached() -> str:
    """Count a funnel of which nobody has come to the last step yet."""
    os.environ["RETENTIONEERING_NO_TRACK"] = "1"
    import pandas as pd
    from retentioneering import Eventstream

    days = pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-01"])
    events = {"user_id": ["a", "a", "b"], "event": ["visit", "cart", "visit"], "timestamp": days}
    try:
        steps = Eventstream(pd.DataFrame(events)).funnel_data(steps=["visit", "cart", "buy"])[
            "steps"
        ]
    except Exception as error:  # noqa: BLE001  # whatever it raises is the finding
        return type(error).__name__
    return f"{steps[-1]['conversion_rate']:.0%}"


def likelihood_of_a_paper() -> str:
    """Fit BG/NBD to CDNOW; Fader, Hardie and Lee 2005, doi:10.1287/mksc.1040.0098."""
    from lifetimes import BetaGeoFitter
    from lifetimes.datasets import load_cdnow_summary

    seen = load_cdnow_summary(index_col=[0])
    found = BetaGeoFitter().fit(seen["frequency"], seen["recency"], seen["T"])
    return f"{-found._negative_log_likelihood_ * len(seen):.1f}"


def frequent_customers() -> str:
    """Count the frequent customers who are named so, where 70 % bought once."""
    import warnings

    import numpy as np
    import pandas as pd
    from pymc_marketing.clv.utils import rfm_segments

    warnings.simplefilter("ignore")
    rng = np.random.default_rng(1)
    n_orders = np.where(np.arange(1000) < 700, 1, 2 + np.arange(1000) % 7)
    orders = pd.DataFrame({"id": np.repeat(np.arange(1000), n_orders)})
    orders["day"] = pd.Timestamp("2026-01-01") + pd.to_timedelta(
        rng.integers(0, 300, len(orders)), unit="D"
    )
    orders["sum"] = rng.lognormal(3, 1, len(orders))
    found = rfm_segments(orders, "id", "day", "sum").set_index("customer_id")["segment"]
    named = {"Premium Customer", "Repeat Customer"}
    return f"{found[n_orders >= 4].isin(named).sum()} of {(n_orders >= 4).sum()}"


DEFECTS = (
    Defect("statsmodels", "95 % score interval of 56/70 less 48/80", "0.0528 to 0.3382",
           score_interval),
    Defect("statsmodels", "95 % score interval of 9/10 less 3/10", "0.1700 to 0.8406",
           score_interval_fails),
    Defect("gbstats", "variance of 1e9 + 4, 7, 13, 16", "30.00", variance_of_large_numbers),
    Defect("tea-tasting", "false alarms, half of the values unknown", "5 %", unknown_values),
    Defect("openretailscience", "frequency scores of customers who are alike, by their number",
           "equal", equal_customers),
    Defect("papermill", "`-p article 007`", "'007'", number_of_an_article),
    Defect("marketing-attribution-models", "Shapley: ten sales, each by the channels a, b, c, d, e",
           "2, 2, 2, 2, 2", fifth_channel),
    Defect("retentioneering", "funnel whose last step nobody has come to yet", "0%",
           step_that_nobody_reached),
    Defect("lifetimes", "log-likelihood of BG/NBD on CDNOW", "-9582.4", likelihood_of_a_paper),
    Defect("pymc-marketing", "customers of four orders and more named \"Premium\" or \"Repeat\","
           " where 70 % bought once", "most", frequent_customers),
)  # fmt: skip


def found_here() -> dict[str, list[str]]:
    """Return version and outcome of every defect whose tool is installed here."""
    seen: dict[str, list[str]] = {}
    for defect in DEFECTS:
        try:
            version = metadata.version(defect.tool)
        except metadata.PackageNotFoundError:
            continue
        seen[defect.found.__name__] = [version, defect.found()]
    return seen


def page() -> str:
    """Return the page, from this environment and those of CJM_PEERS."""
    root = Path(__file__).parents[1]
    seen: dict[str, Any] = found_here()
    for folder in filter(None, os.environ.get("CJM_PEERS", "").split(os.pathsep)):
        done = subprocess.run(
            [str(Path(folder) / "bin" / "python"), "-m", "benchmarks.defects", "--json"],
            cwd=root, capture_output=True, text=True, check=True,
        )  # fmt: skip
        seen = json.loads(done.stdout.splitlines()[-1]) | seen
    rows = [
        f"| {d.tool} | {seen[name][0]} | {d.case} | {seen[name][1]} | {d.right} |"
        for d in DEFECTS
        if (name := d.found.__name__) in seen
    ]
    return "\n".join([HEAD, *rows, ""])


if __name__ == "__main__":
    if "--json" in sys.argv:
        print(json.dumps(found_here()))
    elif len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(page(), encoding="utf-8")
    else:
        print(page())
