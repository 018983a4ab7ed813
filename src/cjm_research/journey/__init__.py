"""Journeys: stages, funnels, flow, mood, pains, opportunities, and the map made of them.

`stages` says which stage an event belongs to; `kernel` counts on arrays; `funnel`, `flow` and
`moves` follow customers; `attribution` credits what they met; `ladder`, `moving_up` and
`second_order` tell who comes back, `leaving`, `quotes` and `early_signs` why others do not;
`mood`, `pains` and `opportunities` read what they said; `journey_map` puts it together, and
`analysis` gives all that the report shows in one call.
"""

# Some functions have the name of their module: loaded here, the package's name is the function.
from cjm_research.journey.analysis import analyse_journey
from cjm_research.journey.attribution import AttributionPlan, attribution
from cjm_research.journey.chain import goal_chances
from cjm_research.journey.early_signs import early_signs
from cjm_research.journey.expectations import expectation_gaps
from cjm_research.journey.explain import explain
from cjm_research.journey.flow import flow
from cjm_research.journey.folds import FunnelQuestion, fold_funnel, fold_transitions
from cjm_research.journey.funnel import funnel
from cjm_research.journey.influence import touchpoint_influence
from cjm_research.journey.ladder import loyalty_ladder
from cjm_research.journey.lanes import lanes_on_time
from cjm_research.journey.leaving import leaving_reasons
from cjm_research.journey.log import event_log
from cjm_research.journey.log_checks import log_checks
from cjm_research.journey.lost import lost
from cjm_research.journey.mood import mood_by_stage, mood_by_touchpoint
from cjm_research.journey.moves import transitions
from cjm_research.journey.moving_up import first_order_traits, moving_up
from cjm_research.journey.order_path import order_stages
from cjm_research.journey.pains import stage_pains, stage_problems
from cjm_research.journey.patterns import loops, path_variants
from cjm_research.journey.period_funnel import period_funnel
from cjm_research.journey.planned import planned_order
from cjm_research.journey.quotes import quote_conversion
from cjm_research.journey.scope import JourneyChoices, JourneyTables
from cjm_research.journey.second_order import due_second, one_time_buyers
from cjm_research.journey.segment_funnel import segment_funnel
from cjm_research.journey.sessions import sessions
from cjm_research.journey.stage_time import time_in_stage
from cjm_research.journey.stages import event_stages, unmatched_events
from cjm_research.journey.step_curves import step_curves
from cjm_research.journey.touchpoints import touchpoint_reach
from cjm_research.journey.triggers import triggers

__all__ = [
    "AttributionPlan",
    "FunnelQuestion",
    "JourneyChoices",
    "JourneyTables",
    "analyse_journey",
    "attribution",
    "due_second",
    "early_signs",
    "event_log",
    "event_stages",
    "expectation_gaps",
    "explain",
    "first_order_traits",
    "flow",
    "fold_funnel",
    "fold_transitions",
    "funnel",
    "goal_chances",
    "lanes_on_time",
    "leaving_reasons",
    "log_checks",
    "loops",
    "lost",
    "loyalty_ladder",
    "mood_by_stage",
    "mood_by_touchpoint",
    "moving_up",
    "one_time_buyers",
    "order_stages",
    "path_variants",
    "period_funnel",
    "planned_order",
    "quote_conversion",
    "segment_funnel",
    "sessions",
    "stage_pains",
    "stage_problems",
    "step_curves",
    "time_in_stage",
    "touchpoint_influence",
    "touchpoint_reach",
    "transitions",
    "triggers",
    "unmatched_events",
]
