"""The journey's orders, read bucket by bucket where no part asks for their lines."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from cjm_research.journey.depth import journey_depth
from cjm_research.journey.moving_up import TRAITS
from cjm_research.journey.order_path import with_bought
from cjm_research.journey.scope import JourneyChoices
from cjm_research.workspace.journeys import journey_tables


def test_the_orders_of_a_study_are_those_of_all_its_lines(retail):
    tables = journey_tables(retail)
    whole = pd.DataFrame(with_bought(retail.orders, columns=TRAITS))
    assert tables.orders.empty
    pd.testing.assert_frame_equal(pd.DataFrame(tables.bought), whole[list(tables.bought)])


def test_a_segment_has_the_orders_that_its_own_lines_tell(retail):
    tables = journey_tables(retail)
    choices = JourneyChoices(segment=retail.study.groupings[0].segments[0].id)
    found, plain = (
        journey_depth(t, retail.study.stages, choices=choices)
        for t in (tables, replace(tables, orders=retail.orders, bought=None))
    )
    assert repr(found.moving) == repr(plain.moving)
    assert repr(found.ladder) == repr(plain.ladder)
    assert repr(found.due) == repr(plain.due)


def test_where_shipments_have_lanes_their_lines_are_read(freight):
    tables = journey_tables(freight)
    assert len(tables.orders) == len(freight.orders)
    assert tables.orders[["origin", "promised_at"]].notna().any().all()
