"""Which answers were given by a day."""

from __future__ import annotations

import pandas as pd

from cjm_research.needs.scope import until


def test_a_day_before_one_without_a_midnight_ends_where_the_next_begins():
    # Cairo's clocks went from 23:59 on 25 April 2024 to 01:00 on the 26th, summer time: 22:00 UTC.
    given = pd.to_datetime(["2024-04-25T21:59Z", "2024-04-25T22:00Z"])
    kept = until(pd.DataFrame({"given_at": given}), pd.Timestamp("2024-04-25"), zone="Africa/Cairo")
    assert kept["given_at"].tolist() == [given[0]]
